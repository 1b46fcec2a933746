//! The n-th write, flush or read fails, for every n; writes take less than they are given, or nothing.

use crate::{FRAMINGS, reply};
use embedded_io::ErrorKind;
use keyfob::blocking::RoundTrip;
use keyfob::{Channel, ClientAuth, Error, Http1, HttpRequest};
use keyfob_tests::drive::{DRIVERS, Fetched, Setting, fetch, fetch_with};
use keyfob_tests::stream::{Broken, Stream};
use keyfob_tests::{ID, REPLY, TOKEN};

const BROKEN: Error<Broken> = Error::Transport(Broken(ErrorKind::ConnectionReset));

fn fails_with(found: &Fetched, error: Error<Broken>, when: &str) {
    assert_eq!(found.token, Err(error), "{when}");
    assert!(found.scratch.iter().all(|byte| *byte == 0), "{when}: something is left in the scratch");
}

fn basic() -> Setting {
    Setting { auth: ClientAuth::secret_basic("sensor-17", "s3cret"), ..Setting::default() }
}

#[test]
fn any_write() {
    for driver in DRIVERS {
        let stream = Stream::replying(REPLY).taking_at_most(9);
        let whole = fetch_with(driver, stream.clone(), basic());
        let writes = whole.stream.calls.write;
        assert!(writes > 20);
        for n in 0..writes {
            let found = fetch_with(driver, stream.clone().failing_write(n), basic());
            fails_with(&found, BROKEN, &format!("{driver:?}, write {n}"));
            assert!(whole.stream.sent.starts_with(&found.stream.sent) && found.stream.calls.write == n + 1);
        }
    }
}

#[test]
fn any_write_takes_nothing() {
    for driver in DRIVERS {
        let stream = Stream::replying(REPLY).taking_at_most(9);
        let writes = fetch(driver, stream.clone()).stream.calls.write;
        for n in 0..writes {
            let found = fetch(driver, stream.clone().taking_nothing_at(n));
            fails_with(&found, Error::Closed, &format!("{driver:?}, write {n}"));
            assert_eq!(found.stream.calls.write, n + 1, "and is not tried for ever");
        }
    }
}

#[test]
fn writes_that_take_little_send_the_same() {
    for driver in DRIVERS {
        let at_once = fetch(driver, Stream::replying(REPLY));
        assert_eq!(at_once.stream.calls.write, 2, "the head and the body");
        for most in [1, 2, 3, 7, 100] {
            let in_pieces = fetch(driver, Stream::replying(REPLY).taking_at_most(most));
            assert_eq!(in_pieces.token, at_once.token);
            assert_eq!(in_pieces.stream.sent, at_once.stream.sent);
            assert_eq!(in_pieces.stream.calls.flush, 1);
        }
    }
}

#[test]
fn the_flush() {
    for driver in DRIVERS {
        let found = fetch(driver, Stream::replying(REPLY).failing_flush(0));
        fails_with(&found, BROKEN, "flush");
        assert_eq!(found.stream.calls.read, 0, "no reply is waited for");
    }
}

#[test]
fn any_read() {
    for driver in DRIVERS {
        for framing in FRAMINGS {
            let stream = Stream::replying(reply(200, TOKEN.as_bytes(), framing)).giving_at_most(5);
            let reads = fetch(driver, stream.clone()).stream.calls.read;
            for n in 0..reads {
                let found = fetch(driver, stream.clone().failing_read(n));
                fails_with(&found, BROKEN, &format!("{driver:?}, {framing:?}, read {n}"));
            }
        }
    }
}

#[test]
fn a_stream_that_failed_is_not_used_again() {
    let breaks: [fn(Stream) -> Stream; 4] = [
        |stream| stream.failing_write(0),
        |stream| stream.failing_flush(0),
        |stream| stream.failing_read(0),
        |stream| stream.failing_read(1),
    ];
    for breaks in breaks {
        let stream = breaks(Stream::replying(REPLY.repeat(2)).giving_at_most(20));
        let mut http = Http1::over(stream, ID, Channel::Authenticated);
        let mut buf = [0; 512];
        assert_eq!(http.round_trip(HttpRequest::get(ID), &mut buf).map(|_| ()), Err(BROKEN));
        assert!(!http.is_open());
        assert_eq!(http.round_trip(HttpRequest::get(ID), &mut buf).map(|_| ()), Err(Error::Closed));
    }
}

/// What a stream claims is not believed.
#[test]
fn a_read_that_claims_more_than_there_was_room_for() {
    struct Liar;
    impl embedded_io::ErrorType for Liar {
        type Error = Broken;
    }
    impl embedded_io::Read for Liar {
        fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
            Ok(buf.len() + 1)
        }
    }
    impl embedded_io::Write for Liar {
        fn write(&mut self, buf: &[u8]) -> Result<usize, Broken> {
            Ok(buf.len())
        }
        fn flush(&mut self) -> Result<(), Broken> {
            Ok(())
        }
    }
    let mut http = Http1::over(Liar, ID, Channel::Authenticated);
    let found = http.round_trip(HttpRequest::get(ID), &mut [0; 512]).map(|_| ());
    assert_eq!(found, Err(Error::Response(keyfob::ResponseError::TooLarge)));
}

#[test]
fn a_write_that_claims_more_than_it_was_given() {
    struct Liar;
    impl embedded_io::ErrorType for Liar {
        type Error = Broken;
    }
    impl embedded_io::Read for Liar {
        fn read(&mut self, _: &mut [u8]) -> Result<usize, Broken> {
            Ok(0)
        }
    }
    impl embedded_io::Write for Liar {
        fn write(&mut self, buf: &[u8]) -> Result<usize, Broken> {
            Ok(buf.len() + 1)
        }
        fn flush(&mut self) -> Result<(), Broken> {
            Ok(())
        }
    }
    let mut http = Http1::over(Liar, ID, Channel::Authenticated);
    let found = http.round_trip(HttpRequest::get(ID), &mut [0; 512]).map(|_| ());
    assert_eq!(found, Err(Error::Closed));
}
