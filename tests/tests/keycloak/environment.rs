//! A token source made from variables, as a service in a container has them.

use crate::realm::{endpoint, keycloak, secret};
use keyfob::blocking::RoundTrip;
use keyfob::{Error, HttpRequest, Rejection, RejectionCode};
use keyfob_std::{Environment, EnvironmentError};
use std::fs;
use std::path::PathBuf;

/// A file of this suite's own.
fn file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("keycloak");
    fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn environment<'v>(more: impl IntoIterator<Item = (&'v str, &'v str)>) -> Environment {
    let ca_file = keycloak().ca_file.to_str().unwrap();
    let usual = [("TOKEN_URL", keycloak().token().url()), ("CA_FILE", ca_file)];
    // Where a name comes twice, the first one counts.
    let variables = more.into_iter().chain(usual);
    Environment::from_variables(variables).unwrap().unwrap()
}

#[test]
fn url_client_and_secret_are_enough() {
    for client_auth in ["client_secret_post", "client_secret_basic"] {
        let secret = secret("basic all: 100% +&=ß€");
        let environment = environment([
            ("CLIENT_ID", "basic all: 100% +&=ß€"),
            ("CLIENT_SECRET", &secret),
            ("CLIENT_AUTH", client_auth),
        ]);
        assert!(environment.source().unwrap().token().is_ok(), "{client_auth}");
    }
}

#[test]
fn token_and_transport_are_lent_for_a_call() {
    let environment =
        environment([("CLIENT_ID", "plain"), ("CLIENT_SECRET", "plain-secret"), ("SCOPE", "openid")]);
    let mut source = environment.source().unwrap();
    let mut reply = [0; 4096];
    let mut generations = Vec::new();
    for _ in 0..2 {
        let (token, transport) = source.lend().unwrap();
        let request = HttpRequest::get(keycloak().userinfo()).authorization(token.header_value());
        generations.push(token.generation());
        assert_eq!(transport.round_trip(request, &mut reply).unwrap().status, 200);
    }
    assert_eq!(generations[0], generations[1]);
    // As if the service had said 401.
    source.distrust(generations[1]);
    assert_ne!(source.token().unwrap().generation(), generations[1]);
}

#[test]
fn a_secret_in_a_file_is_read_again_when_the_server_refuses_it() {
    let path = file("secret");
    fs::write(&path, "plain-secret\n").unwrap();
    let environment = environment([("CLIENT_ID", "plain"), ("CLIENT_SECRET_FILE", path.to_str().unwrap())]);
    let mut source = environment.source().unwrap();
    let first = source.token().unwrap().generation();

    // The file goes on to a secret that the server doesn't know, and nobody notices while the token serves.
    fs::write(&path, "wrong\n").unwrap();
    assert_eq!(source.token().unwrap().generation(), first);

    // A source that starts with it is refused, and so is every later try, until the file holds the right one.
    let environment =
        self::environment([("CLIENT_ID", "plain"), ("CLIENT_SECRET_FILE", path.to_str().unwrap())]);
    let mut source = environment.source().unwrap();
    for _ in 0..2 {
        let rejection = Rejection { status: 401, code: RejectionCode::UnauthorizedClient };
        assert_eq!(source.token().unwrap_err(), Error::Rejected(rejection));
    }
    fs::write(&path, "plain-secret\n").unwrap();
    assert!(source.token().is_ok());
}

#[test]
fn plain_http_on_this_computer_works_where_it_is_asked_for() {
    let token_url = keycloak().path_at(&keycloak().insecure_url, "token");
    let api_url = keycloak().path_at(&keycloak().insecure_url, "userinfo");
    let variables = [
        ("TOKEN_URL", token_url.url()),
        ("CLIENT_ID", "plain"),
        ("CLIENT_SECRET", "plain-secret"),
        ("SCOPE", "openid"),
    ];
    let environment = Environment::from_variables(variables).unwrap().unwrap();
    assert_eq!(environment.source().unwrap_err(), EnvironmentError::PlainHttp);

    let mut source = environment.insecure_loopback_source().unwrap();
    let mut reply = [0; 4096];
    let (token, transport) = source.lend().unwrap();
    let request = HttpRequest::get(endpoint(api_url.url())).authorization(token.header_value());
    assert_eq!(transport.round_trip(request, &mut reply).unwrap().status, 200);
}
