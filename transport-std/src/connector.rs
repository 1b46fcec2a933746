//! Opens streams: a name looked up, every address of it tried, TLS over it, all under one deadline; and keeps the last
//! stream. How bytes pass through it is `stream`'s affair, whom TLS trusts `trust`'s.

use crate::deadline::Deadline;
use crate::error::{Error, Phase};
use crate::lookup::LookUps;
use crate::stream::Stream;
use crate::trust::{self, RootsError};
use keyfob::blocking::Connect;
use keyfob::{Channel, ConfigError, Endpoint};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// An opener of TCP streams with TLS 1.2 or 1.3 over them. One holds one connection; wrapped in
/// [`Http1`](keyfob::Http1) it is a transport.
///
/// It tries every address of a name, and does all within the request's one time limit. It keeps its stream for the next
/// call to the same server, looks whether the server has closed it meanwhile, and says good-bye when it closes it.
pub struct Connector {
    wire: Wire,
    look_ups: Arc<LookUps>,
    stream: Option<Stream>,
    /// The deadline that [`Connect::again`] began, should [`Connect::reconnect`] follow.
    began: Option<Deadline>,
}

enum Wire {
    /// TLS with the platform's roots, which are loaded when they are first needed.
    Platform,
    Tls(Arc<ClientConfig>),
    Insecure {
        loopback_only: bool,
    },
}

impl Connector {
    /// Trusts whom the platform trusts: its verifier on macOS and Windows, its root certificates elsewhere (or those
    /// that `SSL_CERT_FILE` or `SSL_CERT_DIR` name). They are loaded when the first connection is made.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Wire::Platform)
    }

    /// Trusts the root certificates in `pem` *instead of* the platform's.
    ///
    /// # Errors
    /// It holds no certificate, or one that is broken.
    pub fn with_roots(pem: &[u8]) -> Result<Self, RootsError> {
        Ok(Self::with(Wire::Tls(trust::roots(pem)?)))
    }

    /// Does TLS as `config` says: for client certificates (mTLS), revocation lists, another provider. Whom it trusts
    /// is then the config's affair; ALPN, if it asks for any, must be `http/1.1`.
    #[must_use]
    pub fn with_config(config: impl Into<Arc<ClientConfig>>) -> Self {
        Self::with(Wire::Tls(config.into()))
    }

    /// **Plain HTTP, to anywhere: secrets and tokens cross the wire in the clear**, and anyone can answer. It goes to
    /// endpoints made by [`Endpoint::insecure_http`] only.
    #[must_use]
    pub fn insecure_http() -> Self {
        Self::with(Wire::Insecure { loopback_only: false })
    }

    /// **Plain HTTP**, but to this computer only: every address that the host's name has must be a loopback address.
    #[must_use]
    pub fn insecure_http_loopback() -> Self {
        Self::with(Wire::Insecure { loopback_only: true })
    }

    fn with(wire: Wire) -> Self {
        Self { wire, look_ups: LookUps::system(), stream: None, began: None }
    }

    /// Looks names up with `resolve` instead of the system: to pin addresses, or where names live elsewhere. It is
    /// given host and port, runs on a thread of its own, and may take its time: the limit of the call counts on.
    /// It isn't asked about IP addresses, nor about `localhost`, which is this computer by RFC 6761.
    #[must_use]
    pub fn look_up_with(
        mut self,
        resolve: impl Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    ) -> Self {
        self.look_ups = LookUps::new(resolve);
        self
    }

    fn open(
        &mut self,
        to: Endpoint<'_>,
        deadline: Deadline,
    ) -> Result<(&mut Stream, Channel), keyfob::Error<Error>> {
        self.stream = None; // closed before another is opened
        self.began = None;
        match (&self.wire, to.is_https()) {
            (Wire::Platform | Wire::Tls(_), false) => return Err(ConfigError::InsecureEndpoint.into()),
            (Wire::Insecure { .. }, true) => return Err(ConfigError::InsecureChannel.into()),
            _ => {}
        }
        let stream = match &self.wire {
            Wire::Insecure { loopback_only } => {
                let socket = self.reach(to, *loopback_only, deadline).map_err(keyfob::Error::Transport)?;
                Stream::plain(socket, deadline)
            }
            Wire::Platform | Wire::Tls(_) => {
                let name = ServerName::try_from(to.host()).map_err(|_| ConfigError::EndpointHost)?.to_owned();
                self.reach_securely(to, name, deadline).map_err(keyfob::Error::Transport)?
            }
        };
        Ok(lend(self.stream.insert(stream)))
    }

    fn reach_securely(
        &mut self,
        to: Endpoint<'_>,
        name: ServerName<'static>,
        deadline: Deadline,
    ) -> Result<Stream, Error> {
        let config = self.config()?;
        let socket = self.reach(to, false, deadline)?;
        let tls = ClientConnection::new(config, name).map_err(|error| Error::from(&error))?;
        Stream::secure(socket, tls, deadline)
    }

    fn config(&mut self) -> Result<Arc<ClientConfig>, Error> {
        if let Wire::Tls(config) = &self.wire {
            return Ok(config.clone());
        }
        let config = trust::platform()?;
        self.wire = Wire::Tls(config.clone());
        Ok(config)
    }

    /// A TCP stream to the first address that answers. Each address has its share of the time that is left, so that
    /// one that swallows everything leaves some to the others.
    fn reach(&self, to: Endpoint<'_>, loopback_only: bool, deadline: Deadline) -> Result<TcpStream, Error> {
        let addresses = self.look_ups.addresses(to.host(), to.port(), deadline)?;
        if loopback_only && !addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
            return Err(Error::NotLoopback);
        }
        let mut last = Error::NameNotFound;
        let failed = |error: io::Error| Error::from_io(&error, Phase::Connect);
        for (address, remaining) in addresses.iter().zip((1..=addresses.len()).rev()) {
            let left = deadline.left().map_err(failed)?;
            let share = u32::try_from(remaining)
                .ok()
                .and_then(|remaining| left.checked_div(remaining))
                .unwrap_or_default()
                .max(SHORTEST);
            match TcpStream::connect_timeout(address, share) {
                Ok(socket) => {
                    // A request is sent in one piece as far as possible, and must not wait for an acknowledgement.
                    socket.set_nodelay(true).map_err(failed)?;
                    return Ok(socket);
                }
                Err(error) => last = failed(error),
            }
        }
        Err(last)
    }
}

/// A time-out of zero is refused by the system.
const SHORTEST: Duration = Duration::from_millis(1);

fn lend(stream: &mut Stream) -> (&mut Stream, Channel) {
    let channel = if stream.is_secure() { Channel::Authenticated } else { Channel::Insecure };
    (stream, channel)
}

impl Connect for Connector {
    type Error = Error;
    type Stream<'s> = &'s mut Stream;

    fn connect(
        &mut self,
        to: Endpoint<'_>,
        within: Duration,
    ) -> Result<(&mut Stream, Channel), keyfob::Error<Error>> {
        self.open(to, Deadline::after(within))
    }

    fn again(&mut self, within: Duration) -> Option<(&mut Stream, Channel)> {
        let deadline = Deadline::after(within);
        self.began = Some(deadline);
        let stream = self.stream.as_mut()?;
        if !stream.is_quiet() {
            return None;
        }
        stream.set_deadline(deadline);
        Some(lend(stream))
    }

    fn reconnect(
        &mut self,
        to: Endpoint<'_>,
        within: Duration,
    ) -> Result<(&mut Stream, Channel), keyfob::Error<Error>> {
        let deadline = self.began.unwrap_or_else(|| Deadline::after(within));
        self.open(to, deadline)
    }
}

impl Default for Connector {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wire = match self.wire {
            Wire::Platform => "TLS, roots of the platform",
            Wire::Tls(_) => "TLS",
            Wire::Insecure { loopback_only: true } => "plain, loopback only",
            Wire::Insecure { .. } => "plain",
        };
        f.debug_struct("Connector").field("wire", &wire).field("stream", &self.stream).finish_non_exhaustive()
    }
}
