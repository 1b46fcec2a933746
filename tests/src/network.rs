//! Servers with a script, behind connections that are noted when they open and close, and a computer's opener that
//! keeps its connection.

use keyfob::{Channel, Endpoint, Error, asynch, blocking};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use crate::REPLY;

/// A reply after which the server closes.
pub const LAST: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

/// A reply of a server that knows no other way than to close.
pub const OLD: &str = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// The server hangs up instead of answering.
pub const HANGS_UP: &str = "";

/// Nothing comes, for ever.
pub const SILENCE: &str = "silence";

/// All servers together: each request, wherever it goes, is answered by the next text of the script.
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    log: Vec<String>,
    requests: Vec<String>,
    script: VecDeque<&'static str>,
}

impl Network {
    /// A network with that script.
    #[must_use]
    pub fn new<const N: usize>(script: [&'static str; N]) -> Self {
        Self(Arc::new(Mutex::new(State { script: script.into(), ..State::default() })))
    }

    /// What happened, such as `open id.example, POST /token, close id.example`.
    #[must_use]
    pub fn log(&self) -> String {
        self.state().log.join(", ")
    }

    /// The requests, whole.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.state().requests.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it notes something")
    }

    fn note(&self, what: String) {
        self.state().log.push(what);
    }

    fn answer(&self, request: String) -> &'static str {
        let first_line: Vec<&str> = request.split(' ').take(2).collect();
        self.note(first_line.join(" "));
        self.state().requests.push(request);
        self.state().script.pop_front().expect("the script is long enough")
    }
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    network: Network,
    host: String,
    sent: Vec<u8>,
    coming: VecDeque<u8>,
    silent: bool,
}

impl Connection {
    /// Opens it.
    #[must_use]
    pub fn open(network: &Network, host: &str) -> Self {
        network.note(format!("open {host}"));
        Self {
            network: network.clone(),
            host: host.to_owned(),
            sent: Vec::new(),
            coming: VecDeque::new(),
            silent: false,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.network.note(format!("close {}", self.host));
    }
}

impl embedded_io::ErrorType for Connection {
    type Error = Infallible;
}

impl embedded_io::Read for Connection {
    /// In small pieces, as a radio would.
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        let n = buf.len().min(7).min(self.coming.len());
        for (place, byte) in buf.iter_mut().zip(self.coming.drain(..n)) {
            *place = byte;
        }
        Ok(n)
    }
}

impl embedded_io::Write for Connection {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        self.sent.extend_from_slice(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        let request = String::from_utf8(std::mem::take(&mut self.sent)).expect("only text is sent");
        let answer = self.network.answer(request);
        self.silent = answer == SILENCE;
        self.coming.extend(answer.bytes());
        Ok(())
    }
}

impl embedded_io_async::Read for Connection {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        embassy_futures::yield_now().await;
        if self.silent {
            core::future::pending::<()>().await;
        }
        embedded_io::Read::read(self, buf)
    }
}

impl embedded_io_async::Write for Connection {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        embedded_io::Write::write(self, buf)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        embedded_io::Write::flush(self)
    }
}

/// A computer's opener. All that keeping costs it is this `Option`.
#[derive(Debug)]
pub struct Host {
    network: Network,
    /// What it says of every server.
    pub channel: Channel,
    open: Option<Connection>,
}

impl Host {
    /// On that network.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        Self { network: network.clone(), channel: Channel::Authenticated, open: None }
    }

    fn fresh(&mut self, to: Endpoint<'_>) -> (&mut Connection, Channel) {
        self.open = None; // the old one first
        (self.open.insert(Connection::open(&self.network, to.host())), self.channel)
    }

    fn kept(&mut self) -> Option<(&mut Connection, Channel)> {
        Some((self.open.as_mut()?, self.channel))
    }
}

impl blocking::Connect for Host {
    type Error = Infallible;
    type Stream<'s> = &'s mut Connection;

    fn connect(
        &mut self,
        to: Endpoint<'_>,
        _: Duration,
    ) -> Result<(&mut Connection, Channel), Error<Infallible>> {
        Ok(self.fresh(to))
    }

    fn again(&mut self, _: Duration) -> Option<(&mut Connection, Channel)> {
        self.kept()
    }
}

impl asynch::Connect for Host {
    type Error = Infallible;
    type Stream<'s> = &'s mut Connection;

    async fn connect(
        &mut self,
        to: Endpoint<'_>,
        _: Duration,
    ) -> Result<(&mut Connection, Channel), Error<Infallible>> {
        Ok(self.fresh(to))
    }

    fn again(&mut self, _: Duration) -> Option<(&mut Connection, Channel)> {
        self.kept()
    }
}
