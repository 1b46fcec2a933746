//! Replies of HTTP/1.1, through both drivers: what their heads say and where their bodies end.

use keyfob::{Error, HttpReply, RetryAfter};
use keyfob_tests::drive::{DRIVERS, Reply, round_trip};
use keyfob_tests::stream::{Broken, Stream};
use keyfob_tests::vectors::{blocks, rows};

/// What came of a round trip, as the vectors write it.
fn verdict(reply: Result<Reply, Error<Broken>>) -> String {
    let reply = match reply {
        Ok(reply) => reply,
        Err(Error::Response(error)) => return format!("error {error:?}"),
        Err(other) => return format!("{other:?}"),
    };
    let mut lines = vec![format!("{} {}", reply.status, if reply.again { "again" } else { "close" })];
    if !reply.body.is_empty() {
        lines.push(format!("body {}", String::from_utf8_lossy(&reply.body)));
    }
    match reply.retry_after {
        Some(RetryAfter::Seconds(seconds)) => lines.push(format!("retry after {seconds} s")),
        Some(RetryAfter::At(time)) => lines.push(format!("retry at {time}")),
        None => {}
    }
    lines.extend(reply.date.map(|date| format!("date {date}")));
    lines.extend(reply.dpop_nonce.map(|nonce| format!("nonce {nonce}")));
    lines.extend(reply.challenges.iter().map(|line| format!("challenge {line}")));
    lines.join("\n")
}

/// Given at once, and in pieces so small that every state is entered with nothing to go on.
fn all_of(file: &str) {
    let mut wrong = Vec::new();
    for vector in blocks(file) {
        let whole = vector.bytes.len() > 2000 || vector.setting("only") == Some("at once");
        let pieces: &[usize] = if whole { &[usize::MAX] } else { &[usize::MAX, 1, 2, 3] };
        for driver in DRIVERS {
            for &most in pieces {
                let mut stream = Stream::replying(&vector.bytes).giving_at_most(most);
                let found = verdict(round_trip(driver, &mut stream, 1024));
                if found != vector.verdict {
                    wrong.push(format!("{}, {driver:?}, {most} at a time: {found}", vector.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn heads() {
    all_of("http/heads.txt");
}

#[test]
fn bodies() {
    all_of("http/framing.txt");
}

#[test]
fn dates() {
    for [date, seconds] in rows("http/dates.table") {
        let head = format!("DATE: {date}\n");
        let reply = HttpReply::new(200, &mut []).with_head(head.as_bytes());
        let found = reply.date().map_or("none".to_owned(), |seconds| seconds.to_string());
        assert_eq!(found, seconds, "{date}");
    }
}
