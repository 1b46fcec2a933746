//! A source from the environment against the world: its token, its transport, its secret's file.

use keyfob::blocking::RoundTrip;
use keyfob::{Buffer, Endpoint, Error, HttpRequest, RejectionCode};
use keyfob_std::Environment;
use keyfob_world::{ORDER_SERVICE, Wire, World, WorldOptions};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

fn file(name: &str, content: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("source");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The environment of the order service, with its secret in a file of that name.
fn environment(world: &World, name: &str) -> (Environment, String) {
    let secret = file(name, &(world.client_secret(ORDER_SERVICE).unwrap() + "\n"));
    let variables = [
        ("TOKEN_URL", world.token_url().to_owned()),
        ("CLIENT_ID", ORDER_SERVICE.to_owned()),
        ("CLIENT_SECRET_FILE", secret.clone()),
        ("CA_FILE", file(&format!("{name}.pem"), world.ca_pem())),
    ];
    (Environment::from_variables(variables).unwrap().unwrap(), secret)
}

#[test]
fn token_and_transport_are_lent_at_once() {
    let world = World::start(WorldOptions::default()).unwrap();
    let (environment, _) = environment(&world, "lent");
    let mut source = environment.source().unwrap();
    let api = Endpoint::https(world.api_url()).unwrap();
    let mut reply = [0; 4096];
    for _ in 0..3 {
        let (token, transport) = source.lend().unwrap();
        let request = HttpRequest::get(api).authorization(token.header_value());
        assert_eq!(transport.round_trip(request, &mut reply).unwrap().status, 200);
    }
    assert_eq!((world.token_requests(), world.api_calls()), (1, 3));
    assert_eq!((world.token_connections(), world.api_connections()), (1, 1));

    // Revoked: the API says 401, and the next call has another token.
    world.revoke_all();
    let (token, transport) = source.lend().unwrap();
    let generation = token.generation();
    let request = HttpRequest::get(api).authorization(token.header_value());
    assert_eq!(transport.round_trip(request, &mut reply).unwrap().status, 401);
    source.distrust(generation);
    let (token, transport) = source.lend().unwrap();
    let request = HttpRequest::get(api).authorization(token.header_value());
    assert_eq!(transport.round_trip(request, &mut reply).unwrap().status, 200);
    assert_eq!(world.token_requests(), 2);
}

#[test]
fn a_token_without_a_life_serves_one_call_and_costs_one_request() {
    let world = World::start(WorldOptions::default().token_life(Duration::ZERO)).unwrap();
    let (environment, _) = environment(&world, "lifeless");
    let mut source = environment.source().unwrap();
    for requests in 1..=3 {
        assert!(source.token().unwrap().header_value().starts_with(b"Bearer "));
        assert_eq!(world.token_requests(), requests);
    }
}

#[test]
fn a_secrets_file_that_is_bad_for_a_moment_is_read_again() {
    let world = World::start(WorldOptions::default()).unwrap();
    let (environment, file) = environment(&world, "moment");
    let mut source = environment.source().unwrap();
    let secret = "the next secret";
    world.set_client_secret(ORDER_SERVICE, secret).unwrap();
    for half_written in ["", "\n", "the next\u{1}", "the next secret\n\n"] {
        fs::write(&file, half_written).unwrap();
        assert!(matches!(source.token(), Err(Error::Rejected(_))), "{half_written:?}");
    }
    fs::write(&file, secret).unwrap();
    assert!(source.token().is_ok());
    let shown = format!("{source:?} {environment:?}");
    assert!(!shown.contains(secret), "{shown}");
}

#[test]
fn plain_http_on_loopback() {
    let world = World::start(WorldOptions::default().wire(Wire::Plain)).unwrap();
    let (environment, _) = environment(&world, "plain");
    let mut source = environment.insecure_loopback_source().unwrap();
    assert!(source.token().is_ok());
}

#[test]
fn a_secret_that_was_exchanged_is_read_again() {
    let world = World::start(WorldOptions::default()).unwrap();
    let (environment, path) = environment(&world, "rotated");
    let mut source = environment.source().unwrap();
    source.token().unwrap();

    for (secret, round) in [("the second one", 1), ("the third one", 2)] {
        world.set_client_secret(ORDER_SERVICE, secret).unwrap();
        let generation = source.token().unwrap().generation();
        source.distrust(generation);
        // Not in the file yet: refused, and asked once.
        let before = world.token_requests();
        let Err(Error::Rejected(rejection)) = source.token() else { panic!("round {round}") };
        assert_eq!(rejection.code, RejectionCode::UnauthorizedClient);
        assert_eq!(world.token_requests(), before + 1);
        // There now: refused once more, read again, granted.
        fs::write(&path, secret).unwrap();
        source.token().unwrap();
        assert_eq!(world.token_requests(), before + 3);
        // From memory.
        source.token().unwrap();
        assert_eq!(world.token_requests(), before + 3);
    }

    // Neither a wrong secret nor a missing file makes it ask for ever.
    let generation = source.token().unwrap().generation();
    source.distrust(generation);
    world.set_client_secret(ORDER_SERVICE, "the fourth one").unwrap();
    let before = world.token_requests();
    fs::write(&path, "not the fourth one").unwrap();
    assert!(matches!(source.token(), Err(Error::Rejected(_))));
    assert_eq!(world.token_requests(), before + 2);
    fs::remove_file(&path).unwrap();
    assert!(matches!(source.token(), Err(Error::Rejected(_))));
    assert_eq!(world.token_requests(), before + 3);
}

#[test]
fn a_refresh_that_fails_leaves_the_old_token() {
    let world = World::start(WorldOptions::default().token_life(Duration::from_secs(4))).unwrap();
    let (environment, _) = environment(&world, "refresh");
    let mut source = environment.source().unwrap();
    let generation = source.token().unwrap().generation();
    world.refuse_token_requests(1, Duration::from_secs(1));
    std::thread::sleep(Duration::from_millis(2100)); // the second half of its life: better renewed
    let token = source.token().unwrap();
    if token.generation() == generation {
        assert!(token.lease().refresh_failed.is_some());
        assert_eq!(world.token_requests(), 2, "one attempt, not two");
    } else {
        // A machine so slow that the token ran out: then nothing was there to serve on.
        assert!(world.token_requests() >= 3);
    }
}

#[test]
fn a_source_can_move_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    let world = World::start(WorldOptions::default()).unwrap();
    let (environment, _) = environment(&world, "thread");
    let mut source = environment.source().unwrap();
    is_send(&source);
    std::thread::scope(|scope| {
        scope.spawn(|| source.token().map(|_| ()).unwrap());
    });
    assert!(source.token().is_ok());
    assert_eq!(world.token_requests(), 1);
}

#[test]
fn sizes_can_be_set() {
    let world = World::start(WorldOptions::default()).unwrap();
    world.set_extra_roles(1000); // about 25 KB
    let (environment, _) = environment(&world, "sizes");
    let Err(Error::Capacity(error)) = environment.source().unwrap().token().map(|_| ()) else {
        panic!("it fits")
    };
    assert_eq!((error.buffer, error.available), (Buffer::Scratch, 20 * 1024));
    let source = environment.source().unwrap().scratch(error.needed);
    let mut source = source;
    let Err(Error::Capacity(error)) = source.token().map(|_| ()) else { panic!("it fits") };
    assert_eq!((error.buffer, error.available), (Buffer::Token, 16 * 1024));
    let mut source = source.token_memory(error.needed);
    let token = source.token().unwrap();
    assert_eq!(token.header_value().len(), error.needed);
}
