//! Connections are kept, and nothing is sent over one that isn't what the endpoint wants.

use crate::device::{Device, get};
use crate::realm::{basic, keycloak, post};
use crate::relay::Relay;
use keyfob::{ConfigError, Error, Slot, TokenRequest};
use keyfob_std::Connector;

#[test]
fn token_requests_and_calls_share_one_connection() {
    for (origin, connector) in [
        (&keycloak().url, keycloak().connector()),
        (&keycloak().insecure_url, Connector::insecure_http_loopback()),
    ] {
        let relay = Relay::to(origin);
        let mut device =
            Device::at(keycloak().path_at(relay.origin(), "token"), post("roles-500")).over(connector);
        let userinfo = keycloak().path_at(relay.origin(), "userinfo");

        // Long replies in chunks, short ones, refusals without a body: after each the stream is in order.
        device.token().unwrap();
        assert_eq!(device.call(userinfo).unwrap().status, 403);
        device.client.set_auth(basic("plain"));
        device.slot = Slot::new(TokenRequest::new().scope("openid"), vec![0; 4096]);
        for _ in 0..3 {
            assert_eq!(device.call(userinfo).unwrap().status, 200);
        }
        let generation = device.token().unwrap().generation();
        device.slot.distrust(generation);
        assert_eq!(device.call(userinfo).unwrap().status, 200);
        device.client.set_auth(post("nobody"));
        assert!(matches!(device.token(), Err(Error::Rejected(_))));
        assert_eq!(get(&mut device.link.transport, userinfo, b"").unwrap().status, 401);
        assert_eq!(relay.connections(), 1, "over {origin}");
    }
}

#[test]
fn another_server_gets_another_connection() {
    let (one, other) = (Relay::to(&keycloak().url), Relay::to(&keycloak().url));
    let mut device = Device::at(keycloak().path_at(one.origin(), "token"), post("plain"));
    for _ in 0..2 {
        device.call(keycloak().path_at(other.origin(), "certs")).unwrap();
    }
    assert_eq!((one.connections(), other.connections()), (1, 1));
}

#[test]
fn a_secret_for_https_does_not_leave_over_plain_http() {
    let relay = Relay::to(&keycloak().url);
    for connector in [Connector::insecure_http(), Connector::insecure_http_loopback()] {
        let mut device =
            Device::at(keycloak().path_at(relay.origin(), "token"), post("plain")).over(connector);
        assert_eq!(device.token().unwrap_err(), Error::Config(ConfigError::InsecureChannel));
    }
    assert_eq!(relay.connections(), 0);
}

#[test]
fn a_secret_for_plain_http_needs_a_transport_that_says_so() {
    let relay = Relay::to(&keycloak().insecure_url);
    let mut device = Device::at(keycloak().path_at(relay.origin(), "token"), post("plain"));
    assert_eq!(device.token().unwrap_err(), Error::Config(ConfigError::InsecureEndpoint));
    assert_eq!(relay.connections(), 0);

    *device.link.transport.connector_mut() = Connector::insecure_http_loopback();
    device.token().unwrap();
    assert_eq!(relay.connections(), 1);
}
