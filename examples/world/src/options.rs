//! What a world is made of: its wire and its clients, said before it starts. Not here: what can be changed
//! while it runs (`world.rs`).

use std::collections::BTreeMap;
use std::time::Duration;

/// The client that may pay: it has the role `payments:write` of the client `payment-service`.
pub const ORDER_SERVICE: &str = "order-service";
/// The client that may not: the same as [`ORDER_SERVICE`] but for that role.
pub const REPORT_SERVICE: &str = "report-service";
/// The payment service's own client: the audience its tokens need, and the owner of the role.
pub const PAYMENT_SERVICE: &str = "payment-service";
/// The client role of [`PAYMENT_SERVICE`] that a token needs.
pub const PAYMENT_ROLE: &str = "payments:write";

/// How a world is made. The default has the clients [`ORDER_SERVICE`] and [`REPORT_SERVICE`], TLS, and
/// tokens that live for 300 seconds.
#[derive(Debug, Clone)]
pub struct WorldOptions {
    pub(crate) wire: Wire,
    pub(crate) token_life: Duration,
    pub(crate) accounts: Vec<ServiceAccount>,
}

impl Default for WorldOptions {
    fn default() -> Self {
        let order = ServiceAccount::new(ORDER_SERVICE).client_role(PAYMENT_SERVICE, PAYMENT_ROLE);
        let report = ServiceAccount::new(REPORT_SERVICE).client_role(PAYMENT_SERVICE, "payments:read");
        Self { wire: Wire::Tls, token_life: Duration::from_secs(300), accounts: vec![order, report] }
    }
}

impl WorldOptions {
    /// Chooses what the servers speak below HTTP.
    #[must_use]
    pub fn wire(mut self, wire: Wire) -> Self {
        self.wire = wire;
        self
    }

    /// Sets how long tokens live, in seconds, rounded up: the protocol knows no smaller unit.
    #[must_use]
    pub fn token_life(mut self, life: Duration) -> Self {
        self.token_life = life;
        self
    }

    /// Adds a client. Of several with the same id the last counts.
    #[must_use]
    pub fn account(mut self, account: ServiceAccount) -> Self {
        self.accounts.push(account);
        self
    }
}

/// What the servers speak below HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// TLS 1.2 and 1.3, as the client likes.
    Tls,
    /// TLS 1.2 only.
    Tls12,
    /// TLS 1.3 only.
    Tls13,
    /// No TLS; the world's URLs then begin with `http://`. This is how most people first start Keycloak.
    Plain,
}

/// A client of the authorization server and the service account behind it.
#[derive(Debug, Clone)]
pub struct ServiceAccount {
    pub(crate) client_id: String,
    pub(crate) secret: Option<String>,
    pub(crate) standing: Standing,
    pub(crate) token_life: Option<Duration>,
    pub(crate) realm_roles: Vec<String>,
    pub(crate) client_roles: BTreeMap<String, Vec<String>>,
}

impl ServiceAccount {
    /// A client in good standing with a random secret and the roles that Keycloak gives every account.
    pub fn new(client_id: impl Into<String>) -> Self {
        let account = Self {
            client_id: client_id.into(),
            secret: None,
            standing: Standing::Good,
            token_life: None,
            realm_roles: ["offline_access", "default-roles-demo", "uma_authorization"]
                .map(String::from)
                .to_vec(),
            client_roles: BTreeMap::new(),
        };
        ["manage-account", "manage-account-links", "view-profile"]
            .into_iter()
            .fold(account, |account, role| account.client_role("account", role))
    }

    /// Sets the secret; otherwise it is random and [`World::client_secret`](crate::World::client_secret) tells it.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Sets why the server would refuse this client even with the right secret.
    #[must_use]
    pub fn standing(mut self, standing: Standing) -> Self {
        self.standing = standing;
        self
    }

    /// Sets how long this client's tokens live, in seconds, rounded up; otherwise the world's life counts.
    #[must_use]
    pub fn token_life(mut self, life: Duration) -> Self {
        self.token_life = Some(life);
        self
    }

    /// Adds a role of the realm.
    #[must_use]
    pub fn realm_role(mut self, role: impl Into<String>) -> Self {
        self.realm_roles.push(role.into());
        self
    }

    /// Adds a role of the client `owner`, which thereby joins the token's audience.
    #[must_use]
    pub fn client_role(mut self, owner: impl Into<String>, role: impl Into<String>) -> Self {
        self.client_roles.entry(owner.into()).or_default().push(role.into());
        self
    }
}

/// Whether a client may fetch tokens at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Good,
    /// Switched off by the administrator.
    Disabled,
    /// It has no service account, so the client credentials grant isn't for it.
    NoServiceAccount,
}
