//! A transport at HTTP height that shows no header, and a future that is dropped.

use keyfob::{Client, Error, Link, Moment, Rejection, RejectionCode, Slot, TokenRequest};
use keyfob_tests::modem::{Modem, ModemError};
use keyfob_tests::{AUTH, ID, TOKEN};
use std::time::Duration;

const TELEMETRY: TokenRequest<'_> = TokenRequest::new().scope("telemetry:write");

#[test]
fn a_rejection_needs_no_header() {
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TELEMETRY, &mut memory);
    let modem = Modem::new([(401, r#"{"error":"invalid_client"}"#), (200, TOKEN)]);
    let mut link = Link::new(modem, || Moment::at_millis(5), &mut scratch);

    let no = Rejection { status: 401, code: RejectionCode::InvalidClient };
    assert_eq!(client.token(&mut link, &mut slot).unwrap_err(), Error::Rejected(no));
    assert!(no.refuses_credentials());
    assert_eq!(client.token(&mut link, &mut slot).unwrap().header_value(), b"Bearer abc.def");
    let order = &link.transport.orders[0];
    assert_eq!((order.url.as_str(), &order.authorization), ("https://id.example/token", &None));
    assert_eq!(
        order.body,
        "grant_type=client_credentials&scope=telemetry%3Awrite&client_id=sensor-17&client_secret=s3cret"
    );
}

#[test]
fn the_modems_own_error_comes_through() {
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let mut slot = Slot::new(TELEMETRY, &mut memory);
    let mut link = Link::new(Modem::new([]), || Moment::at_millis(5), &mut scratch);
    let error = Client::new(ID, AUTH).token(&mut link, &mut slot).unwrap_err();
    assert_eq!(error, Error::Transport(ModemError));
}

#[tokio::test]
async fn a_dropped_future_leaves_no_secret_and_loses_nothing() {
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TELEMETRY, &mut memory);
    let mut link = Link::new(Modem::new([]), || Moment::at_millis(5), &mut scratch);
    let timed_out =
        tokio::time::timeout(Duration::from_millis(5), client.token_async(&mut link, &mut slot)).await;
    assert!(timed_out.is_err());

    link.transport = Modem::new([(200, TOKEN)]);
    let token = client.token_async(&mut link, &mut slot).await.unwrap();
    assert_eq!(token.header_value(), b"Bearer abc.def");
    std::mem::forget(link); // so that it is the futures that wiped, not the link
    assert_eq!(scratch, [0; 512]);
}
