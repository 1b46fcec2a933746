//! What is asked for: the parameters of a token request, as RFC 6749 §4.4.2 sends them. Where to, and over what, is
//! not known here.

pub mod basic;
pub mod form;

use crate::auth::{Method, is_text};
use crate::write::Writer;
use crate::{Buffer, CapacityError, ClientAuth, ConfigError, Error};

/// The token that is wanted. It feeds the request, its renewal and the cache alike, so they cannot differ.
#[derive(Clone, Copy, Default)]
pub struct TokenRequest<'a> {
    scope: Option<&'a str>,
    audience: Option<&'a str>,
    resources: &'a [&'a str],
    extra: &'a [(&'a str, &'a str)],
}

/// The protocol's own parameters, which no extra one may repeat (RFC 6749 §3.2, RFC 7521 §4.2, RFC 8707 §2).
const RESERVED: [&str; 8] = [
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "scope",
    "audience",
    "resource",
];

impl<'a> TokenRequest<'a> {
    /// Whatever the server gives this client by default.
    #[must_use]
    pub const fn new() -> Self {
        Self { scope: None, audience: None, resources: &[], extra: &[] }
    }

    /// The scope: tokens with one space between them (RFC 6749 §3.3).
    #[must_use]
    pub const fn scope(self, scope: &'a str) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// The audience, where the server takes one in the request (Auth0 needs it; Keycloak maps it by the scope).
    #[must_use]
    pub const fn audience(self, audience: &'a str) -> Self {
        Self { audience: Some(audience), ..self }
    }

    /// The services that the token is for, as absolute URIs (RFC 8707 §2): one `resource` parameter each.
    #[must_use]
    pub const fn resources(self, resources: &'a [&'a str]) -> Self {
        Self { resources, ..self }
    }

    /// Parameters of the server's own, (name, value). One without a value is left out (RFC 6749 §3.2).
    #[must_use]
    pub const fn extra(self, parameters: &'a [(&'a str, &'a str)]) -> Self {
        Self { extra: parameters, ..self }
    }

    /// Writes the request's body, `application/x-www-form-urlencoded`, into `out`; the credentials are in it where
    /// `auth` sends them in the body. Returns its length.
    ///
    /// # Errors
    /// [`Error::Config`] if the request or the credentials cannot be sent as they are. [`Error::Capacity`] if
    /// `out` is shorter than [`encode_len`](Self::encode_len); then nothing was written.
    pub fn encode(&self, auth: &ClientAuth<'_>, out: &mut [u8]) -> Result<usize, Error> {
        auth.check()?;
        self.check()?;
        let needed = self.encode_len(auth);
        if needed > out.len() {
            return Err(CapacityError { buffer: Buffer::Output, needed, available: out.len() }.into());
        }
        self.write(auth, &mut Writer::new(out));
        Ok(needed)
    }

    /// The length of what [`encode`](Self::encode) writes, in bytes.
    #[must_use]
    pub fn encode_len(&self, auth: &ClientAuth<'_>) -> usize {
        let mut count = Writer::new(&mut []);
        self.write(auth, &mut count);
        count.len()
    }

    pub(crate) fn write(&self, auth: &ClientAuth<'_>, out: &mut Writer<'_>) {
        out.text("grant_type=client_credentials");
        parameter(out, "scope", self.scope);
        parameter(out, "audience", self.audience);
        for resource in self.resources {
            parameter(out, "resource", Some(resource));
        }
        for (name, value) in self.extra {
            if !value.is_empty() {
                out.text("&");
                form::write(out, name, form::Space::Plus);
                out.text("=");
                form::write(out, value, form::Space::Plus);
            }
        }
        if let Method::Post = auth.method {
            parameter(out, "client_id", Some(auth.client_id.as_str()));
            parameter(out, "client_secret", Some(auth.secret.as_str()));
        }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if !self.scope.is_none_or(is_scope) {
            return Err(ConfigError::Scope);
        }
        if !self.audience.is_none_or(is_text) {
            return Err(ConfigError::Audience);
        }
        if !self.resources.iter().all(|resource| is_absolute_uri(resource)) {
            return Err(ConfigError::Resource);
        }
        let mut rest = self.extra;
        while let [(name, _), after @ ..] = rest {
            let again = after.iter().any(|(other, _)| other == name);
            if name.is_empty() || again || RESERVED.contains(name) {
                return Err(ConfigError::ExtraParameter);
            }
            rest = after;
        }
        Ok(())
    }
}

/// Without the extra parameters' values: what they hold is not known here.
impl core::fmt::Debug for TokenRequest<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut request = f.debug_struct("TokenRequest");
        request.field("scope", &self.scope).field("audience", &self.audience);
        request.field("resources", &self.resources).finish_non_exhaustive()
    }
}

/// A parameter whose name needs no encoding.
fn parameter(out: &mut Writer<'_>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        out.text("&").text(name).text("=");
        form::write(out, value, form::Space::Plus);
    }
}

/// RFC 6749 §3.3: tokens of %x21 / %x23-5B / %x5D-7E, with one space between them.
fn is_scope(scope: &str) -> bool {
    let mut previous = b' ';
    for byte in scope.bytes() {
        match byte {
            b' ' if previous == b' ' => return false,
            b' '..=b'~' if !matches!(byte, b'"' | b'\\') => previous = byte,
            _ => return false,
        }
    }
    previous != b' '
}

/// RFC 8707 §2: an absolute URI (RFC 3986 §4.3), which has a scheme and no fragment.
fn is_absolute_uri(uri: &str) -> bool {
    let in_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let scheme = uri.bytes().take_while(|byte| in_scheme(byte)).count();
    let starts = uri.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let ends = uri.as_bytes().get(scheme..).is_some_and(|rest| rest.len() > 1 && rest.starts_with(b":"));
    starts && ends && uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}
