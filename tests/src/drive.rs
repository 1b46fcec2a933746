//! One fetch or round trip, through either driver, with all that can be seen of it afterwards.

use crate::stream::{Broken, Stream};
use crate::{AUTH, ID};
use keyfob::{
    Channel, Client, ClientAuth, Endpoint, Error, Http1, HttpReply, HttpRequest, Link, Moment, RetryAfter,
    Slot, TokenRequest, asynch, blocking,
};

/// Which driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// `keyfob::blocking`.
    Blocking,
    /// `keyfob::asynch`.
    Async,
}

/// Both.
pub const DRIVERS: [Driver; 2] = [Driver::Blocking, Driver::Async];

/// A fetch over a stream.
#[derive(Debug)]
pub struct Fetched {
    /// The header value, or why there is none.
    pub token: Result<String, Error<Broken>>,
    /// The stream as it was left.
    pub stream: Stream,
    /// The scratch as the fetch left it.
    pub scratch: Vec<u8>,
}

/// How a fetch is made, where the usual is not wanted.
#[derive(Debug)]
pub struct Setting {
    /// Who asks.
    pub auth: ClientAuth<'static>,
    /// Bytes of the slot's memory.
    pub memory: usize,
    /// Bytes of scratch.
    pub scratch: usize,
}

impl Default for Setting {
    fn default() -> Self {
        Self { auth: AUTH, memory: 2048, scratch: 3072 }
    }
}

/// One fetch over `stream`, with plenty of room.
#[must_use]
pub fn fetch(driver: Driver, stream: Stream) -> Fetched {
    fetch_with(driver, stream, Setting::default())
}

/// One fetch over `stream`.
#[must_use]
pub fn fetch_with(driver: Driver, mut stream: Stream, setting: Setting) -> Fetched {
    let (mut memory, mut scratch) = (vec![0; setting.memory], vec![0; setting.scratch]);
    let mut client = Client::new(ID, setting.auth);
    let mut slot = Slot::new(TokenRequest::new().scope("telemetry:write"), &mut memory[..]);
    let over = Http1::over(&mut stream, ID, Channel::Authenticated);
    let mut link = Link::new(over, || Moment::at_millis(0), &mut scratch[..]);
    let token = match driver {
        Driver::Blocking => client.token(&mut link, &mut slot),
        Driver::Async => embassy_futures::block_on(client.token_async(&mut link, &mut slot)),
    };
    let token = token.map(|token| token.header_str().to_owned());
    core::mem::forget(link); // dropped, it would wipe the scratch, and hide that the fetch didn't
    Fetched { token, stream, scratch }
}

/// A reply that owns what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The content.
    pub body: Vec<u8>,
    /// `Retry-After`.
    pub retry_after: Option<RetryAfter>,
    /// `DPoP-Nonce`.
    pub dpop_nonce: Option<String>,
    /// `Date`.
    pub date: Option<u64>,
    /// `WWW-Authenticate`, as far as it is kept.
    pub challenges: Vec<String>,
    /// Whether the stream can be used again.
    pub again: bool,
}

impl Reply {
    fn of(reply: &HttpReply<'_>, again: bool) -> Self {
        Self {
            status: reply.status,
            body: reply.body.to_vec(),
            retry_after: reply.retry_after(),
            dpop_nonce: reply.dpop_nonce().map(str::to_owned),
            date: reply.date(),
            challenges: reply.challenges().map(str::to_owned).collect(),
            again,
        }
    }
}

/// One round trip to [`ID`] over `stream`, with a buffer of `room` bytes.
///
/// # Errors
/// Whatever the driver says.
pub fn round_trip(driver: Driver, stream: &mut Stream, room: usize) -> Result<Reply, Error<Broken>> {
    round_trip_of(driver, stream, HttpRequest::get(ID), &mut vec![0; room])
}

/// One round trip of that request over `stream`.
///
/// # Errors
/// Whatever the driver says.
pub fn round_trip_of(
    driver: Driver,
    stream: &mut Stream,
    request: HttpRequest<'_>,
    buf: &mut [u8],
) -> Result<Reply, Error<Broken>> {
    let to: Endpoint<'_> = request.endpoint();
    let mut over = Http1::over(stream, to, Channel::Authenticated);
    let reply = match driver {
        Driver::Blocking => blocking::RoundTrip::round_trip(&mut over, request, buf),
        Driver::Async => embassy_futures::block_on(asynch::RoundTrip::round_trip(&mut over, request, buf)),
    };
    reply.map(|reply| Reply::of(&reply, over.is_open()))
}
