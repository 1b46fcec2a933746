//! How a server is reached: its name, its addresses, and those that don't answer.

use crate::server::Server;
use crate::{AMPLE, get};
use keyfob::{Error::Transport, Http1};
use keyfob_std::{Connector, Error, Phase};
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// An address where nothing listens.
fn dead() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// An address that swallows every attempt to connect: its queue is full and no one accepts.
struct BlackHole {
    address: SocketAddr,
    _listener: Socket,
    _queue: Vec<TcpStream>,
}

impl BlackHole {
    fn new() -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let any_port: SocketAddr = "127.0.0.1:0".parse().unwrap();
        listener.bind(&any_port.into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut queue = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
            queue.push(stream);
            assert!(queue.len() < 1000, "the queue never fills");
        }
        Self { address, _listener: listener, _queue: queue }
    }
}

#[test]
fn every_address_is_tried() {
    let server = Server::start("127.0.0.1:0", None, |conn| conn.serve("yes"));
    let hole = BlackHole::new();
    let addresses = vec![dead(), hole.address, server.address];
    let connector = Connector::insecure_http().look_up_with(move |_, _| Ok(addresses.clone()));
    let reply = get(&mut Http1::new(connector), "http://id.test/", Duration::from_secs(4));
    assert_eq!(reply.unwrap(), "yes");
}

#[test]
fn a_black_hole_is_left_in_time() {
    let hole = BlackHole::new();
    let url = format!("http://{}/", hole.address);
    let start = Instant::now();
    let reply = get(&mut Http1::new(Connector::insecure_http()), &url, Duration::from_millis(400));
    assert_eq!(reply, Err(Transport(Error::TimedOut(Phase::Connect))));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn refused_and_unknown_are_told_apart() {
    let nowhere = dead();
    let refused = Connector::insecure_http().look_up_with(move |_, _| Ok(vec![nowhere, nowhere]));
    assert_eq!(get(&mut Http1::new(refused), "http://id.test/", AMPLE), Err(Transport(Error::Refused)));
    let fails = Connector::insecure_http().look_up_with(|_, _| Err(io::ErrorKind::Other.into()));
    let empty = Connector::insecure_http().look_up_with(|_, _| Ok(Vec::new()));
    let panics = Connector::insecure_http().look_up_with(|_, _| panic!("a resolver's own mistake"));
    for connector in [fails, empty, panics] {
        assert_eq!(
            get(&mut Http1::new(connector), "http://id.test/", AMPLE),
            Err(Transport(Error::NameNotFound))
        );
    }
}

#[test]
fn the_systems_resolver_is_asked() {
    // RFC 6761 §6.4: this name never exists.
    let reply = get(&mut Http1::new(Connector::insecure_http()), "http://keyfob.invalid/", AMPLE);
    assert_eq!(reply, Err(Transport(Error::NameNotFound)));
}

#[test]
fn a_look_up_that_hangs_is_left_and_not_repeated_meanwhile() {
    let server = Server::start("127.0.0.1:0", None, |conn| conn.serve("yes"));
    let (address, asked, gate) = (server.address, Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(())));
    let closed = gate.lock().unwrap();
    let connector = Connector::insecure_http().look_up_with({
        let (asked, gate) = (asked.clone(), gate.clone());
        move |host, port| {
            assert_eq!((host, port), ("id.test", 80));
            asked.fetch_add(1, Ordering::SeqCst);
            drop(gate.lock());
            Ok(vec![address])
        }
    });
    let mut transport = Http1::new(connector);
    let start = Instant::now();
    for _ in 0..3 {
        assert_eq!(
            get(&mut transport, "http://id.test/", Duration::from_millis(100)),
            Err(Transport(Error::TimedOut(Phase::LookUp)))
        );
    }
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one thread hangs, not three");
    drop(closed);
    assert_eq!(get(&mut transport, "http://id.test/", AMPLE).unwrap(), "yes");
    // The look-up that hung may have answered, or one more was made.
    assert!(asked.load(Ordering::SeqCst) <= 2);
}

#[test]
fn loopback_only_means_every_address() {
    let server = Server::start("127.0.0.1:0", None, |conn| conn.serve("yes"));
    let (inside, outside) = (server.address, SocketAddr::from(([192, 0, 2, 1], 80)));
    for (addresses, expected) in [
        (vec![inside], Ok("yes".to_owned())),
        (vec![inside, outside], Err(Transport(Error::NotLoopback))),
        (vec![outside], Err(Transport(Error::NotLoopback))),
    ] {
        let connector = Connector::insecure_http_loopback().look_up_with(move |_, _| Ok(addresses.clone()));
        assert_eq!(get(&mut Http1::new(connector), "http://id.test/", AMPLE), expected);
    }
    let connector = Connector::insecure_http_loopback();
    assert_eq!(
        get(&mut Http1::new(connector), "http://192.0.2.1/", AMPLE),
        Err(Transport(Error::NotLoopback))
    );
    assert_eq!(server.connections(), 1);
}
