//! `response::read` against serde_json: the same verdict on any bytes at any status, the same token, scope and life.
//!
//! Input: three digits of a status and a space, or none (200); then the body.

use crate::json::{self, Life, Verdict};
use keyfob::{Error, ResponseError};

/// Checks one body.
pub fn check(data: &[u8]) {
    let (status, body) = match data {
        [a, b, c, b' ', body @ ..] if [a, b, c].into_iter().all(u8::is_ascii_digit) => {
            let digit = |byte: &u8| u16::from(byte & 0x0f);
            (digit(a) * 100 + digit(b) * 10 + digit(c), body)
        }
        _ => (200, data),
    };
    let mut memory = body.to_vec();
    let read = keyfob::response::read(status, &mut memory);
    let success = (200..300).contains(&status);
    match (&read, json::judge(body)) {
        (Ok(issued), Verdict::Token { token, scope, life }) if success => {
            assert_eq!((issued.expose_token(), issued.scope()), (token.as_str(), scope.as_deref()));
            let seconds = issued.expires_in();
            match life {
                Life::Missing => assert_eq!(seconds, 300),
                Life::Exactly(life) => assert_eq!(seconds, life),
                Life::About(life) => assert!(seconds.abs_diff(life) <= 1, "{seconds}, about {life}"),
            }
        }
        (Err(Error::Rejected(rejection)), Verdict::Rejected(error)) => {
            assert_eq!(rejection.status, status);
            let code = rejection.code.as_str();
            match error {
                Some(error) if error == code => {}
                _ => assert_eq!(code, "an error of its own", "{error:?}"),
            }
        }
        (Err(Error::Response(error)), Verdict::NoToken | Verdict::NotJson) if success => {
            assert!(!matches!(error, ResponseError::Status(_)));
        }
        // Without an `error` the status alone speaks, whatever the body is.
        (Err(Error::Rejected(rejection)), Verdict::Token { .. } | Verdict::NoToken | Verdict::NotJson)
            if (400..500).contains(&status) =>
        {
            assert!(!matches!(status, 408 | 425 | 429));
            assert_eq!((rejection.status, rejection.code.as_str()), (status, "no reason given"));
        }
        (
            Err(Error::Response(ResponseError::Status(said))),
            Verdict::Token { .. } | Verdict::NoToken | Verdict::NotJson,
        ) if !success => {
            assert_eq!(*said, status);
        }
        (read, verdict) => panic!("{read:?} at {status}, and should be {verdict:?}"),
    }
}
