//! What a token endpoint's reply means: a token (RFC 6749 §5.1), a rejection (§5.2), or nonsense. How it came here, and where
//! the token is kept, is not known here.
//!
//! Replies are told apart by their shape, not by `Content-Type`; a rejection counts at any status, 200 included.

mod json;
mod seconds;

use crate::slot::DEFAULT_LIFE;
use crate::{Error, Instant, Rejection, RejectionCode, ResponseError};
use json::{Reader, Value};

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
        Self {
            sent_at,
            issuer,
            ..self
        }
    }
}

impl core::fmt::Debug for Issued<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Issued")
            .field("expires_in", &self.life)
            .finish_non_exhaustive()
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
    let (text, members) = match Members::read(body) {
        Ok(read) => read,
        Err(error) if success => return Err(error.into()),
        Err(_) => return Err(refused_by(status)),
    };
    match members.error {
        None | Some(Value::Null) => {}
        Some(Value::Text(code)) if code.of(text).is_empty() => {}
        Some(Value::Text(code)) => {
            let code = RejectionCode::of(code.of(text));
            return Err(Rejection { status, code }.into());
        }
        Some(_) => {
            return Err(Rejection {
                status,
                code: RejectionCode::Other,
            }
            .into());
        }
    }
    if success {
        members.issued(text, token_types).map_err(Error::from)
    } else {
        Err(refused_by(status))
    }
}

/// What a status says alone. A 4xx is about the request, but for those that say "later".
const fn refused_by(status: u16) -> Error {
    match status {
        408 | 425 | 429 => Error::Response(ResponseError::Status(status)),
        400..500 => Error::Rejected(Rejection {
            status,
            code: RejectionCode::Unspecified,
        }),
        _ => Error::Response(ResponseError::Status(status)),
    }
}

impl RejectionCode {
    fn of(code: &[u8]) -> Self {
        match code {
            b"invalid_request" => Self::InvalidRequest,
            b"invalid_client" => Self::InvalidClient,
            b"invalid_grant" => Self::InvalidGrant,
            b"unauthorized_client" => Self::UnauthorizedClient,
            b"unsupported_grant_type" => Self::UnsupportedGrantType,
            b"invalid_scope" => Self::InvalidScope,
            b"invalid_target" => Self::InvalidTarget,
            b"access_denied" => Self::AccessDenied,
            b"server_error" => Self::ServerError,
            b"temporarily_unavailable" => Self::TemporarilyUnavailable,
            b"use_dpop_nonce" => Self::UseDpopNonce,
            _ => Self::Other,
        }
    }
}

/// The members of a reply that mean something here.
#[derive(Default)]
struct Members {
    access_token: Option<Value>,
    token_type: Option<Value>,
    expires_in: Option<Value>,
    scope: Option<Value>,
    error: Option<Value>,
}

impl Members {
    fn read(body: &mut [u8]) -> Result<(&[u8], Self), ResponseError> {
        if body.is_empty() {
            return Err(ResponseError::Empty);
        }
        if body.starts_with(b"\x1f\x8b") {
            return Err(ResponseError::Compressed);
        }
        let mut members = Self::default();
        let mut reader = Reader::object(body)?;
        let mut first = true;
        while let Some((name, value)) = reader.member(first)? {
            first = false;
            let place = match name.of(reader.text()) {
                b"access_token" => &mut members.access_token,
                b"token_type" => &mut members.token_type,
                b"expires_in" => &mut members.expires_in,
                b"scope" => &mut members.scope,
                b"error" => &mut members.error,
                _ => continue,
            };
            // Of two readers of such a reply, each might believe another one.
            if place.replace(value).is_some() {
                return Err(ResponseError::JsonShape { offset: name.start() });
            }
        }
        Ok((reader.into_text(), members))
    }

    fn issued<'b>(&self, text: &'b [u8], token_types: &[&str]) -> Result<Issued<'b>, ResponseError> {
        let Some(Value::Text(token)) = self.access_token else {
            return Err(ResponseError::TokenMissing);
        };
        let token = token.of(text);
        if token.is_empty() || !is_visible(token) {
            return Err(ResponseError::TokenCharacters);
        }
        let token_type = match self.token_type {
            Some(Value::Text(token_type)) => token_type.of(text),
            None | Some(Value::Null) => b"",
            Some(_) => return Err(ResponseError::TokenType),
        };
        let known = |name: &str| token_type.eq_ignore_ascii_case(name.as_bytes());
        if !known("Bearer") && !token_types.iter().copied().any(known) {
            return Err(ResponseError::TokenType);
        }
        let life = match self.expires_in {
            None | Some(Value::Null) => Some(DEFAULT_LIFE),
            Some(Value::Number(number) | Value::Text(number)) => seconds::read(number.of(text)),
            Some(_) => None,
        };
        let scope = match self.scope {
            Some(Value::Text(scope)) => Some(scope.of(text)).filter(|scope| !scope.is_empty()),
            _ => None,
        };
        Ok(Issued {
            token,
            scope,
            life: life.ok_or(ResponseError::ExpiresIn)?,
            sent_at: Instant::from_millis(0),
            issuer: 0,
        })
    }
}

/// Whether `text` is one JSON object that this reader would take; it unescapes `text` on the way.
#[cfg(feature = "serde")]
pub(crate) fn is_json_object(text: &mut [u8]) -> bool {
    Members::read(text).is_ok()
}

/// RFC 6749 Appendix A.12, without the space, which no header could carry: %x21-7E. No way out of the loop, so that a
/// host's compiler turns it into vectors.
fn is_visible(token: &[u8]) -> bool {
    token
        .iter()
        .fold(true, |all, byte| all & (byte.wrapping_sub(0x21) < 0x5e))
}
