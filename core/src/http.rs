//! What any transport of HTTP height sees: one request out, one reply in. How bytes carry them is `http1`'s affair.

mod date;

use crate::bytes::{is_field_value, is_same_text, split};
use crate::{Client, ConfigError, Endpoint, clock};
use core::fmt;
use core::time::Duration;

/// What a transport knows of the server at its other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Channel {
    /// It is TLS, and the server's certificate was verified for the endpoint's host.
    Authenticated,
    /// Anything else.
    Insecure,
}

/// One request. Where it goes is open to read; what it says only to who names the channel.
pub struct HttpRequest<'a> {
    /// In milliseconds.
    within: u32,
    repeatable: bool,
    /// A header's value cannot be sent; found where it is set, so that for a `const` the compiler does the work.
    bad_value: bool,
    revealed: Revealed<'a>,
}

/// What is sent: an [`HttpRequest`] whose channel was named. It can be read and not be copied, so that what was looked at is what
/// is sent.
#[non_exhaustive]
pub struct Revealed<'a> {
    /// Where to.
    pub endpoint: Endpoint<'a>,
    /// The method, and for a POST what comes with it.
    pub method: Method<'a>,
    /// The value of the `Authorization` header, if one is sent.
    pub authorization: Option<&'a [u8]>,
}

/// A request's method (RFC 9110 §9.3).
#[derive(Clone, Copy)]
pub enum Method<'a> {
    /// GET.
    Get,
    /// POST.
    Post {
        /// The value of the `Content-Type` header.
        content_type: &'a str,
        /// The content.
        body: &'a [u8],
    },
}

impl<'a> HttpRequest<'a> {
    /// A GET, which may reach the server twice (RFC 9110 §9.2.2).
    #[must_use]
    pub const fn get(endpoint: Endpoint<'a>) -> Self {
        Self::new(endpoint, Method::Get, true)
    }

    /// A POST, which reaches the server at most once unless it is [`repeatable`](Self::repeatable).
    #[must_use]
    pub const fn post(endpoint: Endpoint<'a>, content_type: &'a str, body: &'a [u8]) -> Self {
        let mut request = Self::new(endpoint, Method::Post { content_type, body }, false);
        request.bad_value = !is_field_value(content_type.as_bytes());
        request
    }

    /// A token request (RFC 6749 §4.4.2), with what was written for it. It may be sent twice: it changes nothing on the
    /// server.
    pub(crate) const fn token(endpoint: Endpoint<'a>, authorization: &'a [u8], body: &'a [u8]) -> Self {
        let content_type = "application/x-www-form-urlencoded";
        let mut request = Self::new(endpoint, Method::Post { content_type, body }, true);
        if !authorization.is_empty() {
            request.revealed.authorization = Some(authorization);
        }
        request
    }

    const fn new(endpoint: Endpoint<'a>, method: Method<'a>, repeatable: bool) -> Self {
        let revealed = Revealed { endpoint, method, authorization: None };
        Self { within: clock::millis(Client::DEFAULT_LIMIT), repeatable, bad_value: false, revealed }
    }

    /// The request of a protected call: `value` is what [`Token::header_value`](crate::Token::header_value) lends.
    #[must_use]
    pub const fn authorization(mut self, value: &'a [u8]) -> Self {
        self.revealed.authorization = Some(value);
        self.bad_value |= !is_field_value(value);
        self
    }

    /// The time limit for the whole round trip, connecting included: 30 s unless this says otherwise. It is kept in milliseconds:
    /// a shorter one counts as one, and one of more than 49 days as that.
    #[must_use]
    pub const fn within(mut self, limit: Duration) -> Self {
        self.within = clock::millis(limit);
        self
    }

    pub(crate) const fn within_millis(mut self, limit: u32) -> Self {
        self.within = limit;
        self
    }

    /// This POST may reach the server twice (RFC 9110 §9.2.2): where a kept connection turns out to be dead, it is
    /// sent again over a new one.
    #[must_use]
    pub const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Where it goes.
    #[must_use]
    pub const fn endpoint(&self) -> Endpoint<'a> {
        self.revealed.endpoint
    }

    /// The time limit for the whole round trip, connecting included.
    #[must_use]
    pub const fn time_limit(&self) -> Duration {
        Duration::from_millis(self.within as u64)
    }

    /// Whether it may reach the server twice.
    #[must_use]
    pub const fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    /// What is sent, to a transport that vouches for its channel.
    ///
    /// # Errors
    /// [`ConfigError::InsecureChannel`]: the endpoint wants https, and the channel is not authenticated.
    /// [`ConfigError::HeaderValue`]: a header's value is empty, or could break out of its line.
    pub fn reveal(&self, channel: Channel) -> Result<&Revealed<'a>, ConfigError> {
        if channel == Channel::Insecure && self.revealed.endpoint.is_https() {
            return Err(ConfigError::InsecureChannel);
        }
        if self.bad_value {
            return Err(ConfigError::HeaderValue);
        }
        Ok(&self.revealed)
    }
}

impl fmt::Debug for HttpRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

/// When the server wants to be asked again (RFC 9110 §10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RetryAfter {
    /// After this many seconds.
    Seconds(u32),
    /// At this time, in seconds since 1970.
    At(u64),
}

/// What came back. All but status and body is optional: an AT modem shows no header.
#[non_exhaustive]
pub struct HttpReply<'b> {
    /// The status code.
    pub status: u16,
    /// The content, with its coding for transfer taken away.
    pub body: &'b mut [u8],
    head: &'b [u8],
}

impl<'b> HttpReply<'b> {
    /// A reply of which only status and body are known.
    #[must_use]
    pub const fn new(status: u16, body: &'b mut [u8]) -> Self {
        Self { status, body, head: &[] }
    }

    /// The same reply with its head, as lines of `name: value`: all that came, or those that are wanted here, which are
    /// `Retry-After`, `Date`, `DPoP-Nonce` and each `WWW-Authenticate`.
    #[must_use]
    pub const fn with_head(mut self, head: &'b [u8]) -> Self {
        self.head = head;
        self
    }

    /// The values of all lines of that name. They are looked for only now, so that who wants none links nothing for them.
    fn values(&self, name: &'static [u8]) -> impl Iterator<Item = &'b [u8]> + use<'b> {
        self.head.split(|byte| *byte == b'\n').filter_map(move |line| {
            let (found, value) = line.split_at_checked(name.len())?;
            let value = value.strip_prefix(b":")?;
            is_same_text(found, name).then_some(value.trim_ascii())
        })
    }

    /// `Retry-After`, in either of its forms.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        let value = self.values(b"retry-after").next()?;
        if value.is_empty() {
            return None;
        }
        let seconds = value.iter().try_fold(0_u32, |seconds, digit| {
            let digit = digit.is_ascii_digit().then_some(u32::from(digit & 0x0f))?;
            Some(seconds.saturating_mul(10).saturating_add(digit))
        });
        seconds.map(RetryAfter::Seconds).or_else(|| date::read(value).map(RetryAfter::At))
    }

    /// `Date`, in seconds since 1970 (RFC 9110 §6.6.1).
    #[must_use]
    pub fn date(&self) -> Option<u64> {
        date::read(self.values(b"date").next()?)
    }

    /// `DPoP-Nonce` (RFC 9449 §8).
    #[must_use]
    pub fn dpop_nonce(&self) -> Option<&'b str> {
        text(self.values(b"dpop-nonce").next()?)
    }

    /// The lines of `WWW-Authenticate` (RFC 9110 §11.6.1) but those that surely speak of neither Bearer nor DPoP: a reply keeps
    /// no room for them. One that is no UTF-8 says nothing.
    pub fn challenges(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        self.values(b"www-authenticate").filter(|value| speaks_of_tokens(value)).filter_map(text)
    }
}

fn text(value: &[u8]) -> Option<&str> {
    core::str::from_utf8(value).ok()
}

/// Whether a challenge may name one of the schemes that carry access tokens: their first four letters stand somewhere in it,
/// in any case.
pub(crate) fn speaks_of_tokens(mut line: &[u8]) -> bool {
    const BEARER: u32 = u32::from_le_bytes(*b"bear");
    const DPOP: u32 = u32::from_le_bytes(*b"dpop");
    const LOWER_CASE: u32 = u32::from_le_bytes(*b"    ");
    while let Some(letters) = line.first_chunk() {
        if let BEARER | DPOP = u32::from_le_bytes(*letters) | LOWER_CASE {
            return true;
        }
        line = split(line, 1).1;
    }
    false
}

impl fmt::Debug for HttpReply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reply = f.debug_struct("HttpReply");
        reply.field("status", &self.status).field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for HttpReply<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "HttpReply {{ status: {=u16}, body_len: {=usize}, .. }}",
            self.status,
            self.body.len()
        );
    }
}
