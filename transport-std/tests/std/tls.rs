//! Who is believed to be the server, and what is said about those who aren't.

use crate::authority::{ALWAYS, Authority, FUTURE, PAST};
use crate::server::Server;
use crate::{AMPLE, get, token};
use keyfob::{ConfigError, Error::Config, Error::Transport, Http1};
use keyfob_std::rustls::version::{TLS12, TLS13};
use keyfob_std::{CertificateProblem, Connector, Error, RootsError};
use keyfob_world::{ORDER_SERVICE, Wire, World, WorldOptions};
use std::io::Read;
use std::sync::{Arc, mpsc};
use std::time::Duration;

fn fetch_from_world(wire: Wire) {
    let world = World::start(WorldOptions::default().wire(wire)).unwrap();
    let secret = world.client_secret(ORDER_SERVICE).unwrap();
    let connector = Connector::with_roots(world.ca_pem().as_bytes()).unwrap();
    let len = token(connector, world.token_url(), ORDER_SERVICE, &secret).unwrap();
    assert!(len > 100);
    assert_eq!((world.token_requests(), world.token_connections()), (1, 1));
}

#[test]
fn a_token_over_tls_1_2() {
    fetch_from_world(Wire::Tls12);
}

#[test]
fn a_token_over_tls_1_3() {
    fetch_from_world(Wire::Tls13);
}

/// A server at `at` with a certificate for `name`, called by the name or address `host`.
fn call(at: &str, name: &str, valid: (i32, i32), host: &str) -> Result<String, keyfob::Error<Error>> {
    let authority = Authority::new();
    let server = Server::start(at, Some(authority.server(name, valid)), |conn| conn.serve("yes"));
    let address = server.address;
    let connector = Connector::with_roots(authority.pem().as_bytes())
        .unwrap()
        .look_up_with(move |_, _| Ok(vec![address]));
    get(&mut Http1::new(connector), &server.url("https", host), AMPLE)
}

#[test]
fn names_and_addresses_are_verified() {
    assert_eq!(call("127.0.0.1:0", "id.test", ALWAYS, "id.test").unwrap(), "yes");
    assert_eq!(call("127.0.0.1:0", "127.0.0.1", ALWAYS, "127.0.0.1").unwrap(), "yes");
    assert_eq!(call("127.0.0.1:0", "localhost", ALWAYS, "LocalHost").unwrap(), "yes");
    assert_eq!(call("[::1]:0", "::1", ALWAYS, "[::1]").unwrap(), "yes");
}

#[test]
fn bad_certificates_are_told_apart() {
    use CertificateProblem::{Expired, NotYetValid, WrongName};
    for (name, valid, host, problem) in [
        ("id.test", PAST, "id.test", Expired),
        ("id.test", FUTURE, "id.test", NotYetValid),
        ("id.test", ALWAYS, "other.test", WrongName),
        ("id.test", ALWAYS, "127.0.0.1", WrongName),
        ("127.0.0.2", ALWAYS, "127.0.0.1", WrongName),
    ] {
        assert_eq!(
            call("127.0.0.1:0", name, valid, host),
            Err(Transport(Error::Certificate(problem))),
            "{name} as {host}"
        );
    }
}

#[test]
fn the_pem_replaces_all_other_roots() {
    let world = World::start(WorldOptions::default()).unwrap();
    let secret = world.client_secret(ORDER_SERVICE).unwrap();
    let connector = Connector::with_roots(Authority::new().pem().as_bytes()).unwrap();
    assert_eq!(
        token(connector, world.token_url(), ORDER_SERVICE, &secret),
        Err(Transport(Error::Certificate(CertificateProblem::UnknownIssuer)))
    );
    assert_eq!(world.token_requests(), 0);
}

#[test]
fn a_pem_without_usable_roots_is_refused() {
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let broken = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
    let good = Authority::new().pem();
    assert_eq!(Connector::with_roots(b"").unwrap_err(), RootsError::Empty);
    assert_eq!(Connector::with_roots(b"no PEM").unwrap_err(), RootsError::Empty);
    assert_eq!(Connector::with_roots(broken.as_bytes()).unwrap_err(), RootsError::Pem);
    assert_eq!(Connector::with_roots((good + garbage).as_bytes()).unwrap_err(), RootsError::Certificate(2));
}

#[test]
fn a_client_certificate_comes_by_the_users_own_config() {
    let authority = Authority::new();
    let server = Server::start("127.0.0.1:0", Some(authority.server_that_asks("localhost")), |conn| {
        conn.serve("yes");
    });
    let url = server.url("https", "localhost");
    for version in [&TLS12, &TLS13] {
        let connector = Connector::with_config(authority.client(&[version]));
        assert_eq!(get(&mut Http1::new(connector), &url, AMPLE).unwrap(), "yes");
    }
    let without = Connector::with_roots(authority.pem().as_bytes()).unwrap();
    // certificate_required
    assert_eq!(get(&mut Http1::new(without), &url, AMPLE), Err(Transport(Error::Alert(116))));
}

#[test]
fn another_protocol_than_http_1_1_is_not_spoken() {
    let authority = Authority::new();
    for (protocol, expected) in
        [(&b"http/1.1"[..], Ok("yes".to_owned())), (b"h2", Err(Transport(Error::Incompatible)))]
    {
        let mut config = authority.server("localhost", ALWAYS);
        Arc::make_mut(&mut config).alpn_protocols = vec![protocol.to_vec()];
        let server = Server::start("127.0.0.1:0", Some(config), |conn| conn.serve("yes"));
        let mut config = authority.client(&[&TLS13]);
        config.alpn_protocols = vec![protocol.to_vec()];
        let mut transport = Http1::new(Connector::with_config(config));
        assert_eq!(get(&mut transport, &server.url("https", "localhost"), AMPLE), expected);
    }
}

#[test]
fn the_servers_alert_is_told() {
    let authority = Authority::new();
    let mut config = authority.server("localhost", ALWAYS);
    Arc::make_mut(&mut config).alpn_protocols = vec![b"other".to_vec()];
    let server = Server::start("127.0.0.1:0", Some(config), |conn| conn.serve("yes"));
    let mut config = authority.client(&[&TLS12, &TLS13]);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut transport = Http1::new(Connector::with_config(config));
    let error = get(&mut transport, &server.url("https", "localhost"), AMPLE).unwrap_err();
    assert_eq!(error, Transport(Error::Alert(120)));
    assert_eq!(
        error.to_string(),
        "the server broke off TLS with alert 120 (NoApplicationProtocol): its log says why"
    );
}

#[test]
fn https_to_a_port_for_plain_http_is_told() {
    let server = Server::start("127.0.0.1:0", None, |conn| {
        let _ = conn.read(&mut [0; 1024]);
        conn.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    let connector = Connector::with_roots(Authority::new().pem().as_bytes()).unwrap();
    assert_eq!(
        get(&mut Http1::new(connector), &server.url("https", "localhost"), AMPLE),
        Err(Transport(Error::NotTls))
    );
}

#[test]
fn secrets_stay_here_when_scheme_and_connector_differ() {
    let (tell, told) = mpsc::channel();
    let server = Server::start("127.0.0.1:0", None, move |conn| {
        let mut received = Vec::new();
        let _ = conn.read_to_end(&mut received);
        tell.send(received).unwrap();
    });
    for connector in [Connector::insecure_http(), Connector::insecure_http_loopback()] {
        let refused = token(connector, &server.url("https", "localhost"), "a", "secret");
        assert_eq!(refused, Err(Config(ConfigError::InsecureChannel)));
    }
    let connector = Connector::with_roots(Authority::new().pem().as_bytes()).unwrap();
    let refused = token(connector, &server.url("http", "localhost"), "a", "secret");
    assert_eq!(refused, Err(Config(ConfigError::InsecureEndpoint)));
    // The first connection that the server ever sees is this one, and nothing came before it.
    let (mut transport, moment) = (Http1::new(Connector::insecure_http()), Duration::from_millis(200));
    let _ = get(&mut transport, &server.url("http", "localhost"), moment);
    drop(transport);
    assert!(told.recv_timeout(AMPLE).unwrap().starts_with(b"GET / HTTP/1.1\r\n"));
    assert_eq!(server.connections(), 1);
}
