//! Each error of the public surface, provoked. A variant that nothing here provokes fails the test that counts them.

use keyfob::blocking::RoundTrip;
use keyfob::{
    Buffer, Channel, Client, ClientAuth, ConfigError, Endpoint, Error, HttpReply, HttpRequest, Link, Moment,
    Rejection, RejectionCode, ResponseError, Slot, TokenRequest, Why, claims,
};
use keyfob_tests::drive::{Driver, Setting, fetch, fetch_with, round_trip_of};
use keyfob_tests::stream::{Broken, Stream};
use keyfob_tests::{AUTH, ID, REPLY, TOKEN};
use std::collections::BTreeSet;

/// The variants of an enum, as its source names them.
fn declared(source: &str, name: &str) -> BTreeSet<String> {
    let start = source.find(&format!("pub enum {name}")).unwrap();
    let body = &source[source[start..].find('{').unwrap() + start + 1..];
    let mut depth = 0_i32;
    let mut variants = BTreeSet::new();
    for line in body.lines().map(str::trim) {
        if line.starts_with("//") || line.starts_with('#') {
            continue;
        }
        if depth == 0 && line.starts_with(|first: char| first.is_ascii_uppercase()) {
            variants.insert(first_word(line));
        }
        for character in line.chars() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
        }
        if depth < 0 {
            break;
        }
    }
    variants
}

fn first_word(text: &str) -> String {
    text.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// The variants that came up, by their `Debug`.
fn provoked<E: core::fmt::Debug>(errors: impl IntoIterator<Item = E>) -> BTreeSet<String> {
    errors.into_iter().map(|error| first_word(&format!("{error:?}"))).collect()
}

const ERRORS: &str = include_str!("../../core/src/error.rs");

#[test]
fn no_header_value_breaks_out_of_its_line() {
    let good = || HttpRequest::post(ID, "application/json", b"{}").authorization(b"Bearer a");
    assert!(good().reveal(Channel::Authenticated).is_ok());
    let mut bad = vec![
        HttpRequest::post(ID, "", b""),
        HttpRequest::post(ID, "a\r\nX-Admin: 1", b""),
        HttpRequest::post(ID, "a\r\nX-Admin: 1", b"").authorization(b"Bearer a"),
        HttpRequest::get(ID).authorization(b""),
        good().authorization(b"Bearer a\r\nX-Admin: 1").authorization(b"Bearer a"),
    ];
    let values: Vec<[u8; 3]> = (0..=u8::MAX).map(|byte| [b'a', byte, b'b']).collect();
    let is_control = |value: &&[u8; 3]| value[1] < 0x20 && value[1] != b'\t' || value[1] == 0x7f;
    bad.extend(values.iter().filter(is_control).map(|value| HttpRequest::get(ID).authorization(value)));
    assert_eq!(bad.len(), 5 + 32);
    for request in bad {
        assert_eq!(request.reveal(Channel::Authenticated).err(), Some(ConfigError::HeaderValue));
    }
    for value in values.iter().filter(|value| !is_control(value)) {
        assert!(HttpRequest::get(ID).authorization(value).reveal(Channel::Authenticated).is_ok());
    }
}

fn config_errors() -> Vec<ConfigError> {
    let encode = |request: TokenRequest<'_>, auth: ClientAuth<'_>| match request.encode(&auth, &mut [0; 512])
    {
        Err(Error::Config(error)) => error,
        other => panic!("{other:?}"),
    };
    let any = TokenRequest::new();
    let header = HttpRequest::get(ID).authorization(b"Bearer a\r\nX-Admin: 1");
    let mut stream = Stream::replying(REPLY);
    let header = match round_trip_of(Driver::Blocking, &mut stream, header, &mut [0; 512]) {
        Err(Error::Config(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(stream.sent, b"", "nothing was sent");
    let plain = Endpoint::insecure_http("http://127.0.0.1/").unwrap();
    let plain = match HttpsOnly.round_trip(HttpRequest::get(plain), &mut []).map(|_| ()) {
        Err(Error::Config(error)) => error,
        other => panic!("{other:?}"),
    };
    vec![
        Endpoint::https("http://id.example/").unwrap_err(),
        Endpoint::https("https://user@id.example/").unwrap_err(),
        Endpoint::https("https://id.example/#").unwrap_err(),
        Endpoint::https(&format!("https://id.example/{}", "a".repeat(Endpoint::MAX_LEN))).unwrap_err(),
        encode(any, ClientAuth::secret_post("", "s3cret")),
        encode(any, ClientAuth::secret_post("sensor-17", "s3cret\n")),
        encode(any.scope("a  b"), AUTH),
        encode(any.audience(""), AUTH),
        encode(any.resources(&["telemetry"]), AUTH),
        encode(any.extra(&[("scope", "x")]), AUTH),
        HttpRequest::get(ID).reveal(Channel::Insecure).map(|_| ()).unwrap_err(),
        header,
        plain,
    ]
}

/// A transport that carries nothing in the clear, as `keyfob-std`'s does unless it is told to.
struct HttpsOnly;

impl RoundTrip for HttpsOnly {
    type Error = Broken;

    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<Broken>> {
        if !request.endpoint().is_https() {
            return Err(ConfigError::InsecureEndpoint.into());
        }
        Ok(HttpReply::new(200, reply))
    }
}

#[test]
fn of_the_configuration() {
    assert_eq!(provoked(config_errors()), declared(ERRORS, "ConfigError"));
}

fn reply(status: u16, body: &str) -> Stream {
    Stream::replying(format!("HTTP/1.1 {status} So\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

fn response_errors() -> Vec<ResponseError> {
    let streams = [
        reply(503, "busy"),
        reply(200, ""),
        Stream::replying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\x1f\x8b"),
        reply(200, "<html>"),
        reply(200, r#"{"access_token":"a","access_token":"b"}"#),
        reply(200, r#"{"token_type":"Bearer"}"#),
        reply(200, r#"{"access_token":"a b","token_type":"Bearer"}"#),
        reply(200, r#"{"access_token":"a","token_type":"MAC"}"#),
        reply(200, r#"{"access_token":"a","token_type":"Bearer","expires_in":"soon"}"#),
        Stream::replying("220 mail.example ESMTP\r\n"),
        Stream::replying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        Stream::replying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"),
        Stream::replying(format!("HTTP/1.1 200 OK\r\nX: {}", "a".repeat(2 << 20))),
    ];
    let errors = streams.map(|stream| match fetch(Driver::Blocking, stream).token {
        Err(Error::Response(error)) => error,
        other => panic!("{other:?}"),
    });
    errors.into()
}

#[test]
fn of_the_reply() {
    assert_eq!(provoked(response_errors()), declared(ERRORS, "ResponseError"));
}

const CODES: [&str; 13] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
    "use_dpop_nonce",
    "an_error_of_mine",
    "",
];

fn rejections() -> Vec<Rejection> {
    let no = CODES.map(|code| {
        match fetch(Driver::Blocking, reply(400, &format!(r#"{{"error":"{code}"}}"#))).token {
            Err(Error::Rejected(no)) => no,
            other => panic!("{other:?}"),
        }
    });
    no.into()
}

#[test]
fn of_the_server() {
    let rejections = rejections();
    let codes: Vec<RejectionCode> = rejections.iter().map(|no| no.code).collect();
    assert_eq!(provoked(&codes), declared(ERRORS, "RejectionCode"));
    let standard = codes.iter().zip(CODES).take(11);
    assert!(standard.clone().all(|(code, text)| code.as_str() == text && code.to_string() == text));
    let about_credentials =
        rejections.iter().filter(|no| no.refuses_credentials()).map(|no| no.code.as_str());
    assert!(about_credentials.eq(["invalid_client", "unauthorized_client"]));
    assert!(Rejection { status: 401, code: RejectionCode::AccessDenied }.refuses_credentials());
}

fn capacities() -> Vec<Buffer> {
    let setting = |memory, scratch| Setting { memory, scratch, ..Setting::default() };
    let of = |error: Error<Broken>| match error {
        Error::Capacity(error) => error.buffer,
        other => panic!("{other:?}"),
    };
    let mut exchange = Stream::replying(REPLY);
    vec![
        of(fetch_with(Driver::Blocking, Stream::replying(REPLY), setting(4, 1024)).token.unwrap_err()),
        of(fetch_with(Driver::Blocking, Stream::replying(REPLY), setting(64, 4)).token.unwrap_err()),
        of(round_trip_of(Driver::Blocking, &mut exchange, HttpRequest::get(ID), &mut [0; 4]).unwrap_err()),
        of(Error::from(keyfob::request::form::encode("a b", &mut []).unwrap_err())),
    ]
}

#[test]
fn of_every_buffer() {
    assert_eq!(provoked(capacities()), declared(ERRORS, "Buffer"));
}

fn errors() -> Vec<Error<Broken>> {
    let broken = fetch(Driver::Blocking, Stream::replying(REPLY).failing_read(0)).token.unwrap_err();
    let closed = fetch(Driver::Blocking, Stream::replying(REPLY).taking_nothing_at(0)).token.unwrap_err();
    let too_small = Setting { memory: 4, ..Setting::default() };
    let too_small = fetch_with(Driver::Blocking, Stream::replying(REPLY), too_small).token.unwrap_err();
    let mut errors = vec![broken, closed, too_small];
    errors.extend(config_errors().into_iter().map(Error::from));
    errors.extend(response_errors().into_iter().map(Error::from));
    errors.extend(rejections().into_iter().map(Error::from));
    errors
}

#[test]
fn of_every_kind_and_in_short() {
    let errors = errors();
    assert_eq!(provoked(&errors), declared(ERRORS, "Error"));
    assert_eq!(provoked(errors.iter().map(Error::why)), declared(ERRORS, "Why"));
    assert!(errors.contains(&Error::Closed));
    assert_eq!(Error::<Broken>::Closed.why(), Why::Transport);
}

#[test]
fn are_told_in_one_line_each_and_never_in_the_servers_words() {
    let mut lines = BTreeSet::new();
    for error in errors() {
        let line = error.to_string();
        assert!(!line.is_empty() && !line.contains('\n') && line.len() < 110, "{line}");
        assert!(!line.contains("an_error_of_mine") && !line.contains("busy"), "{line}");
        lines.insert(line);
    }
    assert_eq!(lines.len(), errors().len(), "each is told in its own words: {lines:#?}");
}

#[test]
fn keep_their_kind_when_the_transports_error_changes() {
    for error in errors() {
        let changed = error.map_transport(|_| "in other words");
        assert_eq!(changed.why(), error.why());
        assert_eq!(
            matches!(changed, Error::Transport("in other words")),
            matches!(error, Error::Transport(_))
        );
    }
}

#[test]
fn of_the_claims() {
    let mut memory = [0; 64];
    let mut read =
        |jwt: &str, room: usize| claims::read::<Azp<'_>>(jwt, &mut memory[..room]).map(|_| ()).unwrap_err();
    let errors = [
        read("opaque", 64),
        read("e30.eyJhenAiOiJhIn0.c2ln", 2),
        read("e30.bm8ganNvbg.c2ln", 64), // "no json"
        read("e30.eyJiIjoxfQ.c2ln", 64), // {"b":1}
    ];
    assert_eq!(provoked(errors), declared(include_str!("../../core/src/claims.rs"), "ClaimsError"));
    assert_eq!(claims::read::<Azp<'_>>("e30.eyJhenAiOiJhIn0.c2ln", &mut [0; 64]).unwrap().azp, "a");
}

#[derive(serde::Deserialize)]
struct Azp<'a> {
    azp: &'a str,
}

#[test]
fn of_the_configuration_come_before_anything_is_sent_or_waited_for() {
    let (mut memory, mut scratch) = ([0; 64], [0; 512]);
    let mut slot = Slot::new(TokenRequest::new().scope("a  b"), &mut memory);
    let over = keyfob::Http1::over(Stream::replying(REPLY), ID, Channel::Authenticated);
    let mut link = Link::new(over, || Moment::at_millis(0), &mut scratch);
    let error = Client::new(ID, AUTH).token(&mut link, &mut slot).unwrap_err();
    assert_eq!(error, Error::Config(ConfigError::Scope));
    assert_eq!(link.transport.into_stream().calls, keyfob_tests::stream::Calls::default());
    assert!(REPLY.ends_with(TOKEN));
}
