//! A TCP relay in front of the server: it counts connections, and hears what the server says first. It changes nothing.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

pub(crate) struct Relay {
    origin: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    /// The server's first bytes, of all connections.
    heard: Mutex<Vec<u8>>,
}

/// Bytes of the server's that are kept: a handshake's beginning, or a reply's head.
const HEARD: usize = 1024;

impl Relay {
    /// Listens on a free port of this computer and passes all on to `origin`, an URL without a path.
    pub(crate) fn to(origin: &str) -> Self {
        let (scheme, server) = origin.split_once("://").expect("a URL");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let relay = Self { origin: format!("{scheme}://localhost:{port}"), seen: Arc::default() };
        let (server, seen) = (server.to_owned(), relay.seen.clone());
        // It ends with the process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                seen.connections.fetch_add(1, Ordering::SeqCst);
                // What fails here, the client under test sees as a closed connection.
                let _ = connect(client, &server, seen.clone());
            }
        });
        relay
    }

    /// Where it listens: `localhost`, for which the server's certificate is good.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Connections that were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Whether the server's first bytes hold these.
    pub(crate) fn heard(&self, bytes: &[u8]) -> bool {
        let heard = self.seen.heard.lock().expect("no thread fails with it");
        heard.windows(bytes.len()).any(|window| window.eq_ignore_ascii_case(bytes))
    }
}

fn connect(client: TcpStream, server: &str, seen: Arc<Seen>) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    let (client_in, server_in) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || pass(client_in, server, |_| {}));
    thread::spawn(move || {
        pass(server_in, client, |bytes| {
            let mut heard = seen.heard.lock().expect("no thread fails with it");
            let room = HEARD.saturating_sub(heard.len()).min(bytes.len());
            heard.extend_from_slice(&bytes[..room]);
        });
    });
    Ok(())
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut hear: impl FnMut(&[u8])) {
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        hear(&buffer[..n]);
        if to.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
