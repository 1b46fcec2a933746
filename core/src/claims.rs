//! The access token's own claims, as far as the caller's type wants to know them (RFC 7519 §4). Only signed, unencrypted
//! JWTs have any that a client can read.
//!
//! **Reading is not validating.** A token is for the service that gets it, and only that service can tell whether its
//! signature holds. What a client reads here is good for a display or a log, never for a decision about security.

use crate::response::is_json_object;
use crate::{Buffer, CapacityError};
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;
use serde::Deserialize;

/// Reads the claims of `jwt` into a `T`, which borrows its texts from `memory`: three quarters of the token's length
/// serve. Texts in which a quote, a backslash or a control character is escaped can't be borrowed; a `T` that owns them
/// (`heapless::String`) needs twice as much.
///
/// ```
/// use keyfob::claims;
///
/// #[derive(serde::Deserialize)]
/// struct Claims<'a> {
///     azp: &'a str,
///     #[serde(borrow)]
///     realm_access: Roles<'a>,
/// }
/// #[derive(serde::Deserialize)]
/// struct Roles<'a> {
///     #[serde(borrow)]
///     roles: heapless::Vec<&'a str, 8>,
/// }
///
/// // {"azp":"order-service","realm_access":{"roles":["offline_access","clerk"]},"exp":1}
/// let jwt = "e30.eyJhenAiOiJvcmRlci1zZXJ2aWNlIiwicmVhbG1fYWNjZXNzIjp7InJvbGVzIjpbIm9mZmxpbmVfYWNjZXNzIiwiY2xlcmsiXX0sImV4cCI6MX0.c2ln";
/// let mut memory = [0; 128];
/// let claims: Claims<'_> = claims::read(jwt, &mut memory)?;
/// assert_eq!((claims.azp, &claims.realm_access.roles[..]), ("order-service", &["offline_access", "clerk"][..]));
/// # Ok::<(), claims::ClaimsError>(())
/// ```
///
/// # Errors
/// [`ClaimsError`]: what is wrong with the token, or with `T`.
pub fn read<'m, T: Deserialize<'m>>(jwt: &str, memory: &'m mut [u8]) -> Result<T, ClaimsError> {
    let mut parts = jwt.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ClaimsError::NotJwt);
    };
    let needed = payload.len().saturating_mul(3) / 4;
    let available = memory.len();
    let (place, unescaped) = memory
        .split_at_mut_checked(needed)
        .ok_or(ClaimsError::Capacity(CapacityError { buffer: Buffer::Output, needed, available }))?;
    // Twice: looking at the syntax unescapes texts in place. serde-json-core alone would recurse as deep as the text.
    decode(payload, place)?;
    if !is_json_object(place) {
        return Err(ClaimsError::NotJson);
    }
    let len = decode(payload, place)?;
    let text = place.get_mut(..len).unwrap_or_default();
    let len = spell_out(text);
    match serde_json_core::from_slice_escaped(text.get(..len).unwrap_or_default(), unescaped) {
        Ok((claims, _)) => Ok(claims),
        Err(serde_json_core::de::Error::EscapedStringIsTooLong) => {
            let needed = needed.saturating_mul(2); // serves the longest text there can be
            Err(ClaimsError::Capacity(CapacityError { buffer: Buffer::Output, needed, available }))
        }
        Err(_) => Err(ClaimsError::Shape),
    }
}

/// Returns how long the payload is.
fn decode(payload: &str, place: &mut [u8]) -> Result<usize, ClaimsError> {
    Base64UrlUnpadded::decode(payload, place).map(<[u8]>::len).map_err(|_| ClaimsError::NotJwt)
}

/// Writes characters in place of their `\uXXXX`, where they need no escape, and returns the new length. serde-json-core
/// takes no surrogate, not even in what it skips: one such character in a name would make all claims unreadable.
///
/// `text` is known to be JSON, so a backslash stands in a string and has something behind it.
fn spell_out(text: &mut [u8]) -> usize {
    let (mut from, mut to) = (0_usize, 0_usize);
    let mut put = |text: &mut [u8], bytes: &[u8]| {
        for byte in bytes {
            if let Some(place) = text.get_mut(to) {
                *place = *byte;
            }
            to = to.wrapping_add(1);
        }
    };
    while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
        if let Some((character, len)) = escaped_character(rest) {
            let mut utf8 = [0; 4];
            put(text, character.encode_utf8(&mut utf8).as_bytes());
            from = from.wrapping_add(len);
        } else {
            // An escape that stays has two bytes that belong together; all else goes byte by byte.
            let len = if rest.starts_with(b"\\") { 2 } else { 1 };
            for _ in 0..len {
                let byte = text.get(from).copied().unwrap_or_default();
                put(text, &[byte]);
                from = from.wrapping_add(1);
            }
        }
    }
    to
}

/// The character beyond ASCII that `text` begins with as `\uXXXX` or as a pair of them, and how long that is. Half of a pair
/// is U+FFFD, as in the core's reader.
fn escaped_character(text: &[u8]) -> Option<(char, usize)> {
    let unit = |text: &[u8]| match text {
        [b'\\', b'u', digits @ ..] => {
            u32::from_str_radix(core::str::from_utf8(digits.get(..4)?).ok()?, 16).ok()
        }
        _ => None,
    };
    let first = unit(text)?;
    let second = text.get(6..).and_then(unit);
    match (first, second) {
        (0..0x80, _) => None,
        (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) => {
            let pair = (first & 0x3ff) << 10 | second & 0x3ff;
            Some((char::from_u32(pair.wrapping_add(0x1_0000))?, 12))
        }
        _ => Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6)),
    }
}

/// Why claims could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ClaimsError {
    /// The token is no signed JWT (RFC 7519 §3): opaque, encrypted, or broken. It may well be good for its service.
    NotJwt,
    /// The memory is too small.
    Capacity(CapacityError),
    /// The payload is no JSON object, or is nested more than 32 deep.
    NotJson,
    /// The payload doesn't have the shape of the type that was asked for.
    Shape,
}

impl fmt::Display for ClaimsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJwt => f.write_str("the access token is no signed JWT"),
            Self::Capacity(error) => error.fmt(f),
            Self::NotJson => f.write_str("the access token's payload is no JSON object"),
            Self::Shape => f.write_str("the access token's claims are not of the wanted shape"),
        }
    }
}

impl core::error::Error for ClaimsError {}

#[cfg(test)]
mod tests {
    use super::spell_out;

    #[test]
    fn characters_take_the_place_of_their_escapes() {
        for (text, spelled) in [
            (r#"{"a":"\uD834\uDD1E"}"#, "{\"a\":\"\u{1d11e}\"}"),
            (r#"{"a":"\u00fc\u20AC"}"#, "{\"a\":\"ü€\"}"),
            (r#"{"a":"\ud834"}"#, "{\"a\":\"\u{fffd}\"}"),
            (r#"{"a":"\udd1e\ud834x"}"#, "{\"a\":\"\u{fffd}\u{fffd}x\"}"),
            (r#"{"a":"\u0022\u005c\u000a\n\\u00fc"}"#, r#"{"a":"\u0022\u005c\u000a\n\\u00fc"}"#),
            (r#"{"a":1}"#, r#"{"a":1}"#),
        ] {
            let mut memory = text.as_bytes().to_vec();
            let len = spell_out(&mut memory);
            assert_eq!(core::str::from_utf8(&memory[..len]).unwrap(), spelled);
        }
    }
}
