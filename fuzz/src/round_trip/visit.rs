//! A call of something else than the token endpoint over the same transport, as a program makes it between fetches.

use super::line::Opener;
use super::script::Script;
use super::world::World;
use crate::decode::{self, Decoded};
use crate::exchange::is_left_out;
use keyfob::blocking::RoundTrip;
use keyfob::{Endpoint, Http1, HttpRequest};
use std::cell::RefCell;

/// Makes it; its reply is what the oracle reads, and no part of it is left where it fails.
pub(super) fn check(
    script: &Script,
    transport: &mut Http1<Opener<'_>>,
    world: &RefCell<World>,
    other_server: bool,
    repeatable: bool,
) {
    let to = match (script.https, other_server) {
        (true, false) => Endpoint::https("https://id.example/visit"),
        (true, true) => Endpoint::https("https://id.example:8443/visit"),
        (false, false) => Endpoint::insecure_http("http://[::1]:8080/visit"),
        (false, true) => Endpoint::insecure_http("http://[::2]:8080/visit"),
    };
    let to = to.unwrap();
    let request =
        if repeatable { HttpRequest::get(to) } else { HttpRequest::post(to, "text/plain", b"once") };
    assert_eq!(request.is_repeatable(), repeatable);
    let mut buf = vec![0; script.scratch];
    world.borrow_mut().begin_call(to, repeatable);
    let outcome = match transport.round_trip(request.authorization(b"Bearer a"), &mut buf) {
        Ok(reply) => {
            match decode::reply(world.borrow().received().last().expect("a stream")) {
                // A page whose status says it all is left out where it doesn't fit, and not waited for.
                Decoded::Complete(_) | Decoded::Undefined(_) | Decoded::Incomplete
                    if is_left_out(reply.status, reply.body) => {}
                Decoded::Complete(expected) | Decoded::Undefined(Some(expected)) => {
                    assert_eq!((reply.status, &*reply.body), (expected.status, &expected.body[..]));
                }
                Decoded::Undefined(None) | Decoded::Beyond => {}
                other => panic!("{other:?} was taken for a reply"),
            }
            Ok(())
        }
        Err(error) => {
            assert!(buf.iter().all(|byte| *byte == 0), "left in the buffer after {error:?}");
            Err(error)
        }
    };
    world.borrow_mut().end_call(Some(outcome));
}
