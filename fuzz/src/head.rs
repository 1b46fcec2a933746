//! Reply heads against `httparse`: what the exchange takes, httparse takes, with the same status and fields; what
//! httparse takes in strict form, the exchange doesn't call broken.
//!
//! Input: two bytes (sizes of reads, less one), two bytes (size of the buffer, modulo 1024), the reply.

use crate::decode::{self, Field};
use crate::exchange::{Input, check_capacity, is_left_out, roomy, run_in_all_splits};
use keyfob::{Error, ResponseError, RetryAfter};

/// Checks one reply.
pub fn check(data: &[u8]) {
    let Some(Input { reads, buf_len, reply }) = Input::of(data) else {
        return;
    };
    let tight = run_in_all_splits(reply, reads, buf_len);
    check_capacity(reply, reads, buf_len);
    let got = run_in_all_splits(reply, reads, roomy(reply));
    let oracle = decode::last_head(reply);
    match &got {
        // Skipped here without a look at its end.
        _ if decode::has_endless_name(reply) => {}
        Ok(got) => {
            let Ok(Some(head)) = oracle else {
                panic!("taken here, and httparse says {oracle:?}");
            };
            assert_eq!(got.status, head.status);
            check_fields(got, &head.fields);
            if let Ok(tight) = tight
                && !is_left_out(tight.status, &tight.body)
            {
                assert_eq!((tight.status, &tight.body), (got.status, &got.body));
            }
        }
        Err(Error::Response(ResponseError::Head)) => {
            if let Ok(Some(head)) = oracle {
                assert!(!head.strict, "refused here, and taken by httparse");
            }
        }
        Err(Error::Response(ResponseError::EndedEarly)) => {
            // A line is judged when the next one has begun (an empty one, when it is whole), by httparse byte by byte.
            let next = |pair: &[u8]| pair[0] == b'\n' && !matches!(pair[1], b' ' | b'\t' | b'\r');
            let judged = reply.windows(2).rposition(next).map_or(0, |at| at + 1);
            let oracle = decode::last_head(&reply[..judged]);
            assert!(oracle.is_ok(), "waited for more here, and httparse says {oracle:?}");
        }
        Err(_) => {}
    }
}

fn check_fields(got: &crate::exchange::Got, fields: &[Field]) {
    let texts = |name: &str| -> Vec<String> {
        let fields = fields.iter().filter(|field| field.name == name && field.value.len() < 500);
        fields
            .filter_map(|field| Some(String::from_utf8(field.value.clone()).ok()?.trim_ascii().to_owned()))
            .collect()
    };
    for challenge in &got.challenges {
        assert!(texts("www-authenticate").contains(challenge) || challenge.len() > 400, "{challenge:?}");
    }
    if let Some(nonce) = got.dpop_nonce.as_ref().filter(|nonce| nonce.len() < 400) {
        assert!(texts("dpop-nonce").contains(nonce), "{nonce:?}");
    }
    if let Some(RetryAfter::Seconds(seconds)) = got.retry_after {
        let said = |text: &String| {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            is_number && text.parse().map_or(seconds == u32::MAX, |said: u32| said == seconds)
        };
        assert!(texts("retry-after").iter().any(said), "{seconds}");
    }
    if got.date.is_some() {
        assert!(fields.iter().any(|field| field.name == "date"));
    }
}
