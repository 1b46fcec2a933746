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
/// serve. Texts with escapes in them can't be borrowed; a `T` that owns them (`heapless::String`) needs twice as much.
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
    let text = decode(payload, place)?;
    match serde_json_core::from_slice_escaped(text, unescaped) {
        Ok((claims, _)) => Ok(claims),
        Err(_) => Err(ClaimsError::Shape),
    }
}

fn decode<'m>(payload: &str, place: &'m mut [u8]) -> Result<&'m [u8], ClaimsError> {
    Base64UrlUnpadded::decode(payload, place).map_err(|_| ClaimsError::NotJwt)
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
