//! What is asked for: the parameters of a token request, as RFC 6749 §4.4.2 sends them. Where to, and over what, is
//! not known here.

pub mod basic;
pub mod form;

use crate::auth::{Method, is_text};
use crate::write::Writer;
use crate::{Buffer, CapacityError, ClientAuth, ConfigError, Error};

/// The token that is wanted. It feeds the request, its renewal and the cache alike, so they cannot differ.
///
/// A mistake in it shows when a fetch begins, as a [`ConfigError`]: the first that was made, even if what it was about is set
/// anew later.
#[derive(Clone, Copy, Default)]
pub struct TokenRequest<'a> {
    /// Empty: none.
    scope: &'a str,
    audience: &'a str,
    resources: &'a [&'a str],
    extra: &'a [(&'a str, &'a str)],
    /// What keeps it from being sent; found where it is made, so that for a `const` the compiler does the work.
    pub(crate) mistake: Option<ConfigError>,
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
        Self { scope: "", audience: "", resources: &[], extra: &[], mistake: None }
    }

    /// The scope: tokens with one space between them (RFC 6749 §3.3).
    #[must_use]
    pub const fn scope(mut self, scope: &'a str) -> Self {
        self.scope = scope;
        self.or_mistake(is_scope(scope.as_bytes()), ConfigError::Scope)
    }

    /// The audience, where the server takes one in the request (Auth0 needs it; Keycloak maps it by the scope).
    #[must_use]
    pub const fn audience(mut self, audience: &'a str) -> Self {
        self.audience = audience;
        self.or_mistake(is_text(audience.as_bytes(), false), ConfigError::Audience)
    }

    /// The services that the token is for, as absolute URIs (RFC 8707 §2): one `resource` parameter each.
    #[must_use]
    pub const fn resources(mut self, resources: &'a [&'a str]) -> Self {
        self.resources = resources;
        let mut rest = resources;
        while let Some((resource, after)) = rest.split_first() {
            self = self.or_mistake(is_absolute_uri(resource.as_bytes()), ConfigError::Resource);
            rest = after;
        }
        self
    }

    /// Parameters of the server's own, (name, value). One without a value is left out (RFC 6749 §3.2).
    #[must_use]
    pub const fn extra(mut self, parameters: &'a [(&'a str, &'a str)]) -> Self {
        self.extra = parameters;
        let mut rest = parameters;
        while let Some(((name, _), after)) = rest.split_first() {
            let free = !name.is_empty() && !is_among(name, &RESERVED) && !names(after, name);
            self = self.or_mistake(free, ConfigError::ExtraParameter);
            rest = after;
        }
        self
    }

    const fn or_mistake(mut self, right: bool, mistake: ConfigError) -> Self {
        if !right && self.mistake.is_none() {
            self.mistake = Some(mistake);
        }
        self
    }

    /// Writes the request's body, `application/x-www-form-urlencoded`, into `out`; the credentials are in it where
    /// `auth` sends them in the body. Returns its length.
    ///
    /// # Errors
    /// [`Error::Config`] if the request or the credentials cannot be sent as they are. [`Error::Capacity`] if
    /// `out` is shorter than [`encode_len`](Self::encode_len); then nothing was written.
    pub fn encode(&self, auth: &ClientAuth<'_>, out: &mut [u8]) -> Result<usize, Error> {
        if let Some(mistake) = auth.mistake.or(self.mistake) {
            return Err(mistake.into());
        }
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
        parameter(out, "&scope=", self.scope);
        parameter(out, "&audience=", self.audience);
        for resource in self.resources {
            parameter(out, "&resource=", resource);
        }
        for (name, value) in self.extra {
            if !value.is_empty() {
                parameter(out, "&", name);
                parameter(out, "=", value);
            }
        }
        if let Method::Post = auth.method {
            parameter(out, "&client_id=", auth.client_id.as_str());
            parameter(out, "&client_secret=", auth.secret.as_str());
        }
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

/// A text with what stands before it; both are left out where it is empty (RFC 6749 §3.2).
fn parameter(out: &mut Writer<'_>, before: &str, value: &str) {
    if !value.is_empty() {
        out.text(before);
        form::write(out, value, form::Space::Plus);
    }
}

/// RFC 6749 §3.3: tokens of %x21 / %x23-5B / %x5D-7E, with one space between them.
const fn is_scope(mut scope: &[u8]) -> bool {
    let mut previous = b' ';
    while let Some((&byte, rest)) = scope.split_first() {
        match byte {
            b' ' if previous == b' ' => return false,
            b'"' | b'\\' => return false,
            b' '..=b'~' => (previous, scope) = (byte, rest),
            _ => return false,
        }
    }
    previous != b' '
}

/// RFC 8707 §2: an absolute URI (RFC 3986 §4.3), which has a scheme and no fragment.
const fn is_absolute_uri(mut uri: &[u8]) -> bool {
    let (mut scheme_len, mut in_scheme) = (0_usize, true);
    while let Some((&byte, rest)) = uri.split_first() {
        uri = rest;
        if in_scheme && byte == b':' && scheme_len > 0 && !rest.is_empty() {
            in_scheme = false;
        } else if in_scheme {
            let first = byte.is_ascii_alphabetic();
            if !first && (scheme_len == 0 || !(byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'))) {
                return false;
            }
            scheme_len = scheme_len.wrapping_add(1);
        } else if !byte.is_ascii_graphic() || byte == b'#' {
            return false;
        }
    }
    !in_scheme
}

const fn is_among(name: &str, mut names: &[&str]) -> bool {
    while let Some((other, rest)) = names.split_first() {
        if is_same(name.as_bytes(), other.as_bytes()) {
            return true;
        }
        names = rest;
    }
    false
}

const fn names(mut parameters: &[(&str, &str)], name: &str) -> bool {
    while let Some(((other, _), rest)) = parameters.split_first() {
        if is_same(name.as_bytes(), other.as_bytes()) {
            return true;
        }
        parameters = rest;
    }
    false
}

const fn is_same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let (Some((x, rest_a)), Some((y, rest_b))) = (a.split_first(), b.split_first()) {
        if *x != *y {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.is_empty() && b.is_empty()
}
