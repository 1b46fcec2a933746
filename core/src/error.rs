//! Errors, sorted by who can mend them. They are `Copy` and hold no text of the server's and no secret.

use core::convert::Infallible;
use core::fmt;

/// Whatever can go wrong. `E` is the transport's own error; the parts that do no I/O say `Error<Infallible>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E = Infallible> {
    /// The program must be changed.
    Config(ConfigError),
    /// A buffer must grow.
    Capacity(CapacityError),
    /// The authorization server said no: the credentials, or what is asked for, must be changed.
    Rejected(Rejection),
    /// The peer sent what no authorization server may send.
    Response(ResponseError),
    /// The link is down, or too slow.
    Transport(E),
    /// The stream that was given is used up, takes no more bytes, or leads to another server: open a new one.
    Closed,
}

impl Error {
    /// The same error in the company of a transport's.
    #[must_use]
    pub fn with_transport<E>(self) -> Error<E> {
        self.map_transport(|never| match never {})
    }
}

impl<E> Error<E> {
    /// The same error with `change` applied to the transport's.
    #[must_use]
    pub fn map_transport<F>(self, change: impl FnOnce(E) -> F) -> Error<F> {
        match self {
            Self::Config(error) => Error::Config(error),
            Self::Capacity(error) => Error::Capacity(error),
            Self::Rejected(error) => Error::Rejected(error),
            Self::Response(error) => Error::Response(error),
            Self::Transport(error) => Error::Transport(change(error)),
            Self::Closed => Error::Closed,
        }
    }

    /// The error in two bytes, without the transport's: what a [`Lease`](crate::Lease) remembers.
    #[must_use]
    pub const fn why(&self) -> Why {
        match self {
            Self::Config(_) => Why::Config,
            Self::Capacity(_) => Why::Capacity,
            Self::Rejected(rejection) => Why::Rejected(rejection.code),
            Self::Response(_) => Why::Response,
            Self::Transport(_) | Self::Closed => Why::Transport,
        }
    }
}

/// Why a refresh failed, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Why {
    /// [`Error::Config`].
    Config,
    /// [`Error::Capacity`].
    Capacity,
    /// [`Error::Rejected`].
    Rejected(RejectionCode),
    /// [`Error::Response`].
    Response,
    /// [`Error::Transport`] or [`Error::Closed`].
    Transport,
}

/// A mistake in the program, or in what it was configured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConfigError {
    /// The endpoint does not start with `https://`.
    EndpointScheme,
    /// The endpoint's host or port cannot be used, or it holds a user's name.
    EndpointHost,
    /// The endpoint's path or query holds what no URL may (RFC 3986), or it has a fragment (RFC 6749 §3.2).
    EndpointTarget,
    /// The endpoint is longer than [`Endpoint::MAX_LEN`](crate::Endpoint::MAX_LEN).
    EndpointLength,
    /// The client id is empty or holds a control character, or a `:` where raw Basic cannot carry one.
    ClientId,
    /// The client secret is empty or holds a control character, such as the line feed at the end of a file.
    ClientSecret,
    /// The scope is empty or not as RFC 6749 §3.3 writes it: tokens of printable ASCII without `"` and `\`, one
    /// space between them.
    Scope,
    /// The audience is empty or holds a control character.
    Audience,
    /// A resource is not an absolute URI without a fragment (RFC 8707 §2).
    Resource,
    /// An extra parameter has no name, comes twice, or repeats one of the protocol's own (RFC 6749 §3.2).
    ExtraParameter,
    /// A header's value is empty or holds a control character, such as a line's end.
    HeaderValue,
    /// The endpoint wants https, and the transport does not authenticate the server: nothing was sent.
    InsecureChannel,
    /// The endpoint is plain `http://`, and the transport was made for https only: nothing was sent.
    InsecureEndpoint,
}

impl ConfigError {
    /// What is wrong, in a line. `const`, so that [`endpoint!`](crate::endpoint) can say it while compiling.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        match self {
            Self::EndpointScheme => "the endpoint must start with https://",
            Self::EndpointHost => "the endpoint's host or port is not usable",
            Self::EndpointTarget => "the endpoint's path holds a character that no URL may, or a fragment",
            Self::EndpointLength => "the endpoint is longer than a URL may be here",
            Self::ClientId => {
                "the client id is empty, or holds a control character (or a colon, in raw Basic)"
            }
            Self::ClientSecret => {
                "the client secret is empty or holds a control character, such as a line feed at its end"
            }
            Self::Scope => "the scope is not written as RFC 6749 section 3.3 has it",
            Self::Audience => "the audience is empty or holds a control character",
            Self::Resource => "a resource is not an absolute URI without a fragment",
            Self::ExtraParameter => {
                "an extra parameter has no name, comes twice, or repeats one of the protocol's"
            }
            Self::HeaderValue => "a header's value is empty or holds a control character",
            Self::InsecureChannel => "the transport does not authenticate the server, so secrets stay here",
            Self::InsecureEndpoint => "the endpoint is plain http, and the transport was made for https only",
        }
    }
}

/// Which buffer was too small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Buffer {
    /// The memory given to [`Slot::new`](crate::Slot::new): it holds the header value, `Bearer ` and the token.
    Token,
    /// The scratch given to [`Link::new`](crate::Link::new): it holds a request and its reply.
    Scratch,
    /// The buffer given for one round trip: it holds the request's head, then the reply.
    Reply,
    /// The buffer given to an encoder, to [`Token::copy_to`](crate::Token::copy_to) or to `claims::read`.
    Output,
}

/// A buffer is too small. Nothing was half-written into it, and nothing that was kept is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CapacityError {
    /// Which one.
    pub buffer: Buffer,
    /// Bytes it must have for this step to succeed: exactly so many. A later step of the same operation may need more, as
    /// a reply longer than its request does, and says so in its turn.
    pub needed: usize,
    /// Bytes it has.
    pub available: usize,
}

/// The authorization server's no (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Rejection {
    /// The HTTP status: 400 or 401 by the book, but servers use others, 200 included.
    pub status: u16,
    /// The reply's `error`.
    pub code: RejectionCode,
}

impl Rejection {
    /// Whether it is the credentials that were refused. Servers say so in three ways; Keycloak calls a wrong
    /// secret `unauthorized_client`.
    #[must_use]
    pub const fn refuses_credentials(&self) -> bool {
        self.status == 401
            || matches!(self.code, RejectionCode::InvalidClient | RejectionCode::UnauthorizedClient)
    }
}

/// The `error` member of a reply, as far as the standards name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RejectionCode {
    /// `invalid_request`: the server misses a parameter or does not like one.
    InvalidRequest,
    /// `invalid_client`: the client is unknown, or could not prove who it is.
    InvalidClient,
    /// `invalid_grant`.
    InvalidGrant,
    /// `unauthorized_client`: the client may not use this grant (Keycloak: or the secret is wrong).
    UnauthorizedClient,
    /// `unsupported_grant_type`.
    UnsupportedGrantType,
    /// `invalid_scope`.
    InvalidScope,
    /// `invalid_target` (RFC 8707 §2).
    InvalidTarget,
    /// `access_denied`.
    AccessDenied,
    /// `server_error`.
    ServerError,
    /// `temporarily_unavailable`.
    TemporarilyUnavailable,
    /// `use_dpop_nonce` (RFC 9449 §8).
    UseDpopNonce,
    /// A text of the server's own, or an `error` that is no text.
    Other,
    /// The reply has no `error`; its status alone says no.
    Unspecified,
}

/// What the peer sent is no reply of an authorization server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ResponseError {
    /// Neither a token nor a rejection; this is its HTTP status. Redirects are never followed.
    Status(u16),
    /// The reply has no body.
    Empty,
    /// The body is compressed, though `Accept-Encoding: identity` was sent.
    Compressed,
    /// The body is no JSON object, from this byte of it on.
    Json {
        /// Bytes from the body's start.
        offset: usize,
    },
    /// The JSON is nested more than 32 deep, or repeats a member that matters.
    JsonShape {
        /// Bytes from the body's start.
        offset: usize,
    },
    /// There is no `access_token`, or it is no text.
    TokenMissing,
    /// The `access_token` is empty or holds what no header may: control characters, spaces, non-ASCII.
    TokenCharacters,
    /// The `token_type` is missing or unknown, and was not listed as one that is known (RFC 6749 §7.1).
    TokenType,
    /// The `expires_in` is no number.
    ExpiresIn,
    /// The head is not HTTP/1.1 or HTTP/1.0 (RFC 9112).
    Head,
    /// How long the body is cannot be told for sure (RFC 9112 §6).
    Framing,
    /// The stream ended before the reply did.
    EndedEarly,
    /// The reply goes on beyond what can be read, or skipped, within the bounds.
    TooLarge,
}

macro_rules! from {
    ($($variant:ident($error:ty)),*) => {$(
        impl<E> From<$error> for Error<E> {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}
from!(Config(ConfigError), Capacity(CapacityError), Rejected(Rejection), Response(ResponseError));

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Capacity(error) => error.fmt(f),
            Self::Rejected(error) => error.fmt(f),
            Self::Response(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Closed => f.write_str("the connection is used up or leads elsewhere"),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Display for CapacityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let buffer = match self.buffer {
            Buffer::Token => "token memory",
            Buffer::Scratch => "scratch",
            Buffer::Reply => "reply buffer",
            Buffer::Output => "output buffer",
        };
        write!(f, "the {buffer} has {} bytes and needs {}", self.available, self.needed)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the authorization server said no: {} (status {})", self.code, self.status)
    }
}

macro_rules! codes {
    ($($code:ident = $text:literal),*) => {
        impl RejectionCode {
            /// Those that the standards name, and their names in the same order.
            pub(crate) const NAMED: &[Self] = &[$(Self::$code),*];
            pub(crate) const NAMES: &str = concat!($($text, " "),*).trim_ascii_end();

            /// The code as the standards write it; what has no such name is described in words.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$code => $text,)*
                    Self::Other => "an error of its own",
                    Self::Unspecified => "no reason given",
                }
            }
        }
    };
}
codes! {
    InvalidRequest = "invalid_request",
    InvalidClient = "invalid_client",
    InvalidGrant = "invalid_grant",
    UnauthorizedClient = "unauthorized_client",
    UnsupportedGrantType = "unsupported_grant_type",
    InvalidScope = "invalid_scope",
    InvalidTarget = "invalid_target",
    AccessDenied = "access_denied",
    ServerError = "server_error",
    TemporarilyUnavailable = "temporarily_unavailable",
    UseDpopNonce = "use_dpop_nonce"
}

impl fmt::Display for RejectionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the server answered with status {status} and no token"),
            Self::Empty => f.write_str("the server answered without a body"),
            Self::Compressed => f.write_str("the server compressed its answer, which nobody asked for"),
            Self::Json { offset } => write!(f, "the answer is no JSON object, from byte {offset} on"),
            Self::JsonShape { offset } => {
                write!(f, "the answer's JSON is too deep or repeats a member, at byte {offset}")
            }
            Self::TokenMissing => f.write_str("the answer holds no access token"),
            Self::TokenCharacters => f.write_str("the access token is empty or holds forbidden characters"),
            Self::TokenType => f.write_str("the answer's token_type is missing or unknown"),
            Self::ExpiresIn => f.write_str("the answer's expires_in is no number"),
            Self::Head => f.write_str("the answer is not HTTP/1.1"),
            Self::Framing => f.write_str("the answer's length cannot be told for sure"),
            Self::EndedEarly => f.write_str("the connection ended before the answer did"),
            Self::TooLarge => f.write_str("the answer is too large"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for Error<E> {}
impl core::error::Error for ConfigError {}
impl core::error::Error for CapacityError {}
impl core::error::Error for Rejection {}
impl core::error::Error for ResponseError {}
