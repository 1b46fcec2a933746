//! The least that gets a token over https: written by hand, for one server that behaves. What keyfob is measured against.
//!
//! It doesn't encode what it sends, knows one framing, looks for two members by their names, and has no time limit.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::env::var;
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn Error>> {
    let url = var("TOKEN_URL")?;
    let (authority, path) =
        url.strip_prefix("https://").and_then(|rest| rest.split_once('/')).ok_or("not https")?;
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));

    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(var("CA_FILE")?)? {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(host.to_owned())?)?;
    let tcp = TcpStream::connect((host, port.parse()?))?;
    tcp.set_nodelay(true)?;
    let mut tls = StreamOwned::new(connection, tcp);

    let (id, secret) = (var("CLIENT_ID")?, var("CLIENT_SECRET")?);
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let length = form.len();
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {authority}\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
    );
    tls.write_all(request.as_bytes())?;
    tls.flush()?;

    let mut reply = vec![0; 4096];
    let mut filled = 0;
    let body = loop {
        filled += match tls.read(&mut reply[filled..])? {
            0 => return Err("the reply is cut off".into()),
            n => n,
        };
        if let Some(body) = complete(std::str::from_utf8(&reply[..filled])?) {
            break body;
        }
    };
    let token = after(body, "\"access_token\":\"").and_then(|rest| rest.split_once('"')).ok_or("no token")?.0;
    let life =
        after(body, "\"expires_in\":").and_then(|rest| rest.split_once([',', '}'])).ok_or("no life")?.0;
    println!("a token of {} bytes, for {life} s", token.len());
    Ok(())
}

/// The body of a 200, once it is there in full.
fn complete(reply: &str) -> Option<&str> {
    let (head, body) = reply.split_once("\r\n\r\n")?;
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    };
    let length = head.lines().find_map(field)?;
    (head.starts_with("HTTP/1.1 200") && body.len() >= length).then_some(body)
}

fn after<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    Some(text.split_once(mark)?.1)
}
