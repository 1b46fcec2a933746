//! What went wrong, in one line that says what happened and who can mend it. No value of a secret variable comes here.

use crate::scene::authority;
use crate::timeline::thousands;
use keyfob::{
    Buffer, CapacityError, ConfigError, Endpoint, Error, Rejection, RejectionCode, ResponseError, Why,
};
use keyfob_std::{CertificateProblem, EnvironmentError, Phase, RootsError};
use std::ffi::OsString;
use std::fmt;
use std::io;

/// Why the quickstart ends early.
pub(crate) enum Trouble {
    /// It doesn't know this argument.
    Argument(OsString),
    Environment(EnvironmentError),
    /// What is wrong with one of the quickstart's own variables.
    Variable(&'static str, &'static str),
    /// What the core doesn't like about one of them.
    Unusable(&'static str, ConfigError),
    /// `API_URL` is set, and the token's server isn't.
    ApiAlone,
    CaFile(io::ErrorKind),
    Roots(RootsError),
    /// The world did not start.
    World(io::Error),
    Token(Error),
    /// A renewal failed while the old token serves.
    Renewal(Why),
    /// In words already.
    Told(String),
}

/// What advice needs to know.
pub(crate) struct Advice<'a> {
    pub(crate) endpoint: Endpoint<'a>,
    pub(crate) client_id: &'a str,
    /// The client authentication that wasn't used: servers take from a client only the one that it is registered for.
    pub(crate) other_auth: &'static str,
}

type Failure = Error<keyfob_std::Error>;

impl Advice<'_> {
    /// No token was to be had.
    pub(crate) fn about_token(&self, error: Failure) -> String {
        let at = authority(&self.endpoint);
        match error {
            Error::Rejected(rejection) => self.about_rejection(rejection),
            Error::Capacity(error) => about_capacity(error),
            Error::Response(error) => self.about_response(error),
            Error::Transport(error) => about_transport(&self.endpoint, error, "TOKEN_URL"),
            error => format!("{at}: {error}"),
        }
    }

    fn about_rejection(&self, rejection: Rejection) -> String {
        let Rejection { status, code } = rejection;
        let (at, client, other) = (authority(&self.endpoint), self.client_id, self.other_auth);
        let said = format!("({code}, status {status})");
        match (status, code) {
            (404 | 405 | 410, _) => format!(
                "no token endpoint at {} (status {status}): check the path in TOKEN_URL (on Keycloak, the \
                 realm too)",
                self.endpoint.url()
            ),
            (_, RejectionCode::InvalidClient) => format!(
                "{at} does not accept the client {client} {said}: check CLIENT_ID, CLIENT_SECRET and CLIENT_AUTH \
                 (perhaps {other}); or its administrator has disabled it"
            ),
            (_, RejectionCode::UnauthorizedClient) => format!(
                "{at} refuses the client {client} {said}: check CLIENT_SECRET; if it is right, its administrator \
                 must allow it client credentials (a service account)"
            ),
            (_, RejectionCode::InvalidScope) => format!(
                "{at} does not grant what SCOPE asks for {said}: correct SCOPE, or its administrator allows it to \
                 the client {client}"
            ),
            (_, RejectionCode::InvalidTarget) => {
                format!("{at} issues no token for this AUDIENCE {said}: correct AUDIENCE, or leave it out")
            }
            (_, RejectionCode::InvalidRequest) => {
                format!(
                    "{at} does not like the request {said}: check CLIENT_ID, CLIENT_SECRET, CLIENT_AUTH, SCOPE and \
                     AUDIENCE; or the client may not use client credentials"
                )
            }
            (_, RejectionCode::ServerError | RejectionCode::TemporarilyUnavailable) => {
                format!("{at} has a problem of its own {said}: try again later, or tell its administrator")
            }
            _ if rejection.refuses_credentials() => format!(
                "{at} does not accept the client {client} {said}: check CLIENT_ID, CLIENT_SECRET and CLIENT_AUTH \
                 (perhaps {other})"
            ),
            // So many servers answer to what isn't TLS.
            (400, RejectionCode::Unspecified) if !self.endpoint.is_https() => {
                about_bad_request(&self.endpoint, "TOKEN_URL")
            }
            _ => format!(
                "{at} refuses the client {client} {said}: its log says why, and its administrator can mend it"
            ),
        }
    }

    fn about_response(&self, error: ResponseError) -> String {
        let (at, url) = (authority(&self.endpoint), self.endpoint.url());
        match error {
            ResponseError::Status(status @ 300..=399) => {
                format!("{url} leads elsewhere (status {status}), which is never followed: correct TOKEN_URL")
            }
            ResponseError::Status(status @ (408 | 425 | 429)) => {
                format!(
                    "{at} wants to be asked later (status {status}): wait, or its administrator raises the limit"
                )
            }
            ResponseError::Status(status) => format!(
                "{at} has a problem of its own (status {status}): try again later, or tell its administrator"
            ),
            ResponseError::Empty | ResponseError::Json { .. } | ResponseError::TokenMissing => {
                format!("what answers at {url} is no token endpoint ({error}): correct TOKEN_URL")
            }
            ResponseError::TokenType => format!(
                "{at} breaks RFC 6749 section 5.1 ({error}): its maker must mend that; your own program can allow it \
                 by bearer_also_called"
            ),
            ResponseError::JsonShape { .. } | ResponseError::TokenCharacters | ResponseError::ExpiresIn => {
                format!("{at} breaks RFC 6749 section 5.1 ({error}): its maker must mend that")
            }
            error => about_http(&self.endpoint, error, "TOKEN_URL"),
        }
    }

    /// The call got no answer.
    #[expect(clippy::unused_self, reason = "one place to ask for advice")]
    pub(crate) fn about_service(&self, endpoint: Endpoint<'_>, error: Failure) -> String {
        let at = authority(&endpoint);
        match error {
            Error::Transport(error) => about_transport(&endpoint, error, "API_URL"),
            Error::Response(error) => about_http(&endpoint, error, "API_URL"),
            Error::Capacity(CapacityError { needed, available, .. }) => format!(
                "{at} answers with {} bytes, and {} are read here: choose a smaller resource in API_URL",
                thousands(needed),
                thousands(available)
            ),
            error => format!("{at} answers nonsense ({error}): check API_URL, or tell its administrator"),
        }
    }

    /// The call's answer is no success. A 401 comes here with a fresh token.
    pub(crate) fn about_status(&self, endpoint: Endpoint<'_>, status: u16) -> String {
        let (at, url, client) = (authority(&endpoint), endpoint.url(), self.client_id);
        match status {
            400 if !endpoint.is_https() => about_bad_request(&endpoint, "API_URL"),
            401 => format!(
                "{at} refuses a fresh token too (status 401): it wants another AUDIENCE or SCOPE, or trusts another \
                 server; its administrator knows"
            ),
            403 => format!(
                "{at} takes the token but does not let {client} do this (status 403): its administrator must grant \
                 the role, or SCOPE ask for it"
            ),
            404 | 405 | 410 => format!("there is nothing to GET at {url} (status {status}): correct API_URL"),
            300..=399 => {
                format!("{url} leads elsewhere (status {status}), which is never followed: correct API_URL")
            }
            500.. => format!("{at} has a problem of its own (status {status}): tell its administrator"),
            status => format!("{at} does not take the call (status {status}): check API_URL, or its log"),
        }
    }
}

fn about_capacity(error: CapacityError) -> String {
    let CapacityError { buffer, needed, available } = error;
    let (what, variable) = match buffer {
        Buffer::Token => ("token memory", "TOKEN_BYTES"),
        _ => ("scratch", "SCRATCH_BYTES"),
    };
    let (has, needs) = (thousands(available), thousands(needed));
    format!(
        "the {what} has {has} bytes and needs {needs}: set {variable}={needed}, or have fewer roles in the token"
    )
}

/// `variable` is the one that says where the server is; so below.
fn about_transport(endpoint: &Endpoint<'_>, error: keyfob_std::Error, variable: &str) -> String {
    use keyfob_std::Error as E;
    let at = authority(endpoint);
    match error {
        E::Certificate(CertificateProblem::UnknownIssuer) | E::NoRoots => format!("{at}: {error} in CA_FILE"),
        E::Closed(Phase::Send | Phase::Receive) if !endpoint.is_https() => {
            format!("{at}: {error}; or is it the port for https://? Then correct {variable}")
        }
        error => format!("{at}: {error}"),
    }
}

/// What came was no whole answer.
fn about_http(endpoint: &Endpoint<'_>, error: ResponseError, variable: &str) -> String {
    let at = authority(endpoint);
    match (error, endpoint.is_https()) {
        // Whether any of it came, the error doesn't say; a port for TLS may hang up at once.
        (ResponseError::EndedEarly, false) => format!(
            "{at} broke off its answer: try again; or is it the port for https://? Then correct {variable}"
        ),
        (ResponseError::EndedEarly, true) => {
            format!("{at} broke off its answer: try again, or its log says why")
        }
        (ResponseError::Head, false) => format!(
            "{at} does not speak plain http ({error}): is it the port for https://? Correct {variable}"
        ),
        (ResponseError::Head | ResponseError::Framing | ResponseError::Compressed, _) => {
            format!("{at} breaks the rules of HTTP ({error}): check {variable}, or tell its administrator")
        }
        _ => format!("{at} answers nonsense ({error}): check {variable}, or tell its administrator"),
    }
}

/// Over plain http, a 400 without a reason.
fn about_bad_request(endpoint: &Endpoint<'_>, variable: &str) -> String {
    format!(
        "{} refuses the request (status 400): is it the port for https://? Then correct {variable}; or its log \
         says why",
        authority(endpoint)
    )
}

impl From<EnvironmentError> for Trouble {
    fn from(error: EnvironmentError) -> Self {
        Self::Environment(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(argument) => {
                // What follows a `=` may be a secret that somebody hoped to hand over so.
                let name = argument.to_string_lossy();
                let name = name.split('=').next().unwrap_or_default();
                write!(f, "unknown argument {}: see --help", name.escape_debug())
            }
            Self::Environment(error) => error.fmt(f),
            Self::Variable(name, what) => write!(f, "{name} {what}"),
            Self::Unusable(name, error) => write!(f, "{name} cannot be used: {error}"),
            Self::ApiAlone => {
                f.write_str("the environment sets API_URL, but not TOKEN_URL, CLIENT_ID and CLIENT_SECRET")
            }
            Self::CaFile(kind) => write!(f, "the file that CA_FILE names cannot be read: {kind}"),
            Self::Roots(error) => write!(f, "the file that CA_FILE names cannot be used: {error}"),
            Self::World(error) => write!(f, "the servers for this show did not start: {error}"),
            Self::Token(error) => error.fmt(f),
            Self::Renewal(why) => {
                let why = match why {
                    Why::Rejected(code) => code.as_str(),
                    Why::Capacity => "a buffer is too small",
                    Why::Response => "the answer was no token",
                    _ => "no answer came",
                };
                write!(
                    f,
                    "the renewal failed ({why}), and the old token serves on: is the authorization server up?"
                )
            }
            Self::Told(text) => f.write_str(text),
        }
    }
}
