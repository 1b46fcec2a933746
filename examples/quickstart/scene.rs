//! Who plays: the client, its authorization server, and the service it calls; made of the world or of the environment.

use crate::advice::Trouble;
use crate::settings::Settings;
use keyfob::{Client, ClientAuth, Endpoint, Http1, TokenRequest};
use keyfob_std::{Connector, Environment, Source};
use keyfob_world::{ORDER_SERVICE, PAYMENT_SERVICE, World};
use std::fs;
use std::net::IpAddr;

/// Everything that a run needs, and under which names it is shown.
pub(crate) struct Scene<'a> {
    pub(crate) client: Client<'a>,
    pub(crate) client_id: &'a str,
    pub(crate) request: TokenRequest<'a>,
    pub(crate) transport: Http1<Connector>,
    /// How the authorization server is called.
    pub(crate) server: String,
    pub(crate) service: Option<Service<'a>>,
    /// Where tokens can be revoked and their life changed.
    pub(crate) world: Option<&'a World>,
}

/// A service that takes the token. It has a connection of its own, so that both are kept.
pub(crate) struct Service<'a> {
    pub(crate) name: String,
    pub(crate) endpoint: Endpoint<'a>,
    pub(crate) transport: Http1<Connector>,
}

impl<'a> Scene<'a> {
    /// The order service, which pays.
    pub(crate) fn of_world(world: &'a World, secret: &'a str) -> Result<Self, Trouble> {
        let trusting = || Connector::with_roots(world.ca_pem().as_bytes()).map(Http1::new);
        let endpoint = |url| Endpoint::https(url).map_err(|error| Trouble::Token(error.into()));
        Ok(Self {
            client: Client::new(endpoint(world.token_url())?, ClientAuth::secret_post(ORDER_SERVICE, secret)),
            client_id: ORDER_SERVICE,
            request: TokenRequest::new(),
            transport: trusting().map_err(Trouble::Roots)?,
            server: "token endpoint".into(),
            service: Some(Service {
                name: PAYMENT_SERVICE.into(),
                endpoint: endpoint(world.api_url())?,
                transport: trusting().map_err(Trouble::Roots)?,
            }),
            world: Some(world),
        })
    }

    /// Whatever the environment names.
    pub(crate) fn of_environment(
        environment: &'a Environment,
        settings: &'a Settings,
    ) -> Result<Self, Trouble> {
        let Source { client, slot, link, .. } = environment.insecure_loopback_source()?;
        let service = settings.api_url.as_deref().map(|url| Service::at(url, settings)).transpose()?;
        Ok(Self {
            server: authority(&client.endpoint()),
            client,
            client_id: environment.client_id(),
            request: slot.request(),
            transport: link.transport,
            service,
            world: None,
        })
    }
}

impl<'a> Service<'a> {
    fn at(url: &'a str, settings: &Settings) -> Result<Self, Trouble> {
        let unusable = |error| Trouble::Unusable("API_URL", error);
        let is_plain = url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
        let (endpoint, connector) = if is_plain {
            let endpoint = Endpoint::insecure_http(url).map_err(unusable)?;
            if !is_loopback(endpoint.host()) {
                let why =
                    "is plain http:// to another computer, which would show the token to all: use https://";
                return Err(Trouble::Variable("API_URL", why));
            }
            (endpoint, Connector::insecure_http_loopback())
        } else {
            let endpoint = Endpoint::https(url).map_err(unusable)?;
            let connector = match &settings.ca_file {
                None => Connector::new(),
                Some(path) => {
                    let pem = fs::read(path).map_err(|error| Trouble::CaFile(error.kind()))?;
                    Connector::with_roots(&pem).map_err(Trouble::Roots)?
                }
            };
            (endpoint, connector)
        };
        Ok(Self { name: authority(&endpoint), endpoint, transport: Http1::new(connector) })
    }
}

fn is_loopback(host: &str) -> bool {
    let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

/// Host and port, the latter only where it isn't the scheme's own.
pub(crate) fn authority(endpoint: &Endpoint<'_>) -> String {
    let usual = if endpoint.is_https() { 443 } else { 80 };
    let host = endpoint.host();
    match (endpoint.port(), host.contains(':')) {
        (port, _) if port == usual => host.into(),
        (port, true) => format!("[{host}]:{port}"),
        (port, false) => format!("{host}:{port}"),
    }
}
