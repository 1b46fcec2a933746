//! What is sent: forms, Basic credentials, bodies, endpoints; and what is refused before anything is sent.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyfob::request::{basic, form};
use keyfob::{ClientAuth, ConfigError, Endpoint, Error, TokenRequest};
use keyfob_tests::AUTH;
use keyfob_tests::vectors::{blocks, rows, unescaped};

/// What an encoder writes into exactly as much room as it asks for.
fn exactly<E: core::fmt::Debug>(len: usize, encode: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> String {
    let mut out = vec![0; len];
    assert_eq!(encode(&mut out).unwrap(), len);
    String::from_utf8(out).unwrap()
}

#[test]
fn form_encoding() {
    for [text, encoded] in rows("request/form.table") {
        let text = unescaped(&text);
        let found = exactly(form::encode_len(&text), |out| form::encode(&text, out));
        assert_eq!(found, unescaped(&encoded), "{text:?}");
    }
}

#[test]
fn basic_credentials() {
    let decoded = |header: &str| {
        let credentials = BASE64_STANDARD.decode(header.strip_prefix("Basic ").unwrap());
        String::from_utf8(credentials.unwrap()).unwrap()
    };
    for [id, secret, encoded, raw] in rows("request/basic.table") {
        let found = exactly(basic::encode_len(&id, &secret), |out| basic::encode(&id, &secret, out));
        assert_eq!(decoded(&found), encoded, "{id} {secret}");
        if raw != "{{}}" {
            let found = exactly(basic::encode_raw_nonstandard_len(&id, &secret), |out| {
                basic::encode_raw_nonstandard(&id, &secret, out)
            });
            assert_eq!(decoded(&found), raw, "{id} {secret}");
        }
    }
}

#[test]
fn bodies() {
    for vector in blocks("request/bodies.txt") {
        let pairs: Vec<(&str, &str)> =
            vector.settings("extra").filter_map(|pair| pair.split_once('=')).collect();
        let resources: Vec<&str> = vector.settings("resource").collect();
        let mut request = TokenRequest::new().resources(&resources).extra(&pairs);
        if let Some(scope) = vector.setting("scope") {
            request = request.scope(scope);
        }
        if let Some(audience) = vector.setting("audience") {
            request = request.audience(audience);
        }
        let auth = match vector.setting("auth") {
            Some("basic") => ClientAuth::secret_basic("sensor-17", "s3cret"),
            _ => AUTH,
        };
        let found = exactly(request.encode_len(&auth), |out| request.encode(&auth, out));
        assert_eq!(found, vector.verdict, "{}", vector.name);
    }
}

fn refused(part: &str, value: &str) -> Option<ConfigError> {
    let (resources, pair) = ([value], value.split_once('=').unwrap_or_default());
    let (once, twice) = ([pair], [pair, ("other", "x"), pair]);
    let anything = TokenRequest::new();
    let (request, auth) = match part {
        "client_id" => (anything, ClientAuth::secret_post(value, "s3cret")),
        "client_secret" => (anything, ClientAuth::secret_basic("sensor-17", value)),
        "raw_client_id" => (anything, ClientAuth::secret_basic_raw_nonstandard(value, "s3cret")),
        "scope" => (anything.scope(value), AUTH),
        "audience" => (anything.audience(value), AUTH),
        "resource" => (anything.resources(&resources), AUTH),
        "extra" => (anything.extra(&once), AUTH),
        "extra twice" => (anything.extra(&twice), AUTH),
        other => panic!("what is {other}?"),
    };
    match request.encode(&auth, &mut [0; 4096]) {
        Ok(_) => None,
        Err(Error::Config(error)) => Some(error),
        Err(other) => panic!("{part} {value:?}: {other:?}"),
    }
}

#[test]
fn refused_before_anything_is_sent() {
    for [part, value, error] in rows("request/refused.table") {
        let found = refused(&part, &unescaped(&value)).map(|error| format!("{error:?}"));
        assert_eq!(found, Some(error), "{part} {value}");
    }
}

#[test]
fn endpoints() {
    let mut wrong = Vec::new();
    for [url, verdict] in rows("request/endpoints.table") {
        let text = unescaped(&url);
        let found = match Endpoint::https(&text) {
            Ok(endpoint) => {
                assert!(endpoint.is_https());
                assert_eq!(endpoint.url(), text);
                format!("{} {} {}", endpoint.host(), endpoint.port(), endpoint.target())
            }
            Err(error) => format!("{error:?}"),
        };
        if found != unescaped(&verdict) {
            wrong.push(format!("{url}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn plain_http_has_a_constructor_of_its_own() {
    let loopback = Endpoint::insecure_http("http://127.0.0.1:8080/token").unwrap();
    assert_eq!((loopback.host(), loopback.port(), loopback.is_https()), ("127.0.0.1", 8080, false));
    assert_eq!(Endpoint::insecure_http("http://localhost/").unwrap().port(), 80);
    for url in ["https://id.example/", "id.example", "httpx://id.example/"] {
        assert_eq!(Endpoint::insecure_http(url), Err(ConfigError::EndpointScheme), "{url}");
    }
}
