//! What can be wrong with the environment. Variables are named; their values never appear.

use super::{Variable, Variables};
use crate::RootsError;
use keyfob::ConfigError;
use std::fmt;
use std::io;

/// The environment must be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// Some are set, and others that they need are not. `CLIENT_SECRET_FILE` serves in the place of `CLIENT_SECRET`.
    Missing {
        /// Those that are set.
        set: Variables,
        /// Those that are missing.
        missing: Variables,
    },
    /// These are set, but to nothing.
    Empty(Variables),
    /// `CLIENT_SECRET` and `CLIENT_SECRET_FILE` are both set.
    TwoSecrets,
    /// The value is not UTF-8.
    NotUnicode(Variable),
    /// `CLIENT_AUTH` is neither `client_secret_post` nor `client_secret_basic`.
    ClientAuth,
    /// The file that the variable names cannot be read.
    File(Variable, io::ErrorKind),
    /// The file that `CLIENT_SECRET_FILE` names holds nothing, more than 4,096 bytes, or no UTF-8.
    SecretFile,
    /// The file that `CA_FILE` names holds no root certificates.
    CaFile(RootsError),
    /// The value cannot be used.
    Value(Variable, ConfigError),
    /// `TOKEN_URL` is plain `http://`, which nobody has allowed.
    PlainHttp,
    /// `TOKEN_URL` is plain `http://`, and its host is not `localhost` or a loopback address.
    NotLoopback,
    /// `.env` cannot be read.
    DotEnvFile(io::ErrorKind),
    /// `.env` cannot be understood at this line.
    DotEnvLine(usize),
}

impl std::error::Error for EnvironmentError {}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { set, missing } => {
                write!(f, "the environment sets {set}, but not {missing}")?;
                if missing.contains(Variable::ClientSecret) {
                    f.write_str(" (CLIENT_SECRET_FILE would do as well)")?;
                }
                Ok(())
            }
            Self::Empty(variables) => write!(f, "the environment sets {variables}, but to nothing"),
            Self::TwoSecrets => f.write_str("CLIENT_SECRET and CLIENT_SECRET_FILE are both set: which one counts?"),
            Self::NotUnicode(variable) => write!(f, "{variable} is not UTF-8"),
            Self::ClientAuth => f.write_str("CLIENT_AUTH is neither client_secret_post nor client_secret_basic"),
            Self::File(variable, kind) => write!(f, "the file that {variable} names cannot be read: {kind}"),
            Self::SecretFile => f.write_str(
                "the file that CLIENT_SECRET_FILE names holds no secret: it is empty, longer than 4096 bytes, or not UTF-8",
            ),
            Self::CaFile(error) => write!(f, "the file that CA_FILE names cannot be used: {error}"),
            Self::Value(variable, error) => write!(f, "{variable} cannot be used: {error}"),
            Self::PlainHttp => f.write_str(
                "TOKEN_URL is plain http://, over which the secret would travel readable for all: use https://",
            ),
            Self::NotLoopback => f.write_str(
                "TOKEN_URL is plain http:// to another computer, and the secret would travel readable for all: use https://",
            ),
            Self::DotEnvFile(kind) => write!(f, ".env cannot be read: {kind}"),
            Self::DotEnvLine(line) => write!(f, ".env cannot be understood at line {line}"),
        }
    }
}
