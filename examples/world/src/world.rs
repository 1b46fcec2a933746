//! The running world: its start and end, where to find it, and every switch its holder has. Not here: what it is
//! made of (`options.rs`), what the servers answer.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::authority::Authority;
use crate::jwt::SigningKey;
use crate::ledger::Ledger;
use crate::options::{Wire, WorldOptions};
use crate::payments::Payments;
use crate::realm::{Account, Realm, seconds};
use crate::server::{self, Streams};
use crate::token::unix_now;

/// How long [`World::close_idle_connections`] waits for streams in use.
const PATIENCE: Duration = Duration::from_secs(1);

/// A running authorization server and payment service on loopback. Dropping it stops both and closes every
/// connection.
pub struct World {
    ca_pem: String,
    token_url: String,
    api_url: String,
    realm: Arc<Realm>,
    payments: Arc<Payments>,
    realm_streams: Arc<Streams>,
    payment_streams: Arc<Streams>,
    /// Dropping the first ends the second.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl World {
    /// Makes keys and certificates, takes two free ports of 127.0.0.1 and serves on a thread of its own. The
    /// servers answer as soon as this returns.
    ///
    /// # Errors
    ///
    /// No port, no thread or no random bytes to be had.
    pub fn start(options: WorldOptions) -> io::Result<Self> {
        let authority = Authority::new().map_err(io::Error::other)?;
        let tls = server::acceptor(&authority, options.wire).map_err(io::Error::other)?;
        let scheme = if options.wire == Wire::Plain { "http" } else { "https" };
        let (realm_listener, realm_port) = server::listen()?;
        let (payment_listener, payment_port) = server::listen()?;

        let ledger = Arc::new(Ledger::default());
        let key = SigningKey::new().map_err(io::Error::other)?;
        let keys = key.public().clone();
        let base = format!("{scheme}://localhost:{realm_port}");
        let realm = Arc::new(Realm::new(&base, options, key, ledger.clone())?);
        let payments = Arc::new(Payments::new(&realm.issuer, keys, ledger));
        let realm_streams = Arc::<Streams>::default();
        let payment_streams = Arc::<Streams>::default();

        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.spawn(server::serve(realm_listener, tls.clone(), realm.clone(), realm_streams.clone()));
        runtime.spawn(server::serve(payment_listener, tls, payments.clone(), payment_streams.clone()));
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("keyfob-world".into()).spawn(move || {
            // Ends when the sender is dropped. The runtime then drops every stream.
            let _ = runtime.block_on(stopped);
        })?;

        Ok(Self {
            ca_pem: authority.ca_pem,
            token_url: format!("{}/protocol/openid-connect/token", realm.issuer),
            api_url: format!("{scheme}://localhost:{payment_port}/payments"),
            realm,
            payments,
            realm_streams,
            payment_streams,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The root certificate to trust, in PEM. No other world has the same.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The token endpoint.
    #[must_use]
    pub fn token_url(&self) -> &str {
        &self.token_url
    }

    /// The realm: what tokens say in `iss`. Discovery (`/.well-known/openid-configuration`) and keys
    /// (`/protocol/openid-connect/certs`) lie under it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.realm.issuer
    }

    /// The payment service's resource. It takes GET and POST.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// The client's secret as it is now.
    ///
    /// # Errors
    ///
    /// The world has no such client.
    pub fn client_secret(&self, client_id: &str) -> Result<String, UnknownClient> {
        self.account(client_id, |account| account.secret.clone())
    }

    /// Gives the client another secret. The old one is refused from now on; tokens stay good.
    ///
    /// # Errors
    ///
    /// The world has no such client.
    pub fn set_client_secret(&self, client_id: &str, secret: &str) -> Result<(), UnknownClient> {
        self.account(client_id, |account| secret.clone_into(&mut account.secret))
    }

    /// Sets how long tokens live that are issued from now on, in seconds, rounded up. Clients with a life of
    /// their own keep theirs.
    pub fn set_token_life(&self, life: Duration) {
        self.realm.settings().token_life = seconds(life);
    }

    /// Sets how long the tokens of one client live that are issued from now on, in seconds, rounded up.
    ///
    /// # Errors
    ///
    /// The world has no such client.
    pub fn set_client_token_life(&self, client_id: &str, life: Duration) -> Result<(), UnknownClient> {
        self.account(client_id, |account| account.token_life = Some(seconds(life)))
    }

    /// Puts `count` more realm roles of 15 characters into each token that is issued from now on: 24 bytes of
    /// token for each.
    pub fn set_extra_roles(&self, count: usize) {
        self.realm.settings().extra_roles = count;
    }

    /// Revokes every token issued so far: the payment service refuses them with 401.
    pub fn revoke_all(&self) {
        let mut settings = self.realm.settings();
        settings.not_before = unix_now();
        self.realm.ledger.strike_all();
    }

    /// Answers the next `count` token requests with 503 and a `Retry-After` of so many seconds, rounded up.
    pub fn refuse_token_requests(&self, count: u32, retry_after: Duration) {
        self.realm.settings().overloaded = (count, seconds(retry_after));
    }

    /// With `false` the token endpoint says `Connection: close` in each answer and closes the stream after it.
    pub fn set_token_keep_alive(&self, keep_alive: bool) {
        self.realm.settings().keep_alive = keep_alive;
    }

    /// Closes the connections of both servers that carry no request right now; the others follow when theirs
    /// is answered. Returns when all are closed, or after a second.
    pub fn close_idle_connections(&self) {
        let streams = [&self.realm_streams, &self.payment_streams];
        let give_up_at = Instant::now() + PATIENCE;
        for streams in streams {
            streams.hang_up();
        }
        while streams.iter().any(|streams| streams.open() > 0) && Instant::now() < give_up_at {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// How many POSTs the token endpoint got, whatever it answered.
    #[must_use]
    pub fn token_requests(&self) -> u64 {
        self.realm.token_requests.load(Ordering::Relaxed)
    }

    /// How many requests the payment service's resource got, whatever it answered.
    #[must_use]
    pub fn api_calls(&self) -> u64 {
        self.payments.calls.load(Ordering::Relaxed)
    }

    /// How many connections the authorization server accepted; over TLS, those whose handshake succeeded.
    #[must_use]
    pub fn token_connections(&self) -> u64 {
        self.realm_streams.opened.load(Ordering::Relaxed)
    }

    /// How many connections the payment service accepted; over TLS, those whose handshake succeeded.
    #[must_use]
    pub fn api_connections(&self) -> u64 {
        self.payment_streams.opened.load(Ordering::Relaxed)
    }

    fn account<R>(&self, id: &str, act: impl FnOnce(&mut Account) -> R) -> Result<R, UnknownClient> {
        self.realm.settings().accounts.get_mut(id).map(act).ok_or(UnknownClient)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic of the servers has been printed already; another in a drop would abort.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("token_url", &self.token_url)
            .field("api_url", &self.api_url)
            .finish_non_exhaustive()
    }
}

/// The world has no client of this id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownClient;

impl fmt::Display for UnknownClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the world has no client of this id")
    }
}

impl std::error::Error for UnknownClient {}
