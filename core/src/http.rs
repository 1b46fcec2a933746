//! What any transport of HTTP height sees: one request out, one reply in. How bytes carry them is `http1`'s affair.

use crate::{ConfigError, Endpoint};
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
    within: Duration,
    repeatable: bool,
    revealed: Revealed<'a>,
}

/// What is sent: an [`HttpRequest`] whose channel was named.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Revealed<'a> {
    /// Where to.
    pub endpoint: Endpoint<'a>,
    /// The method, and for a POST what comes with it.
    pub method: Method<'a>,
    /// The value of the `Authorization` header, if one is sent.
    pub authorization: Option<&'a [u8]>,
    /// The value of the `Accept` header.
    pub accept: &'static str,
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
        Self::new(endpoint, Method::Post { content_type, body }, false)
    }

    const fn new(endpoint: Endpoint<'a>, method: Method<'a>, repeatable: bool) -> Self {
        let revealed = Revealed {
            endpoint,
            method,
            authorization: None,
            accept: "*/*",
        };
        Self {
            within: crate::Client::DEFAULT_LIMIT,
            repeatable,
            revealed,
        }
    }

    /// The request of a protected call: `value` is what [`Token::header_value`](crate::Token::header_value) lends.
    #[must_use]
    pub const fn authorization(mut self, value: &'a [u8]) -> Self {
        self.revealed.authorization = Some(value);
        self
    }

    pub(crate) const fn accept_json(mut self) -> Self {
        self.revealed.accept = "application/json";
        self
    }

    /// The time limit for the whole round trip, connecting included: 30 s unless this says otherwise.
    #[must_use]
    pub const fn within(mut self, limit: Duration) -> Self {
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
        self.within
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
    pub const fn reveal(&self, channel: Channel) -> Result<Revealed<'a>, ConfigError> {
        match channel {
            Channel::Insecure if self.revealed.endpoint.is_https() => Err(ConfigError::InsecureChannel),
            _ => Ok(self.revealed),
        }
    }
}

impl fmt::Debug for HttpRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
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

const MAX_CHALLENGES: usize = 4;

/// What came back. All but status and body is optional: an AT modem shows no header.
#[non_exhaustive]
pub struct HttpReply<'b> {
    /// The status code.
    pub status: u16,
    /// The content, with its coding for transfer taken away.
    pub body: &'b mut [u8],
    /// `Retry-After`.
    pub retry_after: Option<RetryAfter>,
    /// `DPoP-Nonce` (RFC 9449 §8).
    pub dpop_nonce: Option<&'b str>,
    /// `Date`, in seconds since 1970.
    pub date: Option<u64>,
    challenges: [Option<&'b str>; MAX_CHALLENGES],
}

impl<'b> HttpReply<'b> {
    /// How many `WWW-Authenticate` lines are kept.
    pub const MAX_CHALLENGES: usize = MAX_CHALLENGES;

    /// A reply of which only status and body are known.
    #[must_use]
    pub const fn new(status: u16, body: &'b mut [u8]) -> Self {
        let challenges = [None; MAX_CHALLENGES];
        Self {
            status,
            body,
            retry_after: None,
            dpop_nonce: None,
            date: None,
            challenges,
        }
    }

    /// One `WWW-Authenticate` line (RFC 9110 §11.6.1), of which a reply may have several. Kept are the first four
    /// that speak of Bearer or DPoP: a server's Negotiate, NTLM, Digest and Basic cannot crowd them out.
    pub fn add_challenge(&mut self, line: &'b str) {
        if speaks_of_tokens(line.as_bytes())
            && let Some(place) = self.challenges.iter_mut().find(|place| place.is_none())
        {
            *place = Some(line);
        }
    }

    /// The `WWW-Authenticate` lines that were kept.
    pub fn challenges(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        self.challenges.into_iter().flatten()
    }
}

/// Whether a challenge names one of the schemes that carry access tokens.
pub(crate) fn speaks_of_tokens(line: &[u8]) -> bool {
    line.windows(4).any(|word| word.eq_ignore_ascii_case(b"DPoP"))
        || line.windows(6).any(|word| word.eq_ignore_ascii_case(b"Bearer"))
}

impl fmt::Debug for HttpReply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reply = f.debug_struct("HttpReply");
        reply
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
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
