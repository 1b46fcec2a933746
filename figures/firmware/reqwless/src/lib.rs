//! keyfob's job, done with reqwless' request and response modules and serde-json-core: post, HTTP/1.1, parse, keep.
//!
//! It takes the shortest way through both crates (no client, no connection type, no URL), over the same port and with
//! static buffers of the same sizes. What it doesn't do, keyfob does: check what is sent, know when the token expires, wipe.
#![no_std]

use core::convert::Infallible;
use core::hint::black_box;
use core::mem::MaybeUninit;
use embedded_io_async::{ErrorType, Read, Write};
use reqwless::TryBufRead;
use reqwless::request::{Method, Request, RequestBuilder};
use reqwless::response::Response;
use rig::place::Place;
use rig::port::Port;

const HOST: &str = "id.example";
const PATH: &str = "/realms/iot/protocol/openid-connect/token";
const ID: &str = "sensor-17";
const SECRET: &str = "Xq7Zc0VbN3mLk9JhGf5Ds2aPoIuYtReW";
const SCOPE: &str = "telemetry:write";
const BEARER: &[u8] = b"Bearer ";

static MEMORY: Place<[u8; 1536]> = Place::new([0; 1536]);
static SCRATCH: Place<[u8; 3072]> = Place::new([0; 3072]);
static PORT: Place<MaybeUninit<Port>> = Place::new(MaybeUninit::uninit());

#[derive(serde::Deserialize)]
struct Reply<'a> {
    access_token: &'a str,
    token_type: &'a str,
    expires_in: u32,
}

/// Opens the port. First of all, and once.
pub fn prepare() {
    // SAFETY: one core, no interrupts, nothing has touched it yet.
    unsafe { PORT.get().write(Port::open()) };
}

/// The whole job; its future lies in this frame.
#[inline(never)]
pub extern "C" fn job() {
    // SAFETY: `prepare` has run, and this is called once.
    let (port, memory, scratch) = unsafe { (PORT.get().assume_init_mut(), MEMORY.get(), SCRATCH.get()) };
    black_box(rig::block_on(token(port, memory, scratch)));
}

/// How long the header value is that the last job kept.
pub fn kept() -> usize {
    // SAFETY: the job has ended.
    unsafe { MEMORY.get().iter().take_while(|byte| **byte != 0).count() }
}

/// The header value's length and the token's life.
async fn token(port: &mut Port, memory: &mut [u8], scratch: &mut [u8]) -> Option<(usize, u32)> {
    let (body, reply) = scratch.split_at_mut(512);
    let body = form(body)?;
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let request = Request::post(PATH).host(HOST).headers(&headers).body(body).build();
    let mut port = Stream(port);
    request.write_header(&mut port).await.ok()?;
    port.write_all(body).await.ok()?;
    port.flush().await.ok()?;

    let response = Response::read(&mut port, Method::POST, reply).await.ok()?;
    if response.status.0 != 200 {
        return None;
    }
    let body = response.body().read_to_end().await.ok()?;
    let (reply, _) = serde_json_core::from_slice::<Reply<'_>>(body).ok()?;
    if !reply.token_type.eq_ignore_ascii_case("Bearer") {
        return None;
    }
    let len = BEARER.len() + reply.access_token.len();
    let place = memory.get_mut(..len)?;
    let (scheme, token) = place.split_at_mut_checked(BEARER.len())?;
    scheme.copy_from_slice(BEARER);
    token.copy_from_slice(reply.access_token.as_bytes());
    Some((len, reply.expires_in))
}

/// The port as reqwless wants it: a foreign trait on a type of this crate.
struct Stream<'s>(&'s mut Port);

impl TryBufRead for Stream<'_> {}

impl ErrorType for Stream<'_> {
    type Error = Infallible;
}

impl Read for Stream<'_> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        Read::read(self.0, buf).await
    }
}

impl Write for Stream<'_> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        Write::write(self.0, buf).await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Write::flush(self.0).await
    }
}

/// The form of RFC 6749 §4.4.2, percent-encoded.
fn form(place: &mut [u8]) -> Option<&[u8]> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut len = 0;
    let mut put = |byte: u8| {
        *place.get_mut(len)? = byte;
        len += 1;
        Some(())
    };
    for (name, value) in [
        ("grant_type=", "client_credentials"),
        ("&scope=", SCOPE),
        ("&client_id=", ID),
        ("&client_secret=", SECRET),
    ] {
        for byte in name.bytes() {
            put(byte)?;
        }
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => put(byte)?,
                b' ' => put(b'+')?,
                _ => {
                    put(b'%')?;
                    put(HEX[usize::from(byte >> 4)])?;
                    put(HEX[usize::from(byte & 15)])?;
                }
            }
        }
    }
    place.get(..len)
}
