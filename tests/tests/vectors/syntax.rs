//! The reader's JSON: each value in a place that nobody reads, where only its syntax can matter.

use keyfob::{Error, ResponseError, response};
use keyfob_tests::vectors::{bytes, rows};

fn around(value: &[u8]) -> Vec<u8> {
    let (before, after) = (br#"{"access_token":"t","x":"#, br#","token_type":"Bearer"}"#);
    [&before[..], value, &after[..]].concat()
}

#[test]
fn is_taken_or_refused_as_the_standard_has_it() {
    for [name, text, verdict] in rows("replies/syntax.table") {
        let value = bytes(&text);
        let taken = match response::read(200, &mut around(&value)) {
            Ok(issued) => {
                assert_eq!(issued.expose_token(), "t", "{name}");
                true
            }
            Err(Error::Response(ResponseError::Json { .. } | ResponseError::JsonShape { .. })) => false,
            Err(other) => panic!("{name}: {other:?}"),
        };
        let wanted = verdict == "yes";
        assert_eq!(taken, wanted, "{name}");
        match name.get(..2) {
            Some("y_") => assert!(wanted, "{name}"),
            Some("n_") => assert!(!wanted, "{name}"),
            Some("i_") => {}
            _ => panic!("{name} says nothing"),
        }
    }
}

/// So that a verdict above is not this project's opinion.
#[test]
fn is_taken_or_refused_as_serde_json_has_it() {
    for [name, text, verdict] in rows("replies/syntax.table") {
        if !name.starts_with("i_") {
            let theirs = serde_json::from_slice::<serde_json::Value>(&around(&bytes(&text)));
            assert_eq!(theirs.is_ok(), verdict == "yes", "{name}");
        }
    }
}

#[test]
fn says_where_it_went_wrong() {
    for (body, offset) in [
        ("{", 1),
        (r#"{"a":}"#, 5),
        (r#"{"a":1 "b":2}"#, 7),
        (r#"{"a":"x"#, 7),
        (r#"{"a":[1,]}"#, 8),
        (r#"{"a":1}x"#, 7),
    ] {
        let error = response::read(200, &mut body.as_bytes().to_vec()).unwrap_err();
        assert_eq!(error, Error::Response(ResponseError::Json { offset }), "{body}");
    }
}
