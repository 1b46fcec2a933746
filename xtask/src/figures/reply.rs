//! The one reply that every server here gives, as a real Keycloak gave it, and when it is due.

use std::path::Path;

const FILE: &str = "tests/keycloak/recorded/order-service.http";

/// Head and body, as they go on the wire.
pub(super) fn whole(root: &Path) -> crate::Result<Vec<u8>> {
    Ok(super::read(&root.join(FILE))?.into_bytes())
}

/// Bytes of the token in it.
pub(super) fn token_len(root: &Path) -> crate::Result<u64> {
    let text = super::read(&root.join(FILE))?;
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: serde_json::Value = serde_json::from_str(body).map_err(|error| format!("{FILE}: {error}"))?;
    let token = body["access_token"].as_str().ok_or_else(|| format!("{FILE} holds no token"))?;
    Ok(token.len() as u64)
}

/// Whether head and body of a request are there.
pub(super) fn is_whole(request: &[u8]) -> bool {
    let request = String::from_utf8_lossy(request);
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| body.len() >= length)
}
