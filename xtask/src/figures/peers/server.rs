//! A token endpoint over TLS for the peers' programs: every request gets the same reply. It runs in this process, so
//! none of its time is theirs.

use crate::figures::reply;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Where it listens, and whose certificates prove it.
pub(super) struct Server {
    pub(super) token_url: String,
    pub(super) ca_file: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.ca_file);
    }
}

/// Starts it on a port of loopback; it serves until this process ends.
pub(super) fn start(reply: Vec<u8>) -> crate::Result<Server> {
    let (config, ca) = certified().map_err(|error| format!("certificates: {error}"))?;
    let ca_file = std::env::temp_dir().join(format!("keyfob-figures-{}.pem", std::process::id()));
    std::fs::write(&ca_file, ca).map_err(|error| format!("{}: {error}", ca_file.display()))?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            if let Err(error) = serve(tcp, &config, &reply) {
                eprintln!("the peers' server: {error}");
            }
        }
    });
    Ok(Server {
        token_url: format!("https://localhost:{port}/realms/iot/protocol/openid-connect/token"),
        ca_file,
    })
}

/// A certificate for localhost from a CA of its own, both P-256; the CA's as PEM.
fn certified() -> Result<(Arc<ServerConfig>, String), Box<dyn std::error::Error>> {
    let mut params = CertificateParams::new([])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(["localhost".to_owned()])?.signed_by(&key, &ca)?;
    let chain = vec![CertificateDer::from(leaf)];
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok((Arc::new(config), ca.pem()))
}

fn serve(tcp: TcpStream, config: &Arc<ServerConfig>, reply: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    tcp.set_read_timeout(Some(Duration::from_secs(10)))?;
    tcp.set_nodelay(true)?;
    let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(config))?, tcp);
    let (mut request, mut buffer) = (Vec::new(), [0; 2048]);
    loop {
        // Clients leave without a word: that is no fault here.
        let Ok(n @ 1..) = tls.read(&mut buffer) else {
            return Ok(());
        };
        request.extend_from_slice(&buffer[..n]);
        if reply::is_whole(&request) {
            tls.write_all(reply)?;
            tls.flush()?;
            request.clear();
        }
    }
}
