//! The environment: a table of cases. Errors name variables, never values.

use keyfob::ConfigError;
use keyfob_std::{Environment, EnvironmentError, RootsError, Variable};
use std::fs;
use std::io;
use std::path::PathBuf;

const URL: (&str, &str) = ("TOKEN_URL", "https://id.example/token");
const ID: (&str, &str) = ("CLIENT_ID", "order-service");
const SECRET: (&str, &str) = ("CLIENT_SECRET", "s3cret-value");

fn read(variables: &[(&str, &str)]) -> Result<Option<Environment>, EnvironmentError> {
    Environment::from_variables(variables.iter().copied())
}

fn refused(variables: &[(&str, &str)]) -> EnvironmentError {
    match read(variables) {
        Err(error) => error,
        Ok(environment) => environment.unwrap().source().expect_err("refused"),
    }
}

/// A file of this test's own.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("environment");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn nothing_set_is_its_own_case() {
    assert!(read(&[]).unwrap().is_none());
    assert!(read(&[("PATH", "/bin"), ("token_url", "x")]).unwrap().is_none());
}

#[test]
fn all_of_it() {
    let environment = read(&[
        URL,
        ID,
        SECRET,
        ("SCOPE", "a b"),
        ("AUDIENCE", "https://api.example"),
        ("CLIENT_AUTH", "client_secret_post"),
    ])
    .unwrap()
    .unwrap();
    let mut body = [0; 256];
    let len = environment.token_request().encode(&environment.client_auth(), &mut body).unwrap();
    assert_eq!(
        std::str::from_utf8(&body[..len]).unwrap(),
        "grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fapi.example\
         &client_id=order-service&client_secret=s3cret-value"
    );
    let source = environment.source().unwrap();
    assert_eq!(source.client.endpoint().url(), URL.1);

    let basic = read(&[URL, ID, SECRET, ("CLIENT_AUTH", "client_secret_basic")]).unwrap().unwrap();
    let len = basic.token_request().encode(&basic.client_auth(), &mut body).unwrap();
    assert_eq!(&body[..len], b"grant_type=client_credentials");
}

#[test]
fn some_set_and_others_missing() {
    for (set, text) in [
        (
            &[URL][..],
            "the environment sets TOKEN_URL, but not CLIENT_ID and CLIENT_SECRET (CLIENT_SECRET_FILE would do as well)",
        ),
        (
            &[URL, ID],
            "the environment sets TOKEN_URL and CLIENT_ID, but not CLIENT_SECRET (CLIENT_SECRET_FILE would do as well)",
        ),
        (
            &[("SCOPE", "a"), SECRET],
            "the environment sets CLIENT_SECRET and SCOPE, but not TOKEN_URL and CLIENT_ID",
        ),
        (
            &[("CLIENT_SECRET_FILE", "/f"), ID],
            "the environment sets CLIENT_ID and CLIENT_SECRET_FILE, but not TOKEN_URL",
        ),
    ] {
        assert_eq!(refused(set).to_string(), text);
    }
}

#[test]
fn what_makes_no_sense() {
    use EnvironmentError as E;
    let empty = [URL, ("CLIENT_ID", ""), SECRET, ("AUDIENCE", "")];
    assert_eq!(refused(&empty).to_string(), "the environment sets CLIENT_ID and AUDIENCE, but to nothing");
    for (variables, error) in [
        (&[URL, ID, SECRET, ("CLIENT_SECRET_FILE", "/f")][..], E::TwoSecrets),
        (&[URL, ID, SECRET, ("CLIENT_AUTH", "client_secret_jwt")], E::ClientAuth),
        (&[URL, ID, SECRET, ("CLIENT_AUTH", "CLIENT_SECRET_BASIC")], E::ClientAuth),
        (
            &[URL, ID, ("CLIENT_SECRET", "two\nlines")],
            E::Value(Variable::ClientSecret, ConfigError::ClientSecret),
        ),
        (&[URL, ("CLIENT_ID", "a\tb"), SECRET], E::Value(Variable::ClientId, ConfigError::ClientId)),
        (&[URL, ID, SECRET, ("SCOPE", "a  b")], E::Value(Variable::Scope, ConfigError::Scope)),
        (&[URL, ID, SECRET, ("AUDIENCE", "\u{1}")], E::Value(Variable::Audience, ConfigError::Audience)),
        (
            &[("TOKEN_URL", "id.example/token"), ID, SECRET],
            E::Value(Variable::TokenUrl, ConfigError::EndpointScheme),
        ),
        (
            &[("TOKEN_URL", "https://id.example/{realm}"), ID, SECRET],
            E::Value(Variable::TokenUrl, ConfigError::EndpointTarget),
        ),
        (&[("TOKEN_URL", "http://localhost/token"), ID, SECRET], E::PlainHttp),
        (&[("TOKEN_URL", "HTTP://id.example/"), ID, SECRET], E::PlainHttp),
    ] {
        let found = refused(variables);
        assert_eq!(found, error);
        for (_, value) in variables {
            assert!(!found.to_string().contains(value) || value.len() < 3, "{found} shows a value");
        }
    }
}

#[test]
fn plain_http_is_for_loopback_alone() {
    for (url, expected) in [
        ("http://localhost:8080/token", Ok(())),
        ("http://LOCALHOST/token", Ok(())),
        ("http://127.0.0.1/token", Ok(())),
        ("http://127.9.8.7/token", Ok(())),
        ("http://[::1]:8080/token", Ok(())),
        ("https://id.example/token", Ok(())),
        ("http://id.example/token", Err(EnvironmentError::NotLoopback)),
        ("http://localhost.example/token", Err(EnvironmentError::NotLoopback)),
        ("http://10.0.0.1/token", Err(EnvironmentError::NotLoopback)),
        ("http://[::2]/token", Err(EnvironmentError::NotLoopback)),
    ] {
        let environment = read(&[("TOKEN_URL", url), ID, SECRET]).unwrap().unwrap();
        assert_eq!(environment.is_plain_http(), url.starts_with("http:"));
        assert_eq!(environment.insecure_loopback_source().map(|_| ()), expected, "{url}");
    }
}

#[test]
#[cfg(unix)]
fn values_that_are_not_utf_8() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let raw =
        [("TOKEN_URL", OsString::from(URL.1)), ("CLIENT_SECRET", OsString::from_vec(b"s\xff".to_vec()))];
    assert_eq!(
        Environment::from_variables(raw).unwrap_err(),
        EnvironmentError::NotUnicode(Variable::ClientSecret)
    );
}

#[test]
fn the_secrets_file() {
    use EnvironmentError as E;
    let unreadable = E::File(Variable::ClientSecretFile, io::ErrorKind::NotFound);
    for (name, content, expected) in [
        ("bare", &b"s3cret"[..], Ok("s3cret")),
        ("line", b"s3cret\n", Ok("s3cret")),
        ("windows", b"s3cret\r\n", Ok("s3cret")),
        ("space", b" s3cret \n", Ok(" s3cret ")),
        ("two lines", b"s3cret\n\n", Err(E::Value(Variable::ClientSecretFile, ConfigError::ClientSecret))),
        ("empty", b"", Err(E::SecretFile)),
        ("only a line", b"\n", Err(E::SecretFile)),
        ("not utf-8", b"s\xff", Err(E::SecretFile)),
        ("longest", &[b'x'; 4096], Ok(&*"x".repeat(4096))),
        ("too long", &[b'x'; 4097], Err(E::SecretFile)),
        ("missing", b"", Err(unreadable)),
    ] {
        let path = file(name, content);
        if name == "missing" {
            fs::remove_file(&path).unwrap();
        }
        let variables = [URL, ID, ("CLIENT_SECRET_FILE", path.to_str().unwrap())];
        match expected {
            Err(error) => assert_eq!(refused(&variables), error, "{name}"),
            Ok(secret) => {
                let environment = read(&variables).unwrap().unwrap();
                environment.source().unwrap();
                let mut body = vec![0; 8192];
                let len = environment.token_request().encode(&environment.client_auth(), &mut body).unwrap();
                let sent = format!("client_secret={}", secret.replace(' ', "+"));
                assert!(String::from_utf8_lossy(&body[..len]).ends_with(&sent), "{name}");
            }
        }
    }
}

#[test]
fn the_ca_file() {
    let missing = file("ca-missing", b"");
    fs::remove_file(&missing).unwrap();
    let empty = file("ca-empty", b"no certificate");
    let good = file("ca-good", crate::authority::Authority::new().pem().as_bytes());
    let with = |path: &PathBuf| {
        [URL, ID, SECRET, ("CA_FILE", path.to_str().unwrap())].map(|(n, v)| (n, v.to_owned()))
    };
    let source = |path| {
        let environment = Environment::from_variables(with(path)).unwrap().unwrap();
        environment.source().map(|_| ())
    };
    assert_eq!(source(&good), Ok(()));
    assert_eq!(source(&empty), Err(EnvironmentError::CaFile(RootsError::Empty)));
    assert_eq!(source(&missing), Err(EnvironmentError::File(Variable::CaFile, io::ErrorKind::NotFound)));
}

#[test]
fn the_secret_is_not_shown() {
    let environment = read(&[URL, ID, SECRET]).unwrap().unwrap();
    let shown = format!("{environment:?} {:?}", environment.source().unwrap());
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("ClientSecret"));
}
