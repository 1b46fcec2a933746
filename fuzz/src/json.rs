//! What serde_json says a token endpoint's reply is: the oracle of `reply` and `round_trip`.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// How deep keyfob follows a member's value.
const DEEPEST: usize = 32;

/// The verdict on a reply.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    Token {
        token: String,
        scope: Option<String>,
        life: Life,
    },
    /// The reply has an `error`: its text, if it is one.
    Rejected(Option<String>),
    /// JSON, and no token in it that could be used.
    NoToken,
    /// Not the JSON that keyfob takes.
    NotJson,
}

/// What `expires_in` says, in seconds.
#[derive(Debug, PartialEq)]
pub(crate) enum Life {
    Missing,
    Exactly(u32),
    /// Told with a point or an exponent: a float's rounding may be off by one.
    About(u32),
}

/// The members of a reply in the order they come; serde_json's own map would hide a repeated one.
struct Members<'d>(Vec<(Cow<'d, str>, &'d RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    members.push((name.into(), value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(List)
    }
}

/// Judges a successful reply's body.
pub(crate) fn judge(body: &[u8]) -> Verdict {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mended = mend_surrogates(body);
    let Ok(text) = std::str::from_utf8(&mended) else {
        return Verdict::NotJson;
    };
    let Ok(Members(members)) = serde_json::from_str(text) else {
        return Verdict::NotJson;
    };
    if members.iter().any(|(_, value)| depth(value.get()) > DEEPEST) {
        return Verdict::NotJson;
    }
    let known = ["access_token", "token_type", "expires_in", "scope", "error"];
    if known.iter().any(|known| members.iter().filter(|(name, _)| name == known).count() > 1) {
        return Verdict::NotJson;
    }
    let member = |wanted| members.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.get());
    let present = |wanted| member(wanted).filter(|value| *value != "null");
    match present("error").map(as_text) {
        Some(Some(text)) if text.is_empty() => {}
        Some(text) => return Verdict::Rejected(text),
        None => {}
    }
    let Some(token) = present("access_token").and_then(as_text) else {
        return Verdict::NoToken;
    };
    let token_type = present("token_type").and_then(as_text).unwrap_or_default();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Verdict::NoToken;
    }
    let (Some(life), true) = (life(present("expires_in")), token_type.eq_ignore_ascii_case("bearer")) else {
        return Verdict::NoToken;
    };
    let scope = present("scope").and_then(as_text).filter(|scope| !scope.is_empty());
    Verdict::Token { token, scope, life }
}

/// Whether serde_json takes it as an object.
pub(crate) fn is_object(body: &[u8]) -> bool {
    std::str::from_utf8(&mend_surrogates(body))
        .is_ok_and(|text| serde_json::from_str::<Members<'_>>(text).is_ok())
}

/// Half a surrogate pair is an error to serde_json and U+FFFD to keyfob: here it becomes that.
pub(crate) fn mend_surrogates(body: &[u8]) -> Vec<u8> {
    let unit = |at: usize| -> Option<u16> {
        let hex = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
        let hex = hex.iter().all(u8::is_ascii_hexdigit).then_some(hex)?;
        u16::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
    };
    let (mut mended, mut at) = (Vec::new(), 0);
    while at < body.len() {
        let len = match (unit(at), unit(at + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
            (Some(0xd800..0xe000), _) => {
                mended.extend_from_slice(b"\\ufffd");
                at += 6;
                continue;
            }
            // An escaped backslash must not be taken for the start of what follows it.
            _ if body[at] == b'\\' => 2,
            _ => 1,
        };
        let end = body.len().min(at + len);
        mended.extend_from_slice(&body[at..end]);
        at = end;
    }
    mended
}

fn as_text(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

/// How deep a value is nested, which is known to be JSON.
fn depth(raw: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in raw.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// `None` where it is no number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from a float saturates")]
fn life(raw: Option<&str>) -> Option<Life> {
    let Some(raw) = raw else {
        return Some(Life::Missing);
    };
    let number = as_text(raw).unwrap_or_else(|| raw.into());
    let is_number = number.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && number.ends_with(|last: char| last.is_ascii_digit())
        && serde_json::from_str::<&RawValue>(&number).is_ok();
    if !is_number {
        return None;
    }
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds =
            number.parse::<u128>().map_or(u32::MAX, |number| u32::try_from(number).unwrap_or(u32::MAX));
        return Some(Life::Exactly(seconds));
    }
    Some(Life::About(number.parse::<f64>().ok()? as u32))
}
