//! With nothing set: the world of its own.

use crate::run::{line, quickstart, steps};
use std::time::Instant;

#[test]
fn the_whole_timeline() {
    let began = Instant::now();
    let out = quickstart().succeeds();
    let took = began.elapsed().as_secs_f64();
    assert_eq!(
        steps(&out),
        [
            "fetched 200",
            "called 200", // the first token
            "memory",
            "called 200", // used again
            "revoked",
            "called 401",
            "renewed 200",
            "called 200", // one renewal
            "expiry",
            "renewed 200",
            "called 200",
        ],
        "{out}"
    );
    assert!(out.contains("order-service → payment-service 200"), "{out}");
    assert!(line(&out, "fetched").ends_with("expires in 300 s"), "{out}");
    assert!(line(&out, "memory").ends_with("from memory: 0 requests"), "{out}");
    assert!(out.contains("payment-service: payments:write\n"), "{out}");
    assert!(out.contains("realm: offline_access, default-roles-demo, uma_authorization\n"), "{out}");
    // The servers' own numbers, which the lines above must add up to.
    assert!(out.contains("The servers counted 3 token requests and 5 calls over 2 connections."), "{out}");
    // The expiry was waited for, and the times that are shown have passed.
    let at: f64 = line(&out, "expiry")[..8].trim_end_matches(['s', ' ']).trim().parse().unwrap();
    assert!((1.0..took).contains(&at), "{at} of {took}: {out}");
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    assert!(!out.contains('\x1b'), "no colour outside of a terminal");
}

#[test]
fn numbers_are_measured() {
    let out = quickstart().succeeds();
    let token_len = |out: &str| -> usize {
        let (_, rest) = out.split_once("… (").unwrap();
        rest.split_once(" characters").unwrap().0.replace(',', "").parse().unwrap()
    };
    let bytes = |out: &str| -> usize {
        let line = line(out, "fetched");
        let (before, _) = line.split_once(" bytes").unwrap();
        before.split_whitespace().last().unwrap().replace(',', "").parse().unwrap()
    };
    // What the reply holds besides the token, which differs from run to run by the digits of its ports.
    assert_eq!(bytes(&out) - token_len(&out), BESIDE_THE_TOKEN, "{out}");
    let ms: f64 =
        line(&out, "fetched").split_once(" ms").unwrap().0.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(ms > 0.0, "{out}");
}

/// Bytes of `{"access_token":"","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer","not-before-policy":0,"scope":"email profile"}`.
const BESIDE_THE_TOKEN: usize = 127;

#[test]
fn the_token_is_shown_on_demand_only() {
    let shown = quickstart().argument("--show-token").succeeds();
    let whole: Vec<_> = shown.lines().filter_map(|line| line.strip_prefix("Access Token: ")).collect();
    let [token] = whole[..] else { panic!("{shown}") };
    assert_eq!(token.split('.').count(), 3, "a JWT: {token}");
    assert!(!shown.contains('…'), "{shown}");

    let hidden = quickstart().succeeds();
    assert!(!hidden.contains("Access Token"), "{hidden}");
    assert!(hidden.contains("eyJ"), "its beginning is shown: {hidden}");
    // Nothing that is long enough to be a token, or its signature.
    assert!(
        hidden.split_whitespace().all(|word| word.starts_with("https://") || word.len() < 40),
        "{hidden}"
    );
}

#[test]
fn buffers_too_small() {
    let line = quickstart().set("TOKEN_BYTES", "600").fails();
    assert!(line.starts_with("the token memory has 600 bytes and needs 1,"), "{line}");
    let line = quickstart().set("SCRATCH_BYTES", "600").fails();
    assert!(line.starts_with("the scratch has 600 bytes and needs 1,"), "{line}");
    let line = quickstart().set("SCRATCH_BYTES", "10").fails();
    assert!(line.starts_with("the scratch has 10 bytes and needs "), "{line}");
}

#[test]
fn arguments() {
    let help = quickstart().argument("--help").succeeds();
    for word in
        ["TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "API_URL", "TOKEN_BYTES", "--show-token", "Exit code"]
    {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(help.lines().all(|line| line.len() <= 100), "{help}");
    assert_eq!(quickstart().argument("--tokens").fails(), "unknown argument --tokens: see --help");
}
