//! Kept connections on a board with one stream over borrowed buffers.

use keyfob::{
    Client, Endpoint, Error, Http1, HttpRequest, Instant, Link, Moment, Slot, TokenRequest, endpoint,
};
use keyfob_tests::board::{Board, Socket};
use keyfob_tests::line::{Desk, Line, worker};
use keyfob_tests::network::{LAST, Network, REPLY, SILENCE};
use keyfob_tests::{AUTH, ID};
use std::pin::pin;

const API: Endpoint<'_> = endpoint!("https://id.example/telemetry");
const ELSEWHERE: Endpoint<'_> = endpoint!("https://api.example/telemetry");

/// One connection for the token and its server's API, then one for another server: never two at once.
const ONE_AFTER_THE_OTHER: &str =
    "open id.example, POST /token, POST /telemetry, close id.example, open api.example, GET /telemetry";

fn clock() -> Moment {
    Moment::at_millis(5)
}

#[test]
fn the_frame_is_the_connection() {
    use keyfob::blocking::RoundTrip;
    let network = Network::new([REPLY, REPLY, REPLY, LAST]);
    let mut board = Board::new(&network);
    let (mut a, mut b, mut scratch, mut reply) = ([0; 512], [0; 512], [0; 1024], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut write = Slot::new(TokenRequest::new().scope("write"), &mut a);
    let mut read = Slot::new(TokenRequest::new().scope("read"), &mut b);
    {
        let mut link = Link::new(board.open(ID), clock, &mut scratch);
        client.token(&mut link, &mut write).unwrap();
        client.token(&mut link, &mut read).unwrap();
        let elsewhere = link.transport.round_trip(HttpRequest::get(ELSEWHERE), &mut reply);
        assert_eq!(elsewhere.map(|_| ()), Err(Error::Closed));
        assert!(link.transport.is_open(), "it still serves its own server");
    }
    let token = write.token(Instant::from_millis(5)).unwrap();
    let mut http = board.open(ELSEWHERE);
    while http.is_open() {
        let call = HttpRequest::get(ELSEWHERE).authorization(token.header_value());
        http.round_trip(call, &mut reply).unwrap();
    }
    drop(http);
    assert_eq!(
        network.log(),
        "open id.example, POST /token, POST /token, close id.example, \
         open api.example, GET /telemetry, GET /telemetry, close api.example"
    );
}

#[test]
fn a_future_is_the_connection() {
    use keyfob::asynch::RoundTrip;
    let network = Network::new([REPLY, REPLY, REPLY]);
    let (mut socket, mut record, desk) = (Socket(network.clone()), [0; 64], Desk::<64>::default());
    let (mut memory, mut scratch, mut reply) = ([0; 512], [0; 1024], [0; 512]);
    embassy_futures::block_on(async {
        let worker = pin!(worker(&desk, &mut socket, &mut record));
        let mut link = Link::new(Http1::new(Line::new(&desk, worker)), clock, &mut scratch);
        let mut client = Client::new(ID, AUTH);
        let mut slot = Slot::new(TokenRequest::new(), &mut memory);
        let token = client.token_async(&mut link, &mut slot).await.unwrap();
        let call = HttpRequest::post(API, "application/json", b"{}").authorization(token.header_value());
        link.transport.round_trip(call, &mut reply).await.unwrap();
        let elsewhere = HttpRequest::get(ELSEWHERE);
        link.transport.round_trip(elsewhere, &mut reply).await.unwrap();
        assert_eq!(network.log(), ONE_AFTER_THE_OTHER);
    });
}

#[test]
fn a_future_is_the_connection_of_a_blocking_caller() {
    use keyfob::blocking::RoundTrip;
    let network = Network::new([REPLY, REPLY, REPLY]);
    let (mut socket, mut record, desk) = (Socket(network.clone()), [0; 64], Desk::<64>::default());
    let (mut memory, mut scratch, mut reply) = ([0; 512], [0; 1024], [0; 512]);
    let worker = pin!(worker(&desk, &mut socket, &mut record));
    let mut link = Link::new(Http1::new(Line::new(&desk, worker)), clock, &mut scratch);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let token = client.token(&mut link, &mut slot).unwrap();
    let call = HttpRequest::post(API, "application/json", b"{}").authorization(token.header_value());
    link.transport.round_trip(call, &mut reply).unwrap();
    link.transport.round_trip(HttpRequest::get(ELSEWHERE), &mut reply).unwrap();
    assert_eq!(network.log(), ONE_AFTER_THE_OTHER);
}

#[test]
fn a_dropped_call_costs_only_its_connection() {
    use keyfob::asynch::RoundTrip;
    let network = Network::new([REPLY, SILENCE, REPLY]);
    let (mut socket, mut record, desk) = (Socket(network.clone()), [0; 64], Desk::<64>::default());
    let mut reply = [0; 512];
    embassy_futures::block_on(async {
        let worker = pin!(worker(&desk, &mut socket, &mut record));
        let mut http = Http1::new(Line::new(&desk, worker));
        http.round_trip(HttpRequest::get(API), &mut reply).await.unwrap();
        let silent = embassy_futures::poll_once(http.round_trip(HttpRequest::get(API), &mut reply));
        assert!(silent.is_pending());
        http.round_trip(HttpRequest::get(API), &mut reply).await.unwrap();
        assert_eq!(
            network.log(),
            "open id.example, GET /telemetry, GET /telemetry, close id.example, open id.example, GET /telemetry"
        );
    });
}
