//! An OAuth 2.0 client-credentials client for machines: no user, no heap, perhaps no operating system.
//!
//! A device proves who it is to an authorization server (RFC 6749 §4.4), gets an access token, keeps it until
//! it runs out, and calls services with `Authorization: Bearer …`. This crate is the whole protocol as pure
//! functions of (state, bytes, now): request out, reply in, token kept. It opens no socket, reads no clock and
//! allocates nothing; what it needs of the world is lent to it.
//!
//! ```
//! use keyfob::{Client, ClientAuth, Endpoint, Link, Moment, Slot, TokenRequest, endpoint};
//!
//! # use keyfob::{Channel, Error, HttpReply, HttpRequest, blocking::RoundTrip};
//! # struct Modem;
//! # impl RoundTrip for Modem {
//! #     type Error = ();
//! #     fn round_trip<'b>(&mut self, request: HttpRequest<'_>, reply: &'b mut [u8]) -> Result<HttpReply<'b>, Error<()>> {
//! #         request.reveal(Channel::Authenticated)?;
//! #         let text = br#"{"access_token":"abc.def","token_type":"Bearer","expires_in":300}"#;
//! #         reply[..text.len()].copy_from_slice(text);
//! #         Ok(HttpReply::new(200, &mut reply[..text.len()]))
//! #     }
//! # }
//! # fn uptime_ms() -> u64 { 5 }
//! // A wrong URL fails the build, not the device.
//! const SERVER: Endpoint = endpoint!("https://id.example/realms/iot/protocol/openid-connect/token");
//!
//! # fn main() -> Result<(), Error<()>> {
//! let (mut token_memory, mut scratch) = ([0; 2048], [0; 3072]);
//! let mut client = Client::new(SERVER, ClientAuth::secret_post("sensor-17", "s3cret"));
//! let mut slot = Slot::new(TokenRequest::new().scope("telemetry:write"), &mut token_memory);
//! let mut link = Link::new(Modem, || Moment::at_millis(uptime_ms()), &mut scratch);
//!
//! let token = client.token(&mut link, &mut slot)?; // kept, or fetched
//! assert_eq!(token.header_value(), b"Bearer abc.def");
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! The modules are listed in the order the data takes:
//!
//! 1. fixed at start: [`Endpoint`] (where), [`ClientAuth`] (who), [`TokenRequest`] (what), [`Client`] (one per
//!    authorization server);
//! 2. one operation: [`fetch`], carried by a transport that sees [`HttpRequest`] and [`HttpReply`], or by
//!    [`http1`] over a byte stream;
//! 3. what came of it: [`response`] reads the reply, [`Slot`] keeps the token.
//!
//! [`blocking`] and [`asynch`] drive the same machines over `embedded-io` and `embedded-io-async`.
//!
//! # Features
//!
//! None is on by default, and each only adds.
//!
//! - `alloc`: secrets and buffers may be owned (`ClientAuth::into_owned`, `Memory: From<Vec<u8>>`).
//! - `serde`: the module `claims` reads the access token's own claims without a heap.
//! - `defmt`, `log`: what happened, in one line each. No line ever holds a secret, a token, a header or a body.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::unimplemented,
    clippy::todo,
    clippy::unreachable
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod auth;
mod client;
mod endpoint;
pub mod request;

pub mod fetch;
mod http;
pub mod http1;
pub mod response;
mod slot;

#[cfg(feature = "serde")]
pub mod claims;

mod bytes;
mod clock;
mod error;
mod link;
mod memory;
mod report;
mod write;

pub mod asynch;
pub mod blocking;

pub use auth::ClientAuth;
pub use client::{Client, Plan};
pub use clock::{Clock, Instant, Moment};
pub use endpoint::Endpoint;
pub use error::{Buffer, CapacityError, ConfigError, Error, Rejection, RejectionCode, ResponseError, Why};
pub use http::{Channel, HttpReply, HttpRequest, Method, RetryAfter, Revealed};
pub use http1::Http1;
pub use link::Link;
pub use memory::Memory;
pub use request::TokenRequest;
pub use slot::{Generation, Lease, Slot, Token};
