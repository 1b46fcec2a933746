//! A small world for OAuth clients: an authorization server that answers like Keycloak and a payment service that
//! checks its tokens, on loopback, in your process. The examples show keyfob against it and the tests try keyfob
//! with it. It doesn't know keyfob. Only docs, modules and exports live in this file.
//!
//! ```
//! use keyfob_world::{ORDER_SERVICE, World, WorldOptions};
//!
//! let world = World::start(WorldOptions::default())?;
//! assert!(world.token_url().starts_with("https://localhost:"));
//! assert!(world.token_url().ends_with("/realms/demo/protocol/openid-connect/token"));
//! assert_eq!(world.client_secret(ORDER_SERVICE)?.len(), 32);
//! assert_eq!(world.token_requests(), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it is
//!
//! - **Authorization server.** Realm `demo`: token endpoint for the client credentials grant with
//!   `client_secret_basic` and `client_secret_post`, discovery document, keys. Statuses, error codes, members, their
//!   order and header fields are those that Keycloak 26.7.3 was seen to send. Tokens are ES256 JWTs with the claims
//!   of a service account.
//! - **Payment service.** `GET` and `POST /payments` on a port of its own. A token needs a good signature, the
//!   issuer, the audience [`PAYMENT_SERVICE`], time left, and the *client role* [`PAYMENT_ROLE`] of that client
//!   (`resource_access.payment-service.roles`). No token, or one that doesn't count: 401. No role: 403.
//! - **Clients.** [`ORDER_SERVICE`] may pay, [`REPORT_SERVICE`] lacks the role; [`WorldOptions::account`] adds more.
//! - **Trust.** A root and a P-256 certificate for `localhost`, `127.0.0.1` and `::1`, made at each start. TLS 1.2
//!   and 1.3 by rustls with ring. The servers listen on 127.0.0.1.
//!
//! # What it is not
//!
//! No other grant, no refresh or ID tokens (so no scope `openid`), no assertions, no mTLS, no `DPoP`, no introspection
//! endpoint, no HTTP/2. Secrets are compared in a time that depends on them: this is no server for anything but
//! loopback.

mod authority;
mod claims;
mod client_auth;
mod jwt;
mod ledger;
mod options;
mod payments;
mod random;
mod realm;
mod reply;
mod server;
mod token;
mod world;

pub use options::{
    ORDER_SERVICE, PAYMENT_ROLE, PAYMENT_SERVICE, REPORT_SERVICE, ServiceAccount, Standing, Wire,
    WorldOptions,
};
pub use world::{UnknownClient, World};
