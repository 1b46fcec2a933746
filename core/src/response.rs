//! What a token endpoint's reply means: a token (RFC 6749 §5.1), a rejection (§5.2), or nonsense. How it came here, and where
//! the token is kept, is not known here.
//!
//! Replies are told apart by their shape, not by `Content-Type`; a rejection counts at any status, 200 included.

mod json;
mod seconds;

use crate::bytes::is_same_text;
use crate::slot::DEFAULT_LIFE;
use crate::{Error, Instant, Rejection, RejectionCode, ResponseError};
use json::Value;

/// A token as a reply brings it, lent by the reply's own bytes.
#[derive(Clone, Copy)]
pub struct Issued<'b> {
    token: &'b [u8],
    scope: Option<&'b [u8]>,
    life: u32,
    sent_at: Instant,
    issuer: u64,
}

impl<'b> Issued<'b> {
    /// The access token itself. Whoever asks for it keeps it secret.
    #[must_use]
    pub fn expose_token(&self) -> &'b str {
        core::str::from_utf8(self.token).unwrap_or_default()
    }

    /// How long the reply says that the token lives, in seconds, counted from when its request left. 300 where it
    /// says nothing; 0, which is good for one use, also where it says less; `u32::MAX` where it says more.
    #[must_use]
    pub const fn expires_in(&self) -> u32 {
        self.life
    }

    /// The scope that was granted, if the reply names one; it may differ from what was asked for (RFC 6749 §3.3).
    #[must_use]
    pub fn scope(&self) -> Option<&'b str> {
        core::str::from_utf8(self.scope?).ok()
    }

    pub(crate) const fn bytes(&self) -> &'b [u8] {
        self.token
    }

    pub(crate) const fn sent_at(&self) -> Instant {
        self.sent_at
    }

    pub(crate) const fn issuer(&self) -> u64 {
        self.issuer
    }

    pub(crate) const fn issued_to(self, issuer: u64, sent_at: Instant) -> Self {
        Self { sent_at, issuer, ..self }
    }
}

impl core::fmt::Debug for Issued<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Issued").field("expires_in", &self.life).finish_non_exhaustive()
    }
}

/// Reads the reply of a token endpoint. `body` is unescaped in place; the token is lent from it.
///
/// ```
/// let mut body = *br#"{"access_token":"abc","token_type":"bearer","expires_in":"60"}"#;
/// let issued = keyfob::response::read(200, &mut body)?;
/// assert_eq!((issued.expose_token(), issued.expires_in()), ("abc", 60));
/// # Ok::<(), keyfob::Error>(())
/// ```
///
/// # Errors
/// [`Error::Rejected`] where the server says no: by an `error`, or by a 4xx that is about the request.
/// [`Error::Response`] where it talks nonsense, or says that it has a problem of its own.
pub fn read(status: u16, body: &mut [u8]) -> Result<Issued<'_>, Error> {
    read_from(status, body, &[])
}

/// As [`read`], for a server that calls a bearer token by other names as well.
pub(crate) fn read_from<'b>(
    status: u16,
    body: &'b mut [u8],
    token_types: &[&str],
) -> Result<Issued<'b>, Error> {
    let success = (200..300).contains(&status);
    let members = match Members::read(body) {
        Ok(read) => read,
        Err(error) if success => return Err(error.into()),
        Err(_) => return Err(refused_by(status)),
    };
    let code = match members.error {
        Value::Absent | Value::Null => b"",
        Value::Text(code) => code.of(body),
        Value::Number(_) | Value::Other => b"?",
    };
    if !code.is_empty() {
        return Err(Rejection { status, code: RejectionCode::of(code) }.into());
    }
    if success { members.issued(body, token_types).map_err(Error::from) } else { Err(refused_by(status)) }
}

/// What a status says alone. A 4xx is about the request, but for those that say "later".
const fn refused_by(status: u16) -> Error {
    match status {
        408 | 425 | 429 => Error::Response(ResponseError::Status(status)),
        400..500 => Error::Rejected(Rejection { status, code: RejectionCode::Unspecified }),
        _ => Error::Response(ResponseError::Status(status)),
    }
}

impl RejectionCode {
    fn of(code: &[u8]) -> Self {
        const NAMED: [RejectionCode; 11] = [
            RejectionCode::InvalidRequest,
            RejectionCode::InvalidClient,
            RejectionCode::InvalidGrant,
            RejectionCode::UnauthorizedClient,
            RejectionCode::UnsupportedGrantType,
            RejectionCode::InvalidScope,
            RejectionCode::InvalidTarget,
            RejectionCode::AccessDenied,
            RejectionCode::ServerError,
            RejectionCode::TemporarilyUnavailable,
            RejectionCode::UseDpopNonce,
        ];
        NAMED.into_iter().find(|named| named.as_str().as_bytes() == code).unwrap_or(Self::Other)
    }
}

/// The members of a reply that mean something here.
struct Members {
    access_token: Value,
    token_type: Value,
    expires_in: Value,
    scope: Value,
    error: Value,
}

impl Members {
    fn read(body: &mut [u8]) -> Result<Self, ResponseError> {
        const NAMES: [&[u8]; 5] = [b"access_token", b"token_type", b"expires_in", b"scope", b"error"];
        if body.is_empty() {
            return Err(ResponseError::Empty);
        }
        if body.starts_with(b"\x1f\x8b") {
            return Err(ResponseError::Compressed);
        }
        let [access_token, token_type, expires_in, scope, error] = json::read(body, &NAMES)?;
        Ok(Self { access_token, token_type, expires_in, scope, error })
    }

    fn issued<'b>(&self, body: &'b mut [u8], token_types: &[&str]) -> Result<Issued<'b>, ResponseError> {
        let life = match self.expires_in {
            Value::Absent | Value::Null => DEFAULT_LIFE,
            Value::Number(number) => seconds::read(number.of(body)),
            Value::Text(number) if json::is_number(number.of_mut(body)) => seconds::read(number.of(body)),
            Value::Text(_) | Value::Other => return Err(ResponseError::ExpiresIn),
        };
        let body = &*body;
        let Value::Text(token) = self.access_token else {
            return Err(ResponseError::TokenMissing);
        };
        let token = token.of(body);
        if token.is_empty() || !is_visible(token) {
            return Err(ResponseError::TokenCharacters);
        }
        let token_type = match self.token_type {
            Value::Text(token_type) => token_type.of(body),
            Value::Absent | Value::Null => b"",
            Value::Number(_) | Value::Other => return Err(ResponseError::TokenType),
        };
        let known = |name: &str| is_same_text(token_type, name.as_bytes());
        if !known("Bearer") && !token_types.iter().any(|name| known(name)) {
            return Err(ResponseError::TokenType);
        }
        let scope = match self.scope {
            Value::Text(scope) => Some(scope.of(body)).filter(|scope| !scope.is_empty()),
            _ => None,
        };
        Ok(Issued { token, scope, life, sent_at: Instant::from_millis(0), issuer: 0 })
    }
}

/// Whether `text` is one JSON object that this reader would take; it unescapes `text` on the way.
#[cfg(feature = "serde")]
pub(crate) fn is_json_object(text: &mut [u8]) -> bool {
    json::read(text, &[]).is_ok()
}

/// RFC 6749 Appendix A.12, without the space, which no header could carry: %x21-7E. No way out of the loop, so that a
/// host's compiler turns it into vectors.
fn is_visible(token: &[u8]) -> bool {
    token.iter().fold(true, |all, byte| all & (byte.wrapping_sub(0x21) < 0x5e))
}
