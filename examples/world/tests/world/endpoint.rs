//! The token endpoint's answers, held against what Keycloak 26.7.3 was seen to send for the same requests. Not here:
//! what is in the token (`token.rs`).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyfob_world::{ORDER_SERVICE, ServiceAccount, Standing, Wire, World, WorldOptions};
use ureq::Agent;
use ureq::http::HeaderName;

use crate::client::{Answer, agent, order, post, raw, world};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const WORDS: &str = "Invalid client or Invalid client credentials";

/// POSTs a body with these headers as they are.
fn send(agent: &Agent, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let request =
        headers.iter().fold(agent.post(url), |request, (name, value)| request.header(*name, *value));
    Answer::read(request.send(body).unwrap())
}

fn refused(status: u16, error: &str, description: &str) -> (u16, String, String) {
    (status, error.into(), description.into())
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

#[test]
fn a_good_reply_has_keycloaks_bytes() {
    let options = WorldOptions::default().wire(Wire::Plain).account(ServiceAccount::new("a").secret("s"));
    let world = World::start(options).unwrap();
    let body = "grant_type=client_credentials&client_id=a&client_secret=s";
    let request = format!(
        "POST /realms/demo/protocol/openid-connect/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = raw(world.token_url(), &request);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let expected = format!(
        "HTTP/1.1 200 OK\r\n\
         Cache-Control: no-store\r\n\
         Pragma: no-cache\r\n\
         Content-Length: {}\r\n\
         Content-Type: application/json\r\n\
         Referrer-Policy: no-referrer\r\n\
         Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n\
         X-Content-Type-Options: nosniff\r\n\
         X-Frame-Options: SAMEORIGIN\r\n\
         X-Robots-Tag: none\r\n\
         Connection: close",
        body.len()
    );
    assert_eq!(head, expected);
    let (start, rest) = body.split_at(r#"{"access_token":""#.len());
    let (_token, end) = rest.split_once('"').unwrap();
    assert_eq!(start, r#"{"access_token":""#);
    let expected = r#","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer","not-before-policy":0,"scope":"email profile"}"#;
    assert_eq!(end, expected);
}

#[test]
fn a_refusal_has_keycloaks_bytes() {
    let world = world();
    let answer = post(&agent(&world), &world, &[GRANT, ("client_id", "nobody"), ("client_secret", "s")]);
    assert_eq!(answer.text, format!(r#"{{"error":"invalid_client","error_description":"{WORDS}"}}"#));
    let names: Vec<_> = answer.headers.keys().map(HeaderName::as_str).collect();
    let expected = [
        "cache-control",
        "pragma",
        "content-length",
        "content-type",
        "referrer-policy",
        "strict-transport-security",
        "x-content-type-options",
        "x-frame-options",
        "x-robots-tag",
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_client_must_prove_itself() {
    let off = ServiceAccount::new("off").secret("s").standing(Standing::Disabled);
    let bare = ServiceAccount::new("bare").secret("s").standing(Standing::NoServiceAccount);
    let world = World::start(WorldOptions::default().account(off).account(bare)).unwrap();
    let agent = agent(&world);
    let ask = |id: &str, secret: &str| {
        post(&agent, &world, &[GRANT, ("client_id", id), ("client_secret", secret)]).refusal()
    };
    assert_eq!(ask("nobody", "s"), refused(401, "invalid_client", WORDS));
    assert_eq!(ask("off", "s"), refused(401, "invalid_client", WORDS));
    assert_eq!(ask(ORDER_SERVICE, "wrong"), refused(401, "unauthorized_client", WORDS));
    let words = "Client not enabled to retrieve service account";
    assert_eq!(ask("bare", "s"), refused(401, "unauthorized_client", words));
    assert_eq!(ask("bare", "wrong"), refused(401, "unauthorized_client", WORDS));
    let no_secret = post(&agent, &world, &[GRANT, ("client_id", ORDER_SERVICE)]);
    assert_eq!(no_secret.refusal(), refused(401, "unauthorized_client", WORDS));
    assert_eq!(post(&agent, &world, &[GRANT]).refusal(), refused(401, "invalid_client", WORDS));
}

#[test]
fn the_request_must_be_whole() {
    let account = ServiceAccount::new("a").secret("s");
    let world = World::start(WorldOptions::default().account(account)).unwrap();
    let agent = agent(&world);
    let client = [("client_id", "a"), ("client_secret", "s")];
    let ask = |more: &[(&str, &str)]| post(&agent, &world, &[&client[..], more].concat()).refusal();

    assert_eq!(ask(&[]), refused(400, "invalid_request", "Missing form parameter: grant_type"));
    let unsupported = refused(400, "unsupported_grant_type", "Unsupported grant_type");
    assert_eq!(ask(&[("grant_type", "")]), unsupported);
    assert_eq!(ask(&[("grant_type", "password")]), unsupported);
    let repeated = refused(400, "invalid_request", "duplicated parameter");
    assert_eq!(ask(&[GRANT, GRANT]), repeated);
    assert_eq!(ask(&[GRANT, ("x", "1"), ("x", "2")]), repeated);
    assert_eq!(ask(&[GRANT, ("scope", "nope")]), refused(400, "invalid_scope", "Invalid scopes: nope"));
    let several = ask(&[GRANT, ("scope", "phone nope")]);
    assert_eq!(several, refused(400, "invalid_scope", "Invalid scopes: phone nope"));
    assert_eq!(ask(&[GRANT, ("scope", "")]), refused(400, "invalid_scope", "Invalid scopes: "));

    // The grant is looked at first, the client second, the rest after that.
    let nobody = [("client_id", "nobody"), GRANT, ("x", "1"), ("x", "2")];
    assert_eq!(post(&agent, &world, &nobody).refusal().1, "invalid_client");
    let json = ("Content-Type", "application/json");
    let answer = send(&agent, world.token_url(), &[json], "grant_type=client_credentials&client_id=a");
    assert_eq!(answer.refusal().2, "Missing form parameter: grant_type");
    let charset = ("Content-Type", "Application/X-WWW-Form-URLencoded; charset=UTF-8");
    let body = "grant_type=client_credentials&client_id=a&client_secret=s";
    assert_eq!(send(&agent, world.token_url(), &[charset], body).status, 200);
}

#[test]
fn scopes_are_granted_on_top_of_the_defaults() {
    let world = World::start(WorldOptions::default().account(ServiceAccount::new("a").secret("s"))).unwrap();
    let agent = agent(&world);
    let scope = |asked: &str| {
        let form = [GRANT, ("client_id", "a"), ("client_secret", "s"), ("scope", asked)];
        post(&agent, &world, &form).json()["scope"].as_str().unwrap().to_owned()
    };
    assert_eq!(scope("email"), "email profile");
    assert_eq!(scope("phone address phone"), "email profile phone address");
}

#[test]
fn basic_credentials_are_form_decoded() {
    // Every character that one of the two encodings changes.
    let (id, secret) = ("clé: a+b%2F&=", "p:ä%25 +/?&=✓");
    let world =
        World::start(WorldOptions::default().account(ServiceAccount::new(id).secret(secret))).unwrap();
    let agent = agent(&world);
    let ask = |joined: &str| {
        let value = format!("Basic {}", BASE64_STANDARD.encode(joined));
        send(&agent, world.token_url(), &[FORM, ("Authorization", &value)], "grant_type=client_credentials")
            .status
    };
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let (id, secret) = (encode(id), encode(secret));
    assert!(id.contains('+') && secret.contains('+'));
    assert_eq!(ask(&format!("{id}:{secret}")), 200);
    // Keycloak takes a space in either form.
    let percent = |text: &str| text.replace('+', "%20");
    assert_eq!(ask(&format!("{}:{}", percent(&id), percent(&secret))), 200);
    assert_eq!(ask(&format!("{id}:wrong")), 401);
}

#[test]
fn an_unreadable_authorization_counts_as_none() {
    let world = World::start(WorldOptions::default().account(ServiceAccount::new("a").secret("s"))).unwrap();
    let agent = agent(&world);
    // Not base64; another scheme; base64 of "ab", which has no colon; no credentials at all.
    for value in ["Basic !!!!", "Negotiate abc", "Basic YWI=", "Basic"] {
        let headers = [FORM, ("Authorization", value)];
        let bare = send(&agent, world.token_url(), &headers, "grant_type=client_credentials");
        assert_eq!(bare.refusal(), refused(401, "invalid_client", WORDS), "{value}");
        let form = "grant_type=client_credentials&client_id=a&client_secret=s";
        assert_eq!(send(&agent, world.token_url(), &headers, form).status, 200, "{value}");
    }
    // What stands in the form wins. "YTpz" is "a:s".
    let headers = [FORM, ("Authorization", "basic YTpz")];
    let answer =
        send(&agent, world.token_url(), &headers, "grant_type=client_credentials&client_secret=wrong");
    assert_eq!(answer.refusal().1, "unauthorized_client");
    assert_eq!(send(&agent, world.token_url(), &headers, "grant_type=client_credentials").status, 200);
}

#[test]
fn elsewhere_errors_are_prose() {
    let world = world();
    let agent = agent(&world);
    let base = world.issuer().strip_suffix("/realms/demo").unwrap();
    let get = |url: &str| {
        let answer = Answer::read(agent.get(url).call().unwrap());
        (answer.status, answer.json()["error"].as_str().unwrap().to_owned())
    };
    let no_realm = (404, "Realm does not exist".to_owned());
    let there = format!("{base}/realms/nope/protocol/openid-connect/token");
    assert_eq!(get(&there), no_realm);
    let posted = send(&agent, &there, &[FORM], "grant_type=client_credentials");
    assert_eq!((posted.status, posted.text.as_str()), (404, r#"{"error":"Realm does not exist"}"#));
    assert_eq!(get(&format!("{base}/nope")), (404, "Unable to find matching target resource method".into()));
    assert_eq!(get(world.token_url()), (405, "HTTP 405 Method Not Allowed".into()));
    let wrong = send(&agent, &format!("{}x", world.token_url()), &[FORM], "grant_type=client_credentials");
    assert_eq!(wrong.status, 405);
    assert_eq!(world.token_requests(), 0);
}

#[test]
fn discovery_leads_to_the_endpoint_and_the_keys() {
    let world = world();
    let agent = agent(&world);
    let get = |url: &str| Answer::read(agent.get(url).call().unwrap());
    let document = get(&format!("{}/.well-known/openid-configuration", world.issuer()));
    assert_eq!(document.header("cache-control"), Some("no-cache, must-revalidate, no-transform, no-store"));
    let document = document.json();
    assert_eq!(document["issuer"], world.issuer());
    assert_eq!(document["token_endpoint"], world.token_url());
    let keys = get(document["jwks_uri"].as_str().unwrap()).json();
    let key = &keys["keys"][0];
    let described = [&key["kty"], &key["crv"], &key["alg"], &key["use"]];
    assert_eq!(described, ["EC", "P-256", "ES256", "sig"]);
}

#[test]
fn a_body_beyond_bounds_is_refused() {
    let world = world();
    let agent = agent(&world);
    assert_eq!(send(&agent, world.token_url(), &[FORM], &"x".repeat((1 << 20) + 1)).status, 413);
    assert_eq!(order(&agent, &world).status, 200);
}
