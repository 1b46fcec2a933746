//! Each switch and each counter of a running world. Not here: what it is made with (`wire.rs`, `endpoint.rs`).

use std::io::Read;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use keyfob_world::{ORDER_SERVICE, REPORT_SERVICE, ServiceAccount, UnknownClient, Wire, World, WorldOptions};

use crate::client::{agent, fetch, order, pay, world};

const TWO_SECONDS: Duration = Duration::from_secs(2);

fn reason(answer: &crate::client::Answer) -> String {
    answer.json()["error_description"].as_str().unwrap().to_owned()
}

#[test]
fn revoked_tokens_are_refused_and_new_ones_are_not() {
    let world = world();
    let agent = agent(&world);
    let before = [(); 2].map(|()| order(&agent, &world).token());
    world.revoke_all();
    for token in &before {
        let answer = pay(&agent, &world, token);
        assert_eq!((answer.status, &*reason(&answer)), (401, "Token is revoked"));
    }
    let answer = order(&agent, &world);
    assert_eq!(pay(&agent, &world, &answer.token()).status, 200);
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let not_before = answer.json()["not-before-policy"].as_u64().unwrap();
    assert!((now - 60..=now).contains(&not_before), "told as Keycloak tells it");
}

#[test]
fn tokens_expire() {
    let world = World::start(WorldOptions::default().token_life(Duration::from_millis(900))).unwrap();
    let agent = agent(&world);
    let answer = order(&agent, &world);
    assert_eq!(answer.json()["expires_in"], 1, "rounded up");
    let token = answer.token();
    assert_eq!(pay(&agent, &world, &token).status, 200);
    // The token's last second may be used up to its end.
    sleep(TWO_SECONDS + Duration::from_millis(50));
    let answer = pay(&agent, &world, &token);
    assert_eq!((answer.status, &*reason(&answer)), (401, "Token is expired"));
}

#[test]
fn lives_are_set_for_all_and_for_one() {
    let own = ServiceAccount::new("own").token_life(Duration::from_secs(7));
    let world = World::start(WorldOptions::default().account(own)).unwrap();
    let agent = agent(&world);
    let life = |id: &str| fetch(&agent, &world, id).json()["expires_in"].as_u64().unwrap();
    assert_eq!([life(ORDER_SERVICE), life("own")], [300, 7]);
    world.set_token_life(Duration::from_secs(60));
    assert_eq!([life(ORDER_SERVICE), life("own")], [60, 7]);
    world.set_client_token_life(ORDER_SERVICE, TWO_SECONDS).unwrap();
    assert_eq!([life(ORDER_SERVICE), life(REPORT_SERVICE), life("own")], [2, 60, 7]);
    assert_eq!(world.set_client_token_life("nobody", TWO_SECONDS), Err(UnknownClient));
}

#[test]
fn secrets_rotate() {
    let world = world();
    let agent = agent(&world);
    let old = world.client_secret(ORDER_SERVICE).unwrap();
    let token = order(&agent, &world).token();
    world.set_client_secret(ORDER_SERVICE, "next").unwrap();
    let form = [("grant_type", "client_credentials"), ("client_id", ORDER_SERVICE), ("client_secret", &old)];
    assert_eq!(crate::client::post(&agent, &world, &form).status, 401);
    assert_eq!(world.client_secret(ORDER_SERVICE).unwrap(), "next");
    assert_eq!(order(&agent, &world).status, 200);
    assert_eq!(pay(&agent, &world, &token).status, 200, "what was issued stays good");
    assert_eq!(world.set_client_secret("nobody", "s"), Err(UnknownClient));
    assert_eq!(world.client_secret("nobody"), Err(UnknownClient));
}

#[test]
fn a_client_of_the_defaults_can_be_replaced() {
    let mine = ServiceAccount::new(ORDER_SERVICE).secret("mine");
    let world = World::start(WorldOptions::default().account(mine)).unwrap();
    assert_eq!(world.client_secret(ORDER_SERVICE).unwrap(), "mine");
    let agent = agent(&world);
    let token = order(&agent, &world).token();
    assert_eq!(pay(&agent, &world, &token).status, 401, "this one has no roles to pay with");
}

#[test]
fn tokens_grow_with_roles() {
    let world = world();
    let agent = agent(&world);
    let before = order(&agent, &world).token();
    world.set_extra_roles(500);
    let padded = order(&agent, &world).token();
    let grown = padded.len() - before.len();
    // 18 characters of JSON for each role, four for three in base64.
    assert!((500 * 18 * 4 / 3 - 4..=500 * 18 * 4 / 3 + 4).contains(&grown), "{grown}");
    assert_eq!(pay(&agent, &world, &padded).status, 200);
    world.set_extra_roles(0);
    assert_eq!(order(&agent, &world).token().len(), before.len());
}

#[test]
fn token_requests_are_put_off() {
    let world = world();
    let agent = agent(&world);
    world.refuse_token_requests(2, Duration::from_millis(6_500));
    for _ in 0..2 {
        let answer = order(&agent, &world);
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("7")));
        assert_eq!(answer.header("content-type"), Some("text/html"));
    }
    assert_eq!(order(&agent, &world).status, 200);
    assert_eq!(world.token_requests(), 3);
    assert_eq!(world.token_connections(), 1, "a fault of the server, not of the stream");
}

#[test]
fn connections_are_kept_and_counted() {
    let world = world();
    let agent = agent(&world);
    for _ in 0..3 {
        let token = order(&agent, &world).token();
        pay(&agent, &world, &token);
        pay(&agent, &world, "garbage");
    }
    assert_eq!((world.token_requests(), world.token_connections()), (3, 1));
    assert_eq!((world.api_calls(), world.api_connections()), (6, 1));
}

#[test]
fn idle_connections_are_closed() {
    let world = world();
    let agent = agent(&world);
    let token = order(&agent, &world).token();
    pay(&agent, &world, &token);
    let before = Instant::now();
    world.close_idle_connections();
    assert!(before.elapsed() < Duration::from_millis(900), "both were idle");
    assert_eq!(order(&agent, &world).status, 200);
    assert_eq!(pay(&agent, &world, &token).status, 200);
    assert_eq!((world.token_connections(), world.api_connections()), (2, 2));
    pay(&agent, &world, &token);
    assert_eq!(world.api_connections(), 2, "later ones are kept again");
}

#[test]
fn unused_connections_are_closed_too() {
    let world = World::start(WorldOptions::default().wire(Wire::Plain)).unwrap();
    let authority = world.token_url().split('/').nth(2).unwrap().replace("localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(authority).unwrap();
    while world.token_connections() == 0 {
        sleep(Duration::from_millis(1));
    }
    world.close_idle_connections();
    stream.set_read_timeout(Some(TWO_SECONDS)).unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn the_token_endpoint_can_do_without_keep_alive() {
    let world = world();
    let agent = agent(&world);
    world.set_token_keep_alive(false);
    for _ in 0..2 {
        assert_eq!(order(&agent, &world).header("connection"), Some("close"));
    }
    assert_eq!(world.token_connections(), 2);
    world.set_token_keep_alive(true);
    for _ in 0..2 {
        assert_eq!(order(&agent, &world).header("connection"), None);
    }
    assert_eq!(world.token_connections(), 3);
}
