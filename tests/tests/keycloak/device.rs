//! A machine with one token and one connection, as a program has it: the core's client, slot and link over `keyfob-std`.

use crate::realm::{keycloak, post};
use keyfob::blocking::RoundTrip;
use keyfob::{
    CapacityError, Client, ClientAuth, Clock, Endpoint, Http1, HttpRequest, Link, Slot, Token, TokenRequest,
};
use keyfob_std::{Connector, Error, StdClock};

/// Whatever kept a token or an answer away.
pub(crate) type Failure = keyfob::Error<Error>;

pub(crate) struct Device<C: Clock = StdClock> {
    pub(crate) client: Client<'static>,
    pub(crate) slot: Slot<'static>,
    pub(crate) link: Link<'static, Http1<Connector>, C>,
}

/// Bytes of token memory and of scratch that hold all that the realm issues.
const AMPLE: (usize, usize) = (16 * 1024, 20 * 1024);

/// What a service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) challenges: Vec<String>,
}

impl Device {
    /// That client of the realm, with its secret in the request's body.
    pub(crate) fn of(client: &str) -> Self {
        Self::at(keycloak().token(), post(client))
    }

    /// A client with other credentials.
    pub(crate) fn with(auth: ClientAuth<'static>) -> Self {
        Self::at(keycloak().token(), auth)
    }

    /// A client of another endpoint.
    pub(crate) fn at(endpoint: Endpoint<'static>, auth: ClientAuth<'static>) -> Self {
        Self {
            client: Client::new(endpoint, auth),
            slot: Slot::new(TokenRequest::new(), vec![0; AMPLE.0]),
            link: Link::new(Http1::new(keycloak().connector()), StdClock::new(), vec![0; AMPLE.1]),
        }
    }
}

impl<C: Clock> Device<C> {
    pub(crate) fn asking_for(mut self, request: TokenRequest<'static>) -> Self {
        self.slot = Slot::new(request, vec![0; AMPLE.0]);
        self
    }

    pub(crate) fn over(mut self, connector: Connector) -> Self {
        self.link.transport = Http1::new(connector);
        self
    }

    pub(crate) fn by_clock<D: Clock>(self, clock: D) -> Device<D> {
        let link = Link::new(self.link.transport, clock, vec![0; AMPLE.1]);
        Device { client: self.client, slot: self.slot, link }
    }

    /// Another size for the token's memory and for the scratch, in bytes.
    pub(crate) fn with_room(mut self, token: usize, scratch: usize) -> Self {
        self.slot = Slot::new(self.slot.request(), vec![0; token]);
        self.link = Link::new(self.link.transport, self.link.clock, vec![0; scratch]);
        self
    }

    /// The kept token, or a new one.
    pub(crate) fn token(&mut self) -> Result<Token<'_>, Failure> {
        self.client.token(&mut self.link, &mut self.slot)
    }

    /// A GET with the kept token or a new one, over the same connection.
    pub(crate) fn call(&mut self, service: Endpoint<'_>) -> Result<Answer, Failure> {
        let token = self.client.token(&mut self.link, &mut self.slot)?;
        get(&mut self.link.transport, service, token.header_value())
    }

    /// The scope that a new token is granted, as the reply says it. Nothing is kept.
    pub(crate) fn granted_scope(&mut self) -> Option<String> {
        let mut scope = None;
        let done = self.client.fetch_with(&mut self.link, self.slot.request(), |issued| {
            scope = issued.scope().map(str::to_owned);
            Ok::<(), CapacityError>(())
        });
        done.expect("a token");
        scope
    }
}

/// A GET with that `Authorization`; an empty one isn't sent.
pub(crate) fn get(
    transport: &mut Http1<Connector>,
    service: Endpoint<'_>,
    authorization: &[u8],
) -> Result<Answer, Failure> {
    let mut reply = vec![0; 16 * 1024];
    let mut request = HttpRequest::get(service);
    if !authorization.is_empty() {
        request = request.authorization(authorization);
    }
    let reply = transport.round_trip(request, &mut reply)?;
    let challenges = reply.challenges().map(str::to_owned).collect();
    Ok(Answer { status: reply.status, body: reply.body.to_vec(), challenges })
}
