//! What the tests look with: ureq over rustls for requests, and a plain socket where bytes count. Not here: any test.

use std::io::{Read, Write};
use std::net::TcpStream;

use keyfob_world::{ORDER_SERVICE, World, WorldOptions};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// A world as it comes.
pub(crate) fn world() -> World {
    World::start(WorldOptions::default()).unwrap()
}

/// A client that trusts this world alone and keeps its connections.
pub(crate) fn agent(world: &World) -> Agent {
    let root = Certificate::from_pem(world.ca_pem().as_bytes()).unwrap();
    let roots = RootCerts::new_with_certs(&[root]);
    let tls = TlsConfig::builder().root_certs(roots).build();
    Agent::config_builder().tls_config(tls).http_status_as_error(false).build().new_agent()
}

/// What the world answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn read(response: Response<ureq::Body>) -> Self {
        let (head, mut body) = response.into_parts();
        let text = body.read_to_string().unwrap();
        Self { status: head.status.as_u16(), headers: head.headers, text }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status, `error` and description: what a refusal of the token endpoint says.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (self.status, text("error"), text("error_description"))
    }

    pub(crate) fn token(&self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()["access_token"].as_str().unwrap().to_owned()
    }
}

/// POSTs a form to the token endpoint.
pub(crate) fn post(agent: &Agent, world: &World, form: &[(&str, &str)]) -> Answer {
    Answer::read(agent.post(world.token_url()).send_form(form.iter().copied()).unwrap())
}

/// Asks for a token as this client, with what its secret is now.
pub(crate) fn fetch(agent: &Agent, world: &World, client_id: &str) -> Answer {
    let secret = world.client_secret(client_id).unwrap();
    let form = [("grant_type", "client_credentials"), ("client_id", client_id), ("client_secret", &secret)];
    post(agent, world, &form)
}

/// Asks for a token as the order service.
pub(crate) fn order(agent: &Agent, world: &World) -> Answer {
    fetch(agent, world, ORDER_SERVICE)
}

/// Calls the payment service with this token.
pub(crate) fn pay(agent: &Agent, world: &World, token: &str) -> Answer {
    let call = agent.get(world.api_url()).header("Authorization", format!("Bearer {token}"));
    Answer::read(call.call().unwrap())
}

/// The bytes that come back for these, over a plain socket, up to its end. For worlds without TLS.
pub(crate) fn raw(url: &str, request: &str) -> String {
    let authority = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(authority.replace("localhost", "127.0.0.1")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
