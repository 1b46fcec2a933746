//! The reader of replies against `serde_json`.

use crate::{cases, mutated, mutations};
use keyfob::{Error, ResponseError, response};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::Value;

/// A text as JSON may write it: plain, escaped, or half of a pair.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[ -~&&[^\"\\\\]]{1,6}",
        2 => proptest::sample::select(vec![r#"\""#, r"\\", r"\/", r"\b", r"\f", r"\n", r"\r", r"\t"]).prop_map(String::from),
        2 => any::<char>().prop_filter("is escaped", |c| *c >= ' ' && *c != '"' && *c != '\\').prop_map(String::from),
        2 => any::<u16>().prop_map(|unit| format!("\\u{unit:04x}")),
        1 => any::<u16>().prop_map(|unit| format!("\\u{unit:04X}")),
        1 => any::<char>().prop_map(escaped),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// Both halves, where it is a pair.
fn escaped(character: char) -> String {
    let units: Vec<String> =
        character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    units.concat()
}

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?"
}

fn space() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["", "", "", " ", "\n", "\t", "\r\n  "])
}

fn value() -> impl Strategy<Value = String> {
    let literal = proptest::sample::select(vec!["null", "true", "false", "[]", "{}"]).prop_map(String::from);
    let leaf = prop_oneof![string(), number(), literal];
    leaf.prop_recursive(5, 24, 4, |inner| {
        let array = (proptest::collection::vec(inner.clone(), 0..4), space())
            .prop_map(|(items, space)| format!("[{space}{}{space}]", items.join(&format!("{space},"))));
        let object =
            (proptest::collection::vec((string(), inner), 0..4), space()).prop_map(|(members, space)| {
                let members: Vec<String> =
                    members.iter().map(|(name, value)| format!("{name}{space}:{value}")).collect();
                format!("{{{space}{}{space}}}", members.join(","))
            });
        prop_oneof![array, object]
    })
}

/// A member that means something here, as servers write it or nearly so, or one that doesn't.
fn member() -> impl Strategy<Value = String> {
    let token = prop_oneof![4 => Just("\"abc.def\"".to_owned()), 1 => string(), 1 => value()];
    let token_type = prop_oneof![4 => Just("\"Bearer\"".to_owned()), 1 => value()];
    prop_oneof![
        2 => token.prop_map(|value| format!("\"access_token\":{value}")),
        2 => token_type.prop_map(|value| format!("\"token_type\":{value}")),
        1 => prop_oneof![number(), value()].prop_map(|value| format!("\"expires_in\":{value}")),
        1 => prop_oneof![string(), value()].prop_map(|value| format!("\"scope\":{value}")),
        1 => value().prop_map(|value| format!("\"access\\u005ftoken\":{value}")),
        4 => (string(), value()).prop_map(|(name, value)| format!("{name}:{value}")),
    ]
}

fn object() -> impl Strategy<Value = String> {
    (proptest::collection::vec(member(), 0..7), space()).prop_map(|(members, space)| {
        format!("{space}{{{}{space}}}{space}", members.join(&format!("{space},{space}")))
    })
}

const MEANINGFUL: &[u8] = b"{}[]\",:\\/u0123456789eE+-. tfn\x00\x1f\x7f\x80\xc3\xed\xa0\xef\xbb\xbf\xf4";

/// How often a member that matters comes, for `serde_json` keeps the last one of many.
fn counted(text: &[u8], name: &str) -> usize {
    struct Count<'n>(&'n str);
    impl<'de> serde::de::DeserializeSeed<'de> for Count<'_> {
        type Value = usize;
        fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<usize, D::Error> {
            reader.deserialize_map(self)
        }
    }
    impl<'de> serde::de::Visitor<'de> for Count<'_> {
        type Value = usize;
        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
            let mut count = 0;
            while let Some(name) = map.next_key::<String>()? {
                map.next_value::<Value>()?;
                count += usize::from(name == self.0);
            }
            Ok(count)
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    serde::de::DeserializeSeed::deserialize(Count(name), &mut reader).unwrap_or(0)
}

/// Where the two may differ in what they take:
/// - a byte order mark at the front: theirs refuses it, ours skips it, as some servers send it;
/// - half of a surrogate pair: theirs refuses it, ours reads U+FFFD, which no token may hold (RFC 8259 §8.2 leaves it open);
/// - numbers beyond an `f64`: theirs refuses them, ours doesn't compute with them;
/// - a member that matters and comes twice: theirs takes the last one, ours refuses to guess;
/// - anything but an object: ours knows nothing else;
/// - depth: 128 and 32 (here never reached).
fn compare(text: &[u8]) -> Result<(), TestCaseError> {
    let unmarked = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let theirs = serde_json::from_slice::<Value>(unmarked);
    let mut body = text.to_vec();
    let ours = response::read(200, &mut body);
    let refused = matches!(
        ours,
        Err(Error::Response(
            ResponseError::Json { .. } | ResponseError::JsonShape { .. } | ResponseError::Empty
        ))
    );
    let object = match theirs {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            prop_assert!(refused, "no object");
            return Ok(());
        }
        Err(error) => {
            let error = error.to_string();
            let allowed = ["lone leading surrogate", "unexpected end of hex escape", "number out of range"];
            let open = allowed.iter().any(|allowed| error.starts_with(allowed));
            prop_assert!(refused || open, "theirs: {error}");
            return Ok(());
        }
    };
    let names = ["access_token", "token_type", "expires_in", "scope", "error"];
    let ambiguous = names.iter().any(|name| counted(unmarked, name) > 1);
    prop_assert_eq!(refused, ambiguous);
    match ours {
        Ok(issued) => {
            prop_assert_eq!(object["access_token"].as_str(), Some(issued.expose_token()));
            prop_assert!(object["token_type"].as_str().unwrap().eq_ignore_ascii_case("bearer"));
            let scope = object.get("scope").and_then(Value::as_str).filter(|scope| !scope.is_empty());
            prop_assert_eq!(issued.scope(), scope);
            if let Some(Value::Number(seconds)) = object.get("expires_in") {
                let theirs = seconds.as_f64().unwrap().trunc().clamp(0.0, f64::from(u32::MAX));
                prop_assert!((f64::from(issued.expires_in()) - theirs).abs() <= 1.0, "{seconds}");
            }
        }
        Err(Error::Response(ResponseError::TokenMissing)) => {
            prop_assert!(!object.get("access_token").is_some_and(Value::is_string));
        }
        Err(Error::Response(ResponseError::TokenCharacters)) => {
            let token = object["access_token"].as_str().unwrap();
            prop_assert!(token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()));
        }
        Err(Error::Response(ResponseError::TokenType)) => {
            let token_type = object.get("token_type").and_then(Value::as_str);
            prop_assert!(!token_type.is_some_and(|name| name.eq_ignore_ascii_case("bearer")));
        }
        Err(Error::Response(ResponseError::ExpiresIn)) => {
            prop_assert!(!object["expires_in"].is_number() && !object["expires_in"].is_null());
        }
        _ => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn valid_objects_are_read_the_same(text in object()) {
        compare(text.as_bytes())?;
    }

    #[test]
    fn broken_objects_are_refused_the_same(text in object(), mutations in mutations(MEANINGFUL)) {
        compare(&mutated(text.as_bytes(), &mutations))?;
    }

    #[test]
    fn a_usual_reply_with_a_byte_changed(index in any::<proptest::sample::Index>(), kind in any::<u8>(), byte in any::<u8>()) {
        let usual = br#"{"access_token":"abc\/d\u002bef","expires_in":3600,"token_type":"Bearer","scope":"a \ud83d\ude00","x":[{"y":-1.5e3},null]}"#;
        compare(&mutated(usual, &[(index, kind, byte)]))?;
    }

    #[test]
    fn any_bytes_at_all(text in proptest::collection::vec(proptest::sample::select(MEANINGFUL), 0..40)) {
        compare(&text)?;
    }
}

/// Two readers that refuse everything would agree as well.
#[test]
fn the_generator_makes_tokens_and_nonsense() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut verdicts = std::collections::BTreeMap::<String, usize>::new();
    for _ in 0..600 {
        let mut text = object().new_tree(&mut runner).unwrap().current().into_bytes();
        let verdict = match response::read(200, &mut text) {
            Ok(_) => "token".to_owned(),
            Err(error) => format!("{error:?}").split(' ').next().unwrap().to_owned(),
        };
        *verdicts.entry(verdict).or_default() += 1;
    }
    let often = |verdict: &str| verdicts.get(verdict).is_some_and(|times| *times > 5);
    let wanted = [
        "token",
        "Response(TokenMissing)",
        "Response(TokenType)",
        "Response(ExpiresIn)",
        "Response(JsonShape",
    ];
    assert!(wanted.into_iter().all(often), "{verdicts:#?}");
}
