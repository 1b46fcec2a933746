//! What the quickstart reads of the environment besides keyfob-std's own variables.

use crate::advice::Trouble;
use keyfob_std::Source;
use std::env;

/// Sizes and choices of this run.
pub(crate) struct Settings {
    pub(crate) show_token: bool,
    /// Bytes.
    pub(crate) token_memory: usize,
    /// Bytes.
    pub(crate) scratch: usize,
    pub(crate) api_url: Option<String>,
    /// What was asked for, to be held against what is granted.
    pub(crate) scope: Option<String>,
    /// What `CLIENT_AUTH` could say too.
    pub(crate) other_auth: &'static str,
    /// The API's server is trusted by the same roots as the token's.
    pub(crate) ca_file: Option<String>,
}

impl Settings {
    pub(crate) fn read(show_token: bool) -> Result<Self, Trouble> {
        Ok(Self {
            show_token,
            token_memory: bytes("TOKEN_BYTES")?.unwrap_or(Source::TOKEN_MEMORY),
            scratch: bytes("SCRATCH_BYTES")?.unwrap_or(Source::SCRATCH),
            api_url: text("API_URL")?,
            scope: text("SCOPE")?,
            other_auth: match text("CLIENT_AUTH")?.as_deref() {
                Some("client_secret_basic") => "client_secret_post",
                _ => "client_secret_basic",
            },
            ca_file: text("CA_FILE")?,
        })
    }
}

/// No one has more memory for one token; a larger number is a slip of the pen.
const MOST: usize = 64 << 20;

fn bytes(name: &'static str) -> Result<Option<usize>, Trouble> {
    let Some(text) = text(name)? else { return Ok(None) };
    match text.parse() {
        Ok(bytes) if bytes <= MOST => Ok(Some(bytes)),
        _ => Err(Trouble::Variable(name, "is no number of bytes between 0 and 67108864")),
    }
}

/// The process's own variable, or else that of `.env`, whose syntax keyfob-std has looked at before; as there, the file counts
/// only where the process doesn't say itself who gets which secret.
fn text(name: &'static str) -> Result<Option<String>, Trouble> {
    let value = match env::var(name) {
        Ok(value) => Some(value),
        Err(env::VarError::NotUnicode(_)) => return Err(Trouble::Variable(name, "is not UTF-8")),
        Err(env::VarError::NotPresent)
            if ["TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "CLIENT_SECRET_FILE", "CA_FILE"]
                .iter()
                .any(|name| env::var_os(name).is_some()) =>
        {
            None
        }
        Err(env::VarError::NotPresent) => dotenvy::from_path_iter(".env")
            .ok()
            .and_then(|entries| entries.flatten().find(|(found, _)| found == name).map(|(_, value)| value)),
    };
    if value.as_deref() == Some("") {
        return Err(Trouble::Variable(name, "is set, but to nothing"));
    }
    Ok(value)
}
