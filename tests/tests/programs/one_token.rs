//! One token, blocking, and the API that refuses it.

use crate::Outcome;
use keyfob::{
    Channel, Client, ClientAuth, ConfigError, Error, Http1, Link, Moment, Slot, TokenRequest, endpoint,
};
use keyfob_tests::modem::Modem;
use keyfob_tests::network::{Host, Network, REPLY};
use keyfob_tests::{AUTH, ID, TOKEN};

#[test]
fn is_fetched_once_and_kept() -> Outcome {
    let network = Network::new([REPLY]);
    let (mut memory, mut scratch) = ([0; 2048], [0; 3072]);
    let mut client = Client::new(
        endpoint!("https://id.example/realms/iot/protocol/openid-connect/token"),
        ClientAuth::secret_post("sensor-17", "s3cret"),
    );
    let mut slot = Slot::new(TokenRequest::new().scope("telemetry:write"), &mut memory);
    let mut link = Link::new(Http1::new(Host::new(&network)), || Moment::at_millis(5), &mut scratch);
    for _ in 0..3 {
        let token = client.token(&mut link, &mut slot)?;
        assert_eq!(token.header_value(), b"Bearer abc.def");
        assert_eq!((token.header_str(), token.expose_token()), ("Bearer abc.def", "abc.def"));
    }
    assert_eq!(network.log(), "open id.example, POST /realms/iot/protocol/openid-connect/token");
    Ok(())
}

#[test]
fn is_asked_for_as_the_standards_say() -> Outcome {
    let network = Network::new([REPLY]);
    let (mut memory, mut scratch) = ([0; 2048], [0; 3072]);
    let mut client = Client::new(
        endpoint!("https://id.example:8443/token?p=b2c"),
        ClientAuth::secret_basic("sensor 17", "s3cret:+"),
    );
    let mut slot = Slot::new(TokenRequest::new().scope("a b"), &mut memory);
    let mut link = Link::new(Http1::new(Host::new(&network)), || Moment::at_millis(5), &mut scratch);
    client.token(&mut link, &mut slot)?;
    assert_eq!(
        network.requests(),
        ["POST /token?p=b2c HTTP/1.1\r\n\
          Host: id.example:8443\r\n\
          User-Agent: keyfob\r\n\
          Accept: application/json, */*;q=0.1\r\n\
          Accept-Encoding: identity\r\n\
          Authorization: Basic c2Vuc29yJTIwMTc6czNjcmV0JTNBJTJC\r\n\
          Content-Type: application/x-www-form-urlencoded\r\n\
          Content-Length: 39\r\n\
          \r\n\
          grant_type=client_credentials&scope=a+b"]
    );
    Ok(())
}

#[test]
fn stays_secret_from_a_channel_that_authenticates_nobody() {
    let network = Network::new([]);
    let (mut memory, mut scratch) = ([0; 64], [0; 512]);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut host = Host::new(&network);
    host.channel = Channel::Insecure;
    let mut link = Link::new(Http1::new(host), || Moment::at_millis(5), &mut scratch);
    let error = Client::new(ID, AUTH).token(&mut link, &mut slot).unwrap_err();
    assert_eq!(error, Error::Config(ConfigError::InsecureChannel));
    assert_eq!(network.log(), "open id.example", "and not a byte was sent");
}

#[test]
fn is_renewed_once_for_all_who_were_refused() {
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([(200, TOKEN)]), || Moment::at_millis(5), &mut scratch);

    let refused = client.token(&mut link, &mut slot).unwrap().generation();
    slot.distrust(refused); // the first caller saw a 401
    let second = client.token(&mut link, &mut slot).unwrap().generation();
    assert_ne!(second, refused);
    slot.distrust(refused); // another held the same token, and comes late
    assert_eq!(client.token(&mut link, &mut slot).unwrap().generation(), second);
    assert_eq!(link.transport.orders.len(), 2);
}
