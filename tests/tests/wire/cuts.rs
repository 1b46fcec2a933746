//! Every reply, cut at every byte, and read a byte at a time.

use crate::{FRAMINGS, Framing, providers, reply};
use keyfob::{Error, ResponseError};
use keyfob_tests::drive::{DRIVERS, Driver, fetch, round_trip};
use keyfob_tests::stream::Stream;
use keyfob_tests::vectors::blocks;

#[test]
fn a_reply_that_says_its_length_is_never_taken_for_whole() {
    for (name, status, body) in providers() {
        for framing in [Framing::Length, Framing::Chunked] {
            let whole = reply(status, &body, framing);
            // One driver for each is enough: the next test holds one against the other.
            let driver = DRIVERS[body.len() % 2];
            for cut in 0..whole.len() {
                let found = fetch(driver, Stream::replying(&whole[..cut]));
                let ended = Err(Error::Response(ResponseError::EndedEarly));
                assert_eq!(found.token, ended, "{name}, {framing:?}, {driver:?}, cut at {cut}");
                assert!(
                    found.scratch.iter().all(|byte| *byte == 0),
                    "{name}: something is left in the scratch"
                );
            }
        }
    }
}

#[test]
fn both_drivers_see_the_same_at_every_cut() {
    let body = br#"{"access_token":"abc.def","token_type":"Bearer","expires_in":300,"scope":"a b"}"#;
    for framing in FRAMINGS {
        let whole = reply(200, body, framing);
        for cut in 0..=whole.len() {
            let [blocking, asynch] = DRIVERS.map(|driver| fetch(driver, Stream::replying(&whole[..cut])));
            assert_eq!(blocking.token, asynch.token, "{framing:?}, cut at {cut}");
            assert_eq!(blocking.stream.calls, asynch.stream.calls, "{framing:?}, cut at {cut}");
            assert_eq!(blocking.token.is_ok(), cut == whole.len(), "{framing:?}, cut at {cut}");
        }
    }
}

#[test]
fn a_body_until_the_streams_end_is_no_token_before_it() {
    for (name, status, body) in providers() {
        let whole = reply(status, &body, Framing::UntilClose);
        for cut in 0..whole.len() {
            let found = fetch(Driver::Blocking, Stream::replying(&whole[..cut])).token;
            assert!(found.is_err(), "{name}, cut at {cut}: {found:?}");
        }
    }
}

#[test]
fn a_byte_at_a_time_is_the_same_as_all_at_once() {
    for (name, status, body) in providers() {
        for framing in FRAMINGS {
            let whole = reply(status, &body, framing);
            let at_once = fetch(Driver::Blocking, Stream::replying(&whole)).token;
            for driver in DRIVERS {
                for most in [1, 2, 3, 5, 7, 16, 64] {
                    let in_pieces = fetch(driver, Stream::replying(&whole).giving_at_most(most));
                    assert_eq!(in_pieces.token, at_once, "{name}, {framing:?}, {driver:?}, {most} at a time");
                    assert!(in_pieces.scratch.iter().all(|byte| *byte == 0), "{name}: something is left");
                }
            }
        }
    }
}

/// The kept lines of a head lie in the same buffer as what is still to be read.
#[test]
fn pieces_of_every_size_keep_every_header() {
    let head = "HTTP/1.1 401 Unauthorized\r\nDPoP-Nonce: n-0S6\r\nWWW-Authenticate: Negotiate\r\n\
        WWW-Authenticate: Bearer realm=\"iot\"\r\nRetry-After: 120\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
        Content-Length: 5\r\n\r\nhello";
    for driver in DRIVERS {
        let at_once = round_trip(driver, &mut Stream::replying(head), 512).unwrap();
        assert_eq!(at_once.challenges, ["Bearer realm=\"iot\""]);
        for most in 1..head.len() {
            let in_pieces =
                round_trip(driver, &mut Stream::replying(head).giving_at_most(most), 512).unwrap();
            assert_eq!(in_pieces, at_once, "{most} at a time");
        }
    }
}

#[test]
fn a_cut_head_or_body_never_reads_as_another_reply() {
    for vector in blocks("http/heads.txt").into_iter().chain(blocks("http/framing.txt")) {
        let whole = &vector.bytes;
        if whole.len() > 2000 {
            continue;
        }
        let at_once = round_trip(Driver::Blocking, &mut Stream::replying(whole), 1024);
        for cut in 0..whole.len() {
            let found = round_trip(Driver::Blocking, &mut Stream::replying(&whole[..cut]), 1024);
            match (&found, &at_once) {
                (Err(Error::Response(ResponseError::EndedEarly)), _) => {}
                (Err(found), Err(at_once)) => assert_eq!(found, at_once, "{}, cut at {cut}", vector.name),
                (Ok(found), Ok(at_once)) => {
                    // Its end was the stream's, or what was cut off belonged to nobody.
                    assert_eq!(found.status, at_once.status, "{}, cut at {cut}", vector.name);
                    assert!(at_once.body.starts_with(&found.body), "{}, cut at {cut}", vector.name);
                    assert!(!at_once.again, "{}, cut at {cut}", vector.name);
                }
                _ => panic!("{}, cut at {cut}: {found:?} of {at_once:?}", vector.name),
            }
        }
    }
}
