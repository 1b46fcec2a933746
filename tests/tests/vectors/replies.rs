//! Token endpoints' replies: the token, the rejection or the nonsense that each is.

use keyfob::fetch::FetchStep;
use keyfob::{Client, Error, HttpReply, Moment, TokenRequest, response};
use keyfob_tests::vectors::{blocks, bytes, rows, unescaped};
use keyfob_tests::{AUTH, ID};

/// What came of a reply, as the vectors write it.
fn verdict(issued: Result<response::Issued<'_>, Error>) -> String {
    match issued {
        Ok(issued) => {
            let mut lines = vec![
                format!("token {}", issued.expose_token()),
                format!("expires_in {}", issued.expires_in()),
            ];
            lines.extend(issued.scope().map(|scope| format!("scope {scope}")));
            lines.join("\n")
        }
        Err(Error::Rejected(no)) => format!("rejected {} {}", no.status, no.code),
        Err(Error::Response(error)) => format!("no token: {error:?}"),
        Err(other) => format!("{other:?}"),
    }
}

/// The reply as a client reads it that knows a bearer token by that name as well.
fn read_as_client(status: u16, body: &[u8], also: &str) -> String {
    let also = unescaped(also);
    let also = [also.as_str()];
    let mut scratch = vec![0; body.len() + 256];
    let mut client = Client::new(ID, AUTH).bearer_also_called(&also);
    let mut fetch = client.fetch(TokenRequest::new(), Moment::at_millis(0)).unwrap();
    let FetchStep::RoundTrip { reply, .. } = fetch.step(&mut scratch).unwrap() else {
        panic!("a fetch without a signer is one round trip");
    };
    reply[..body.len()].copy_from_slice(body);
    verdict(fetch.replied(HttpReply::new(status, &mut reply[..body.len()])))
}

fn all_of(file: &str) {
    let mut wrong = Vec::new();
    for vector in blocks(file) {
        let status = vector.setting("status").map_or(200, |status| status.parse().unwrap());
        let found = match vector.setting("bearer also called") {
            Some(also) => read_as_client(status, &vector.bytes, also),
            None => verdict(response::read(status, &mut vector.bytes.clone())),
        };
        if found != vector.verdict {
            wrong.push(format!("{}: {found}", vector.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_every_provider() {
    all_of("replies/providers.txt");
}

#[test]
fn with_every_form_of_every_member() {
    all_of("replies/members.txt");
}

#[test]
fn with_every_form_of_expires_in() {
    for [value, seconds] in rows("replies/expires_in.table") {
        let value = unescaped(&value);
        let member = if value.is_empty() { String::new() } else { format!(r#","expires_in":{value}"#) };
        let body = format!(r#"{{"access_token":"t","token_type":"Bearer"{member}}}"#);
        let found = match response::read(200, &mut body.into_bytes()) {
            Ok(issued) => issued.expires_in().to_string(),
            Err(Error::Response(error)) => format!("{error:?}"),
            Err(other) => format!("{other:?}"),
        };
        assert_eq!(found, seconds, "expires_in {value}");
    }
}

#[test]
fn with_every_character_in_the_token() {
    for [text, token] in rows("replies/token_characters.table") {
        let mut body = br#"{"access_token":""#.to_vec();
        body.extend(bytes(&text));
        body.extend(br#"","token_type":"Bearer"}"#);
        let found = match response::read(200, &mut body) {
            Ok(issued) => issued.expose_token().to_owned(),
            Err(Error::Response(keyfob::ResponseError::Json { .. })) => "Json".to_owned(),
            Err(Error::Response(error)) => format!("{error:?}"),
            Err(other) => format!("{other:?}"),
        };
        assert_eq!(found, unescaped(&token), "access_token {text}");
    }
}

#[test]
fn with_each_single_byte_in_the_token() {
    for byte in 0..=u8::MAX {
        let body = [br#"{"access_token":"a"#, &[byte][..], br#"b","token_type":"Bearer"}"#].concat();
        assert_eq!(response::read(200, &mut body.clone()).is_ok(), is_plain(byte), "{byte:#04x}");
    }
}

/// Visible, and neither a quote, which ends the text, nor a backslash, which begins an escape; here `\b`, a backspace.
fn is_plain(byte: u8) -> bool {
    (0x21..=0x7e).contains(&byte) && byte != b'"' && byte != b'\\'
}

/// A host looks at a token in words and blocks: each byte stands in each of their places, and behind the last whole one.
#[test]
#[cfg_attr(miri, ignore = "hours")]
fn with_each_byte_at_each_place_of_the_token() {
    for before in (0..70).chain([127, 128, 255, 256, 257, 300, 319, 320, 511, 512]) {
        for behind in [1, 8, 400] {
            for byte in 0..=u8::MAX {
                let token = [&vec![b'a'; before][..], &[byte], &vec![b'b'; behind]].concat();
                let body = [br#"{"access_token":""#, &token[..], br#"","token_type":"Bearer"}"#].concat();
                let mut body = body.clone();
                let read = response::read(200, &mut body).map(|issued| issued.expose_token().to_owned());
                let visible = is_plain(byte);
                let what = format!("{byte:#04x} behind {before}, before {behind}");
                assert_eq!(read.is_ok(), visible, "{what}");
                if visible {
                    assert_eq!(read.unwrap().as_bytes(), token, "{what}");
                }
            }
        }
    }
}

/// Some servers escape the slashes of a token.
#[test]
#[cfg_attr(miri, ignore = "hours")]
fn with_an_escape_at_each_place_of_the_token() {
    for before in 0..600 {
        let (front, back) = ("a".repeat(before), "b".repeat(400));
        for escape in [r"\/", r"\u002f"] {
            let body = format!(r#"{{"access_token":"{front}{escape}{back}","token_type":"Bearer"}}"#);
            let mut body = body.into_bytes();
            let issued = response::read(200, &mut body).unwrap();
            assert_eq!(issued.expose_token(), format!("{front}/{back}"), "behind {before}");
        }
        // What no header can carry does not come in by an escape either.
        for escape in [r"\u0020", r"\n", r"\u007f", r"\u00e9"] {
            let body = format!(r#"{{"access_token":"{front}{escape}{back}","token_type":"Bearer"}}"#);
            assert!(response::read(200, &mut body.into_bytes()).is_err(), "{escape} behind {before}");
        }
    }
}

#[test]
fn at_every_status() {
    for status in 100..600 {
        let token =
            response::read(status, &mut br#"{"access_token":"t","token_type":"Bearer"}"#.to_vec()).is_ok();
        assert_eq!(token, (200..300).contains(&status), "{status}");
        let mut rejection = br#"{"error":"invalid_client"}"#.to_vec();
        let rejected =
            matches!(response::read(status, &mut rejection), Err(Error::Rejected(no)) if no.status == status);
        assert!(rejected, "an error counts at any status, {status} included");
    }
}
