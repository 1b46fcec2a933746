//! Tokens that are issued: by post and by Basic, with every form of signature, scope and audience that the realm has.

use crate::device::Device;
use crate::realm::{basic, endpoint, keycloak, post};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyfob::{Clock, TokenRequest, claims};
use keyfob_std::StdClock;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    iss: heapless::String<128>,
    azp: heapless::String<64>,
}

/// The header of a JWT, as text.
fn header(jwt: &str) -> String {
    let header = jwt.split('.').next().unwrap();
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

#[test]
fn by_post_and_by_basic_each_client_gets_its_own_token() {
    for client in ["plain", "order-service", "lightweight-es256", "roles-50"] {
        for auth in [post(client), basic(client)] {
            let mut device = Device::with(auth);
            let asked_at = StdClock::new().moment().now();
            let token = device.token().unwrap();
            let claims: Claims = claims::read(token.expose_token(), &mut [0; 4096]).unwrap();
            assert_eq!(claims.azp, client);
            assert_eq!(claims.iss, format!("{}/realms/{}", keycloak().url, keycloak().realm).as_str());
            assert_eq!(token.header_str(), format!("Bearer {}", token.expose_token()));

            // 300 s from when the request left; 299 where the server's clock ticked while it worked.
            let life = token.expires_at().as_millis() - asked_at.as_millis();
            assert!((299_000..301_000).contains(&life), "{client} lives {life} ms");
        }
    }
}

#[test]
fn a_lightweight_token_is_short_and_signed_with_es256() {
    let (mut plain, mut light) = (Device::of("plain"), Device::of("lightweight-es256"));
    let (plain, light) = (plain.token().unwrap(), light.token().unwrap());
    assert!(header(plain.expose_token()).contains(r#""alg":"RS256""#));
    assert!(header(light.expose_token()).contains(r#""alg":"ES256""#));
    assert!(light.expose_token().len() * 2 < plain.expose_token().len());
}

#[test]
fn a_second_call_is_served_from_memory() {
    let mut device = Device::of("plain");
    let first = device.token().unwrap();
    let (text, generation) = (first.header_str().to_owned(), first.generation());
    let second = device.token().unwrap();
    assert_eq!((second.header_str(), second.generation()), (&*text, generation));
}

#[test]
fn what_is_granted_may_be_more_than_what_was_asked_for() {
    // The realm's default scopes come without being asked for; `openid` brings an `id_token` as well, which is skipped.
    for asked in ["phone", "openid", "openid phone"] {
        let scope = Device::of("plain").asking_for(TokenRequest::new().scope(asked)).granted_scope();
        let scope = scope.expect("Keycloak always says what it granted");
        let granted: Vec<&str> = scope.split(' ').collect();
        assert!(asked.split(' ').all(|asked| granted.contains(&asked)), "{asked}: {scope}");
        assert!(granted.len() > asked.split(' ').count(), "{asked}: {scope}");
    }
}

#[test]
fn what_keycloak_does_not_know_it_ignores() {
    let requests = [
        TokenRequest::new().audience("https://payments.example/ ü"),
        TokenRequest::new().resources(&["https://payments.example/"]),
        TokenRequest::new().extra(&[("made up", "a&b=c ü")]),
    ];
    for request in requests {
        Device::of("plain").asking_for(request).token().unwrap();
    }
}

#[test]
fn the_server_is_known_by_name_and_by_address() {
    for host in ["localhost", "LOCALHOST", "127.0.0.1"] {
        let url = keycloak().url.replace("localhost", host);
        assert!(url.contains(host), "{url} was expected to name localhost");
        let mut device = Device::at(keycloak().path_at(&url, "token"), post("plain"));
        device.token().unwrap();
    }
    // A query goes along; Keycloak doesn't mind.
    let url = format!("{}?from=keyfob", keycloak().token().url());
    Device::at(endpoint(url), post("plain")).token().unwrap();
}
