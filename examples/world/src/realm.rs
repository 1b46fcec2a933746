//! The authorization server: one realm, `demo`, under the paths that Keycloak uses, and what of it can change
//! while it runs. Not here: the token endpoint's rules (`token.rs`).

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, HeaderValue};
use hyper::{Method, Request, StatusCode};
use serde_json::json;

use crate::jwt::SigningKey;
use crate::ledger::Ledger;
use crate::options::{ServiceAccount, WorldOptions};
use crate::reply::{self, Reply};
use crate::server::Site;
use crate::{random, token};

/// The realm.
pub(crate) struct Realm {
    /// `scheme://host:port/realms/demo`: what `iss` says, and where everything is.
    pub(crate) issuer: String,
    pub(crate) key: SigningKey,
    pub(crate) ledger: Arc<Ledger>,
    /// How many POSTs the token endpoint got.
    pub(crate) token_requests: AtomicU64,
    settings: Mutex<Settings>,
}

/// What the holder of the world can change.
pub(crate) struct Settings {
    pub(crate) accounts: HashMap<String, Account>,
    /// Seconds.
    pub(crate) token_life: u64,
    /// Second of the Unix epoch; Keycloak tells it in each token reply.
    pub(crate) not_before: u64,
    pub(crate) extra_roles: usize,
    pub(crate) keep_alive: bool,
    /// How many token requests are still to be answered with 503, and the seconds their answers name.
    pub(crate) overloaded: (u32, u64),
}

/// A client as the running realm knows it.
pub(crate) struct Account {
    pub(crate) secret: String,
    /// `sub`: the service account's user.
    pub(crate) subject: String,
    /// Seconds; the realm's if `None`.
    pub(crate) token_life: Option<u64>,
    pub(crate) options: ServiceAccount,
}

impl Account {
    /// The account under its client's id.
    fn new(options: ServiceAccount) -> io::Result<(String, Self)> {
        let secret = options.secret.clone().map_or_else(random::secret, Ok)?;
        let token_life = options.token_life.map(seconds);
        let id = options.client_id.clone();
        Ok((id, Self { secret, subject: random::uuid()?.to_string(), token_life, options }))
    }
}

impl Realm {
    /// A realm at `base`, a URL without a path.
    pub(crate) fn new(
        base: &str,
        options: WorldOptions,
        key: SigningKey,
        ledger: Arc<Ledger>,
    ) -> io::Result<Self> {
        let accounts: io::Result<_> = options.accounts.into_iter().map(Account::new).collect();
        let settings = Settings {
            accounts: accounts?,
            token_life: seconds(options.token_life),
            not_before: 0,
            extra_roles: 0,
            keep_alive: true,
            overloaded: (0, 0),
        };
        Ok(Self {
            issuer: format!("{base}/realms/demo"),
            key,
            ledger,
            token_requests: AtomicU64::new(0),
            settings: Mutex::new(settings),
        })
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn token_endpoint(&self, request: &Request<Bytes>, from: IpAddr) -> Reply {
        self.token_requests.fetch_add(1, Ordering::Relaxed);
        let mut settings = self.settings();
        let answer = match &mut settings.overloaded {
            (left @ 1.., seconds) => {
                *left -= 1;
                reply::overloaded(*seconds)
            }
            _ => reply::never_stored(token::answer(self, &settings, request, from)),
        };
        if settings.keep_alive { answer } else { reply::last(answer) }
    }

    /// The part of Keycloak's discovery document that is true of this realm.
    fn discovery(&self) -> Reply {
        let issuer = &self.issuer;
        let document = json!({
            "issuer": issuer,
            "token_endpoint": format!("{issuer}/protocol/openid-connect/token"),
            "jwks_uri": format!("{issuer}/protocol/openid-connect/certs"),
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "scopes_supported": token::scopes(),
        });
        cached(reply::json(StatusCode::OK, &document), "no-cache, must-revalidate, no-transform, no-store")
    }

    fn certs(&self) -> Reply {
        cached(reply::json(StatusCode::OK, self.key.public()), "no-cache")
    }
}

impl Site for Realm {
    const DATED: bool = false;

    fn answer(&self, request: &Request<Bytes>, from: IpAddr) -> Reply {
        let Some((realm, rest)) =
            request.uri().path().strip_prefix("/realms/").and_then(|path| path.split_once('/'))
        else {
            return reply::prose(StatusCode::NOT_FOUND, "Unable to find matching target resource method");
        };
        if realm != "demo" {
            return reply::prose(StatusCode::NOT_FOUND, "Realm does not exist");
        }
        match (request.method(), rest) {
            (&Method::POST, "protocol/openid-connect/token") => self.token_endpoint(request, from),
            (&Method::GET, "protocol/openid-connect/certs") => self.certs(),
            (&Method::GET, ".well-known/openid-configuration") => self.discovery(),
            // Keycloak says this of every other path of a realm too.
            _ => reply::prose(StatusCode::METHOD_NOT_ALLOWED, "HTTP 405 Method Not Allowed"),
        }
    }
}

/// Whole seconds, rounded up: the protocol knows no smaller unit.
pub(crate) fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

fn cached(mut reply: Reply, how: &'static str) -> Reply {
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(how));
    reply::secured(reply)
}
