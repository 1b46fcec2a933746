//! The one reply that every server here gives, as a real Keycloak gave it, and when it is due.

use std::path::Path;

const BODY: &str = "figures/reply.json";

/// Its head.
const HEAD: &[&str] = &[
    "HTTP/1.1 200 OK",
    "Cache-Control: no-store",
    "Pragma: no-cache",
    "content-length: {length}",
    "Content-Type: application/json",
    "Referrer-Policy: no-referrer",
    "Strict-Transport-Security: max-age=31536000; includeSubDomains",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: SAMEORIGIN",
    "X-XSS-Protection: 1; mode=block",
];

/// Head and body, as they go on the wire.
pub(super) fn whole(root: &Path) -> crate::Result<Vec<u8>> {
    let body = super::read(&root.join(BODY))?;
    let head = HEAD.join("\r\n").replace("{length}", &body.len().to_string());
    Ok(format!("{head}\r\n\r\n{body}").into_bytes())
}

/// Bytes of the token in it.
pub(super) fn token_len(root: &Path) -> crate::Result<u64> {
    let body: serde_json::Value = super::read_json(&root.join(BODY))?;
    let token = body["access_token"]
        .as_str()
        .ok_or_else(|| format!("{BODY} holds no token"))?;
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
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| body.len() >= length)
}
