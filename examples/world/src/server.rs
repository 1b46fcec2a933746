//! One HTTP/1.1 server on loopback, over TLS or not: streams in, whole requests to a site, its answers out.
//! Not here: what a site answers.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{Error, ServerConfig};

use crate::authority::Authority;
use crate::options::Wire;
use crate::reply::{self, Reply};

/// A request's body may not be longer; nothing that is sent here comes near.
const LONGEST_BODY: usize = 1 << 20;
/// A client that has not shaken hands by then is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// What a server shows: an answer for each request. A site never waits for anything but its own locks.
pub(crate) trait Site: Send + Sync + 'static {
    /// Whether answers carry `Date`. Keycloak's don't, most servers' do.
    const DATED: bool;
    /// The answer to a request from the address `from`.
    fn answer(&self, request: &Request<Bytes>, from: IpAddr) -> Reply;
}

/// What the world keeps of a running server.
#[derive(Default)]
pub(crate) struct Streams {
    /// How many were accepted and, over TLS, shook hands.
    pub(crate) opened: AtomicU64,
    hang_up: watch::Sender<()>,
}

impl Streams {
    /// Tells every open stream to close once it is idle.
    pub(crate) fn hang_up(&self) {
        self.hang_up.send_replace(());
    }

    /// How many are open now.
    pub(crate) fn open(&self) -> usize {
        self.hang_up.receiver_count()
    }
}

/// A port of 127.0.0.1 that nobody else has.
pub(crate) fn listen() -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// The servers' side of TLS, or `None` for plain HTTP.
pub(crate) fn acceptor(authority: &Authority, wire: Wire) -> Result<Option<TlsAcceptor>, Error> {
    let versions = match wire {
        Wire::Tls => &[&TLS13, &TLS12][..],
        Wire::Tls12 => &[&TLS12],
        Wire::Tls13 => &[&TLS13],
        Wire::Plain => return Ok(None),
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)?
        .with_no_client_auth()
        .with_single_cert(vec![authority.certificate.clone()], authority.key.clone_key())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

/// Serves until the runtime ends. Must be called inside of it.
pub(crate) async fn serve<S: Site>(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    site: Arc<S>,
    streams: Arc<Streams>,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        // Only a lack of files or memory gets here; it passes as streams close.
        let Ok((stream, SocketAddr::V4(from))) = listener.accept().await else {
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        tokio::spawn(converse(stream, IpAddr::V4(*from.ip()), tls.clone(), site.clone(), streams.clone()));
    }
}

/// One stream from its first byte to its last.
async fn converse<S: Site>(
    stream: TcpStream,
    from: IpAddr,
    tls: Option<TlsAcceptor>,
    site: Arc<S>,
    streams: Arc<Streams>,
) {
    // Without it a reply that follows a reply waits for the client's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    match tls {
        None => exchange(TokioIo::new(stream), from, site, &streams).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await {
                exchange(TokioIo::new(stream), from, site, &streams).await;
            }
        }
    }
}

async fn exchange<S: Site>(
    stream: impl hyper::rt::Read + hyper::rt::Write + Unpin,
    from: IpAddr,
    site: Arc<S>,
    streams: &Streams,
) {
    streams.opened.fetch_add(1, Ordering::Relaxed);
    let mut hang_up = streams.hang_up.subscribe();
    let service = service_fn(|request| answer(request, from, &*site));
    let connection = http1::Builder::new()
        .auto_date_header(S::DATED)
        .title_case_headers(true)
        .serve_connection(stream, service);
    let mut connection = pin!(connection);
    let mut told = pin!(hang_up.changed());
    let mut closing = false;
    let end = poll_fn(|context| {
        if !closing && told.as_mut().poll(context).is_ready() {
            closing = true;
            connection.as_mut().graceful_shutdown();
        }
        connection.as_mut().poll(context)
    });
    // How a stream ended is its client's business.
    let _ = end.await;
}

async fn answer<S: Site>(request: Request<Incoming>, from: IpAddr, site: &S) -> Result<Reply, Infallible> {
    let (head, body) = request.into_parts();
    Ok(match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => site.answer(&Request::from_parts(head, body.to_bytes()), from),
        Err(_) => reply::last(reply::reply(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "too long\n")),
    })
}
