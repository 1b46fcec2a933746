//! Form encoding against `form_urlencoded`, Basic against `base64`. No difference is allowed.

use crate::cases;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyfob::request::{basic, form};
use keyfob::{ClientAuth, TokenRequest};
use proptest::prelude::*;

fn encoded(text: &str) -> String {
    let mut out = vec![0; form::encode_len(text)];
    let len = form::encode(text, &mut out).unwrap();
    assert_eq!(len, out.len());
    String::from_utf8(out).unwrap()
}

/// Texts without control characters, as credentials must be.
const CREDENTIAL: &str = r"[ -~¡-߿ࠀ-\u{d7ff}\u{1f600}-\u{1f64f}]{1,40}";

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_text_is_encoded_as_by_form_urlencoded(text in any::<String>()) {
        let theirs: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        prop_assert_eq!(encoded(&text), theirs);
    }

    #[test]
    fn a_body_is_parsed_to_what_went_in(
        secret in CREDENTIAL,
        audience in CREDENTIAL,
        scope in "[!#-\\[\\]-~]{1,10}( [!#-\\[\\]-~]{1,10}){0,3}",
        name in "[a-z]{1,3}[ -~é€]{0,8}",
        value in any::<String>(),
    ) {
        // A name of the protocol's own is refused, which is tried elsewhere.
        prop_assume!(!["scope", "audience", "resource"].contains(&name.as_str()));
        let extra = [(name.as_str(), value.as_str())];
        let resources = ["https://r.example/?a=b&c=d", "urn:x"];
        let request = TokenRequest::new().scope(&scope).audience(&audience).resources(&resources).extra(&extra);
        let auth = ClientAuth::secret_post("sensor 17", &secret);
        let mut out = vec![0; request.encode_len(&auth)];
        let len = request.encode(&auth, &mut out).unwrap();
        prop_assert_eq!(len, out.len());
        let theirs: Vec<(String, String)> = form_urlencoded::parse(&out).into_owned().collect();
        let mut sent = vec![
            ("grant_type", "client_credentials"),
            ("scope", &scope),
            ("audience", &audience),
            ("resource", resources[0]),
            ("resource", resources[1]),
        ];
        sent.extend((!value.is_empty()).then_some((&*name, &*value)));
        sent.extend([("client_id", "sensor 17"), ("client_secret", &*secret)]);
        let theirs: Vec<(&str, &str)> = theirs.iter().map(|(name, value)| (&**name, &**value)).collect();
        prop_assert_eq!(theirs, sent);
    }

    /// A server that follows RFC 6749 §2.3.1 to the letter gets both texts back.
    #[test]
    fn basic_credentials_are_decoded_to_what_went_in(id in CREDENTIAL, secret in CREDENTIAL) {
        let mut out = vec![0; basic::encode_len(&id, &secret)];
        let len = basic::encode(&id, &secret, &mut out).unwrap();
        prop_assert_eq!(len, out.len());
        let header = String::from_utf8(out).unwrap();
        let credentials = BASE64_STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
        let credentials = String::from_utf8(credentials).unwrap();
        prop_assert!(!credentials.contains(['+', ' ']), "a space is %20, which everybody decodes");
        let (their_id, their_secret) = credentials.split_once(':').unwrap();
        let decoded = |text: &str| form_urlencoded::parse(text.as_bytes()).next().unwrap().0.into_owned();
        prop_assert_eq!((decoded(their_id), decoded(their_secret)), (id, secret));
    }

    #[test]
    fn raw_basic_credentials_are_plain_base64(id in CREDENTIAL, secret in CREDENTIAL) {
        let mut out = vec![0; basic::encode_raw_nonstandard_len(&id, &secret)];
        let len = basic::encode_raw_nonstandard(&id, &secret, &mut out).unwrap();
        prop_assert_eq!(len, out.len());
        let theirs = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
        prop_assert_eq!(String::from_utf8(out).unwrap(), theirs);
    }
}
