//! The head of a reply against `httparse`.

use crate::{cases, mutated, mutations};
use keyfob::{Error, ResponseError};
use keyfob_tests::drive::{Driver, Reply, round_trip};
use keyfob_tests::stream::{Broken, Stream};
use proptest::prelude::*;

fn line() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        proptest::sample::select(vec![
            "Server",
            "Date",
            "X-Trace",
            "Retry-After",
            "WWW-Authenticate",
            "cONTENT-tYPE"
        ])
        .prop_map(String::from),
        "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}",
    ];
    let space = proptest::sample::select(vec!["", " ", "  ", "\t"]);
    (name, space, "[ -~äö]{0,30}").prop_filter_map("is about framing", |(name, space, value)| {
        let about_framing = ["content-length", "transfer-encoding", "content-encoding", "connection"]
            .contains(&&*name.to_lowercase());
        (!about_framing).then(|| format!("{name}:{space}{value}\r\n"))
    })
}

/// A head and a body of five bytes.
fn reply() -> impl Strategy<Value = String> {
    let status = prop_oneof![4 => 200..600_u16, 1 => 600..1000_u16];
    let reason = prop_oneof![Just(String::new()), Just(" ".into()), " [ -~é]{0,20}"];
    (0..2, status, reason, proptest::collection::vec(line(), 0..6), any::<proptest::sample::Index>())
        .prop_map(|(minor, status, reason, mut lines, index)| {
            lines.insert(index.index(lines.len() + 1), "Content-Length: 5\r\n".into());
            format!("HTTP/1.{minor} {status}{reason}\r\n{}\r\nhello", lines.concat())
        })
}

/// What `httparse` makes of it: the head's length, or whether it is broken or cut.
fn theirs(text: &[u8]) -> Result<Option<(usize, u16)>, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    Ok(match response.parse(text)? {
        httparse::Status::Complete(len) => Some((len, response.code.unwrap())),
        httparse::Status::Partial => None,
    })
}

/// Whether ours took the head. What is said about framing or the body comes after it.
fn took_the_head(ours: &Result<Reply, Error<Broken>>) -> bool {
    !matches!(ours, Err(Error::Response(ResponseError::Head)))
}

/// Where the two may differ. Ours is stricter about
/// - lines that end in a line feed alone, and empty lines before the status line;
/// - statuses that mean nothing (below 100, above 599);
/// - what it sees of a head that is cut: at once where theirs still waits, or the other way round.
///
/// It is more patient about
/// - folded lines, which servers once wrote (RFC 9112 §5.2: a user agent may read them as spaces);
/// - the number of lines and of their bytes;
/// - bytes beyond ASCII in the reason.
fn compare(text: &[u8]) -> Result<(), TestCaseError> {
    let ours = round_trip(Driver::Blocking, &mut Stream::replying(text), 4096);
    let first_lines = text.windows(4).position(|end| end == b"\r\n\r\n").map_or(text, |end| &text[..end + 4]);
    let bare_feed = |text: &[u8]| {
        text.starts_with(b"\n") || text.windows(2).any(|two| two[1] == b'\n' && two[0] != b'\r')
    };
    let folded = |text: &[u8]| text.windows(3).any(|three| matches!(three, b"\r\n " | b"\r\n\t"));
    match theirs(text) {
        Ok(Some((len, status))) => {
            let head = &text[..len];
            let stricter = bare_feed(head)
                || head.starts_with(b"\r\n")
                || head.starts_with(b"\n")
                || !(100..600).contains(&status);
            if !stricter && !(100..200).contains(&status) {
                prop_assert!(took_the_head(&ours), "{ours:?}");
                if let Ok(reply) = ours {
                    prop_assert_eq!(reply.status, status);
                    prop_assert!(text[len..].starts_with(&reply.body));
                }
            } else if stricter && !(100..200).contains(&status) {
                prop_assert!(ours.is_err(), "{ours:?}");
            }
        }
        Ok(None) => prop_assert!(ours.is_err(), "theirs waits, ours has {ours:?}"),
        Err(error) => {
            let patient = folded(first_lines)
                || error == httparse::Error::TooManyHeaders
                || error == httparse::Error::Status && !first_lines.is_ascii();
            prop_assert!(patient || ours.is_err(), "theirs: {error:?}, ours: {ours:?}");
        }
    }
    Ok(())
}

const MEANINGFUL: &[u8] = b"\r\n: \t,;HTP/1.0259-CcLl\x00\x0b\x1b\x7f\x80\xff\"";

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whole_heads(text in reply()) {
        compare(text.as_bytes())?;
    }

    #[test]
    fn broken_heads(text in reply(), mutations in mutations(MEANINGFUL)) {
        compare(&mutated(text.as_bytes(), &mutations))?;
    }

    #[test]
    fn read_in_pieces_they_are_the_same(text in reply(), mutations in mutations(MEANINGFUL), most in 1..40_usize) {
        let text = mutated(text.as_bytes(), &mutations);
        let at_once = round_trip(Driver::Blocking, &mut Stream::replying(&text), 4096);
        let in_pieces = round_trip(Driver::Async, &mut Stream::replying(&text).giving_at_most(most), 4096);
        match (at_once, in_pieces) {
            // Bytes behind the reply were seen, or not.
            (Ok(at_once), Ok(in_pieces)) => prop_assert_eq!(Reply { again: in_pieces.again, ..at_once }, in_pieces),
            (at_once, in_pieces) => prop_assert_eq!(at_once, in_pieces),
        }
    }
}
