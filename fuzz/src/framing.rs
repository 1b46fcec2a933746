//! Bodies against a decoder written only for this, from lines and slices where keyfob's is a machine of bytes: same
//! body, same verdict, whether the stream serves again; a buffer too small is told exactly.
//!
//! Input: as of `head`.

use crate::decode::{self, Decoded};
use crate::exchange::{Got, Input, Reads, check_capacity, is_left_out, roomy, run, run_in_all_splits};
use keyfob::{Error, ResponseError};

/// Checks one reply.
pub fn check(data: &[u8]) {
    let Some(Input { reads, buf_len, reply }) = Input::of(data) else {
        return;
    };
    let tight = run_in_all_splits(reply, reads, buf_len);
    check_capacity(reply, reads, buf_len);
    let roomy = run_in_all_splits(reply, reads, roomy(reply));
    match (&roomy, decode::reply(reply)) {
        (Ok(got), Decoded::Complete(expected)) => check_same(reply, got, &expected),
        (Err(Error::Response(error)), decoded) if is_same(*error, &decoded) => {}
        // A length that there is no room for is refused before it comes, and so is a chunk that no buffer could be grown for.
        (Err(Error::Capacity(_) | Error::Response(ResponseError::TooLarge)), Decoded::Incomplete)
        | (Err(_), Decoded::Undefined(_))
        | (_, Decoded::Beyond) => {}
        (Ok(got), Decoded::Incomplete) if is_left_out(got.status, &got.body) => {}
        (Ok(got), Decoded::Undefined(Some(expected))) => {
            assert_eq!((got.status, &got.body), (expected.status, &expected.body));
        }
        (_, decoded) => panic!("{roomy:?}, and should be {decoded:?}"),
    }
    if let (Ok(tight), Ok(roomy)) = (tight, roomy)
        && !is_left_out(tight.status, &tight.body)
    {
        assert_eq!((tight.status, tight.body), (roomy.status, roomy.body));
    }
}

fn is_same(error: ResponseError, decoded: &Decoded) -> bool {
    match error {
        ResponseError::EndedEarly => matches!(decoded, Decoded::Incomplete | Decoded::IncompleteHead),
        // A field is judged at its own end, not at the head's.
        ResponseError::Framing | ResponseError::TooLarge => {
            matches!(decoded, Decoded::Refused | Decoded::IncompleteHead)
        }
        ResponseError::Compressed => matches!(decoded, Decoded::Refused),
        ResponseError::Head => true, // the target `head` sees to that
        _ => false,
    }
}

fn check_same(reply: &[u8], got: &Got, expected: &decode::Reply) {
    assert_eq!((got.status, &got.body), (expected.status, &expected.body));
    let single = run(reply, Reads::SINGLE, roomy(reply)).expect("the same in every split");
    assert_eq!(single.again, expected.again, "{expected:?}");
    assert!(single.taken <= expected.len, "read beyond the reply's end");
    let whole = run(reply, Reads::WHOLE, roomy(reply)).expect("the same in every split");
    assert_eq!(whole.again, expected.again && expected.len == reply.len(), "{expected:?}");
}
