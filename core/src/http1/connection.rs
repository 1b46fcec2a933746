//! Transports over byte streams, and where a kept stream leads. Opening streams is the caller's affair, what passes through them
//! that of the exchange.

use crate::bytes::is_same_text;
use crate::{Channel, Endpoint};

/// An opener of byte streams, made a transport of whole requests. The stream stays for the next call to the same
/// server, where the opener can keep it.
pub struct Http1<C> {
    pub(crate) connector: C,
    /// Where the opener's stream leads, if it can be used again.
    pub(crate) kept: Server,
}

impl<C> Http1<C> {
    /// A transport over the streams that `connector` opens.
    #[must_use]
    pub const fn new(connector: C) -> Self {
        Self { connector, kept: Server::nowhere() }
    }

    /// The opener.
    #[must_use]
    pub const fn connector(&self) -> &C {
        &self.connector
    }

    /// The opener, to be used or exchanged. Whoever does may lead its stream elsewhere, so it is not used again: what is
    /// meant for one server must not go to another.
    pub fn connector_mut(&mut self) -> &mut C {
        self.kept.clear();
        &mut self.connector
    }
}

impl Http1<()> {
    /// A transport over one `stream` that is open already and leads to `to`'s server, whose name must not be longer than
    /// 64 bytes.
    ///
    /// The stream itself must see to it that a call ends in time: the request's limit is not looked at. And before
    /// a second call, bytes that nobody asked for must not be waiting in it: they would be taken for the next reply.
    #[must_use]
    pub fn over<S>(stream: S, to: Endpoint<'_>, channel: Channel) -> Over<S> {
        let mut server = Server::nowhere();
        server.set(to);
        Over { stream, channel, server }
    }
}

/// A transport over one stream. A call to another server, or after the stream's end, is [`Error::Closed`](crate::Error::Closed).
pub struct Over<S> {
    pub(crate) stream: S,
    pub(crate) channel: Channel,
    /// Where it leads, while it can be used.
    pub(crate) server: Server,
}

impl<S> Over<S> {
    /// Whether another call to the same server can be made.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.server.is_some()
    }

    /// The stream, to close it properly where that takes it by value.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

/// Scheme, host and port by their text: a hash could be made to send one server's secret to another. A server with a
/// longer name is served, but its stream isn't kept.
pub(crate) struct Server {
    tls: bool,
    port: u16,
    /// Empty: nowhere.
    host: heapless::Vec<u8, 64, u8>,
}

impl Server {
    /// A function and no constant: the bytes of a constant would be copied, all of them.
    pub(crate) const fn nowhere() -> Self {
        Self { tls: false, port: 0, host: heapless::Vec::new() }
    }

    pub(crate) fn set(&mut self, endpoint: Endpoint<'_>) {
        (self.tls, self.port) = (endpoint.is_https(), endpoint.port());
        self.host.clear();
        if endpoint.host().len() <= self.host.capacity() {
            self.host.extend(endpoint.host().bytes());
        }
    }

    pub(crate) fn clear(&mut self) {
        self.host.clear();
    }

    pub(crate) fn is_some(&self) -> bool {
        !self.host.is_empty()
    }

    pub(crate) fn is_of(&self, endpoint: Endpoint<'_>) -> bool {
        self.is_some()
            && self.tls == endpoint.is_https()
            && self.port == endpoint.port()
            && is_same_text(&self.host, endpoint.host().as_bytes())
    }
}

/// Where a connector or a stream shows its buffers in `Debug`, they hold secrets: neither is shown.
impl<C> core::fmt::Debug for Http1<C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Http1").field("keeps_stream", &self.kept.is_some()).finish_non_exhaustive()
    }
}

impl<S> core::fmt::Debug for Over<S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Over").field("is_open", &self.is_open()).finish_non_exhaustive()
    }
}
