//! The job that is measured: `client.token()` with client_secret_post over `Http1` and a byte port, everything static.
#![no_std]

mod inspect;

pub use inspect::inspect;

use core::convert::Infallible;
use core::hint::black_box;
use core::mem::MaybeUninit;
use core::ptr::read_volatile;
use core::time::Duration;
use keyfob::{
    Channel, Client, ClientAuth, Endpoint, Error, Http1, Link, Moment, Slot, TokenRequest, asynch, blocking,
    endpoint,
};
use rig::place::Place;
use rig::port::Port;

const SERVER: Endpoint<'static> = endpoint!("https://id.example/realms/iot/protocol/openid-connect/token");
const SECRET: &str = "Xq7Zc0VbN3mLk9JhGf5Ds2aPoIuYtReW";
// As a firmware would have it: the compiler checks it.
const REQUEST: TokenRequest<'static> = TokenRequest::new().scope("telemetry:write");

type BoardLink = Link<'static, Http1<Board>, fn() -> Moment>;

// For a token of 1.5 KB, and for one request and its reply.
static MEMORY: Place<[u8; 1536]> = Place::new([0; 1536]);
static SCRATCH: Place<[u8; 3072]> = Place::new([0; 3072]);
static CLIENT: Place<Client<'static>> =
    Place::new(Client::new(SERVER, ClientAuth::secret_post("sensor-17", SECRET)));
static SLOT: Place<MaybeUninit<Slot<'static>>> = Place::new(MaybeUninit::uninit());
static LINK: Place<MaybeUninit<BoardLink>> = Place::new(MaybeUninit::uninit());

/// Puts slot and link into their places. First of all, and once.
pub fn prepare() {
    // SAFETY: one core, no interrupts, and nothing else has touched these yet.
    unsafe {
        SLOT.get().write(Slot::new(REQUEST, MEMORY.get()));
        LINK.get().write(Link::new(Http1::new(Board(Port::open())), clock, SCRATCH.get()));
    }
}

/// The whole job, blocking. After [`prepare`].
#[inline(never)]
pub extern "C" fn job() {
    let (client, link, slot) = parts();
    black_box(client.token(link, slot).map_or(0, |token| token.header_value().len()));
}

/// The whole job, async; its future lies in this frame.
#[inline(never)]
pub extern "C" fn job_async() {
    let (client, link, slot) = parts();
    black_box(rig::block_on(client.token_async(link, slot)).map_or(0, |token| token.header_value().len()));
}

type Parts = (&'static mut Client<'static>, &'static mut BoardLink, &'static mut Slot<'static>);

fn parts() -> Parts {
    // SAFETY: `prepare` has run, and the callers hold on to nothing.
    unsafe { (CLIENT.get(), LINK.get().assume_init_mut(), SLOT.get().assume_init_mut()) }
}

/// SysTick's count: a clock whose answer the compiler cannot know.
fn clock() -> Moment {
    const CURRENT: *const u32 = 0xe000_e018 as *const u32;
    // SAFETY: a register of every Cortex-M, read only.
    Moment::at_millis(u64::from(unsafe { read_volatile(CURRENT) }))
}

/// The opener: the port is always open, and what hangs on it is trusted as a TLS stream would be.
struct Board(Port);

impl blocking::Connect for Board {
    type Error = Infallible;
    type Stream<'s> = &'s mut Port;

    fn connect(
        &mut self,
        to: Endpoint<'_>,
        _within: Duration,
    ) -> Result<(&mut Port, Channel), Error<Infallible>> {
        black_box(to.host());
        Ok((&mut self.0, Channel::Authenticated))
    }
}

impl asynch::Connect for Board {
    type Error = Infallible;
    type Stream<'s> = &'s mut Port;

    async fn connect(
        &mut self,
        to: Endpoint<'_>,
        _within: Duration,
    ) -> Result<(&mut Port, Channel), Error<Infallible>> {
        black_box(to.host());
        Ok((&mut self.0, Channel::Authenticated))
    }
}
