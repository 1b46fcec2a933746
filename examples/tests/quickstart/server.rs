//! With a server's variables set: what it shows, and each way in which that server says no.

use crate::run::{line, quickstart_of, steps, world};
use keyfob_world::{ORDER_SERVICE, REPORT_SERVICE, ServiceAccount, Standing, Wire, World, WorldOptions};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

#[test]
fn without_an_api() {
    let world = world();
    let secret = world.client_secret(ORDER_SERVICE).unwrap();
    let said = quickstart_of(&world, ORDER_SERVICE).succeeds();
    assert_eq!(steps(&said), ["fetched 200", "skipped", "memory", "skipped", "skipped"], "{said}");
    assert!(said.contains("skipped   calls: "), "{said}");
    assert!(said.contains("skipped   revocation: "), "{said}");
    assert!(said.contains("skipped   expiry: this token is due for renewal in 270 s"), "{said}");
    assert!(line(&said, "memory").ends_with(": 0 requests"), "{said}");
    assert!(said.ends_with("\n1 token request, 0 calls.\n"), "{said}");
    assert_eq!(world.token_requests(), 1);
    assert!(!said.contains(&secret));
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
}

#[test]
fn with_an_api() {
    let world = world();
    let said = quickstart_of(&world, ORDER_SERVICE).set("API_URL", world.api_url()).succeeds();
    let expected = ["fetched 200", "called 200", "memory", "called 200", "skipped", "skipped"];
    assert_eq!(steps(&said), expected, "{said}");
    assert!(said.ends_with("\n1 token request, 2 calls.\n"), "{said}");
    assert_eq!((world.token_requests(), world.api_calls()), (1, 2));
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
}

#[test]
fn a_short_life_is_shown_to_its_end() {
    let short = ServiceAccount::new("short").token_life(Duration::from_secs(2));
    let world = World::start(WorldOptions::default().account(short)).unwrap();
    let said = quickstart_of(&world, "short").succeeds();
    let expected = ["fetched 200", "skipped", "memory", "skipped", "expiry", "renewed 200"];
    assert_eq!(steps(&said), expected, "{said}");
    assert!(
        line(&said, "expiry").contains("waited 1.0 s; the token expires in 1.0 s: due for renewal"),
        "{said}"
    );
    assert_eq!(world.token_requests(), 2);

    // A second is too short for a margin: it runs out.
    world.set_client_token_life("short", Duration::from_secs(1)).unwrap();
    let said = quickstart_of(&world, "short").succeeds();
    assert!(line(&said, "expiry").contains("the token has expired"), "{said}");
    assert!(line(&said, "renewed").ends_with("expires in 1.0 s"), "{said}");
}

#[test]
fn plain_http_on_this_computer() {
    let world = World::start(WorldOptions::default().wire(Wire::Plain)).unwrap();
    let said = quickstart_of(&world, ORDER_SERVICE).set("API_URL", world.api_url()).succeeds();
    assert!(said.contains("TLS is missing: the secret travels readable."), "{said}");
    assert!(said.contains("TLS to the API is missing"), "{said}");
    let expected = ["fetched 200", "called 200", "memory", "called 200", "skipped", "skipped"];
    assert_eq!(steps(&said), expected, "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");

    // The token over TLS, the API without, and the other way round.
    let secure = self::world();
    let said = quickstart_of(&secure, ORDER_SERVICE).set("API_URL", world.api_url()).fails();
    assert!(said.contains("refuses a fresh token too (status 401)"), "another server's token: {said}");
    let said = quickstart_of(&world, ORDER_SERVICE).set("API_URL", secure.api_url());
    let said = said
        .set("CA_FILE", &quickstart_of(&secure, ORDER_SERVICE).file("other.pem", secure.ca_pem()))
        .fails();
    assert!(said.contains("refuses a fresh token too (status 401)"), "another server's token: {said}");
}

#[test]
fn basic_credentials_and_a_scope() {
    let client = ServiceAccount::new("a:b").secret("100% + ü");
    let world = World::start(WorldOptions::default().account(client)).unwrap();
    let said = quickstart_of(&world, "a:b")
        .set("CLIENT_AUTH", "client_secret_basic")
        .set("SCOPE", "phone")
        .succeeds();
    assert!(said.contains("a:b → localhost:"), "{said}");
    assert!(!said.contains("100%"), "{said}");
}

#[test]
fn many_roles_and_the_numbers_that_serve() {
    let world = world();
    world.set_extra_roles(1000);
    let mut sizes: Vec<(&str, String)> = Vec::new();
    let said = loop {
        let mut run = quickstart_of(&world, ORDER_SERVICE);
        for (name, value) in &sizes {
            run = run.set(name, value);
        }
        let said = run.run();
        if said.code == Some(0) {
            break said.out;
        }
        // Each refusal names a variable and the number that serves: no more than one for each.
        let (_, advice) = said.err.split_once(": set ").unwrap_or_else(|| panic!("{said:?}"));
        let (name, rest) = advice.split_once('=').unwrap();
        let name = ["TOKEN_BYTES", "SCRATCH_BYTES"].into_iter().find(|known| *known == name).unwrap();
        assert!(sizes.iter().all(|(known, _)| *known != name), "{name} did not serve: {said:?}");
        sizes.push((name, rest.split_once(',').unwrap().0.to_owned()));
    };
    assert_eq!(sizes.len(), 2, "{sizes:?}");
    // A byte less does not.
    for (name, value) in &sizes {
        let mut run = quickstart_of(&world, ORDER_SERVICE);
        for (other, value) in &sizes {
            run = run.set(other, value);
        }
        let less = (value.parse::<usize>().unwrap() - 1).to_string();
        let said = run.set(name, &less).fails();
        assert!(said.contains(&format!("set {name}={value}")), "{said}");
    }
    assert!(said.contains(" more\n"), "the roles are counted: {said}");
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
}

#[test]
fn refused_clients() {
    let options = WorldOptions::default()
        .account(ServiceAccount::new("disabled").standing(Standing::Disabled))
        .account(ServiceAccount::new("portal").standing(Standing::NoServiceAccount));
    let world = World::start(options).unwrap();
    let host = world.token_url().strip_prefix("https://").unwrap().split_once('/').unwrap().0;

    let wrong = "a-wrong-secret-that-must-not-be-shown";
    let run = quickstart_of(&world, ORDER_SERVICE).set("CLIENT_SECRET", wrong).run();
    assert!(!run.out.contains(wrong) && !run.err.contains(wrong), "{run:?}");
    assert_eq!(steps(&run.out), ["failed 401"], "{run:?}");
    let wrong_secret = quickstart_of(&world, ORDER_SERVICE).set("CLIENT_SECRET", wrong).fails();
    assert_eq!(
        wrong_secret,
        format!(
            "{host} refuses the client order-service (unauthorized_client, status 401): check CLIENT_SECRET; \
             if it is right, its administrator must allow it client credentials (a service account)"
        )
    );
    assert_eq!(quickstart_of(&world, "portal").fails(), wrong_secret.replace(ORDER_SERVICE, "portal"));

    let unknown = quickstart_of(&world, ORDER_SERVICE).set("CLIENT_ID", "nobody").fails();
    assert_eq!(
        unknown,
        format!(
            "{host} does not accept the client nobody (invalid_client, status 401): check CLIENT_ID, \
             CLIENT_SECRET and CLIENT_AUTH (perhaps client_secret_basic); or its administrator has disabled it"
        )
    );
    assert_eq!(quickstart_of(&world, "disabled").fails(), unknown.replace("nobody", "disabled"));

    let scope = quickstart_of(&world, ORDER_SERVICE).set("SCOPE", "no-such-scope").fails();
    assert!(scope.contains("does not grant what SCOPE asks for (invalid_scope, status 400)"), "{scope}");
}

#[test]
fn a_wrong_url() {
    let world = world();
    let at = |url: &str| quickstart_of(&world, ORDER_SERVICE).set("TOKEN_URL", url).fails();
    let url = world.token_url().replace("/demo/", "/no-such-realm/");
    assert_eq!(
        at(&url),
        format!(
            "no token endpoint at {url} (status 404): check the path in TOKEN_URL (on Keycloak, the realm too)"
        )
    );
    let line = at(&world.token_url().replace("/token", "/tokens"));
    assert!(line.starts_with("no token endpoint at ") && line.contains("(status 405)"), "{line}");
    // A page that is no token endpoint's.
    let line = at(world.api_url());
    assert!(line.contains("check CLIENT_ID, CLIENT_SECRET and CLIENT_AUTH"), "{line}");

    let line = at("https://no-such-host.invalid/token");
    assert!(line.starts_with("no-such-host.invalid: the server's name was not found"), "{line}");
    assert_eq!(
        at("https://localhost:99999/token"),
        "TOKEN_URL cannot be used: the endpoint's host or port is not usable"
    );
    assert_eq!(at("localhost:8080/token"), "TOKEN_URL cannot be used: the endpoint must start with https://");
}

#[test]
fn a_server_that_is_down() {
    let world = world();
    let run = quickstart_of(&world, ORDER_SERVICE);
    let host = world.token_url().strip_prefix("https://").unwrap().split_once('/').unwrap().0.to_owned();
    drop(world);
    let line = run.fails();
    assert_eq!(
        line,
        format!(
            "{host}: the connection was refused: nothing listens there; is the server up, and the port right?"
        )
    );
}

#[test]
fn a_server_in_trouble() {
    let world = world();
    world.refuse_token_requests(1, Duration::from_secs(1));
    let line = quickstart_of(&world, ORDER_SERVICE).fails();
    assert!(line.contains("has a problem of its own (status 503): try again later"), "{line}");
}

#[test]
fn a_renewal_that_fails() {
    let short = ServiceAccount::new("short").token_life(Duration::from_secs(2));
    let world = World::start(WorldOptions::default().account(short)).unwrap();
    let run = quickstart_of(&world, "short");
    let said = thread::scope(|scope| {
        let run = scope.spawn(|| run.run());
        while world.token_requests() == 0 && !run.is_finished() {
            thread::sleep(Duration::from_millis(5));
        }
        world.refuse_token_requests(1, Duration::from_secs(1));
        run.join().unwrap()
    });
    assert_eq!(&steps(&said.out)[4..], ["expiry", "failed 503"], "{said:?}");
    assert_eq!(
        (said.code, &*said.err),
        (
            Some(1),
            "error: the renewal failed (the answer was no token), and the old token serves on: \
             is the authorization server up?\n"
        )
    );
}

#[test]
fn wrong_roots() {
    let (world, other) = (world(), world());
    let run = quickstart_of(&world, ORDER_SERVICE);
    let other = run.file("other.pem", other.ca_pem());
    let line = run.set("CA_FILE", &other).fails();
    assert!(
        line.ends_with(
            "the server's certificate comes from an issuer that is not trusted here: name the right CA file in CA_FILE"
        ),
        "{line}"
    );
    assert_eq!(world.token_requests(), 0, "nothing was sent");
}

#[test]
fn the_wrong_port_for_the_scheme() {
    let plain = World::start(WorldOptions::default().wire(Wire::Plain)).unwrap();
    let https = plain.token_url().replace("http://", "https://");
    let line = quickstart_of(&plain, ORDER_SERVICE).set("TOKEN_URL", &https).fails();
    assert!(
        line.ends_with("what listens there does not speak TLS: is the port in the URL the one for https?"),
        "{line}"
    );

    let secure = world();
    let http = secure.token_url().replace("https://", "http://");
    let line = quickstart_of(&secure, ORDER_SERVICE).set("TOKEN_URL", &http).fails();
    assert!(line.contains("is it the port for https://? Correct TOKEN_URL"), "{line}");
}

#[test]
fn an_api_that_says_no() {
    let world = world();
    // It knows the token, and the client may not.
    let run = quickstart_of(&world, REPORT_SERVICE).set("API_URL", world.api_url());
    let line = run.fails();
    assert!(line.contains("takes the token but does not let report-service do this (status 403)"), "{line}");

    // It trusts another server: one renewal, and no more.
    let (other, before) = (self::world(), world.token_requests());
    let run = quickstart_of(&world, ORDER_SERVICE);
    let both = run.file("both.pem", &format!("{}{}", world.ca_pem(), other.ca_pem()));
    let said = run.set("CA_FILE", &both).set("API_URL", other.api_url()).run();
    assert_eq!(steps(&said.out), ["fetched 200", "called 401", "renewed 200", "called 401"], "{said:?}");
    assert_eq!((world.token_requests() - before, other.api_calls()), (2, 2));
    assert!(said.err.contains("refuses a fresh token too (status 401)"), "{said:?}");

    let missing = world.api_url().replace("/payments", "/refunds");
    let line = quickstart_of(&world, ORDER_SERVICE).set("API_URL", &missing).fails();
    assert_eq!(line, format!("there is nothing to GET at {missing} (status 404): correct API_URL"));

    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let line =
        quickstart_of(&world, ORDER_SERVICE).set("API_URL", &format!("https://localhost:{port}/")).fails();
    assert!(line.starts_with(&format!("localhost:{port}: the connection was refused")), "{line}");
}

#[test]
fn the_token_is_shown_on_demand_only() {
    let world = world();
    let shown = quickstart_of(&world, ORDER_SERVICE).argument("--show-token").succeeds();
    assert!(shown.lines().any(|line| line.starts_with("Access Token: eyJ")), "{shown}");
    assert!(!shown.contains(&world.client_secret(ORDER_SERVICE).unwrap()), "{shown}");
}
