//! What lies below HTTP: TLS, its versions and its trust, plain HTTP, ports, start and end. Not here: any answer's
//! content.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;

use keyfob_world::{Wire, World, WorldOptions};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, Stream};
use tokio_rustls::rustls::{DEFAULT_VERSIONS, SupportedProtocolVersion, version};

use crate::client::{agent, order, pay, world};

fn port(url: &str) -> u16 {
    url.split('/').nth(2).unwrap().rsplit_once(':').unwrap().1.parse().unwrap()
}

/// Shakes hands with the token endpoint under this name and says in which version.
fn shake(
    world: &World,
    name: &str,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<Option<ProtocolVersion>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(world.ca_pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port(world.token_url())))?;
    let mut stream = Stream::new(&mut connection, &mut socket);
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut first = [0; 12];
    stream.read_exact(&mut first)?;
    assert_eq!(&first, b"HTTP/1.1 404");
    Ok(connection.protocol_version())
}

#[test]
fn tls_is_spoken_in_the_chosen_versions() {
    let (old, new) = (&[&version::TLS12][..], &[&version::TLS13][..]);
    let start = |wire| World::start(WorldOptions::default().wire(wire)).unwrap();
    let both = start(Wire::Tls);
    assert_eq!(shake(&both, "localhost", DEFAULT_VERSIONS).unwrap(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(shake(&both, "localhost", old).unwrap(), Some(ProtocolVersion::TLSv1_2));
    let old_only = start(Wire::Tls12);
    assert_eq!(shake(&old_only, "localhost", DEFAULT_VERSIONS).unwrap(), Some(ProtocolVersion::TLSv1_2));
    shake(&old_only, "localhost", new).unwrap_err();
    let new_only = start(Wire::Tls13);
    assert_eq!(shake(&new_only, "localhost", DEFAULT_VERSIONS).unwrap(), Some(ProtocolVersion::TLSv1_3));
    shake(&new_only, "localhost", old).unwrap_err();
    assert_eq!(new_only.token_connections(), 1, "a handshake that failed is no connection");
}

#[test]
fn the_certificate_has_every_name_of_loopback_and_no_other() {
    let world = world();
    for name in ["localhost", "127.0.0.1", "::1"] {
        shake(&world, name, DEFAULT_VERSIONS).unwrap();
    }
    let error = shake(&world, "id.example", DEFAULT_VERSIONS).unwrap_err();
    assert!(error.to_string().contains("not valid for name"), "{error}");
}

#[test]
fn worlds_do_not_trust_each_other() {
    let (one, two) = (world(), world());
    let error = agent(&one).get(two.token_url()).call().unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    assert_eq!(two.token_connections(), 0);
    let foreign = order(&agent(&two), &two).token();
    assert_eq!(pay(&agent(&one), &one, &foreign).status, 401);
}

#[test]
fn plain_http_is_the_same_without_tls() {
    let world = World::start(WorldOptions::default().wire(Wire::Plain)).unwrap();
    assert!(world.token_url().starts_with("http://localhost:"));
    assert!(world.issuer().starts_with("http://localhost:"));
    let agent = agent(&world);
    let token = order(&agent, &world).token();
    assert_eq!(pay(&agent, &world, &token).status, 200);
    assert_eq!((world.token_connections(), world.api_connections()), (1, 1));
}

#[test]
fn dropping_it_frees_its_ports_and_ends_its_streams() {
    let world = World::start(WorldOptions::default().wire(Wire::Plain)).unwrap();
    let ports = [port(world.token_url()), port(world.api_url())];
    let mut streams = ports.map(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap());
    drop(world);
    for stream in &mut streams {
        // Closed, or reset if the server hadn't taken it yet.
        assert!(matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_)));
    }
    for port in ports {
        let refused = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }
}

#[test]
fn threads_share_it() {
    let world = world();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let agent = agent(&world);
                assert_eq!(pay(&agent, &world, &order(&agent, &world).token()).status, 200);
            });
        }
    });
    assert_eq!((world.token_requests(), world.api_calls()), (4, 4));
}

#[test]
fn it_says_where_it_is_and_no_secret() {
    let world = world();
    let shown = format!("{world:?}");
    assert!(shown.contains(world.token_url()) && shown.contains(world.api_url()));
    assert!(!shown.contains(&world.client_secret(keyfob_world::ORDER_SERVICE).unwrap()));
}
