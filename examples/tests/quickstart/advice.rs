//! What a server's no, or its nonsense, is called, and who is said to mend it.

use crate::fake::{Fake, answer, token};
use crate::run::{Run, quickstart_of, steps, world};
use keyfob_world::ORDER_SERVICE;

/// What is said of a token endpoint that answers so, without its name.
fn said_of(fake: &Fake) -> String {
    let line = fake.quickstart().fails();
    assert!(line.chars().count() <= 200, "{line}");
    line.strip_prefix(&fake.host()).unwrap_or_else(|| panic!("{line}")).trim_start().to_owned()
}

#[test]
fn a_client_that_is_registered_for_the_other_method() {
    // By the book it is a 401; others say 400.
    for status in [400, 401, 403] {
        let fake = Fake::plain(answer(status, r#"{"error":"invalid_client"}"#));
        let line = format!(
            "does not accept the client sensor-17 (invalid_client, status {status}): check CLIENT_ID, CLIENT_SECRET \
             and CLIENT_AUTH (perhaps client_secret_basic); or its administrator has disabled it"
        );
        assert_eq!(said_of(&fake), line);
        for (used, other) in
            [("client_secret_post", "client_secret_basic"), ("client_secret_basic", "client_secret_post")]
        {
            let said = fake.quickstart().set("CLIENT_AUTH", used).fails();
            assert!(said.contains(&format!("and CLIENT_AUTH (perhaps {other});")), "{said}");
            assert!(!said.contains(&format!("(perhaps {used})")), "{said}");
        }
    }
    // A variable of `.env` counts as well.
    let world = world();
    let secret = world.client_secret(ORDER_SERVICE).unwrap();
    let run = quickstart_of(&world, ORDER_SERVICE);
    let run = ["TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "CA_FILE"].into_iter().fold(run, Run::unset);
    let ca_file = run.file("ca.pem", world.ca_pem());
    run.file(
        ".env",
        &format!(
            "TOKEN_URL={}\nCLIENT_ID=nobody\nCLIENT_SECRET={secret}\nCA_FILE='{ca_file}'\n\
             CLIENT_AUTH=client_secret_basic\n",
            world.token_url()
        ),
    );
    let said = run.fails();
    assert!(said.contains("and CLIENT_AUTH (perhaps client_secret_post);"), "{said}");
}

#[test]
fn a_refusal_without_a_code() {
    let line = said_of(&Fake::plain(answer(401, "<html>Unauthorized</html>")));
    assert_eq!(
        line,
        "does not accept the client sensor-17 (no reason given, status 401): check CLIENT_ID, CLIENT_SECRET and \
         CLIENT_AUTH (perhaps client_secret_basic)"
    );
}

#[test]
fn a_request_that_the_server_does_not_like() {
    let line = said_of(&Fake::plain(answer(400, r#"{"error":"invalid_request"}"#)));
    assert_eq!(
        line,
        "does not like the request (invalid_request, status 400): check CLIENT_ID, CLIENT_SECRET, CLIENT_AUTH, \
         SCOPE and AUDIENCE; or the client may not use client credentials"
    );
}

/// What servers answer on a port for TLS to a request without: Tomcat, nginx, Go.
fn answers_of_tls_ports() -> [String; 3] {
    let go = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    [
        "HTTP/1.1 400 \r\nContent-Type: text/plain;charset=UTF-8\r\nConnection: close\r\n\r\nBad Request\r\n\
         This combination of host and port requires TLS.\r\n"
            .into(),
        answer(
            400,
            "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>",
        ),
        go.into(),
    ]
}

#[test]
fn a_port_for_tls_that_answers() {
    for bytes in answers_of_tls_ports() {
        assert_eq!(
            said_of(&Fake::plain(bytes)),
            "refuses the request (status 400): is it the port for https://? Then correct TOKEN_URL; or its log says why"
        );
    }
    // Where TLS is spoken, it isn't that.
    let line = said_of(&Fake::tls(answer(400, "<html></html>")));
    assert!(line.starts_with("refuses the client sensor-17 (no reason given, status 400): "), "{line}");
    // And a reason is a reason.
    let line = said_of(&Fake::plain(answer(400, r#"{"error":"unsupported_grant_type"}"#)));
    assert!(!line.contains("https"), "{line}");
}

#[test]
fn an_answer_that_breaks_off() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"access_token\":\"abc\"";
    let plain = "broke off its answer: try again; or is it the port for https://? Then correct TOKEN_URL";
    // Some of it came, or none: the port for TLS of a server that says nothing.
    for bytes in [cut, "HTTP/1.1 200 OK\r\nConte", ""] {
        assert_eq!(said_of(&Fake::plain(bytes)), plain);
        assert_eq!(said_of(&Fake::tls(bytes)), "broke off its answer: try again, or its log says why");
    }
    let line = said_of(&Fake::that_resets());
    assert!(line.starts_with(": the server closed the connection while "), "{line}");
    assert!(line.ends_with("; or is it the port for https://? Then correct TOKEN_URL"), "{line}");
}

#[test]
fn an_answer_that_is_no_http() {
    // A TLS alert, as from a server that hangs up with one.
    let line = said_of(&Fake::plain([0x15, 3, 3, 0, 2, 2, 10]));
    assert_eq!(
        line,
        "does not speak plain http (the answer is not HTTP/1.1): is it the port for https://? Correct TOKEN_URL"
    );
    let line = said_of(&Fake::tls("SSH-2.0-OpenSSH_9.2\r\n"));
    assert_eq!(
        line,
        "breaks the rules of HTTP (the answer is not HTTP/1.1): check TOKEN_URL, or tell its administrator"
    );
    let twice = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}";
    let line = said_of(&Fake::plain(twice));
    assert!(line.starts_with("breaks the rules of HTTP (the answer's length cannot be told"), "{line}");
    let line = said_of(&Fake::plain("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}"));
    assert_eq!(
        line,
        "answers nonsense (the answer is too large): check TOKEN_URL, or tell its administrator"
    );
}

#[test]
fn a_token_endpoint_that_breaks_its_rules() {
    let bearer = r#""token_type":"Bearer""#;
    for (bytes, what) in [
        (token(&format!(r#"{bearer},"expires_in":true"#)), "the answer's expires_in is no number"),
        (
            token(&format!("{bearer},{bearer}")),
            "the answer's JSON is too deep or repeats a member, at byte 69",
        ),
        (
            answer(200, &format!(r#"{{"access_token":"a b",{bearer}}}"#)),
            "the access token is empty or holds forbidden characters",
        ),
    ] {
        let line = format!("breaks RFC 6749 section 5.1 ({what}): its maker must mend that");
        assert_eq!(said_of(&Fake::plain(bytes)), line);
    }
    for bytes in [token(r#""expires_in":60"#), token(r#""token_type":"mac""#)] {
        assert_eq!(
            said_of(&Fake::plain(bytes)),
            "breaks RFC 6749 section 5.1 (the answer's token_type is missing or unknown): its maker must mend that; \
             your own program can allow it by bearer_also_called"
        );
    }
    // These are somebody else's pages.
    for (body, what) in [
        ("", "the server answered without a body"),
        ("<html></html>", "the answer is no JSON object, from byte 0 on"),
        (r#"{"issuer":"https://id.example"}"#, "the answer holds no access token"),
    ] {
        let fake = Fake::plain(answer(200, body));
        assert_eq!(
            fake.quickstart().fails(),
            format!("what answers at {} is no token endpoint ({what}): correct TOKEN_URL", fake.url())
        );
    }
}

#[test]
fn an_api_on_the_wrong_port_or_in_pieces() {
    let issuer = Fake::plain(token(r#""token_type":"Bearer","expires_in":60"#));
    let said_of = |api: &Fake| {
        let said = issuer.quickstart().set("API_URL", &api.url()).run();
        assert_eq!(steps(&said.out)[0], "fetched 200", "{said:?}");
        let line =
            said.err.strip_prefix(&format!("error: {}", api.host())).unwrap_or_else(|| panic!("{said:?}"));
        line.trim().to_owned()
    };
    for bytes in answers_of_tls_ports() {
        assert_eq!(
            said_of(&Fake::plain(bytes)),
            "refuses the request (status 400): is it the port for https://? Then correct API_URL; or its log says why"
        );
    }
    assert_eq!(
        said_of(&Fake::plain("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n[1, 2, 3")),
        "broke off its answer: try again; or is it the port for https://? Then correct API_URL"
    );
    assert_eq!(
        said_of(&Fake::plain([0x15, 3, 3, 0, 2, 2, 10])),
        "does not speak plain http (the answer is not HTTP/1.1): is it the port for https://? Correct API_URL"
    );
    let line = said_of(&Fake::that_resets());
    assert!(line.ends_with("; or is it the port for https://? Then correct API_URL"), "{line}");
}
