//! Connections that are kept, those that must not be, and how streams end.

use crate::authority::{ALWAYS, Authority};
use crate::server::{Conn, Server};
use crate::{AMPLE, endpoint, get};
use keyfob::blocking::RoundTrip;
use keyfob::{Client, ClientAuth, Error::Transport, Http1, HttpRequest, Link, Slot, TokenRequest};
use keyfob_std::{Connector, Error, StdClock};
use keyfob_world::{Wire, World, WorldOptions};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

const TOKEN: &str = r#"{"access_token":"abc.def","token_type":"Bearer","expires_in":300}"#;

/// A server over TLS or not, and a transport to it.
fn pair(
    secure: bool,
    script: impl Fn(&mut Conn) + Send + Sync + 'static,
) -> (Server, String, Http1<Connector>) {
    if secure {
        let authority = Authority::new();
        let server = Server::start("127.0.0.1:0", Some(authority.server("localhost", ALWAYS)), script);
        let url = server.url("https", "localhost");
        let connector = Connector::with_roots(authority.pem().as_bytes()).unwrap();
        (server, url, Http1::new(connector))
    } else {
        let server = Server::start("127.0.0.1:0", None, script);
        let url = server.url("http", "localhost");
        (server, url, Http1::new(Connector::insecure_http()))
    }
}

#[test]
fn one_connection_carries_a_token_and_two_calls() {
    for secure in [true, false] {
        let (server, url, transport) = pair(secure, |conn| {
            while let Some(request) = conn.request() {
                if request.starts_with("POST ") {
                    conn.answer(TOKEN);
                } else {
                    assert!(request.contains("\r\nAuthorization: Bearer abc.def\r\n"));
                    conn.answer("paid");
                }
            }
        });
        let mut client = Client::new(endpoint(&url), ClientAuth::secret_post("a", "b"));
        let mut slot = Slot::new(TokenRequest::new(), vec![0; 256]);
        let mut link = Link::new(transport, StdClock::new(), vec![0; 1024]);
        for _ in 0..2 {
            let token = client.token(&mut link, &mut slot).unwrap();
            let request = HttpRequest::get(endpoint(&url)).authorization(token.header_value());
            let mut reply = [0; 1024];
            let reply = link.transport.round_trip(request, &mut reply).unwrap();
            assert_eq!((reply.status, &*reply.body), (200, &b"paid"[..]));
        }
        assert_eq!(server.connections(), 1);
    }
}

#[test]
fn an_idle_connection_that_was_closed_is_replaced_without_a_word() {
    for secure in [true, false] {
        for polite in [true, false] {
            let (tell, told) = mpsc::channel();
            let (server, url, mut transport) = pair(secure, move |conn| {
                conn.request();
                conn.answer("yes");
                if polite {
                    conn.say_good_bye();
                }
                conn.cut();
                tell.send(()).unwrap();
                conn.client_said_good_bye();
            });
            for _ in 0..3 {
                assert_eq!(get(&mut transport, &url, AMPLE).unwrap(), "yes");
                told.recv_timeout(AMPLE).unwrap();
            }
            assert_eq!(server.connections(), 3);
        }
    }
}

#[test]
fn a_world_that_hangs_up_is_called_again() {
    for wire in [Wire::Tls12, Wire::Tls13, Wire::Plain] {
        let world = World::start(WorldOptions::default().wire(wire)).unwrap();
        let url = format!("{}/protocol/openid-connect/certs", world.issuer());
        let connector = match wire {
            Wire::Plain => Connector::insecure_http_loopback(),
            _ => Connector::with_roots(world.ca_pem().as_bytes()).unwrap(),
        };
        let mut transport = Http1::new(connector);
        for _ in 0..2 {
            for _ in 0..3 {
                assert!(get(&mut transport, &url, AMPLE).unwrap().contains("keys"));
            }
            world.close_idle_connections();
        }
        assert_eq!(world.token_connections(), 2);
    }
}

#[test]
fn a_connection_with_bytes_that_nobody_asked_for_is_not_used_again() {
    for secure in [true, false] {
        let (tell, told) = mpsc::channel();
        let (server, url, mut transport) = pair(secure, move |conn| {
            conn.request();
            conn.answer("yes");
            if conn.number == 0 {
                // Once that reply was read as the only one.
                std::thread::sleep(Duration::from_millis(200));
                conn.answer("poison");
                tell.send(()).unwrap();
            }
            conn.serve("also poison");
        });
        assert_eq!(get(&mut transport, &url, AMPLE).unwrap(), "yes");
        told.recv_timeout(AMPLE).unwrap();
        assert_eq!(get(&mut transport, &url, AMPLE).unwrap(), "yes");
        assert_eq!(server.connections(), 2);
    }
}

#[test]
fn only_a_proper_end_ends_a_reply_without_length() {
    for polite in [true, false] {
        let (_server, url, mut transport) = pair(true, move |conn| {
            conn.request();
            conn.send("HTTP/1.1 200 OK\r\n\r\nall of i");
            if polite {
                conn.say_good_bye();
            }
            conn.cut();
            conn.client_said_good_bye();
        });
        let reply = get(&mut transport, &url, AMPLE);
        if polite {
            assert_eq!(reply.unwrap(), "all of i");
        } else {
            assert_eq!(reply, Err(Transport(Error::Truncated)));
        }
    }
}

#[test]
fn the_kept_stream_is_closed_before_another_is_opened() {
    let (tell, told) = mpsc::channel();
    let authority = Authority::new();
    let tls = authority.server("localhost", ALWAYS);
    let first = Server::start("127.0.0.1:0", Some(tls.clone()), move |conn| {
        conn.request();
        conn.answer("yes");
        conn.client_said_good_bye();
        tell.send(()).unwrap();
    });
    let told = Mutex::new(told);
    let second = Server::start("127.0.0.1:0", Some(tls), move |conn| {
        // Not even the handshake goes on before.
        let closed = told.lock().unwrap().recv_timeout(Duration::from_secs(5)).is_ok();
        conn.request();
        conn.answer(if closed { "closed" } else { "still open" });
    });
    let mut transport = Http1::new(Connector::with_roots(authority.pem().as_bytes()).unwrap());
    let urls = [&first, &second].map(|server| server.url("https", "localhost"));
    assert_eq!(get(&mut transport, &urls[0], AMPLE).unwrap(), "yes");
    assert_eq!(get(&mut transport, &urls[1], AMPLE).unwrap(), "closed");
}

#[test]
fn a_stream_ends_with_a_good_bye() {
    let (tell, told) = mpsc::channel();
    let (_server, url, mut transport) = pair(true, move |conn| {
        conn.request();
        conn.answer("yes");
        tell.send(conn.client_said_good_bye()).unwrap();
    });
    assert_eq!(get(&mut transport, &url, AMPLE).unwrap(), "yes");
    drop(transport);
    assert!(told.recv_timeout(AMPLE).unwrap());
}

#[test]
fn a_post_that_must_not_be_repeated_is_not() {
    let (server, url, mut transport) = pair(true, |conn| {
        conn.request();
        conn.answer("yes");
        conn.request();
        conn.cut(); // after the request came: whether it was carried out, nobody knows
    });
    let mut reply = [0; 256];
    assert_eq!(get(&mut transport, &url, AMPLE).unwrap(), "yes");
    let post = HttpRequest::post(endpoint(&url), "text/plain", b"pay").within(AMPLE);
    assert_eq!(transport.round_trip(post, &mut reply).unwrap_err(), Transport(Error::Truncated));
    assert_eq!(server.connections(), 1);
}
