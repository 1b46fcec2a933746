//! Who a token request says it comes from: `client_secret_basic` and `client_secret_post` (RFC 6749 §2.3.1), read
//! the way Keycloak reads them. Not here: whether it is true (`token.rs`).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;

/// The client's id and secret as far as the request names them.
pub(crate) struct Credentials {
    pub(crate) client_id: Option<String>,
    pub(crate) secret: Option<String>,
}

impl Credentials {
    /// Reads them. What stands in the form wins over the header, each by itself; a header that can't be read
    /// counts as none.
    pub(crate) fn read(headers: &HeaderMap, form: &Form) -> Self {
        let basic = headers.get(AUTHORIZATION).and_then(|value| basic(value.to_str().ok()?));
        let (client_id, secret) = basic.unzip();
        Self {
            client_id: form.first("client_id").map(String::from).or(client_id),
            secret: form.first("client_secret").map(String::from).or(secret),
        }
    }
}

/// The parameters of a request in their order, decoded.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body of type `application/x-www-form-urlencoded`.
    pub(crate) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first parameter of this name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Whether any name stands there twice (forbidden by RFC 6749 §3.2).
    pub(crate) fn repeats(&self) -> bool {
        let mut names: Vec<_> = self.0.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// Id and secret are form-encoded before they are joined and put in base64 (RFC 6749 §2.3.1).
fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let joined = String::from_utf8(BASE64_STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (client_id, secret) = joined.split_once(':')?;
    Some((form_decode(client_id)?, form_decode(secret)?))
}

fn form_decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    Some(percent_decode_str(&spaced).decode_utf8().ok()?.into_owned())
}
