//! `claims::read` against serde_json: no payload, however deep or odd, panics; where both read it, they read the same.
//!
//! Input: a payload; if it starts with `!`, a whole token instead.

use crate::json::{is_object, mend_surrogates};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyfob::claims;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
struct Claims {
    azp: Option<heapless::String<64>>,
    exp: Option<u64>,
    realm_access: Option<Roles>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Roles {
    roles: heapless::Vec<heapless::String<32>, 4>,
}

/// Checks one token.
pub fn check(data: &[u8]) {
    if let [b'!', token @ ..] = data {
        if let Ok(token) = std::str::from_utf8(token) {
            let _ = claims::read::<Claims>(token, &mut vec![0; token.len() * 2]);
        }
        return;
    }
    let token = format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(data));
    let read = claims::read::<Claims>(&token, &mut vec![0; data.len() * 2]);
    let expected = serde_json::from_slice::<Claims>(&mend_surrogates(data));
    if let (Ok(read), Ok(expected)) = (&read, expected) {
        assert_eq!(*read, expected);
    }
    assert!(read.is_err() || is_object(data), "no object");
    // Three quarters of the payload's length are needed, in any case.
    if let Some(less) = data.len().checked_sub(1) {
        assert!(matches!(
            claims::read::<Claims>(&token, &mut vec![0; less]),
            Err(claims::ClaimsError::Capacity(error)) if error.needed == data.len() && error.available == less
        ));
    }
}
