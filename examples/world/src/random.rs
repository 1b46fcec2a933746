//! Random identifiers and secrets. Not here: keys, which their libraries draw.

use std::io;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use uuid::{Builder, Uuid};

/// A random UUID (RFC 9562 §5.4).
pub(crate) fn uuid() -> io::Result<Uuid> {
    Ok(Builder::from_random_bytes(bytes()?).into_uuid())
}

/// A client secret of 32 characters, as long as those that Keycloak makes.
pub(crate) fn secret() -> io::Result<String> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes::<24>()?))
}

fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    Ok(bytes)
}
