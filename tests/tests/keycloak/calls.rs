//! Calls of a protected service, the realm's `userinfo`: with a good token, a poor one, a broken one and none.

use crate::device::{Device, get};
use crate::realm::{endpoint, keycloak};
use keyfob::TokenRequest;
use serde_json::Value;

const OPENID: TokenRequest<'static> = TokenRequest::new().scope("openid");

#[test]
fn a_token_with_the_right_scope_opens_the_door() {
    for client in ["plain", "order-service", "roles-50"] {
        let answer = Device::of(client).asking_for(OPENID).call(keycloak().userinfo()).unwrap();
        assert_eq!(answer.status, 200, "{client}");
        let user: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(user["preferred_username"], format!("service-account-{client}"));
    }
}

#[test]
fn a_token_without_the_scope_is_good_but_not_enough() {
    let answer = Device::of("plain").call(keycloak().userinfo()).unwrap();
    assert_eq!((answer.status, answer.challenges.len()), (403, 1));
    assert!(answer.challenges[0].contains(r#"error="insufficient_scope""#), "{answer:?}");
}

#[test]
fn a_service_may_refuse_a_fresh_token_as_invalid() {
    // A lightweight one, which `userinfo` doesn't take. Another one would fare no better.
    let mut device = Device::of("lightweight-es256").asking_for(OPENID);
    for _ in 0..2 {
        let answer = device.call(keycloak().userinfo()).unwrap();
        assert_eq!((answer.status, answer.challenges.len()), (401, 1));
        assert!(answer.challenges[0].contains(r#"error="invalid_token""#), "{answer:?}");
        let generation = device.token().unwrap().generation();
        device.slot.distrust(generation);
    }
}

#[test]
fn a_token_that_was_changed_is_refused() {
    let mut device = Device::of("plain").asking_for(OPENID);
    let mut token = device.token().unwrap().header_value().to_vec();
    // A character in the middle of the signature: all its bits count, unlike those of the last one.
    let at = token.len() - 10;
    token[at] = if token[at] == b'A' { b'B' } else { b'A' };
    for token in [&*token, b"Bearer x"] {
        let answer = get(&mut device.link.transport, keycloak().userinfo(), token).unwrap();
        assert_eq!((answer.status, answer.challenges.len()), (401, 1));
        assert!(answer.challenges[0].contains(r#"error="invalid_token""#), "{answer:?}");
    }
}

#[test]
fn without_a_token_the_service_says_what_it_wants() {
    let mut device = Device::of("plain");
    let answer = get(&mut device.link.transport, keycloak().userinfo(), b"").unwrap();
    assert_eq!(answer.status, 401);
    assert_eq!(answer.challenges, [format!("Bearer realm=\"{}\"", keycloak().realm)]);
}

#[test]
fn a_service_that_is_open_to_all_answers_at_length() {
    // The realm's keys and its configuration, which is the longest answer here: more than one TLS record.
    let mut device = Device::of("plain");
    for (path, member) in
        [("protocol/openid-connect/certs", "keys"), (".well-known/openid-configuration", "issuer")]
    {
        let url = format!("{}/realms/{}/{path}", keycloak().url, keycloak().realm);
        let answer = device.call(endpoint(url)).unwrap();
        let document: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 200);
        assert!(!document[member].is_null(), "{document}");
    }
}
