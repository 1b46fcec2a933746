//! What one connection brings along: transport, clock, scratch. It carries token requests and API calls alike.

use crate::{Clock, Memory, Moment};

/// One way to the network, shared by every token that is fetched over it and by the API calls beside it.
pub struct Link<'a, T, C = fn() -> Moment> {
    /// The transport; while a token is lent by its slot, the API call goes out over the same one.
    pub transport: T,
    /// The clock.
    pub clock: C,
    pub(crate) scratch: Memory<'a>,
}

impl<'a, T, C: Clock> Link<'a, T, C> {
    /// `scratch` holds a request's credentials and body, and behind them its reply: 3 KiB serve a token of 2 KiB.
    /// More exactly, for a [`TokenRequest`](crate::TokenRequest) `r` and a [`ClientAuth`](crate::ClientAuth) `a`:
    /// the length of `a`'s Basic header if it sends one, and `r.encode_len(&a)`, and the larger of the request's
    /// head (about 200 bytes, target, host and Basic header) and the reply's body, to which a reply in chunks, or
    /// without a length, adds one. What is too small is a [`CapacityError`](crate::CapacityError) with the number of
    /// bytes needed.
    pub fn new(transport: T, clock: C, scratch: impl Into<Memory<'a>>) -> Self {
        Self { transport, clock, scratch: scratch.into() }
    }
}

/// Without the transport: what that shows of its buffers is not known here.
impl<T, C> core::fmt::Debug for Link<'_, T, C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Link").field("scratch", &self.scratch).finish_non_exhaustive()
    }
}
