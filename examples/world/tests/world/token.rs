//! What is in a token and that its signature is real, checked without the library that made it. Not here: the reply
//! around it (`endpoint.rs`).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyfob_world::{ORDER_SERVICE, ServiceAccount, World, WorldOptions};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use serde_json::{Value, json};
use std::time::SystemTime;

use crate::client::{Answer, agent, fetch, order, world};

fn decode(part: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&decode(token.split('.').nth(1).unwrap())).unwrap()
}

/// The names of a JSON object's members as they stand in the text; none of its strings contains a quote.
fn members(text: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    let parts: Vec<_> = text.split('"').collect();
    for (index, part) in parts.iter().enumerate() {
        if index % 2 == 0 {
            depth += part.matches(['{', '[']).count();
            depth -= part.matches(['}', ']']).count();
        } else if depth == 1 && parts[index + 1].starts_with(':') {
            names.push((*part).to_owned());
        }
    }
    names
}

#[test]
fn the_published_key_verifies_it() {
    let world = world();
    let agent = agent(&world);
    let token = order(&agent, &world).token();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decode(signed.split('.').next().unwrap())).unwrap();
    let keys = agent.get(format!("{}/protocol/openid-connect/certs", world.issuer())).call().unwrap();
    let key = Answer::read(keys).json()["keys"][0].clone();
    assert_eq!(header, json!({"alg": "ES256", "typ": "JWT", "kid": key["kid"]}));

    let coordinate = |name: &str| decode(key[name].as_str().unwrap());
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
    let signature = Signature::from_slice(&decode(signature)).unwrap();
    key.verify(signed.as_bytes(), &signature).unwrap();
    let other = signed.replacen("ey", "ez", 1);
    key.verify(other.as_bytes(), &signature).unwrap_err();
}

#[test]
fn it_says_what_keycloak_says() {
    let world = world();
    let token = order(&agent(&world), &world).token();
    let text = String::from_utf8(decode(token.split('.').nth(1).unwrap())).unwrap();
    let order = "exp iat jti iss aud sub typ azp acr realm_access resource_access scope email_verified clientHost \
                 preferred_username clientAddress client_id";
    assert_eq!(members(&text).join(" "), order);

    let claims = claims(&token);
    let expected = json!({
        "exp": claims["exp"], "iat": claims["iat"], "jti": claims["jti"], "sub": claims["sub"],
        "iss": world.issuer(),
        "aud": ["account", "payment-service"],
        "typ": "Bearer",
        "azp": ORDER_SERVICE,
        "acr": "1",
        "realm_access": {"roles": ["offline_access", "default-roles-demo", "uma_authorization"]},
        "resource_access": {
            "account": {"roles": ["manage-account", "manage-account-links", "view-profile"]},
            "payment-service": {"roles": ["payments:write"]},
        },
        "scope": "email profile",
        "email_verified": false,
        "clientHost": "127.0.0.1",
        "preferred_username": "service-account-order-service",
        "clientAddress": "127.0.0.1",
        "client_id": ORDER_SERVICE,
    });
    assert_eq!(claims, expected);

    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let issued_at = claims["iat"].as_u64().unwrap();
    assert!((now - 60..=now).contains(&issued_at));
    assert_eq!(claims["exp"].as_u64().unwrap(), issued_at + 300);
    assert_eq!(claims["jti"].as_str().unwrap().len(), "trrtcc:".len() + 36);
    assert_eq!(claims["sub"].as_str().unwrap().len(), 36);
}

#[test]
fn each_is_another_of_the_same_account() {
    let world = world();
    let agent = agent(&world);
    let [one, two] = [(); 2].map(|()| claims(&order(&agent, &world).token()));
    assert_ne!(one["jti"], two["jti"]);
    assert_eq!(one["sub"], two["sub"]);
}

#[test]
fn roles_come_from_the_account_and_make_the_audience() {
    let plain = ServiceAccount::new("plain");
    let self_only = ServiceAccount::new("me").client_role("me", "owner").realm_role("night-shift");
    let alone = ServiceAccount::new("account");
    let world =
        World::start(WorldOptions::default().account(plain).account(self_only).account(alone)).unwrap();
    let agent = agent(&world);
    let claims = |id: &str| claims(&fetch(&agent, &world, id).token());
    assert_eq!(claims("plain")["aud"], "account", "text if there is one");
    let me = claims("me");
    assert_eq!(me["aud"], "account", "a client is not its own audience");
    assert_eq!(claims("account").get("aud"), None, "left out if there is none");
    assert_eq!(me["resource_access"]["me"]["roles"], json!(["owner"]));
    assert_eq!(me["realm_access"]["roles"][3], "night-shift");
}
