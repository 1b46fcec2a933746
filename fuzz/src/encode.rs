//! The encoders against `form_urlencoded` and `base64`: same bytes, the length that was promised, and nothing written
//! where there is too little room.
//!
//! Input: a text, cut at each 0 into client id, secret, scope, audience, resource, and names and values of extra
//! parameters.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use form_urlencoded::byte_serialize;
use keyfob::request::{basic, form};
use keyfob::{CapacityError, ClientAuth, ConfigError, Error, TokenRequest};

/// Checks the encoders with one set of texts.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let parts: Vec<&str> = text.split('\0').collect();
    let part = |n: usize| parts.get(n).copied().unwrap_or_default();
    let (id, secret) = (part(0), part(1));

    check_room(&encoded(id), form::encode_len(id), |out| form::encode(id, out));
    let both = format!("{}:{}", encoded(id), encoded(secret)).replace('+', "%20");
    let header = format!("Basic {}", BASE64_STANDARD.encode(both));
    check_room(&header, basic::encode_len(id, secret), |out| basic::encode(id, secret, out));
    let header = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    check_room(&header, basic::encode_raw_nonstandard_len(id, secret), |out| {
        basic::encode_raw_nonstandard(id, secret, out)
    });

    let extra: Vec<(&str, &str)> = parts
        .get(5..)
        .unwrap_or_default()
        .chunks(2)
        .map(|pair| match pair {
            [name, value] => (*name, *value),
            _ => (pair[0], ""),
        })
        .collect();
    check_request(&Parts { id, secret, scope: part(2), audience: part(3), resource: part(4), extra: &extra });
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// `encode` writes `expected` into just as much room, and into no less.
fn check_room<E: Into<Error>>(expected: &str, len: usize, encode: impl Fn(&mut [u8]) -> Result<usize, E>) {
    assert_eq!(len, expected.len());
    let mut out = vec![0xaa; len + 1];
    assert!(encode(&mut out).is_ok_and(|written| written == len));
    assert_eq!((&out[..len], out[len]), (expected.as_bytes(), 0xaa));
    if let Some(less) = len.checked_sub(1) {
        let mut out = vec![0xaa; less];
        match encode(&mut out).map_err(Into::into) {
            Err(Error::Capacity(CapacityError { needed, available, .. })) => {
                assert_eq!((needed, available), (len, less));
            }
            other => panic!("{other:?} in {less} bytes"),
        }
        assert!(out.iter().all(|byte| *byte == 0xaa), "half-written");
    }
}

struct Parts<'t> {
    id: &'t str,
    secret: &'t str,
    scope: &'t str,
    audience: &'t str,
    resource: &'t str,
    extra: &'t [(&'t str, &'t str)],
}

/// The whole body of a token request, as `form_urlencoded` writes it; what keyfob refuses has a reason.
fn check_request(parts: &Parts<'_>) {
    let Parts { id, secret, scope, audience, resource, extra } = *parts;
    let resources = [resource];
    let mut request = TokenRequest::new().extra(extra);
    let mut expected = form_urlencoded::Serializer::new(String::new());
    expected.append_pair("grant_type", "client_credentials");
    if !scope.is_empty() {
        request = request.scope(scope);
        expected.append_pair("scope", scope);
    }
    if !audience.is_empty() {
        request = request.audience(audience);
        expected.append_pair("audience", audience);
    }
    if !resource.is_empty() {
        request = request.resources(&resources);
        expected.append_pair("resource", resource);
    }
    for (name, value) in extra.iter().filter(|(_, value)| !value.is_empty()) {
        expected.append_pair(name, value);
    }
    let in_header = expected.finish();
    let secrets = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", id)
        .append_pair("client_secret", secret)
        .finish();
    let in_body = format!("{in_header}&{secrets}");
    for (auth, expected) in [
        (ClientAuth::secret_post(id, secret), &in_body),
        (ClientAuth::secret_post(id, secret).into_owned(), &in_body),
        (ClientAuth::secret_basic(id, secret), &in_header),
        (ClientAuth::secret_basic_raw_nonstandard(id, secret), &in_header),
    ] {
        let len = request.encode_len(&auth);
        match request.encode(&auth, &mut vec![0; len]) {
            Ok(_) => {
                assert_eq!(mistakes(parts), [], "taken");
                check_room(expected, len, |out| request.encode(&auth, out));
            }
            // Raw Basic has no way to write a colon.
            Err(Error::Config(ConfigError::ClientId)) if in_header == *expected && id.contains(':') => {}
            Err(Error::Config(error)) => assert!(mistakes(parts).contains(&error), "{error:?}"),
            Err(error) => panic!("{error:?} in {len} bytes"),
        }
    }
}

/// All that is wrong with a request.
fn mistakes(parts: &Parts<'_>) -> Vec<ConfigError> {
    let Parts { id, secret, scope, audience, resource, extra } = *parts;
    let is_text = |text: &str| !text.is_empty() && !text.contains(char::is_control);
    let is_scope_token = |token: &str| {
        !token.is_empty()
            && token.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    let is_uri = |uri: &str| {
        let is_scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        uri.split_once(':').is_some_and(|(scheme, rest)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(is_scheme_byte)
                && !rest.is_empty()
                && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
        })
    };
    let own = [
        "grant_type",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "scope",
        "audience",
        "resource",
    ];
    let mut names: Vec<&str> = extra.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    let extra_is_wrong =
        names.len() < extra.len() || names.iter().any(|name| name.is_empty() || own.contains(name));
    [
        (!is_text(id), ConfigError::ClientId),
        (!is_text(secret), ConfigError::ClientSecret),
        (!scope.is_empty() && !scope.split(' ').all(is_scope_token), ConfigError::Scope),
        (!audience.is_empty() && !is_text(audience), ConfigError::Audience),
        (!resource.is_empty() && !is_uri(resource), ConfigError::Resource),
        (extra_is_wrong, ConfigError::ExtraParameter),
    ]
    .into_iter()
    .filter_map(|(is_wrong, mistake)| is_wrong.then_some(mistake))
    .collect()
}
