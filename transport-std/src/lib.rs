//! keyfob on a computer: TCP and TLS by rustls, the system's clock, credentials from the environment.
//!
//! The protocol is [`keyfob`]'s; this crate brings what a computer has: a blocking [`Connector`] whose streams are
//! authenticated by TLS 1.2 or 1.3, a [`StdClock`] that counts sleep, and a [`Source`] made from variables such as
//! `TOKEN_URL`, `CLIENT_ID` and `CLIENT_SECRET` ([`Environment`] lists them).
//!
//! ```no_run
//! use keyfob::{HttpRequest, blocking::RoundTrip, endpoint};
//! use keyfob_std::Environment;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let environment = Environment::read()?.ok_or("set TOKEN_URL, CLIENT_ID and CLIENT_SECRET")?;
//! let mut source = environment.source()?;
//! let mut reply = [0; 4096];
//!
//! let (token, transport) = source.lend()?; // kept, or fetched
//! let generation = token.generation();
//! let request = HttpRequest::get(endpoint!("https://api.example/payments"));
//! let request = request.authorization(token.header_value());
//! if transport.round_trip(request, &mut reply)?.status == 401 {
//!     source.distrust(generation); // revoked: the next call fetches another
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Or without the environment:
//!
//! ```no_run
//! use keyfob::{Client, ClientAuth, Http1, Link, Slot, TokenRequest, endpoint};
//! use keyfob_std::{Connector, StdClock};
//!
//! # fn main() -> Result<(), keyfob::Error<keyfob_std::Error>> {
//! let who = ClientAuth::secret_post("billing", "s3cret");
//! let mut client = Client::new(endpoint!("https://id.example/token"), who);
//! let mut slot = Slot::new(TokenRequest::new().scope("payments:write"), vec![0; 16 * 1024]);
//! let transport = Http1::new(Connector::new());
//! let mut link = Link::new(transport, StdClock::new(), vec![0; 20 * 1024]);
//! let token = client.token(&mut link, &mut slot)?;
//! # let _ = token;
//! # Ok(())
//! # }
//! ```
//!
//! # Good to know
//!
//! - **One time limit** ([`Client::within`](keyfob::Client::within), 30 s by default) covers look-up, connect,
//!   handshake, sending and receiving together. A server that drips its reply byte by byte meets it.
//! - **Connections are kept** for the next call to the same server. One that the server has closed meanwhile is
//!   replaced without a word, where the request may be repeated (RFC 9110 §9.2.2).
//! - **Whom TLS trusts**: the platform's roots, or a PEM file's instead, or what your own rustls `ClientConfig` says.
//!   Certificates are always verified; plain HTTP has constructors that say `insecure`.
//! - **Errors** say who can mend them, in one line, and hold no secret and no text of the server's.
//! - Cryptography is ring's, which needs nothing but a C compiler.
//!
//! Not here: proxies, HTTP/2, redirects. A `Source` belongs to one thread at a time.
#![forbid(unsafe_code)]
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

mod environment;
mod source;

mod connector;
mod lookup;
mod stream;
mod trust;

mod clock;
mod deadline;
mod error;

pub use clock::StdClock;
pub use connector::Connector;
pub use environment::{Environment, EnvironmentError, Variable, Variables};
pub use error::{CertificateProblem, Error, Phase};
pub use rustls;
pub use source::Source;
pub use stream::Stream;
pub use trust::RootsError;
