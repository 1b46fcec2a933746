//! When the server serves: its realm's discovery document is asked for, over TLS and with the CA, until it comes.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::{certificates, realm, server};
use crate::Result;
use server::{Ports, Running};

/// Ten times what a start takes on two idle cores.
const PATIENCE: Duration = Duration::from_secs(180);
const BETWEEN: Duration = Duration::from_millis(100);
/// For one question. A start that is busy answers late, and is asked again.
const QUESTION: Duration = Duration::from_secs(5);

/// Waits until the realm is served.
///
/// # Errors
/// The process died, or the time ran out: with the end of its log.
pub(super) fn wait(running: &Running) -> Result {
    let trust = trust()?;
    let began = Instant::now();
    loop {
        let answer = discovery(running.ports, &trust);
        if matches!(&answer, Ok(reply) if reply.starts_with("HTTP/1.1 200 ")) {
            eprintln!(
                "Keycloak serves the realm `{}` ({:.1} s).",
                realm::NAME,
                began.elapsed().as_secs_f32()
            );
            return Ok(());
        }
        if !running.is_alive() {
            return Err(format!(
                "Keycloak died while starting. The end of its log:\n\n{}",
                server::log_tail()
            ));
        }
        if began.elapsed() > PATIENCE {
            let _ = running.stop();
            let last = answer.map_or_else(|error| error.to_string(), |reply| reply.lines().take(1).collect());
            let log = server::log_tail();
            return Err(format!(
                "Keycloak did not get ready in {PATIENCE:?} ({last}). Its log's end:\n\n{log}"
            ));
        }
        sleep(BETWEEN);
    }
}

fn trust() -> Result<Arc<ClientConfig>> {
    let file = certificates::ca_file();
    let refused = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let ca = CertificateDer::from_pem_file(&file).map_err(|error| refused(&error))?;
    let mut roots = RootCertStore::empty();
    roots.add(ca).map_err(|error| refused(&error))?;
    // Named, because a build of the whole workspace may bring a second provider.
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
    let config = config.map_err(|error| refused(&error))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// The whole reply, head and body. One question and then the end of the connection: no HTTP library needed.
fn discovery(ports: Ports, trust: &Arc<ClientConfig>) -> io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, ports.https));
    let tcp = TcpStream::connect_timeout(&address, QUESTION)?;
    tcp.set_read_timeout(Some(QUESTION))?;
    tcp.set_write_timeout(Some(QUESTION))?;
    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
    let tls = ClientConnection::new(Arc::clone(trust), name).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(tls, tcp);
    let path = format!("/realms/{}/.well-known/openid-configuration", realm::NAME);
    let port = ports.https;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}
