//! A transport at HTTP height, without a header: a modem that is told by AT commands what to send.

use core::fmt;
use keyfob::{Channel, Error, HttpReply, HttpRequest, Method, asynch, blocking};
use std::collections::VecDeque;

/// Answers each request with the next (status, body) of its script, and the last one for ever. Without any, a blocking
/// call fails, and an async one never ends.
#[derive(Debug, Default)]
pub struct Modem {
    script: VecDeque<(u16, &'static str)>,
    /// What it was told to send.
    pub orders: Vec<Order>,
}

/// One request, as the modem was told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Where to.
    pub url: String,
    /// The value of `Authorization`.
    pub authorization: Option<String>,
    /// The body.
    pub body: String,
}

/// It says no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModemError;

impl fmt::Display for ModemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ERROR")
    }
}

impl core::error::Error for ModemError {}

impl Modem {
    /// A modem with that script.
    #[must_use]
    pub fn new<const N: usize>(script: [(u16, &'static str); N]) -> Self {
        Self { script: script.into(), orders: Vec::new() }
    }
}

impl blocking::RoundTrip for Modem {
    type Error = ModemError;

    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<ModemError>> {
        let revealed = request.reveal(Channel::Authenticated)?;
        let body = match revealed.method {
            Method::Post { body, .. } => body,
            Method::Get => b"",
        };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("only text is sent");
        self.orders.push(Order {
            url: revealed.endpoint.url().to_owned(),
            authorization: revealed.authorization.map(text),
            body: text(body),
        });
        let next = if self.script.len() > 1 { self.script.pop_front() } else { self.script.front().copied() };
        let (status, text) = next.ok_or(Error::Transport(ModemError))?;
        let (needed, available) = (text.len(), reply.len());
        let place = reply.get_mut(..needed).ok_or(keyfob::CapacityError {
            buffer: keyfob::Buffer::Reply,
            needed,
            available,
        })?;
        place.copy_from_slice(text.as_bytes());
        Ok(HttpReply::new(status, place))
    }
}

impl asynch::RoundTrip for Modem {
    type Error = ModemError;

    async fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<ModemError>> {
        embassy_futures::yield_now().await;
        if self.script.is_empty() {
            core::future::pending::<()>().await;
        }
        blocking::RoundTrip::round_trip(self, request, reply)
    }
}
