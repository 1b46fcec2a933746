//! The quickstart's program against the server: its timeline where all is well, one line and exit code 1 where not.

use crate::realm::{keycloak, secret};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Variables and their values.
type Variables<'v> = &'v [(&'v str, &'v str)];

/// What a run said, and how it ended.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// The program, which the runner has built: it lies in `examples/`, beside the folder of this test's own program.
fn program() -> PathBuf {
    let mut path = env::current_exe().unwrap();
    path.pop();
    path.set_file_name("examples");
    path.push(format!("quickstart{}", env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is missing. Run this suite with `cargo xtask keycloak test`.", path.display());
    path
}

/// Runs it with these variables and no others, in a folder without a `.env`.
fn run<'v>(variables: impl IntoIterator<Item = (&'v str, &'v str)>, arguments: &[&str]) -> Run {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("quickstart");
    fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(program());
    command.args(arguments).current_dir(folder).env_clear().envs(variables);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs it for that client of the realm; of the other variables, the last of a name counts.
fn run_for(client: &str, more: Variables<'_>, arguments: &[&str]) -> Run {
    let secret = secret(client);
    let usual = [
        ("TOKEN_URL", keycloak().token().url()),
        ("CA_FILE", keycloak().ca_file.to_str().unwrap()),
        ("CLIENT_ID", client),
        ("CLIENT_SECRET", &secret),
    ];
    let run = run(usual.into_iter().chain(more.iter().copied()), arguments);
    assert!(!run.out.contains(&secret) && !run.err.contains(&secret), "{}{}", run.out, run.err);
    run
}

impl Run {
    /// It ended well, and printed lines with these words, in this order.
    fn assert_timeline(&self, lines: &[&[&str]]) {
        assert_eq!((self.code, &*self.err), (Some(0), ""), "{}", self.out);
        let mut printed = self.out.lines();
        for words in lines {
            let found = printed.any(|line| words.iter().all(|word| line.contains(word)));
            assert!(found, "no line with {words:?}, or not in this order:\n{}", self.out);
        }
    }

    /// It ended with one line that holds these words.
    fn assert_trouble(&self, words: &[&str]) {
        assert_eq!((self.code, self.err.lines().count()), (Some(1), 1), "{}{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "no {word:?} in: {}", self.err);
        }
    }
}

#[test]
fn it_shows_a_tokens_life() {
    let userinfo = keycloak().userinfo();
    let run = run_for("order-service", &[("SCOPE", "openid"), ("API_URL", userinfo.url())], &[]);
    run.assert_timeline(&[
        &["order-service"],
        &["fetched", "order-service", "200", "ms", "bytes", "expires in"],
        &["token", "…", "--show-token"],
        &["roles", "payment-service", "payments:read", "payments:write"],
        &["realm: orders:manage"],
        &["called", "200"],
        &["memory", "0 requests"],
        &["called", "200"],
        &["skipped", "revocation"],
        &["skipped", "expiry"],
    ]);
    assert!(!run.out.contains("Access Token:"), "{}", run.out);
}

#[test]
fn it_shows_the_whole_token_only_when_asked() {
    let run = run_for("plain", &[], &["--show-token"]);
    run.assert_timeline(&[&["fetched", "200"], &["Access Token: ey"]]);
}

#[test]
fn it_waits_for_the_end_of_a_short_lived_token() {
    let run = run_for("short-lived", &[], &[]);
    run.assert_timeline(&[&["fetched", "200"], &["expiry"], &["renewed", "200"]]);
}

#[test]
fn it_takes_a_secret_by_basic_and_from_a_file() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("quickstart-secret");
    fs::write(&path, "basic:colon-secret\n").unwrap();
    let variables = [
        ("TOKEN_URL", keycloak().token().url()),
        ("CA_FILE", keycloak().ca_file.to_str().unwrap()),
        ("CLIENT_ID", "basic:colon"),
        ("CLIENT_SECRET_FILE", path.to_str().unwrap()),
        ("CLIENT_AUTH", "client_secret_basic"),
    ];
    run(variables, &[]).assert_timeline(&[&["fetched", "200"]]);
}

#[test]
fn plain_http_on_this_computer_works_and_says_what_is_missing() {
    let token_url = keycloak().path_at(&keycloak().insecure_url, "token");
    let api_url = keycloak().path_at(&keycloak().insecure_url, "userinfo");
    let more = [("TOKEN_URL", token_url.url()), ("API_URL", api_url.url()), ("SCOPE", "openid")];
    let run = run_for("plain", &more, &[]);
    run.assert_timeline(&[
        &["TLS is missing", "secret"],
        &["TLS to the API is missing"],
        &["fetched", "200"],
        &["called", "200"],
    ]);
}

#[test]
fn each_trouble_is_one_line() {
    let (url, insecure_url) = (&keycloak().url, &keycloak().insecure_url);
    let unknown_realm = format!("{url}/realms/nowhere/protocol/openid-connect/token");
    let not_tls = format!("{}/token", insecure_url.replace("http://", "https://"));
    let userinfo = keycloak().userinfo().url();
    let own_program = program();
    let no_ca = own_program.to_str().unwrap();
    let table: [(&str, Variables<'_>, &[&str]); 9] = [
        ("plain", &[("CLIENT_SECRET", "wrong")], &["unauthorized_client", "401", "CLIENT_SECRET"]),
        ("nobody", &[], &["invalid_client", "401", "CLIENT_ID"]),
        ("disabled", &[], &["invalid_client", "administrator"]),
        ("no-service-account", &[], &["unauthorized_client", "service account"]),
        ("plain", &[("SCOPE", "no-such-scope")], &["invalid_scope", "400", "SCOPE"]),
        ("plain", &[("TOKEN_URL", &unknown_realm)], &["404", "TOKEN_URL"]),
        ("plain", &[("TOKEN_URL", &not_tls)], &["TLS", "https"]),
        ("plain", &[("CA_FILE", no_ca)], &["CA_FILE"]),
        // A token without the scope `openid`: taken, but not for this.
        ("plain", &[("API_URL", userinfo)], &["403", "SCOPE"]),
    ];
    for (client, more, words) in table {
        run_for(client, more, &[]).assert_trouble(words);
    }
}

#[test]
fn a_buffer_too_small_says_what_to_set() {
    for variable in ["TOKEN_BYTES", "SCRATCH_BYTES"] {
        let run = run_for("roles-500", &[(variable, "2000")], &[]);
        run.assert_trouble(&["2,000 bytes", variable]);
        let (_, rest) = run.err.split_once(&format!("{variable}=")).expect("what to set");
        let needed: String = rest.chars().take_while(char::is_ascii_digit).collect();
        run_for("roles-500", &[(variable, &needed)], &[]).assert_timeline(&[&["fetched", "200"]]);
    }
}

/// The server is down.
pub(crate) fn assert_says_that_nobody_listens() {
    run_for("plain", &[], &[]).assert_trouble(&["refused", "is the server up"]);
}
