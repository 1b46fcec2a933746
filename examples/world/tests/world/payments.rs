//! The payment service's verdicts, each reason by itself. Not here: revocation and expiry, which need a switch
//! (`switches.rs`).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyfob_world::{ORDER_SERVICE, REPORT_SERVICE, ServiceAccount, World, WorldOptions};

use crate::client::{Answer, agent, fetch, order, pay, world};

const INVALID: &str = r#"Bearer realm="payments", error="invalid_token", error_description="#;

fn challenge(answer: &Answer) -> &str {
    answer.header("www-authenticate").unwrap()
}

#[test]
fn a_good_token_pays() {
    let world = world();
    let agent = agent(&world);
    let token = order(&agent, &world).token();
    let answer = pay(&agent, &world, &token);
    assert_eq!(answer.status, 200);
    assert!(answer.header("date").is_some());
    let receipt = answer.json();
    assert_eq!(receipt["status"], "accepted");
    assert_eq!(receipt["client"], ORDER_SERVICE);
    assert_eq!(receipt["received_bytes"], 0);

    let call = agent.post(world.api_url()).header("Authorization", format!("bEARER {token}"));
    let receipt = Answer::read(call.send(r#"{"amount":42}"#).unwrap()).json();
    assert_eq!(receipt["status"], "accepted");
    assert_eq!(receipt["received_bytes"], 13);
}

#[test]
fn no_token_gets_a_challenge_without_an_error() {
    let world = world();
    let agent = agent(&world);
    let bare = Answer::read(agent.get(world.api_url()).call().unwrap());
    assert_eq!((bare.status, challenge(&bare)), (401, r#"Bearer realm="payments""#));
    let basic = agent.get(world.api_url()).header("Authorization", "Basic YTpz").call().unwrap();
    assert_eq!(challenge(&Answer::read(basic)), r#"Bearer realm="payments""#);
}

#[test]
fn a_token_that_is_not_the_issuers_is_invalid() {
    let world = world();
    let agent = agent(&world);
    let refused = |token: &str| {
        let answer = pay(&agent, &world, token);
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["error"], "invalid_token");
        challenge(&answer).strip_prefix(INVALID).unwrap().trim_matches('"').to_owned()
    };
    assert_eq!(refused("garbage"), "Token verification failed");

    let token = order(&agent, &world).token();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[40] ^= 1;
    let forged = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    assert_eq!(refused(&forged), "Token has a wrong signature");
    let unsigned = format!(
        "{}.{}.",
        BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
        signed.split('.').nth(1).unwrap()
    );
    assert_eq!(refused(&unsigned), "Token verification failed");

    // The same claims from another realm, whose key has another name.
    let elsewhere = crate::client::world();
    let foreign = order(&crate::client::agent(&elsewhere), &elsewhere).token();
    assert_eq!(refused(&foreign), "Token verification failed");
    assert_eq!(pay(&agent, &world, &token).status, 200);
}

#[test]
fn a_token_for_somebody_else_is_invalid_and_one_without_the_role_is_forbidden() {
    let world = World::start(WorldOptions::default().account(ServiceAccount::new("stranger"))).unwrap();
    let agent = agent(&world);
    let stranger = fetch(&agent, &world, "stranger").token();
    let answer = pay(&agent, &world, &stranger);
    assert_eq!(
        (answer.status, challenge(&answer)),
        (401, &*format!("{INVALID}\"Token is for somebody else\""))
    );

    let report = fetch(&agent, &world, REPORT_SERVICE).token();
    let answer = pay(&agent, &world, &report);
    let expected = r#"Bearer realm="payments", error="insufficient_scope", error_description="Role payments:write is missing""#;
    assert_eq!((answer.status, challenge(&answer)), (403, expected));
    assert_eq!(answer.json()["error"], "insufficient_scope");
}

#[test]
fn there_is_one_resource_with_two_methods() {
    let world = world();
    let agent = agent(&world);
    let other = Answer::read(agent.get(format!("{}/1", world.api_url())).call().unwrap());
    assert_eq!(other.status, 404);
    assert_eq!(world.api_calls(), 0);
    let deleted = Answer::read(agent.delete(world.api_url()).call().unwrap());
    assert_eq!((deleted.status, deleted.header("allow")), (405, Some("GET, POST")));
    assert_eq!(world.api_calls(), 1);
}
