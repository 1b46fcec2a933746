//! Credentials from the environment: which variables there are, and which combinations of them make sense. What is made
//! of them is `source`'s affair.

mod dot_env;
mod error;
mod secret_file;
mod variable;

pub use error::EnvironmentError;
pub use variable::{Variable, Variables};

pub(crate) use secret_file::read as read_secret;

use keyfob::{ClientAuth, TokenRequest};
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::mem;
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// What the environment says: server, client, secret. It owns the texts, and wipes the secret when dropped.
///
/// | variable | what it is |
/// | --- | --- |
/// | `TOKEN_URL` | the token endpoint, `https://…` |
/// | `CLIENT_ID` | the client's identifier |
/// | `CLIENT_SECRET` | its secret; or instead |
/// | `CLIENT_SECRET_FILE` | a file that holds it, for systemd credentials and mounted secrets. One line break at its end is not part of the secret |
/// | `SCOPE` | what is asked for (optional) |
/// | `AUDIENCE` | for whom, where the server takes that in the request (optional) |
/// | `CA_FILE` | root certificates in PEM, trusted instead of the platform's (optional) |
/// | `CLIENT_AUTH` | `client_secret_post` (the default) or `client_secret_basic` |
///
/// A variable that is set but empty is an error, and so is one of these without those it needs: nothing is guessed.
pub struct Environment {
    values: Values,
    /// What `CLIENT_SECRET` or the file holds.
    secret: Zeroizing<String>,
    basic: bool,
}

/// The values that are set, each in its variable's place.
#[derive(Default)]
struct Values([Option<Zeroizing<String>>; Variable::ALL.len()]);

impl Environment {
    /// What the process's environment says or, if it sets none of `TOKEN_URL`, `CLIENT_ID`, `CLIENT_SECRET`,
    /// `CLIENT_SECRET_FILE` and `CA_FILE`, a file `.env` in the current directory. Those that say where a secret goes
    /// come from one place: a file that happens to lie there must not complete what the process says in part.
    /// `None`: no variable is set at all.
    ///
    /// The file is read as the `dotenvy` library reads it: `NAME=value` lines, `#` comments; in single quotes a value
    /// is taken as it is, otherwise `$NAME` in it is replaced. The process's environment isn't changed, and its own
    /// copies of the values, and the library's, are not wiped.
    ///
    /// # Errors
    /// [`EnvironmentError`] names the variables, or the line of `.env`, that must be mended.
    pub fn read() -> Result<Option<Self>, EnvironmentError> {
        let process: Vec<_> = Variable::ALL
            .into_iter()
            .filter_map(|variable| Some((variable, env::var_os(variable.name())?)))
            .collect();
        let file = if process.iter().any(|(variable, _)| variable.says_where()) {
            Vec::new()
        } else {
            dot_env::read(Path::new(".env"))?
        };
        let process = process.into_iter().map(|(variable, value)| (variable.name(), value));
        let file = file.into_iter().map(|(name, mut value)| (name, mem::take(&mut *value).into()));
        Self::from_variables(process.chain(file))
    }

    /// The same from (name, value) pairs. Where a name comes twice, the first one counts; other names than the
    /// table's are skipped.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn from_variables<N: AsRef<str>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Option<Self>, EnvironmentError> {
        let mut values = Values::default();
        for (name, value) in variables {
            if let Some(variable) = Variable::named(name.as_ref()) {
                values.set(variable, value.into())?;
            }
        }
        let set = values.variables();
        if set.is_empty() {
            return Ok(None);
        }
        values.check(set)?;
        let basic = match values.get(Variable::ClientAuth) {
            None | Some("client_secret_post") => false,
            Some("client_secret_basic") => true,
            Some(_) => return Err(EnvironmentError::ClientAuth),
        };
        let secret = match values.get(Variable::ClientSecretFile) {
            Some(path) => secret_file::read(Path::new(path))?,
            None => Zeroizing::new(values.get(Variable::ClientSecret).unwrap_or_default().to_owned()),
        };
        Ok(Some(Self { values, secret, basic }))
    }

    /// `TOKEN_URL`.
    #[must_use]
    pub fn token_url(&self) -> &str {
        self.values.get(Variable::TokenUrl).unwrap_or_default()
    }

    /// `CLIENT_ID`.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.values.get(Variable::ClientId).unwrap_or_default()
    }

    /// Identifier, secret and `CLIENT_AUTH`, as the core wants them.
    #[must_use]
    pub fn client_auth(&self) -> ClientAuth<'_> {
        self.client_auth_with(&self.secret)
    }

    /// `SCOPE` and `AUDIENCE`, as the core wants them.
    #[must_use]
    pub fn token_request(&self) -> TokenRequest<'_> {
        let mut request = TokenRequest::new();
        if let Some(scope) = self.values.get(Variable::Scope) {
            request = request.scope(scope);
        }
        if let Some(audience) = self.values.get(Variable::Audience) {
            request = request.audience(audience);
        }
        request
    }

    pub(crate) fn client_auth_with<'a>(&'a self, secret: &'a str) -> ClientAuth<'a> {
        if self.basic {
            ClientAuth::secret_basic(self.client_id(), secret)
        } else {
            ClientAuth::secret_post(self.client_id(), secret)
        }
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    pub(crate) fn secret_file(&self) -> Option<&Path> {
        self.values.get(Variable::ClientSecretFile).map(Path::new)
    }

    pub(crate) fn ca_file(&self) -> Option<&Path> {
        self.values.get(Variable::CaFile).map(Path::new)
    }
}

/// A file that is no larger than a MiB, as all are that belong here.
pub(crate) fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // At its full size: a buffer that grows leaves copies behind.
    let expected = file.metadata()?.len().min(MAX_FILE).saturating_add(1);
    let mut content = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    let len = file.take(MAX_FILE.saturating_add(1)).read_to_end(&mut content)?;
    if u64::try_from(len).is_ok_and(|len| len <= MAX_FILE) {
        Ok(content)
    } else {
        Err(io::ErrorKind::FileTooLarge.into())
    }
}

const MAX_FILE: u64 = 1 << 20;

impl Values {
    /// Keeps the first value that a variable is given.
    fn set(&mut self, variable: Variable, value: OsString) -> Result<(), EnvironmentError> {
        let value = value.into_string().map_err(|value| {
            value.into_encoded_bytes().zeroize();
            EnvironmentError::NotUnicode(variable)
        });
        if let Some(place @ None) = self.0.get_mut(variable as usize) {
            *place = Some(Zeroizing::new(value?));
        } else if let Ok(mut unused) = value {
            unused.zeroize();
        }
        Ok(())
    }

    fn get(&self, variable: Variable) -> Option<&str> {
        Some(self.0.get(variable as usize)?.as_ref()?.as_str())
    }

    fn variables(&self) -> Variables {
        Variable::ALL.into_iter().filter(|variable| self.get(*variable).is_some()).collect()
    }

    /// Whether those that are set make sense together.
    fn check(&self, set: Variables) -> Result<(), EnvironmentError> {
        let empty: Variables =
            Variable::ALL.into_iter().filter(|variable| self.get(*variable) == Some("")).collect();
        if !empty.is_empty() {
            return Err(EnvironmentError::Empty(empty));
        }
        let secret_file = set.contains(Variable::ClientSecretFile);
        if secret_file && set.contains(Variable::ClientSecret) {
            return Err(EnvironmentError::TwoSecrets);
        }
        let missing: Variables = [Variable::TokenUrl, Variable::ClientId, Variable::ClientSecret]
            .into_iter()
            .filter(|variable| !set.contains(*variable))
            .filter(|variable| *variable != Variable::ClientSecret || !secret_file)
            .collect();
        if !missing.is_empty() {
            return Err(EnvironmentError::Missing { set, missing });
        }
        Ok(())
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("set", &self.values.variables()).finish_non_exhaustive()
    }
}
