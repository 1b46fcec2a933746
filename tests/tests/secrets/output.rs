//! Output: whatever is printed, by `Debug`, `Display` or the log.

use crate::{REPLY, SECRET, auths};
use core::fmt::Debug;
use keyfob::{
    Channel, Client, ClientAuth, Endpoint, Http1, HttpReply, HttpRequest, Link, Memory, Moment, Slot,
    TokenRequest, response,
};
use keyfob_tests::ID;
use keyfob_tests::drive::{DRIVERS, Setting, fetch_with};
use keyfob_tests::stream::Stream;
use std::sync::Mutex;

fn says_nothing(text: &str) {
    // Itself, form-encoded, as it begins in base64 behind "sensor-17:", and in decimal as a list of bytes.
    for secret in ["HUSH", SECRET, "s3cret", "czNjcmV0", "72, 85, 83, 72"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

fn shows_nothing(value: &dyn Debug) -> String {
    says_nothing(&format!("{value:?}"));
    says_nothing(&format!("{value:#?}"));
    format!("{value:?}")
}

#[test]
fn of_debug() {
    for auth in auths() {
        assert_eq!(shows_nothing(&auth), r#"ClientAuth { client_id: "sensor-17", .. }"#);
        shows_nothing(&auth.clone().into_owned());
        let client = Client::new(ID, auth);
        assert!(shows_nothing(&client).contains("https://id.example/token"));
    }
    let mut body = *br#"{"access_token":"HUSH.token","token_type":"Bearer","scope":"HUSH"}"#;
    let issued = response::read(200, &mut body).unwrap();
    assert_eq!(shows_nothing(&issued), "Issued { expires_in: 300, .. }");

    let request = TokenRequest::new().scope("a").extra(&[("assertion", "HUSH")]);
    assert!(shows_nothing(&request).contains("scope"));
    let mut slot = Slot::new(request, vec![0; 64]);
    slot.keep(issued).unwrap();
    shows_nothing(&slot);
    let token = slot.token(Moment::at_millis(0).now()).unwrap();
    shows_nothing(&token);
    shows_nothing(&token.lease());
    assert_eq!(token.expose_token(), "HUSH.token", "and it is there");

    let mut held = *b"HUSH";
    shows_nothing(&Memory::from(&mut held));
    let mut held = *b"HUSH";
    shows_nothing(&Link::new((), || Moment::at_millis(0), &mut held).transport);
    shows_nothing(&Link::new((), clock as fn() -> Moment, b"HUSH".to_vec()));
    shows_nothing(&Http1::new(()));
    shows_nothing(&Http1::over((), ID, Channel::Authenticated));

    let call = HttpRequest::post(ID, "text/plain", b"HUSH").authorization(b"Bearer HUSH.token");
    assert!(shows_nothing(&call).contains("https://id.example/token"));
    let mut body = *b"HUSH";
    let reply = HttpReply::new(200, &mut body).with_head(b"DPoP-Nonce: HUSH\r\n");
    assert_eq!(shows_nothing(&reply), "HttpReply { status: 200, body_len: 4, .. }");
}

fn clock() -> Moment {
    Moment::at_millis(0)
}

#[test]
fn of_errors() {
    for url in ["https://user:HUSH@id.example/", "http://id.example/?HUSH", "https://id.example/#HUSH"] {
        let error = Endpoint::https(url).unwrap_err();
        shows_nothing(&error);
        says_nothing(&error.to_string());
    }
    for auth in [ClientAuth::secret_post("HUSH\n", "x"), ClientAuth::secret_basic("a", "HUSH\n")] {
        let error = TokenRequest::new().encode(&auth, &mut [0; 512]).unwrap_err();
        shows_nothing(&error);
        says_nothing(&error.to_string());
    }
}

struct Log(Mutex<Vec<String>>);

static LOG: Log = Log(Mutex::new(Vec::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.0.lock().unwrap().push(format!("{} {}", record.level(), record.args()));
    }

    fn flush(&self) {}
}

/// Whole fetches, good and bad, at the finest level.
#[test]
fn of_the_log() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let replies = [
        REPLY,
        "HTTP/1.1 401 HUSH\r\nWWW-Authenticate: Bearer HUSH\r\nContent-Length: 16\r\n\r\n{\"error\":\"HUSH\"}",
        "HTTP/1.1 200 HUSH\r\nContent-Length: 6\r\n\r\nHUSHED",
        "HTTP/1.1 200 HUSH\r\nContent-Length: 65\r\n\r\n{\"access_token\":\"HUSH\",\"token_type\":\"HUSH\",\"expires_in\":\"HUSH now\"}",
        "HTTP/1.1 200 OK\r\nHUSH",
        "HUSH, this is another protocol",
    ];
    for reply in replies {
        for driver in DRIVERS {
            for auth in auths() {
                for scratch in [64, 4096] {
                    let setting = Setting { auth: auth.clone(), scratch, ..Setting::default() };
                    let found = fetch_with(driver, Stream::replying(reply), setting);
                    if let Err(error) = found.token {
                        shows_nothing(&error);
                        says_nothing(&error.to_string());
                    }
                }
            }
        }
    }
    let lines = LOG.0.lock().unwrap().clone();
    assert!(lines.contains(&"INFO token fetched from id.example".to_owned()), "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with("WARN token request failed: ")), "{lines:#?}");
    for line in &lines {
        says_nothing(line);
        assert!(!line.contains('\n'));
    }
}
