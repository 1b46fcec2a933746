//! One limit for all of a call. What is asserted is that it was met; upper bounds are generous.

use crate::authority::{ALWAYS, Authority};
use crate::server::{Conn, Server};
use crate::{endpoint, get};
use keyfob::blocking::RoundTrip;
use keyfob::{Error::Transport, Http1, HttpRequest};
use keyfob_std::{Connector, Error, Phase};
use std::io::Write;
use std::thread::sleep;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_millis(400);

/// Sends `text` byte by byte, for ever, until the client is gone.
fn drip(conn: &mut Conn, text: &str) {
    for byte in text.bytes().cycle() {
        if conn.write_all(&[byte]).and_then(|()| conn.flush()).is_err() {
            return;
        }
        sleep(Duration::from_millis(30));
    }
}

fn times_out(server: &Server, connector: Connector, scheme: &str, phase: Phase) {
    let start = Instant::now();
    let reply = get(&mut Http1::new(connector), &server.url(scheme, "localhost"), LIMIT);
    assert_eq!(reply, Err(Transport(Error::TimedOut(phase))));
    assert!(start.elapsed() >= LIMIT);
    assert!(start.elapsed() < Duration::from_secs(8));
}

#[test]
fn a_server_that_says_nothing() {
    let silent = Server::start("127.0.0.1:0", None, |_| sleep(Duration::from_secs(10)));
    times_out(&silent, Connector::insecure_http(), "http", Phase::Receive);
    let tls = Connector::with_roots(Authority::new().pem().as_bytes()).unwrap();
    times_out(&silent, tls, "https", Phase::Handshake);
}

#[test]
fn a_server_that_drips_its_reply() {
    let script = |conn: &mut Conn| {
        conn.request();
        drip(conn, "HTTP/1.1 100 Continue\r\n\r\n");
    };
    let plain = Server::start("127.0.0.1:0", None, script);
    times_out(&plain, Connector::insecure_http(), "http", Phase::Receive);

    let authority = Authority::new();
    let secure = Server::start("127.0.0.1:0", Some(authority.server("localhost", ALWAYS)), script);
    let connector = Connector::with_roots(authority.pem().as_bytes()).unwrap();
    times_out(&secure, connector, "https", Phase::Receive);
}

#[test]
fn a_server_that_drips_its_handshake() {
    // The head of a long handshake record, then nothing but zeros.
    let server = Server::start("127.0.0.1:0", None, |conn| {
        conn.write_all(b"\x16\x03\x03\x3f\xff").unwrap();
        drip(conn, "\0");
    });
    let connector = Connector::with_roots(Authority::new().pem().as_bytes()).unwrap();
    times_out(&server, connector, "https", Phase::Handshake);
}

#[test]
fn a_server_that_does_not_read() {
    let authority = Authority::new();
    for secure in [true, false] {
        let tls = secure.then(|| authority.server("localhost", ALWAYS));
        let server = Server::start("127.0.0.1:0", tls, |conn| {
            conn.request_head();
            sleep(Duration::from_secs(10));
        });
        let (scheme, connector) = if secure {
            ("https", Connector::with_roots(authority.pem().as_bytes()).unwrap())
        } else {
            ("http", Connector::insecure_http())
        };
        let (url, body) = (server.url(scheme, "localhost"), vec![b'x'; 32 << 20]);
        let request = HttpRequest::post(endpoint(&url), "text/plain", &body).within(LIMIT);
        let error = Http1::new(connector).round_trip(request, &mut [0; 1024]).unwrap_err();
        assert_eq!(error, Transport(Error::TimedOut(Phase::Send)));
    }
}

#[test]
fn a_repeat_over_a_new_connection_has_the_same_deadline() {
    let server = Server::start("127.0.0.1:0", None, |conn| {
        conn.request();
        if conn.number == 0 {
            conn.answer("yes");
            conn.request();
            sleep(Duration::from_millis(1500));
            conn.cut(); // a kept connection that turns out to be dead
        } else {
            sleep(Duration::from_secs(10));
        }
    });
    let url = server.url("http", "localhost");
    let mut transport = Http1::new(Connector::insecure_http());
    assert_eq!(get(&mut transport, &url, Duration::from_secs(5)).unwrap(), "yes");
    let start = Instant::now();
    let limit = Duration::from_secs(2);
    assert_eq!(get(&mut transport, &url, limit), Err(Transport(Error::TimedOut(Phase::Receive))));
    assert_eq!(server.connections(), 2);
    assert!(start.elapsed() < Duration::from_millis(3300), "not 1.5 s and 2 s more");
}
