//! A transport that counts and times what passes through it, and reads what a token's reply says beside the token: where the
//! timeline's numbers come from.

use crate::granted::Granted;
use keyfob::blocking::RoundTrip;
use keyfob::{Error, HttpReply, HttpRequest};
use std::time::{Duration, Instant};

/// Any transport of HTTP height, watched.
pub(crate) struct Watch<T> {
    inner: T,
    /// Requests that were handed over so far.
    pub(crate) requests: u64,
    /// The last one, if an answer came.
    pub(crate) last: Option<Trip>,
    /// Whether replies bring tokens.
    brings_tokens: bool,
    /// What the last one granted.
    pub(crate) granted: Option<Granted>,
}

/// One request and its answer.
#[derive(Clone, Copy)]
pub(crate) struct Trip {
    pub(crate) status: u16,
    /// Bytes of the answer's body.
    pub(crate) bytes: usize,
    /// From the call until the whole answer was there; connecting included, where it was needed.
    pub(crate) took: Duration,
}

impl<T> Watch<T> {
    pub(crate) const fn new(inner: T) -> Self {
        Self { inner, requests: 0, last: None, brings_tokens: false, granted: None }
    }

    /// One that goes to a token endpoint.
    pub(crate) fn of_tokens(inner: T) -> Self {
        Self { brings_tokens: true, ..Self::new(inner) }
    }
}

impl<T: RoundTrip> RoundTrip for Watch<T> {
    type Error = T::Error;

    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<T::Error>> {
        self.requests += 1;
        (self.last, self.granted) = (None, None);
        let began = Instant::now();
        let reply = self.inner.round_trip(request, reply)?;
        self.last = Some(Trip { status: reply.status, bytes: reply.body.len(), took: began.elapsed() });
        if self.brings_tokens {
            self.granted = Granted::read(&reply);
        }
        Ok(reply)
    }
}
