//! The reply and the credentials that both sides share.

/// A reply body as a real Keycloak wrote it: 1,180 bytes.
pub const BODY: &[u8] = include_bytes!("../../reply.json");
pub const TOKEN_URL: &str = "https://id.example/realms/iot/protocol/openid-connect/token";
pub const CLIENT_ID: &str = "sensor-17";
pub const SECRET: &str = "Xq7Zc0VbN3mLk9JhGf5Ds2aPoIuYtReW";
pub const SCOPE: &str = "telemetry:write";
