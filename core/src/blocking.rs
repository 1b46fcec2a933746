//! The blocking drivers, over `embedded-io`: thin, for all that is decided is decided by the machines.

// `asynch.rs` is this file with `await`, and a test holds one against the other.

use crate::http1::{Exchange, Over, Step};
use crate::memory::Wiped;
use crate::response::Issued;
use crate::{CapacityError, Channel, Client, Clock, Endpoint, Error, Http1};
use crate::{HttpReply, HttpRequest, Link, Plan, Slot, Token, TokenRequest};
use core::time::Duration;
use embedded_io::{Read, Write};

/// A transport at HTTP height: a client library, a modem that speaks HTTP, a fake in a test.
///
/// ```
/// use keyfob::blocking::RoundTrip;
/// use keyfob::{Buffer, CapacityError, Channel, Error, HttpReply, HttpRequest, Method};
/// # struct Modem;
/// # struct Fault;
/// # impl Modem {
/// #     fn http(
/// #         &mut self,
/// #         _url: &str,
/// #         _content: Option<(&str, &[u8])>,
/// #         _authorization: Option<&[u8]>,
/// #         _reply: &mut [u8],
/// #     ) -> Result<(u16, usize), Fault> {
/// #         Ok((200, 0))
/// #     }
/// #     fn give_up_after(&mut self, _: core::time::Duration) {}
/// # }
///
/// impl RoundTrip for Modem {
///     type Error = Fault;
///
///     fn round_trip<'b>(
///         &mut self,
///         request: HttpRequest<'_>,
///         reply: &'b mut [u8],
///     ) -> Result<HttpReply<'b>, Error<Fault>> {
///         self.give_up_after(request.time_limit());
///         // This modem verifies certificates. To one that doesn't, nothing is shown.
///         let sent = request.reveal(Channel::Authenticated)?;
///         let content = match sent.method {
///             Method::Get => None,
///             Method::Post { content_type, body } => Some((content_type, body)),
///         };
///         // Sends `Accept: application/json` too; writes nothing of a body that is too long.
///         let going = self.http(sent.endpoint.url(), content, sent.authorization, reply);
///         let (status, needed) = going.map_err(Error::Transport)?;
///         let too_small = CapacityError { buffer: Buffer::Reply, needed, available: reply.len() };
///         Ok(HttpReply::new(status, reply.get_mut(..needed).ok_or(too_small)?))
///     }
/// }
/// ```
pub trait RoundTrip {
    /// What can go wrong on the way.
    type Error;

    /// Carries `request` to its endpoint, once, and brings the reply. What is sent is had from
    /// [`request.reveal(channel)`](HttpRequest::reveal): method, `Content-Type`, content and `Authorization`. Beside them
    /// it MUST send `Accept: application/json`, for some servers answer in another form otherwise.
    ///
    /// It MUST end within `request.time_limit()`, MUST NOT follow a redirect, and MUST NOT send the request twice unless
    /// `request.is_repeatable()`. The body lies in `reply`; what was written there beyond the body's end MUST be zeroed
    /// again. A body longer than `reply` is [`Error::Capacity`] with [`Buffer::Reply`](crate::Buffer::Reply); with a status
    /// from 404 on, which says it all, it SHOULD be left out instead.
    ///
    /// # Errors
    /// Whatever went wrong; a reply with a status that says so is a reply.
    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<Self::Error>>;
}

/// A transport at byte height: an opener of streams. Wrap it in [`Http1`].
///
/// ```
/// # use core::time::Duration;
/// # type Fault = core::convert::Infallible;
/// # struct Tls;
/// # impl Tls {
/// #     fn open(_host: &str, _port: u16, _within: Duration) -> Result<Self, Error<Fault>> { Ok(Self) }
/// #     fn is_open_and_idle(&self) -> bool { true }
/// #     fn give_up_after(&mut self, _: Duration) {}
/// # }
/// # impl embedded_io::ErrorType for Tls { type Error = Fault; }
/// # impl embedded_io::Read for Tls {
/// #     fn read(&mut self, _: &mut [u8]) -> Result<usize, Fault> { Ok(0) }
/// # }
/// # impl embedded_io::Write for Tls {
/// #     fn write(&mut self, _: &[u8]) -> Result<usize, Fault> { Ok(0) }
/// #     fn flush(&mut self) -> Result<(), Fault> { Ok(()) }
/// # }
/// use keyfob::{Channel, Endpoint, Error, blocking::Connect};
///
/// struct Opener(Option<Tls>); // your TLS over your network
///
/// impl Connect for Opener {
///     type Error = Fault; // which implements embedded_io::Error
///     type Stream<'s> = &'s mut Tls;
///
///     fn connect(
///         &mut self,
///         to: Endpoint<'_>,
///         within: Duration,
///     ) -> Result<(&mut Tls, Channel), Error<Fault>> {
///         self.0 = None; // closed first: there may be no room for two
///         // Verifies the server's certificate for this host.
///         let tls = Tls::open(to.host(), to.port(), within)?;
///         Ok((self.0.insert(tls), Channel::Authenticated))
///     }
///
///     // Only this keeps the stream for the next call.
///     fn again(&mut self, within: Duration) -> Option<(&mut Tls, Channel)> {
///         let tls = self.0.as_mut().filter(|tls| tls.is_open_and_idle())?;
///         tls.give_up_after(within);
///         Some((tls, Channel::Authenticated))
///     }
/// }
/// ```
pub trait Connect {
    /// What can go wrong on the way.
    type Error: embedded_io::Error;
    /// The stream.
    type Stream<'s>: Read<Error = Self::Error> + Write
    where
        Self: 's;

    /// Opens a stream to the endpoint's host and port, and says what is known of the server there. A stream that this
    /// opener kept MUST be closed first: there may be room for one only.
    ///
    /// Every call on the stream MUST fail once `within` has passed since this call, best with
    /// [`ErrorKind::TimedOut`](embedded_io::ErrorKind::TimedOut).
    ///
    /// # Errors
    /// No stream could be opened.
    fn connect(
        &mut self,
        to: Endpoint<'_>,
        within: Duration,
    ) -> Result<(Self::Stream<'_>, Channel), Error<Self::Error>>;

    /// Lends the stream that `connect` opened last once more, if it was kept and is not known to be dead. [`Http1`] asks
    /// for it only where the next call goes to the same server and the last reply left it in order. `within` as above.
    ///
    /// It MUST return `None` where bytes are waiting in the stream: nobody asked for them, and they would be taken for
    /// the next reply.
    fn again(&mut self, within: Duration) -> Option<(Self::Stream<'_>, Channel)> {
        let _ = within;
        None
    }

    /// As [`connect`](Self::connect), after the stream of [`again`](Self::again) turned out to be dead: the time that
    /// `again` was given SHOULD go on rather than begin anew.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    fn reconnect(
        &mut self,
        to: Endpoint<'_>,
        within: Duration,
    ) -> Result<(Self::Stream<'_>, Channel), Error<Self::Error>> {
        self.connect(to, within)
    }
}

impl<T: RoundTrip> RoundTrip for &mut T {
    type Error = T::Error;

    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<T::Error>> {
        (**self).round_trip(request, reply)
    }
}

impl<C: Connect> RoundTrip for Http1<C> {
    type Error = C::Error;

    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<C::Error>> {
        let (to, within) = (request.endpoint(), request.time_limit());
        // Taken out until the reply is complete: a call that fails or is dropped leaves the stream in disorder.
        let same = self.kept.is_of(to);
        self.kept.clear();
        let mut found_closed = false;
        if same && let Some((mut stream, channel)) = self.connector.again(within) {
            let mut exchange = Exchange::new(request.reveal(channel)?);
            match exchange_over(&mut stream, &mut exchange, reply) {
                Ok(again) => {
                    if again {
                        self.kept.set(to);
                    }
                    return Ok(exchange.reply(reply)?);
                }
                Err(error) if request.is_repeatable() && exchange.found_closed(&error) => found_closed = true,
                Err(error) => return Err(error),
            }
        }
        let (mut stream, channel) = if found_closed {
            self.connector.reconnect(to, within)?
        } else {
            self.connector.connect(to, within)?
        };
        let mut exchange = Exchange::new(request.reveal(channel)?);
        let again = exchange_over(&mut stream, &mut exchange, reply)?;
        if again {
            self.kept.set(to);
        }
        Ok(exchange.reply(reply)?)
    }
}

impl<S: Read + Write> RoundTrip for Over<S> {
    type Error = S::Error;

    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<S::Error>> {
        if !self.server.is_of(request.endpoint()) {
            return Err(Error::Closed);
        }
        self.server.clear();
        let mut exchange = Exchange::new(request.reveal(self.channel)?);
        let again = exchange_over(&mut self.stream, &mut exchange, reply)?;
        if again {
            self.server.set(request.endpoint());
        }
        Ok(exchange.reply(reply)?)
    }
}

fn exchange_over<S: Read + Write>(
    stream: &mut S,
    exchange: &mut Exchange<'_>,
    reply: &mut [u8],
) -> Result<bool, Error<S::Error>> {
    // Wiped where this fails or is dropped: a head that was not sent whole holds a secret.
    let mut buf = Wiped::new(reply);
    loop {
        match exchange.step(buf.bytes).map_err(Error::with_transport)? {
            Step::Send(mut bytes) => {
                // Not `write_all`: it panics where a stream takes nothing.
                while !bytes.is_empty() {
                    let n = stream.write(bytes).map_err(Error::Transport)?;
                    bytes = bytes.get(n..).filter(|_| n > 0).ok_or(Error::Closed)?;
                }
            }
            Step::Flush => stream.flush().map_err(Error::Transport)?,
            Step::Receive(place) => {
                let n = stream.read(place).map_err(Error::Transport)?;
                exchange.received(n, buf.bytes)?;
            }
            Step::Done { again } => {
                buf.used = 0;
                return Ok(again);
            }
        }
    }
}

impl Client<'_> {
    /// The token that `slot` keeps, or a new one. Where an early renewal fails, the old one serves on, and its
    /// [`Lease`](crate::Lease) says why; such a renewal is given up after half of the time that the old one has left.
    /// A token that expired while it was fetched is lent this once.
    ///
    /// # Errors
    /// Whatever kept a token from being fetched; what the slot held before, it still holds.
    pub fn token<'s, T: RoundTrip, C: Clock>(
        &mut self,
        link: &mut Link<'_, T, C>,
        slot: &'s mut Slot<'_>,
    ) -> Result<Token<'s>, Error<T::Error>> {
        let now = link.clock.moment().now();
        slot.see(now);
        let plan = self.plan(slot, now);
        // A renewal that hangs must leave the old token time to serve.
        let within = if plan == Plan::Refresh { self.within.min(slot.patience(now)) } else { self.within };
        if plan != Plan::Use
            && let Err(error) = self.fetch_within(link, slot.request(), within, |issued| slot.keep(issued))
        {
            // It may have failed so slowly that the old token has expired meanwhile.
            if self.plan(slot, link.clock.moment().now()) == Plan::Fetch {
                return Err(error);
            }
            slot.refresh_failed(error.why());
        }
        Ok(slot.lend())
    }

    /// Fetches a token whatever the plan says, and hands it to `keep`: for a slot behind a lock.
    ///
    /// # Errors
    /// Whatever kept a token from being fetched, or `keep` from taking it.
    pub fn fetch_with<T: RoundTrip, C: Clock>(
        &mut self,
        link: &mut Link<'_, T, C>,
        request: TokenRequest<'_>,
        keep: impl FnOnce(Issued<'_>) -> Result<(), CapacityError>,
    ) -> Result<(), Error<T::Error>> {
        let within = self.within;
        self.fetch_within(link, request, within, keep)
    }

    fn fetch_within<T: RoundTrip, C: Clock>(
        &mut self,
        link: &mut Link<'_, T, C>,
        request: TokenRequest<'_>,
        within: u32,
        keep: impl FnOnce(Issued<'_>) -> Result<(), CapacityError>,
    ) -> Result<(), Error<T::Error>> {
        let mut scratch = Wiped::new(link.scratch.bytes_mut());
        let mut fetch = self.begin(request, link.clock.moment(), within);
        fetch.write(scratch.bytes).map_err(Error::with_transport)?;
        let (request, reply) = fetch.round_trip(scratch.bytes);
        let reply = link.transport.round_trip(request, reply).map_err(|error| fetch.failed(error))?;
        let issued = fetch.replied(reply).map_err(Error::with_transport)?;
        keep(issued).map_err(|error| fetch.failed(error.into()))?;
        scratch.used = fetch.finish();
        Ok(())
    }
}
