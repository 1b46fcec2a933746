//! A server that gives the same bytes to whoever asks, whatever they are: answers that the world never gives.

use crate::run::{Run, quickstart};
use keyfob_std::rustls::crypto::ring;
use keyfob_std::rustls::pki_types::PrivatePkcs8KeyDer;
use keyfob_std::rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// It serves until the tests end.
pub(crate) struct Fake {
    port: u16,
    ca_pem: Option<String>,
}

impl Fake {
    /// Reads a request, sends `answer`, and closes.
    pub(crate) fn plain(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(None, move |mut stream| {
            read_request(&mut stream)?;
            stream.write_all(&answer)?;
            stream.shutdown(Shutdown::Write)
        })
    }

    /// The same over TLS, which is closed as it should be.
    pub(crate) fn tls(answer: impl Into<Vec<u8>>) -> Self {
        let (answer, ours) = (answer.into(), rcgen::generate_simple_self_signed([HOST.into()]).unwrap());
        let key = PrivatePkcs8KeyDer::from(ours.signing_key.serialize_der()).into();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![ours.cert.der().clone()], key);
        let config = Arc::new(config.unwrap());
        Self::start(Some(ours.cert.pem()), move |stream| {
            let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
            read_request(&mut stream)?;
            stream.write_all(&answer)?;
            stream.conn.send_close_notify();
            stream.flush()?;
            stream.sock.shutdown(Shutdown::Write)
        })
    }

    /// Hangs up with a request half read, so that the client's system is told by a reset.
    pub(crate) fn that_resets() -> Self {
        Self::start(None, |mut stream| stream.read_exact(&mut [0; 16]))
    }

    fn start(ca_pem: Option<String>, serve: impl Fn(TcpStream) -> io::Result<()> + Send + 'static) -> Self {
        let listener = TcpListener::bind((HOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that goes away is its own affair.
                let _ = stream.and_then(&serve);
            }
        });
        Self { port, ca_pem }
    }

    pub(crate) fn host(&self) -> String {
        format!("{HOST}:{}", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}/token", if self.ca_pem.is_some() { "https" } else { "http" }, self.host())
    }

    /// The quickstart as a client of it.
    pub(crate) fn quickstart(&self) -> Run {
        let run = quickstart()
            .set("TOKEN_URL", &self.url())
            .set("CLIENT_ID", "sensor-17")
            .set("CLIENT_SECRET", "a-secret-that-must-not-be-shown");
        let Some(pem) = &self.ca_pem else { return run };
        let ca_file = run.file("ca.pem", pem);
        run.set("CA_FILE", &ca_file)
    }
}

/// An answer with a body.
pub(crate) fn answer(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} Whatever\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// A good answer, with these members beside the token `abc.def`.
pub(crate) fn token(members: &str) -> String {
    answer(200, &format!(r#"{{"access_token":"abc.def",{members}}}"#))
}

const HOST: &str = "127.0.0.1";

/// To its end, for a stream that is closed with bytes unread is torn down.
fn read_request(stream: &mut impl Read) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    stream.read_exact(&mut vec![0; length.unwrap_or(0)])
}
