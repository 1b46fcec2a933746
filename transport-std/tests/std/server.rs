//! A server on loopback that does what its script says: one thread per connection, over TLS or not.

use keyfob_std::rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

/// One connection, counted from 0.
pub(crate) struct Conn {
    pub(crate) number: usize,
    wire: Wire,
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Server {
    /// Listens at `at`, and runs `script` for each connection. Its end closes the connection.
    pub(crate) fn start(
        at: &str,
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&mut Conn) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(at).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counter, script) = (connections.clone(), Arc::new(script));
        thread::spawn(move || {
            while let Ok((socket, _)) = listener.accept() {
                let number = counter.fetch_add(1, Ordering::SeqCst);
                socket.set_nodelay(true).unwrap();
                let (tls, script) = (tls.clone(), script.clone());
                thread::spawn(move || {
                    let wire = match tls {
                        None => Wire::Plain(socket),
                        Some(config) => Wire::Tls(Box::new(StreamOwned::new(
                            ServerConnection::new(config).unwrap(),
                            socket,
                        ))),
                    };
                    script(&mut Conn { number, wire });
                });
            }
        });
        Self { address, connections }
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn url(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}/", self.address.port())
    }
}

impl Conn {
    /// A request up to its body, or nothing if the client is gone.
    pub(crate) fn request_head(&mut self) -> Option<String> {
        let mut text = Vec::new();
        let mut byte = [0];
        while !text.ends_with(b"\r\n\r\n") {
            match self.read(&mut byte) {
                Ok(1) => text.push(byte[0]),
                _ => return None,
            }
        }
        Some(String::from_utf8(text).unwrap())
    }

    /// One whole request, or nothing if the client is gone.
    pub(crate) fn request(&mut self) -> Option<String> {
        let head = self.request_head()?;
        let body_len = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "))
            .map_or(0, |len| len.parse().unwrap());
        let mut body = vec![0; body_len];
        self.read_exact(&mut body).ok()?;
        Some(head + &String::from_utf8(body).unwrap())
    }

    pub(crate) fn send(&mut self, text: &str) {
        // A client that has left is no failure of the server's.
        let _ = self.write_all(text.as_bytes()).and_then(|()| self.flush());
    }

    /// A reply that keeps the connection.
    pub(crate) fn answer(&mut self, body: &str) {
        self.send(&format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
    }

    /// Answers every request with `body` until the client leaves.
    pub(crate) fn serve(&mut self, body: &str) {
        while self.request().is_some() {
            self.answer(body);
        }
    }

    /// Says in TLS that nothing more comes.
    pub(crate) fn say_good_bye(&mut self) {
        if let Wire::Tls(stream) = &mut self.wire {
            stream.conn.send_close_notify();
            stream.flush().unwrap();
        }
    }

    /// Closes the TCP connection with no word in TLS.
    pub(crate) fn cut(&mut self) {
        let socket = match &self.wire {
            Wire::Plain(socket) => socket,
            Wire::Tls(stream) => &stream.sock,
        };
        socket.shutdown(Shutdown::Write).unwrap();
    }

    /// Waits until the client has closed; whether it said so in TLS.
    pub(crate) fn client_said_good_bye(&mut self) -> bool {
        matches!(self.read(&mut [0]), Ok(0))
    }
}

impl Read for Conn {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.wire {
            Wire::Plain(socket) => socket.read(buf),
            Wire::Tls(stream) => stream.read(buf),
        }
    }
}

impl Write for Conn {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match &mut self.wire {
            Wire::Plain(socket) => socket.write(buf),
            Wire::Tls(stream) => stream.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.wire {
            Wire::Plain(socket) => socket.flush(),
            Wire::Tls(stream) => stream.flush(),
        }
    }
}
