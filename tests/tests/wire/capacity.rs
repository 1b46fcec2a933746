//! Memory that is too small for a reply: the error names the buffer and a number, and with that number it succeeds.

use crate::{FRAMINGS, Framing, reply};
use keyfob::{
    Buffer, CapacityError, Client, ClientAuth, Error, HttpRequest, Link, Moment, ResponseError, Slot,
    TokenRequest,
};
use keyfob_tests::drive::{DRIVERS, Driver, Setting, fetch_with, round_trip, round_trip_of};
use keyfob_tests::modem::Modem;
use keyfob_tests::stream::Stream;
use keyfob_tests::{AUTH, ID};

/// Headers of every kind that is kept, and of none.
const HEADS: [&str; 4] = [
    "",
    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
    "WWW-Authenticate: Negotiate oYG1MIGyoAMKAQChCwYJKoZIgvcSAQICooGdBIGaYIGXBgkqhkiG9xIBAgICAG\r\nDPoP-Nonce: n-0S6\r\n",
    "WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"it is too old\"\r\nRetry-After: 7\r\n",
];

fn body(len: usize) -> Vec<u8> {
    (b'a'..=b'z').cycle().take(len).collect()
}

/// A reply whose `Date` is exchanged for those headers.
fn with_head(len: usize, framing: Framing, head: &str) -> Vec<u8> {
    let whole = reply(200, &body(len), framing);
    let whole = String::from_utf8(whole).unwrap();
    whole.replacen("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", head, 1).into_bytes()
}

#[test]
fn of_a_round_trip() {
    // The request's head comes first: so much room every exchange needs.
    let error = round_trip(Driver::Blocking, &mut Stream::replying(""), 0).unwrap_err();
    let Error::Capacity(CapacityError { buffer: Buffer::Reply, needed: request, available: 0 }) = error
    else {
        panic!("{error:?}");
    };
    for framing in FRAMINGS {
        for head in HEADS {
            for len in [request + 1, request + 40, 500] {
                let whole = with_head(len, framing, head);
                // What ends the body must be read into something; a length is known before.
                let enough = if framing == Framing::Length { len } else { len + 1 };
                for available in 0..=enough + 2 {
                    let driver = DRIVERS[available % 2];
                    let pieces = [1, 7, 64, usize::MAX][available % 4];
                    let mut stream = Stream::replying(&whole).giving_at_most(pieces);
                    let found = round_trip(driver, &mut stream, available);
                    let what =
                        format!("{framing:?}, {head:?}, {len} bytes in {available}, {pieces} at a time");
                    if available >= enough {
                        assert_eq!(found.unwrap().body, body(len), "{what}");
                    } else {
                        let needed = if available < request { request } else { enough };
                        let error = CapacityError { buffer: Buffer::Reply, needed, available };
                        assert_eq!(found, Err(Error::Capacity(error)), "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn of_a_body_that_needs_no_more_than_the_request() {
    for framing in FRAMINGS {
        let whole = reply(200, b"{}", framing);
        let Err(Error::Capacity(error)) = round_trip(Driver::Blocking, &mut Stream::replying(&whole), 1)
        else {
            panic!("one byte is not enough");
        };
        assert_eq!(
            round_trip(Driver::Blocking, &mut Stream::replying(&whole), error.needed).unwrap().body,
            b"{}"
        );
    }
}

#[test]
fn of_bodies_beyond_all_bounds() {
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n";
    let error = CapacityError { buffer: Buffer::Reply, needed: 3_000_000, available: 256 };
    let mut stream = Stream::replying(announced);
    assert_eq!(
        round_trip(Driver::Blocking, &mut stream, 256),
        Err(Error::Capacity(error)),
        "known without reading"
    );

    for framing in [Framing::Chunked, Framing::UntilClose] {
        let mut stream = Stream::replying(reply(200, &body(600_000), framing));
        let error = CapacityError { buffer: Buffer::Reply, needed: 600_001, available: 4096 };
        let found = round_trip(Driver::Blocking, &mut stream, 4096);
        assert_eq!(found, Err(Error::Capacity(error)), "counted by reading on");

        let mut stream = Stream::replying(reply(200, &body(3_000_000), framing));
        let found = round_trip(Driver::Blocking, &mut stream, 4096);
        assert_eq!(found, Err(Error::Response(ResponseError::TooLarge)), "not counted for ever");
    }
}

/// The page that comes with such a status is meant for people: it is no reason to ask for a larger buffer.
#[test]
fn is_no_matter_for_a_page_whose_status_says_it_all() {
    for status in [404, 405, 429, 500, 502, 503, 599] {
        for framing in FRAMINGS {
            for len in [255, 256, 257, 5_000] {
                for pieces in [1, 64, usize::MAX] {
                    let page = reply(status, &body(len), framing);
                    let mut stream = Stream::replying(page).giving_at_most(pieces);
                    let (driver, mut buf) = (DRIVERS[len % 2], [0; 256]);
                    let found = round_trip_of(driver, &mut stream, HttpRequest::get(ID), &mut buf).unwrap();
                    let what = format!("{status}, {framing:?}, {len} bytes, {pieces} at a time");
                    assert_eq!(found.status, status, "{what}");
                    if len < 256 || found.body.len() == len {
                        assert_eq!(found.body, body(len), "{what}");
                    } else {
                        assert_eq!(found.body, b"", "{what}");
                        assert_eq!(buf, [0; 256], "something of the page is left: {what}");
                        // What was not read would be taken for the next reply.
                        assert!(!found.again || framing == Framing::Chunked, "{what}");
                    }
                }
            }
        }
    }
    for framing in FRAMINGS {
        let page = Stream::replying(reply(503, &body(5_000), framing));
        let found = fetch_with(DRIVERS[0], page, Setting { scratch: 512, ..Setting::default() });
        assert_eq!(found.token, Err(Error::Response(ResponseError::Status(503))));
        assert!(found.scratch.iter().all(|byte| *byte == 0), "{framing:?}: something is left");
    }
    // A rejection may be read from its body: there the number counts.
    for status in [200, 400, 401, 403] {
        let mut stream = Stream::replying(reply(status, &body(5_000), Framing::Length));
        let error = CapacityError { buffer: Buffer::Reply, needed: 5_000, available: 256 };
        assert_eq!(round_trip(Driver::Blocking, &mut stream, 256), Err(Error::Capacity(error)));
    }
}

const AUTHS: [fn() -> ClientAuth<'static>; 3] = [
    || AUTH,
    || ClientAuth::secret_basic("sensor 17", "s3cret: with % and €"),
    || ClientAuth::secret_basic_raw_nonstandard("sensor 17", "s3cret: with % and €"),
];

fn token_reply(len: usize) -> Vec<u8> {
    format!(r#"{{"access_token":"{}","token_type":"Bearer","expires_in":60}}"#, "t".repeat(len)).into_bytes()
}

#[test]
fn of_the_scratch() {
    for auth in AUTHS {
        for framing in FRAMINGS {
            for token_len in [10, 400] {
                let whole = reply(200, &token_reply(token_len), framing);
                let attempt = |scratch: usize| {
                    let setting = Setting { auth: auth(), memory: 1024, scratch };
                    let found = fetch_with(DRIVERS[scratch % 2], Stream::replying(&whole), setting);
                    assert!(found.scratch.iter().all(|byte| *byte == 0), "{scratch}: something is left");
                    found.token
                };
                let enough = (0..4096).find(|scratch| attempt(*scratch).is_ok()).unwrap();
                for start in 0..enough {
                    let (mut available, mut steps) = (start, 0);
                    while let Err(error) = attempt(available) {
                        let Error::Capacity(CapacityError {
                            buffer: Buffer::Scratch,
                            needed,
                            available: told,
                        }) = error
                        else {
                            panic!("{start}: {error:?}");
                        };
                        assert_eq!(told, available);
                        assert!(
                            needed > available && needed <= enough,
                            "{start}: {error:?}, {enough} is enough"
                        );
                        (available, steps) = (needed, steps + 1);
                    }
                    assert_eq!(available, enough, "from {start} on");
                    // The request's body, then its head, then the reply: each is known only after the one before.
                    assert!(steps <= 3, "{start}: {steps} steps");
                }
            }
        }
    }
}

#[test]
fn of_the_scratch_at_http_height() {
    const LONG: &str =
        r#"{"access_token":"abc.def","token_type":"Bearer","expires_in":300,"beside":"0123456789"}"#;
    for auth in AUTHS {
        let request = TokenRequest::new();
        let enough = (0..1024).find(|scratch| {
            let (mut memory, mut scratch) = ([0; 64], vec![0; *scratch]);
            let available = scratch.len();
            let mut slot = Slot::new(request, &mut memory);
            let mut link = Link::new(Modem::new([(200, LONG)]), || Moment::at_millis(0), &mut scratch[..]);
            match Client::new(ID, auth()).token(&mut link, &mut slot) {
                Ok(_) => true,
                Err(Error::Capacity(error)) => {
                    assert_eq!((error.buffer, error.available), (Buffer::Scratch, available));
                    assert!(error.needed > available);
                    false
                }
                Err(other) => panic!("{other:?}"),
            }
        });
        let enough = enough.unwrap();
        assert!(enough >= request.encode_len(&auth()) + LONG.len());
    }
}

#[test]
fn of_the_slot() {
    let (token, mut scratch) = (token_reply(100), [0; 1024]);
    let body = String::from_utf8(token).unwrap().leak();
    for available in 0..=108 {
        let mut memory = vec![0; available];
        let mut slot = Slot::new(TokenRequest::new(), &mut memory[..]);
        let mut link = Link::new(Modem::new([(200, body)]), || Moment::at_millis(0), &mut scratch);
        let found = Client::new(ID, AUTH).token(&mut link, &mut slot).map(|token| token.header_value().len());
        if available < 107 {
            let error = CapacityError { buffer: Buffer::Token, needed: 107, available };
            assert_eq!(found, Err(Error::Capacity(error)));
            drop(slot);
            assert!(memory.iter().all(|byte| *byte == 0), "{available}: something was written");
        } else {
            assert_eq!(found, Ok(107));
        }
    }
}

#[test]
fn a_token_too_long_for_its_slot_leaves_the_old_one_in_place() {
    let long = String::from_utf8(token_reply(100)).unwrap().leak();
    let (mut memory, mut scratch, ms) = ([0; 32], [0; 1024], core::cell::Cell::new(0));
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let modem = Modem::new([(200, keyfob_tests::TOKEN), (200, long)]);
    let mut link = Link::new(modem, || Moment::at_millis(ms.get()), &mut scratch);
    let mut client = Client::new(ID, AUTH);
    let first = client.token(&mut link, &mut slot).unwrap().generation();
    ms.set(280_000);
    let token = client.token(&mut link, &mut slot).unwrap();
    assert_eq!((token.header_value(), token.generation()), (&b"Bearer abc.def"[..], first));
    assert_eq!(token.lease().refresh_failed, Some(keyfob::Why::Capacity));
    ms.set(300_000);
    let error = CapacityError { buffer: Buffer::Token, needed: 107, available: 32 };
    assert_eq!(client.token(&mut link, &mut slot).unwrap_err(), Error::Capacity(error));
}
