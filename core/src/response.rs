//! What a token endpoint's reply means: a token (RFC 6749 §5.1), a rejection (§5.2), or nonsense. How it came here, and where
//! the token is kept, is not known here.
//!
//! Replies are told apart by their shape, not by `Content-Type`; a rejection counts at any status, 200 included.

mod json;
mod seconds;

use crate::bytes::{Names, is_same, is_same_text, position};
use crate::slot::DEFAULT_LIFE;
use crate::{Error, Instant, Rejection, RejectionCode, ResponseError};
use json::{Kind, Value};

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
    let mut values = core::array::from_fn(|_| Value::ABSENT);
    let read = read_members(body, &mut values);
    if read.is_ok() {
        let [.., error] = &values;
        let code = match error.kind {
            Kind::Absent | Kind::Null => b"",
            Kind::Text => error.span.of(body),
            Kind::Number | Kind::Other => b"?",
        };
        if !code.is_empty() {
            return Err(Rejection { status, code: RejectionCode::of(code) }.into());
        }
    }
    if let 200..300 = status {
        read?;
        return Ok(issued(body, &values, token_types)?);
    }
    Err(refused_by(status))
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
        let at = position(Self::NAMES, code, is_same);
        at.and_then(|at| Self::NAMED.get(at)).copied().unwrap_or(Self::Other)
    }
}

/// The members of a reply that mean something here, in the order of their values.
const MEMBERS: Names<5> = Names::of("access_token token_type expires_in scope error");

fn read_members(body: &mut [u8], values: &mut [Value; 5]) -> Result<(), ResponseError> {
    if body.is_empty() {
        return Err(ResponseError::Empty);
    }
    if body.starts_with(b"\x1f\x8b") {
        return Err(ResponseError::Compressed);
    }
    json::read(body, &MEMBERS, values)
}

fn issued<'b>(
    body: &'b mut [u8],
    values: &[Value; 5],
    token_types: &[&str],
) -> Result<Issued<'b>, ResponseError> {
    let [access_token, token_type, expires_in, scope, _] = values;
    let life = match expires_in.kind {
        Kind::Absent | Kind::Null => DEFAULT_LIFE,
        Kind::Text if !json::is_number(expires_in.span.of_mut(body)) => return Err(ResponseError::ExpiresIn),
        Kind::Number | Kind::Text => seconds::read(expires_in.span.of(body)),
        Kind::Other => return Err(ResponseError::ExpiresIn),
    };
    let body = &*body;
    let token = access_token.span.of(body);
    if access_token.kind != Kind::Text {
        return Err(ResponseError::TokenMissing);
    }
    // RFC 6749 Appendix A.12, without the space, which no header could carry: %x21-7E.
    if token.is_empty() || !(access_token.visible || token.iter().all(u8::is_ascii_graphic)) {
        return Err(ResponseError::TokenCharacters);
    }
    let token_type = match token_type.kind {
        Kind::Text => token_type.span.of(body),
        Kind::Absent | Kind::Null => b"",
        Kind::Number | Kind::Other => return Err(ResponseError::TokenType),
    };
    let known = |name: &str| is_same_text(token_type, name.as_bytes());
    if !known("Bearer") && !token_types.iter().any(|name| known(name)) {
        return Err(ResponseError::TokenType);
    }
    let scope = match scope.kind {
        Kind::Text => Some(scope.span.of(body)).filter(|scope| !scope.is_empty()),
        _ => None,
    };
    Ok(Issued { token, scope, life, sent_at: Instant::from_millis(0), issuer: 0 })
}

/// Whether `text` is one JSON object that this reader would take; it unescapes `text` on the way.
#[cfg(feature = "serde")]
pub(crate) fn is_json_object(text: &mut [u8]) -> bool {
    json::read(text, &Names::of(""), &mut []).is_ok()
}
