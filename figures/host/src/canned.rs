//! The reply and the credentials that both sides share.

/// The body of a reply as a real Keycloak wrote it.
pub const BODY: &[u8] = body(include_bytes!("../../../tests/keycloak/recorded/order-service.http"));
pub const TOKEN_URL: &str = "https://id.example/realms/iot/protocol/openid-connect/token";
pub const CLIENT_ID: &str = "sensor-17";
pub const SECRET: &str = "Xq7Zc0VbN3mLk9JhGf5Ds2aPoIuYtReW";
pub const SCOPE: &str = "telemetry:write";

/// What stands behind the empty line.
const fn body(mut reply: &'static [u8]) -> &'static [u8] {
    while let [_, rest @ ..] = reply {
        if let [b'\r', b'\n', b'\r', b'\n', body @ ..] = reply {
            return body;
        }
        reply = rest;
    }
    panic!("no empty line")
}
