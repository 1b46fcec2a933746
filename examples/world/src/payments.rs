//! The payment service: a resource server (RFC 6750) that checks each request's token by itself: signature,
//! issuer, audience, expiry, role, and whether it was revoked. Not here: where tokens come from.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::body::Bytes;
use hyper::header::{ALLOW, AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Method, Request, StatusCode};
use jsonwebtoken::errors::{ErrorKind, Result as JwtResult};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::json;

use crate::ledger::Ledger;
use crate::options::{PAYMENT_ROLE, PAYMENT_SERVICE};
use crate::random;
use crate::reply::{self, Refusal, Reply};
use crate::server::Site;

/// The payment service.
pub(crate) struct Payments {
    keys: JwkSet,
    validation: Validation,
    ledger: Arc<Ledger>,
    /// How many requests came to `/payments`.
    pub(crate) calls: AtomicU64,
}

/// What the service reads of a token.
#[derive(Deserialize)]
struct Claims {
    jti: String,
    azp: String,
    #[serde(default)]
    resource_access: HashMap<String, Roles>,
}

#[derive(Deserialize, Default)]
struct Roles {
    roles: Vec<String>,
}

/// Why a request is refused (RFC 6750 §3.1).
enum Refused {
    /// No bearer token at all. The challenge names no error then.
    NoToken,
    /// The token doesn't count; a new one may.
    Token(&'static str),
    /// The token counts but may not do this; a new one may not either.
    Role,
}

impl Payments {
    /// A service that trusts tokens of this issuer if one of these keys signed them.
    pub(crate) fn new(issuer: &str, keys: JwkSet, ledger: Arc<Ledger>) -> Self {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[PAYMENT_SERVICE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // Issuer and service share a clock, and a demonstration of expiry should not last a minute longer.
        validation.leeway = 0;
        Self { keys, validation, ledger, calls: AtomicU64::new(0) }
    }

    fn check(&self, request: &Request<Bytes>) -> Result<Claims, Refused> {
        let token = request.headers().get(AUTHORIZATION).and_then(bearer).ok_or(Refused::NoToken)?;
        let claims = self.verify(token).map_err(|error| {
            Refused::Token(match error.kind() {
                ErrorKind::ExpiredSignature => "Token is expired",
                ErrorKind::InvalidSignature => "Token has a wrong signature",
                ErrorKind::InvalidAudience => "Token is for somebody else",
                _ => "Token verification failed",
            })
        })?;
        if !self.ledger.holds(&claims.jti) {
            return Err(Refused::Token("Token is revoked"));
        }
        let granted = claims.resource_access.get(PAYMENT_SERVICE);
        if granted.is_some_and(|granted| granted.roles.iter().any(|role| role == PAYMENT_ROLE)) {
            Ok(claims)
        } else {
            Err(Refused::Role)
        }
    }

    fn verify(&self, token: &str) -> JwtResult<Claims> {
        let kid = decode_header(token)?.kid.ok_or(ErrorKind::InvalidToken)?;
        let key = DecodingKey::from_jwk(self.keys.find(&kid).ok_or(ErrorKind::InvalidToken)?)?;
        Ok(decode(token, &key, &self.validation)?.claims)
    }
}

impl Site for Payments {
    const DATED: bool = true;

    fn answer(&self, request: &Request<Bytes>, _from: IpAddr) -> Reply {
        if request.uri().path() != "/payments" {
            return reply::reply(StatusCode::NOT_FOUND, "text/plain", "no such resource\n");
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        if !matches!(*request.method(), Method::GET | Method::POST) {
            let mut reply = reply::reply(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "GET or POST\n");
            reply.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
            return reply;
        }
        match self.check(request) {
            Ok(claims) => accept(&claims, request),
            Err(refused) => refused.into(),
        }
    }
}

impl From<Refused> for Reply {
    fn from(refused: Refused) -> Self {
        let (status, error, description) = match refused {
            Refused::NoToken => (StatusCode::UNAUTHORIZED, None, "Token is missing"),
            Refused::Token(why) => (StatusCode::UNAUTHORIZED, Some("invalid_token"), why),
            Refused::Role => {
                (StatusCode::FORBIDDEN, Some("insufficient_scope"), "Role payments:write is missing")
            }
        };
        let challenge = error.map_or_else(
            || String::from(r#"Bearer realm="payments""#),
            |error| format!(r#"Bearer realm="payments", error="{error}", error_description="{description}""#),
        );
        let error = error.unwrap_or("unauthorized");
        let mut reply = reply::json(status, &Refusal { error, error_description: Some(description) });
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            reply.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        reply
    }
}

/// Scheme names have no case (RFC 9110 §11.1).
fn bearer(authorization: &HeaderValue) -> Option<&str> {
    let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim_start())
}

fn accept(claims: &Claims, request: &Request<Bytes>) -> Reply {
    let Ok(payment) = random::uuid() else {
        return reply::reply(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "no random bytes\n");
    };
    let receipt = json!({
        "status": "accepted",
        "payment": payment.to_string(),
        "client": claims.azp,
        "received_bytes": request.body().len(),
    });
    reply::json(StatusCode::OK, &receipt)
}

#[cfg(test)]
mod tests {
    //! What can't be had from outside: the realm's key under claims that the realm would never sign.

    use hyper::header::AUTHORIZATION;
    use serde_json::{Value, json};

    use super::*;
    use crate::jwt::SigningKey;
    use crate::token::unix_now;

    fn status(change: impl FnOnce(&mut Value)) -> StatusCode {
        let key = SigningKey::new().unwrap();
        let ledger = Arc::new(Ledger::default());
        ledger.enter("1".into());
        let payments = Payments::new("https://issuer.example", key.public().clone(), ledger);
        let mut claims = json!({
            "jti": "1",
            "azp": "a",
            "iss": "https://issuer.example",
            "aud": PAYMENT_SERVICE,
            "exp": unix_now() + 60,
            "resource_access": {PAYMENT_SERVICE: {"roles": [PAYMENT_ROLE]}},
        });
        change(&mut claims);
        let authorization = format!("Bearer {}", key.sign(&claims).unwrap());
        let request = Request::get("/payments").header(AUTHORIZATION, authorization);
        payments.answer(&request.body(Bytes::new()).unwrap(), [127, 0, 0, 1].into()).status()
    }

    fn without(name: &'static str) -> impl FnOnce(&mut Value) {
        move |claims| drop(claims.as_object_mut().unwrap().remove(name))
    }

    #[test]
    fn each_claim_is_needed() {
        assert_eq!(status(|_| {}), StatusCode::OK);
        for name in ["jti", "iss", "aud", "exp"] {
            assert_eq!(status(without(name)), StatusCode::UNAUTHORIZED, "{name}");
        }
        assert_eq!(status(without("resource_access")), StatusCode::FORBIDDEN);
    }

    #[test]
    fn each_claim_must_be_right() {
        let changed = |name: &'static str, value: Value| status(move |claims| claims[name] = value);
        assert_eq!(changed("iss", json!("https://issuer.example/other")), StatusCode::UNAUTHORIZED);
        assert_eq!(changed("aud", json!(["account"])), StatusCode::UNAUTHORIZED);
        assert_eq!(changed("aud", json!(["account", PAYMENT_SERVICE])), StatusCode::OK);
        assert_eq!(changed("exp", json!(unix_now() - 1)), StatusCode::UNAUTHORIZED);
        assert_eq!(changed("jti", json!("2")), StatusCode::UNAUTHORIZED);
        let other = json!({"account": {"roles": [PAYMENT_ROLE]}});
        assert_eq!(changed("resource_access", other), StatusCode::FORBIDDEN, "another client's role");
    }
}
