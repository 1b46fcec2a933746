//! The public encoders in buffers that are too small: the number is exact, and nothing is half-written.

use keyfob::request::{basic, form};
use keyfob::{Buffer, CapacityError, Client, Error, Link, Moment, Slot, TokenRequest, claims};
use keyfob_tests::modem::Modem;
use keyfob_tests::{AUTH, ID, TOKEN};

/// Tries every size: below `needed` it fails, says so exactly, and leaves the buffer alone.
fn needs_exactly(needed: usize, encode: impl Fn(&mut [u8]) -> Result<usize, CapacityError>) {
    assert!(needed > 0);
    for available in 0..needed {
        let mut out = vec![0xaa; available];
        let error = encode(&mut out).unwrap_err();
        assert_eq!(error, CapacityError { buffer: Buffer::Output, needed, available });
        assert!(out.iter().all(|byte| *byte == 0xaa), "{available} of {needed}: something was written");
    }
    let mut out = vec![0xaa; needed + 3];
    assert_eq!(encode(&mut out), Ok(needed));
    assert_eq!(out[needed..], [0xaa; 3], "something was written beyond the end");
}

#[test]
fn of_forms() {
    let text = "s3cret with % & € in it";
    needs_exactly(form::encode_len(text), |out| form::encode(text, out));
}

#[test]
fn of_basic_credentials() {
    for secret in ["b", "bc", "bcd", "p:w %+€"] {
        needs_exactly(basic::encode_len("a", secret), |out| basic::encode("a", secret, out));
        needs_exactly(basic::encode_raw_nonstandard_len("a", secret), |out| {
            basic::encode_raw_nonstandard("a", secret, out)
        });
    }
}

#[test]
fn of_token_requests() {
    let request = TokenRequest::new().scope("a b").resources(&["https://r.example/"]).extra(&[("x", "y z")]);
    needs_exactly(request.encode_len(&AUTH), |out| match request.encode(&AUTH, out) {
        Ok(len) => Ok(len),
        Err(Error::Capacity(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    });
}

#[test]
fn of_a_lent_token() {
    let (mut memory, mut scratch) = ([0; 64], [0; 512]);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([(200, TOKEN)]), || Moment::at_millis(0), &mut scratch);
    let mut client = Client::new(ID, AUTH);
    let token = client.token(&mut link, &mut slot).unwrap();
    needs_exactly(token.lease().len, |out| token.copy_to(out).map(|lease| lease.len));
}

#[test]
fn of_claims() {
    #[derive(serde::Deserialize)]
    struct Claims<'a> {
        azp: &'a str,
    }
    // {"azp":"order-service","exp":1}
    let jwt = "e30.eyJhenAiOiJvcmRlci1zZXJ2aWNlIiwiZXhwIjoxfQ.c2ln";
    for available in 0..200 {
        let mut memory = vec![0; available];
        match claims::read::<Claims<'_>>(jwt, &mut memory) {
            Ok(claims) => {
                assert_eq!(claims.azp, "order-service");
                assert_eq!(available, 31);
                return;
            }
            Err(claims::ClaimsError::Capacity(error)) => {
                assert_eq!(error, CapacityError { buffer: Buffer::Output, needed: 31, available });
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}
