//! TLS as Keycloak speaks it: which version is agreed on, and whom a client believes.

use crate::device::{Device, Failure};
use crate::realm::{keycloak, post};
use crate::relay::Relay;
use keyfob::{Error, ResponseError};
use keyfob_std::rustls::pki_types::CertificateDer;
use keyfob_std::rustls::pki_types::pem::PemObject;
use keyfob_std::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use keyfob_std::{CertificateProblem, Connector, Error as Transport};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair};
use std::net::{SocketAddr, ToSocketAddrs};

/// The extension `supported_versions` of a server's greeting, which chooses 1.3 (RFC 8446 §4.2.1).
const CHOSEN_1_3: [u8; 6] = [0x00, 0x2b, 0x00, 0x02, 0x03, 0x04];

/// A connector that trusts the server's CA and speaks these versions.
fn speaking(versions: &[&'static SupportedProtocolVersion]) -> Connector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(keycloak().ca_pem()).unwrap()).unwrap();
    let config =
        ClientConfig::builder_with_provider(keyfob_std::rustls::crypto::ring::default_provider().into())
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    Connector::with_config(config)
}

#[test]
fn tls_1_3_is_agreed_on_and_1_2_serves_as_well() {
    for (connector, is_1_3) in [
        (keycloak().connector(), true),
        (speaking(&[&version::TLS13]), true),
        (speaking(&[&version::TLS12]), false),
    ] {
        let relay = Relay::to(&keycloak().url);
        let mut device =
            Device::at(keycloak().path_at(relay.origin(), "token"), post("plain")).over(connector);
        device.token().unwrap();
        assert_eq!(relay.heard(&CHOSEN_1_3), is_1_3);
    }
}

/// A CA that the server has never heard of, as PEM.
fn other_ca(name: &str) -> String {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

fn untrusted(problem: CertificateProblem) -> Failure {
    Error::Transport(Transport::Certificate(problem))
}

#[test]
fn a_server_whose_ca_is_not_trusted_gets_no_secret() {
    // Another name; or the right one, as after a CA was made anew, but another key.
    for name in ["somebody else's CA", "keyfob test CA"] {
        let connector = Connector::with_roots(other_ca(name).as_bytes()).unwrap();
        let error = Device::of("plain").over(connector).token().unwrap_err();
        assert_eq!(error, untrusted(CertificateProblem::UnknownIssuer), "{name}");
    }
    // Beside the right one it does no harm.
    let both = [keycloak().ca_pem(), other_ca("somebody else's CA").as_bytes()].concat();
    Device::of("plain").over(Connector::with_roots(&both).unwrap()).token().unwrap();
}

#[test]
fn a_server_that_goes_by_another_name_gets_no_secret() {
    let url = keycloak().url.replace("localhost", "keycloak.example");
    let connector = keycloak().connector().look_up_with(|_, port| {
        let addresses = ("localhost", port).to_socket_addrs()?;
        Ok(addresses.collect::<Vec<SocketAddr>>())
    });
    let mut device = Device::at(keycloak().path_at(&url, "token"), post("plain")).over(connector);
    assert_eq!(device.token().unwrap_err(), untrusted(CertificateProblem::WrongName));
}

#[test]
fn the_two_ports_are_told_apart() {
    // https:// to the port for plain HTTP …
    let url = keycloak().insecure_url.replace("http://", "https://");
    let mut device = Device::at(keycloak().path_at(&url, "token"), post("plain"));
    assert_eq!(device.token().unwrap_err(), Error::Transport(Transport::NotTls));
    // … and http:// to the port for TLS, which closes the connection.
    let url = keycloak().url.replace("https://", "http://");
    let mut device = Device::at(keycloak().path_at(&url, "token"), post("plain"))
        .over(Connector::insecure_http_loopback());
    assert_eq!(device.token().unwrap_err(), Error::Response(ResponseError::EndedEarly));
}
