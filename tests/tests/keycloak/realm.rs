//! Where the server and its realm are, and who its clients are. How one of them acts is `device`'s affair.

use keyfob::{ClientAuth, Endpoint};
use keyfob_std::Connector;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::{env, fs};

/// The server, as the runner's variables describe it.
pub(crate) struct Keycloak {
    /// The origin with TLS.
    pub(crate) url: String,
    /// The origin without.
    pub(crate) insecure_url: String,
    pub(crate) realm: String,
    pub(crate) ca_file: PathBuf,
    ca_pem: Vec<u8>,
    xtask: PathBuf,
}

/// The server that the runner has started.
pub(crate) fn keycloak() -> &'static Keycloak {
    static KEYCLOAK: LazyLock<Result<Keycloak, String>> = LazyLock::new(Keycloak::from_variables);
    match &*KEYCLOAK {
        Ok(keycloak) => keycloak,
        Err(problem) => panic!("{problem}. Run this suite with `cargo xtask keycloak test`."),
    }
}

/// The client's secret, by the realm's rule.
pub(crate) fn secret(client: &str) -> String {
    format!("{client}-secret")
}

/// Client and secret in the request's body.
pub(crate) fn post(client: &str) -> ClientAuth<'static> {
    ClientAuth::secret_post(client, &secret(client)).into_owned()
}

/// Client and secret in the `Authorization` header.
pub(crate) fn basic(client: &str) -> ClientAuth<'static> {
    ClientAuth::secret_basic(client, &secret(client)).into_owned()
}

/// The endpoint of a URL that was put together here. It is leaked: a run is short.
pub(crate) fn endpoint(url: impl Into<String>) -> Endpoint<'static> {
    let url: &'static str = url.into().leak();
    Endpoint::https(url).or_else(|_| Endpoint::insecure_http(url)).expect(url)
}

impl Keycloak {
    fn from_variables() -> Result<Self, String> {
        let variable = |name: &str| env::var(name).map_err(|error| format!("{name}: {error}"));
        let ca_file = PathBuf::from(variable("KEYFOB_KEYCLOAK_CA_FILE")?);
        Ok(Self {
            url: variable("KEYFOB_KEYCLOAK_URL")?,
            insecure_url: variable("KEYFOB_KEYCLOAK_HTTP_URL")?,
            realm: variable("KEYFOB_KEYCLOAK_REALM")?,
            ca_pem: fs::read(&ca_file).map_err(|error| format!("{}: {error}", ca_file.display()))?,
            ca_file,
            xtask: variable("KEYFOB_XTASK")?.into(),
        })
    }

    /// A path below the realm's OpenID Connect endpoints, at `origin`.
    pub(crate) fn path_at(&self, origin: &str, path: &str) -> Endpoint<'static> {
        endpoint(format!("{origin}/realms/{}/protocol/openid-connect/{path}", self.realm))
    }

    /// The realm's token endpoint.
    pub(crate) fn token(&self) -> Endpoint<'static> {
        self.path_at(&self.url, "token")
    }

    /// The realm's own protected service. It takes tokens whose scope holds `openid`.
    pub(crate) fn userinfo(&self) -> Endpoint<'static> {
        self.path_at(&self.url, "userinfo")
    }

    /// An opener of streams that trusts the server's CA and no other.
    pub(crate) fn connector(&self) -> Connector {
        Connector::with_roots(&self.ca_pem).expect("the CA file holds a certificate")
    }

    /// What the server's CA is, as PEM.
    pub(crate) fn ca_pem(&self) -> &[u8] {
        &self.ca_pem
    }

    /// Stops the server. It is started again when what this returns is dropped, also by a test that fails.
    pub(crate) fn stop(&self) -> Stopped<'_> {
        self.xtask("down");
        Stopped(self)
    }

    fn xtask(&self, verb: &str) {
        let mut xtask = Command::new(&self.xtask);
        xtask.args(["keycloak", verb]).stdout(Stdio::null());
        assert!(xtask.status().expect("KEYFOB_XTASK is a program").success(), "keycloak {verb} failed");
    }
}

/// The server is down for as long as this lives.
pub(crate) struct Stopped<'k>(&'k Keycloak);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        self.0.xtask("up");
    }
}
