//! What Keycloak says no to, and how that arrives: one table.

use crate::device::{Device, get};
use crate::realm::{basic, endpoint, keycloak, post, secret};
use keyfob::{ClientAuth, Endpoint, Error, Rejection, RejectionCode, TokenRequest};

#[test]
fn each_refusal_arrives_with_its_status_and_code() {
    use RejectionCode::{InvalidClient, InvalidScope, UnauthorizedClient};

    let plain = |secret| ClientAuth::secret_post("plain", secret);
    let plain_basic = |secret| ClientAuth::secret_basic("plain", secret);
    let nobody = secret("nobody");
    // Keycloak calls a wrong secret `unauthorized_client`, and a client it doesn't know `invalid_client`.
    let table = [
        ("a wrong secret", plain("wrong"), "", 401, UnauthorizedClient),
        ("a wrong secret by Basic", plain_basic("wrong"), "", 401, UnauthorizedClient),
        ("the secret and a blank", plain("plain-secret "), "", 401, UnauthorizedClient),
        ("another client's secret", plain("roles-50-secret"), "", 401, UnauthorizedClient),
        ("an unknown client", post("nobody"), "", 401, InvalidClient),
        ("an unknown client by Basic", ClientAuth::secret_basic("nobody", &nobody), "", 401, InvalidClient),
        (
            "a client's name in capitals",
            ClientAuth::secret_post("PLAIN", "plain-secret"),
            "",
            401,
            InvalidClient,
        ),
        ("a disabled client", post("disabled"), "", 401, InvalidClient),
        ("a disabled client by Basic", basic("disabled"), "", 401, InvalidClient),
        ("a client without a service account", post("no-service-account"), "", 401, UnauthorizedClient),
        ("a client that only is called", post("payment-service"), "", 401, UnauthorizedClient),
        ("an unknown scope", post("plain"), "no-such-scope", 400, InvalidScope),
        ("a known and an unknown scope", post("plain"), "phone no-such-scope", 400, InvalidScope),
    ];
    for (what, auth, scope, status, code) in table {
        let mut device = Device::with(auth.into_owned());
        if !scope.is_empty() {
            device = device.asking_for(TokenRequest::new().scope(scope));
        }
        assert_rejected(what, device, status, code);
    }
}

#[test]
fn a_url_that_is_no_token_endpoint_is_a_refusal_without_a_known_code() {
    let url = &keycloak().url;
    let table: [(&str, Endpoint<'_>, u16, RejectionCode); 5] = [
        ("an unknown realm", in_realm("no-such-realm"), 404, RejectionCode::Other),
        ("an unknown path of the realm", keycloak().path_at(url, "tokens"), 405, RejectionCode::Other),
        ("an unknown path of the server", endpoint(format!("{url}/token")), 404, RejectionCode::Other),
        ("the server itself", endpoint(url), 400, RejectionCode::Other),
        ("a path for GET only", keycloak().path_at(url, "certs"), 405, RejectionCode::Other),
    ];
    for (what, endpoint, status, code) in table {
        assert_rejected(what, Device::at(endpoint, post("plain")), status, code);
    }
}

#[test]
fn keycloak_takes_one_resource_at_most() {
    // RFC 8707 §2 allows several. Keycloak ignores one, and calls two a repeated parameter.
    let two = TokenRequest::new().resources(&["https://payments.example/", "https://orders.example/"]);
    let device = Device::of("plain").asking_for(two);
    assert_rejected("two resources", device, 400, RejectionCode::InvalidRequest);
}

#[test]
fn a_token_endpoint_takes_no_get() {
    let mut device = Device::of("plain");
    assert_eq!(get(&mut device.link.transport, keycloak().token(), b"").unwrap().status, 405);
}

#[test]
fn a_refusal_leaves_the_connection_in_order() {
    // The same connection and the same client: only the secret was wrong.
    let mut device = Device::with(ClientAuth::secret_post("plain", "wrong"));
    assert!(device.token().is_err());
    device.client.set_auth(post("plain"));
    device.token().unwrap();
}

fn in_realm(realm: &str) -> Endpoint<'static> {
    endpoint(format!("{}/realms/{realm}/protocol/openid-connect/token", keycloak().url))
}

fn assert_rejected(what: &str, mut device: Device, status: u16, code: RejectionCode) {
    let error = device.token().expect_err(what);
    assert_eq!(error, Error::Rejected(Rejection { status, code }), "{what}");
}
