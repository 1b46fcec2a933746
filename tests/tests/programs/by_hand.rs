//! The machines without their drivers.

use keyfob::fetch::FetchStep;
use keyfob::http1::{Exchange, Step};
use keyfob::{Channel, Client, HttpReply, HttpRequest, Instant, Moment, Plan, Slot, TokenRequest};
use keyfob_tests::{AUTH, ID, REPLY, TOKEN};

#[test]
fn a_canned_reply_in_five_lines() {
    let mut body = *br#"{"access_token":"abc","token_type":"bearer","expires_in":"60"}"#;
    let issued = keyfob::response::read(200, &mut body).unwrap();
    assert_eq!(issued.expires_in(), 60);
    assert_eq!(issued.expose_token(), "abc");
}

#[test]
fn a_fetch() {
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);

    let mut fetch = client.fetch(slot.request(), Moment::at_millis(0)).unwrap();
    let FetchStep::RoundTrip { request, reply } = fetch.step(&mut scratch).unwrap() else {
        panic!("there is no other step yet");
    };
    assert_eq!(request.endpoint(), ID);
    assert!(request.is_repeatable());
    reply[..TOKEN.len()].copy_from_slice(TOKEN.as_bytes());
    let reply = HttpReply::new(200, &mut reply[..TOKEN.len()]);
    let issued = fetch.replied(reply).unwrap();
    slot.keep(issued).unwrap();
    let used = fetch.finish();

    assert!(scratch[used..].iter().all(|byte| *byte == 0), "nothing lies beyond what was used");
    assert_eq!(client.plan(&slot, Instant::from_millis(269_999)), Plan::Use);
    assert_eq!(client.plan(&slot, Instant::from_millis(270_000)), Plan::Refresh);
    assert_eq!(client.plan(&slot, Instant::from_millis(300_000)), Plan::Fetch);
}

#[test]
fn a_fetch_that_is_dropped_leaves_the_client_as_it_was() {
    let (mut memory, mut scratch) = ([0; 256], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let slot = Slot::new(TokenRequest::new(), &mut memory);
    {
        let mut fetch = client.fetch(slot.request(), Moment::at_millis(0)).unwrap();
        let _ = fetch.step(&mut scratch).unwrap();
    }
    assert_eq!(client.plan(&slot, Instant::from_millis(0)), Plan::Fetch);
    assert!(client.fetch(slot.request(), Moment::at_millis(0)).is_ok());
}

#[test]
fn an_exchange() {
    let mut buf = [0; 512];
    let request = HttpRequest::get(ID).authorization(b"Bearer abc.def");
    let revealed = request.reveal(Channel::Authenticated).unwrap();
    let mut exchange = Exchange::new(revealed);
    let (mut sent, mut flushes, mut coming) = (Vec::new(), 0, REPLY.as_bytes());
    let again = loop {
        match exchange.step(&mut buf).unwrap() {
            Step::Send(bytes) => sent.extend_from_slice(bytes),
            Step::Flush => flushes += 1,
            Step::Receive(place) => {
                let n = place.len().min(coming.len()).min(10);
                place[..n].copy_from_slice(&coming[..n]);
                coming = &coming[n..];
                exchange.received(n, &buf).unwrap();
            }
            Step::Done { again } => break again,
        }
    };
    let reply = exchange.reply(&mut buf).unwrap();
    assert_eq!((reply.status, &*reply.body, again), (200, TOKEN.as_bytes(), true));
    assert_eq!(flushes, 1);
    assert_eq!(
        String::from_utf8(sent).unwrap(),
        "GET /token HTTP/1.1\r\nHost: id.example\r\nUser-Agent: keyfob\r\nAccept: application/json, */*;q=0.1\r\n\
         Accept-Encoding: identity\r\nAuthorization: Bearer abc.def\r\n\r\n"
    );
}
