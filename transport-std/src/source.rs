//! A token source for one client of one server, made from the environment: the core's client, slot and link together, and
//! a secret that is read again from its file when the server refuses it. Threads that share one are another room.

use crate::environment::{Environment, EnvironmentError, Variable, read_bounded, read_secret};
use crate::{Connector, Error, StdClock};
use keyfob::{
    Client, ConfigError, Endpoint, Generation, Http1, Lease, Link, RejectionCode, Slot, Token, Why,
};
use std::net::IpAddr;
use zeroize::Zeroizing;

/// A token source: one client, one token, one connection.
///
/// Its parts are open, to be used as the core has them; [`lend`](Self::lend) lends token and transport at once, for
/// an API call over the same transport.
#[derive(Debug)]
#[non_exhaustive]
pub struct Source<'e> {
    /// Who we are at the authorization server.
    pub client: Client<'e>,
    /// The token's place.
    pub slot: Slot<'e>,
    /// Transport and clock.
    pub link: Link<'e, Http1<Connector>, StdClock>,
    environment: &'e Environment,
    /// The secret that was read from the file last, if that is not the environment's any more.
    reread: Option<Zeroizing<String>>,
}

impl Environment {
    /// A token source, as the environment says. Nothing is sent yet; `CA_FILE` is read now.
    ///
    /// # Errors
    /// [`EnvironmentError`] names the variable that must be mended. `http://` is refused.
    pub fn source(&self) -> Result<Source<'_>, EnvironmentError> {
        if self.is_plain_http() {
            return Err(EnvironmentError::PlainHttp);
        }
        let endpoint = Endpoint::https(self.token_url()).map_err(unusable_url)?;
        let connector = match self.ca_file() {
            None => Connector::new(),
            Some(path) => {
                let pem = read_bounded(path)
                    .map_err(|error| EnvironmentError::File(Variable::CaFile, error.kind()))?;
                Connector::with_roots(&pem).map_err(EnvironmentError::CaFile)?
            }
        };
        self.source_over(endpoint, connector)
    }

    /// A token source that also takes a `TOKEN_URL` of **plain `http://`, over which the secret travels in the clear**,
    /// if its host is `localhost` or a loopback address: for a server that was just started on the same computer.
    /// It then calls nothing but plain HTTP on this computer.
    ///
    /// # Errors
    /// As for [`source`](Self::source).
    pub fn insecure_loopback_source(&self) -> Result<Source<'_>, EnvironmentError> {
        if !self.is_plain_http() {
            return self.source();
        }
        let endpoint = Endpoint::insecure_http(self.token_url()).map_err(unusable_url)?;
        let host = endpoint.host();
        let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
        if !host.eq_ignore_ascii_case("localhost") && !host.parse().is_ok_and(is_loopback) {
            return Err(EnvironmentError::NotLoopback);
        }
        self.source_over(endpoint, Connector::insecure_http_loopback())
    }

    /// Whether `TOKEN_URL` begins with `http://`.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        let scheme = self.token_url().get(.."http://".len());
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
    }

    fn source_over<'e>(
        &'e self,
        endpoint: Endpoint<'e>,
        connector: Connector,
    ) -> Result<Source<'e>, EnvironmentError> {
        let (auth, request) = (self.client_auth(), self.token_request());
        // The core's own checks, now instead of at the first fetch.
        if let Err(keyfob::Error::Config(error)) = request.encode(&auth, &mut []) {
            return Err(EnvironmentError::Value(self.culprit(error), error));
        }
        Ok(Source {
            client: Client::new(endpoint, auth),
            slot: Slot::new(request, vec![0; Source::TOKEN_MEMORY]),
            link: Link::new(Http1::new(connector), StdClock::new(), vec![0; Source::SCRATCH]),
            environment: self,
            reread: None,
        })
    }

    /// Which variable the core doesn't like.
    fn culprit(&self, error: ConfigError) -> Variable {
        match error {
            ConfigError::ClientId => Variable::ClientId,
            ConfigError::ClientSecret if self.secret_file().is_some() => Variable::ClientSecretFile,
            ConfigError::ClientSecret => Variable::ClientSecret,
            ConfigError::Scope => Variable::Scope,
            ConfigError::Audience => Variable::Audience,
            _ => Variable::TokenUrl,
        }
    }
}

fn unusable_url(error: ConfigError) -> EnvironmentError {
    EnvironmentError::Value(Variable::TokenUrl, error)
}

impl Source<'_> {
    /// Bytes of token memory: `Bearer ` and a token of 16 KiB less that, unless
    /// [`token_memory`](Self::token_memory) says otherwise.
    pub const TOKEN_MEMORY: usize = 16 * 1024;
    /// Bytes of scratch: a request, and behind it the reply with such a token, unless [`scratch`](Self::scratch) says
    /// otherwise.
    pub const SCRATCH: usize = 20 * 1024;

    /// Gives the token's memory another size, in bytes. A token that was kept is forgotten.
    #[must_use]
    pub fn token_memory(mut self, bytes: usize) -> Self {
        self.slot = Slot::new(self.slot.request(), vec![0; bytes]);
        self
    }

    /// Gives the scratch another size, in bytes.
    #[must_use]
    pub fn scratch(mut self, bytes: usize) -> Self {
        let Link { transport, clock, .. } = self.link;
        self.link = Link::new(transport, clock, vec![0; bytes]);
        self
    }

    /// The token that is kept, or a new one, as [`Client::token`] has it. Where the server refuses the credentials and
    /// `CLIENT_SECRET_FILE` holds others by now, it is asked once more with those.
    ///
    /// # Errors
    /// Whatever kept a token from being fetched. A file that can't be read any more leaves the server's refusal.
    pub fn token(&mut self) -> Result<Token<'_>, keyfob::Error<Error>> {
        self.lend().map(|(token, _)| token)
    }

    /// The token, and the transport to use it over while it is lent.
    ///
    /// # Errors
    /// As for [`token`](Self::token).
    pub fn lend(&mut self) -> Result<(Token<'_>, &mut Http1<Connector>), keyfob::Error<Error>> {
        let mut fetched = self.client.token(&mut self.link, &mut self.slot).map(|token| token.lease());
        if refuses_credentials(&fetched) && self.secret_has_changed() {
            fetched = self.client.token(&mut self.link, &mut self.slot).map(|token| token.lease());
        }
        fetched?;
        // It is there: kept just now, or before and still good.
        let token = self.slot.just_kept().ok_or(keyfob::Error::Closed)?;
        Ok((token, &mut self.link.transport))
    }

    /// A service refused the token of that generation with a 401: the next call fetches another.
    pub fn distrust(&mut self, generation: Generation) {
        self.slot.distrust(generation);
    }

    /// Reads the secret's file again, and takes the secret over if it is another.
    fn secret_has_changed(&mut self) -> bool {
        let Some(Ok(secret)) = self.environment.secret_file().map(read_secret) else {
            return false;
        };
        let known = self.reread.as_deref().map_or(self.environment.secret(), String::as_str);
        if *secret == known {
            return false;
        }
        let auth = self.environment.client_auth_with(&secret);
        // One that cannot be sent, as a file that is just being written may hold, is no better than the old one.
        if let Err(keyfob::Error::Config(_)) = self.slot.request().encode(&auth, &mut []) {
            return false;
        }
        // Owned by the client too: it takes no text that lives shorter than the environment.
        self.client.set_auth(auth.into_owned());
        self.reread = Some(secret);
        true
    }
}

/// Whether the server refused the credentials, be it that the old token serves on.
fn refuses_credentials(fetched: &Result<Lease, keyfob::Error<Error>>) -> bool {
    match fetched {
        Err(keyfob::Error::Rejected(rejection)) => rejection.refuses_credentials(),
        Err(_) => false,
        Ok(lease) => matches!(
            lease.refresh_failed,
            Some(Why::Rejected(RejectionCode::InvalidClient | RejectionCode::UnauthorizedClient))
        ),
    }
}
