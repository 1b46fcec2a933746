//! Memory: scratch, slots, and buffers of calls.

use crate::{REPLY, SECRET, auths};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Waker};
use keyfob::http1::{Exchange, Step};
use keyfob::{Channel, Client, ClientAuth, Http1, HttpRequest, Link, Memory, Moment, Slot, TokenRequest};
use keyfob_tests::ID;
use keyfob_tests::drive::{DRIVERS, Setting, fetch_with};
use keyfob_tests::modem::Modem;
use keyfob_tests::stream::Stream;

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

#[test]
fn a_fetch_leaves_nothing_in_the_scratch() {
    for driver in DRIVERS {
        for auth in auths() {
            for pieces in [1, 10, usize::MAX] {
                let stream = Stream::replying(REPLY).giving_at_most(pieces);
                let found = fetch_with(driver, stream, Setting { auth: auth.clone(), ..Setting::default() });
                assert_eq!(found.token.unwrap(), "Bearer HUSH.token.HUSH");
                assert!(is_zero(&found.scratch), "{driver:?}, {auth:?}");
            }
        }
    }
}

#[test]
fn a_fetch_that_fails_leaves_nothing_in_the_scratch() {
    let refusal =
        "HTTP/1.1 401 No\r\nContent-Length: 44\r\n\r\n{\"error\":\"HUSH\",\"error_description\":\"HUSHED\"}";
    let failures: [fn() -> Stream; 7] = [
        || Stream::replying(REPLY).failing_write(0),
        || Stream::replying(REPLY).taking_nothing_at(1),
        || Stream::replying(REPLY).failing_flush(0),
        || Stream::replying(REPLY).failing_read(1).giving_at_most(150),
        || Stream::replying(&REPLY[..REPLY.len() - 1]),
        || Stream::replying("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nHUSHED"),
        || Stream::replying("HUSH HUSH HUSH HUSH"),
    ];
    let refused = fetch_with(DRIVERS[0], Stream::replying(refusal), Setting::default());
    assert!(refused.token.is_err() && is_zero(&refused.scratch));
    for failure in failures {
        for driver in DRIVERS {
            for auth in auths() {
                for scratch in [20, 150, 300, 3072] {
                    let setting = Setting { auth: auth.clone(), scratch, ..Setting::default() };
                    let found = fetch_with(driver, failure(), setting);
                    assert!(found.token.is_err(), "{:?}", found.token);
                    assert!(is_zero(&found.scratch), "{driver:?}, {auth:?}, {scratch}");
                }
            }
        }
    }
}

#[test]
fn a_fetch_without_a_place_for_its_token_leaves_nothing_in_the_scratch() {
    for driver in DRIVERS {
        let setting =
            Setting { memory: 8, auth: ClientAuth::secret_basic("a", SECRET), ..Setting::default() };
        let found = fetch_with(driver, Stream::replying(REPLY), setting);
        assert!(found.token.is_err() && is_zero(&found.scratch));
    }
}

#[test]
fn a_future_that_is_dropped_anywhere_leaves_nothing_in_the_scratch() {
    for auth in auths() {
        let mut points = 0;
        for polls in 0.. {
            let (mut memory, mut scratch) = ([0; 64], [0; 1024]);
            let mut client = Client::new(ID, auth.clone());
            let mut slot = Slot::new(TokenRequest::new(), &mut memory);
            let stream = Stream::replying(REPLY).giving_at_most(16).taking_at_most(16);
            let over = Http1::over(stream, ID, Channel::Authenticated);
            let mut link = Link::new(over, || Moment::at_millis(0), &mut scratch);
            let ready = {
                let mut future = pin!(client.token_async(&mut link, &mut slot));
                let mut cx = Context::from_waker(Waker::noop());
                (0..polls).any(|_| future.as_mut().poll(&mut cx).is_ready())
            };
            core::mem::forget(link); // it would wipe all of it
            assert!(is_zero(&scratch), "{auth:?}, dropped after {polls} polls");
            assert_eq!(
                slot.token(Moment::at_millis(0).now()).is_some(),
                ready,
                "all of it was done, or nothing"
            );
            if ready {
                break;
            }
            points += 1;
        }
        assert!(points > 20, "{points}");
    }
}

#[test]
fn a_link_wipes_its_scratch_when_it_goes() {
    let mut scratch = *b"HUSH, says who lent this";
    drop(Link::new(Modem::new([]), || Moment::at_millis(0), &mut scratch));
    assert!(is_zero(&scratch));
}

#[test]
fn memory_is_wiped_when_it_goes() {
    let (mut array, mut vector, mut heapless) = (*b"HUSH", b"HUSH".to_vec(), heapless::Vec::<u8, 8>::new());
    heapless.extend_from_slice(b"HUSH").unwrap();
    drop(Memory::from(&mut array));
    drop(Memory::from(&mut vector[..]));
    drop(Memory::from(&mut heapless));
    assert!(is_zero(&array) && is_zero(&vector) && is_zero(&heapless));
}

fn kept(slot: &mut Slot<'_>, token: &str) {
    let mut body = format!(r#"{{"access_token":"{token}","token_type":"Bearer"}}"#).into_bytes();
    slot.keep(keyfob::response::read(200, &mut body).unwrap()).unwrap();
}

#[test]
fn a_slot_is_wiped_when_it_is_dropped() {
    let mut memory = [0; 64];
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    kept(&mut slot, "HUSH.token.HUSH");
    drop(slot);
    assert!(is_zero(&memory));
}

#[test]
fn a_slot_is_wiped_when_it_forgets() {
    let mut memory = [0; 64];
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    kept(&mut slot, "HUSH.token.HUSH");
    slot.forget();
    core::mem::forget(slot);
    assert!(is_zero(&memory));
}

#[test]
fn of_a_longer_token_nothing_is_left_behind_a_shorter_one() {
    let mut memory = [0; 64];
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    kept(&mut slot, "a.long.token.HUSH");
    kept(&mut slot, "short");
    core::mem::forget(slot);
    assert_eq!(&memory[..12], b"Bearer short");
    assert!(is_zero(&memory[12..]));
}

/// The buffer of an API call is the caller's. What goes out through it, keyfob takes away again.
#[test]
fn a_call_leaves_no_token_in_its_buffer() {
    for reply in ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"] {
        let mut buf = [0; 1024];
        let request = HttpRequest::get(ID).authorization(b"Bearer HUSH.token.HUSH");
        let body_len = {
            let mut stream = Stream::replying(reply);
            let reply =
                keyfob_tests::drive::round_trip_of(DRIVERS[0], &mut stream, request, &mut buf).unwrap();
            reply.body.len()
        };
        assert!(is_zero(&buf[body_len..]));
    }
}

#[test]
fn the_head_is_wiped_as_soon_as_it_is_sent() {
    let mut buf = [0; 512];
    let request = HttpRequest::post(ID, "text/plain", b"x").authorization(b"Bearer HUSH.token.HUSH");
    let revealed = request.reveal(Channel::Authenticated).unwrap();
    let mut exchange = Exchange::new(revealed);
    assert!(
        matches!(exchange.step(&mut buf), Ok(Step::Send(head)) if head.windows(4).any(|word| word == b"HUSH"))
    );
    assert!(matches!(exchange.step(&mut buf), Ok(Step::Send(b"x"))));
    assert!(is_zero(&buf));
}
