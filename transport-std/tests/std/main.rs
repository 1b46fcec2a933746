//! The public surface of `keyfob-std` against servers on loopback: good ones (the examples' world) and scripted bad ones.

mod authority;
mod server;

mod clock;
mod deadline;
mod environment;
mod keeping;
mod process;
mod reach;
mod source;
mod tls;

use keyfob::blocking::RoundTrip;
use keyfob::{Client, ClientAuth, Endpoint, Http1, HttpRequest, Link, Slot, TokenRequest};
use keyfob_std::{Connector, Error, StdClock};
use std::time::Duration;

/// Nothing on loopback takes so long; a test that fails shall not hang.
const AMPLE: Duration = Duration::from_secs(20);

/// The token endpoint at `url`, https or not.
fn endpoint(url: &str) -> Endpoint<'_> {
    Endpoint::https(url).or_else(|_| Endpoint::insecure_http(url)).expect(url)
}

/// One GET: its body.
fn get(
    transport: &mut Http1<Connector>,
    url: &str,
    within: Duration,
) -> Result<String, keyfob::Error<Error>> {
    let mut reply = [0; 2048];
    let reply = transport.round_trip(HttpRequest::get(endpoint(url)).within(within), &mut reply)?;
    Ok(String::from_utf8_lossy(reply.body).into_owned())
}

/// One token: its length.
fn token(
    connector: Connector,
    url: &str,
    client_id: &str,
    secret: &str,
) -> Result<usize, keyfob::Error<Error>> {
    let mut client = Client::new(endpoint(url), ClientAuth::secret_post(client_id, secret)).within(AMPLE);
    let mut slot = Slot::new(TokenRequest::new(), vec![0; 4096]);
    let mut link = Link::new(Http1::new(connector), StdClock::new(), vec![0; 8192]);
    Ok(client.token(&mut link, &mut slot)?.expose_token().len())
}
