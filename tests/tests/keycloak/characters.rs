//! Identifiers and secrets with characters that must be encoded: Keycloak has to read what was meant.

use crate::device::Device;
use crate::realm::{basic, post, secret};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyfob::{ClientAuth, ConfigError, Error, Rejection, RejectionCode};
use serde_json::Value;

/// What comes of Basic credentials that are not form-encoded first.
enum Raw {
    /// Keycloak reads the same.
    Serves,
    /// Keycloak decodes what was never encoded, and reads another name.
    ReadsAnother,
    /// The name would be cut at its colon, so nothing is sent.
    NotSent,
}

const CLIENTS: [(&str, Raw); 6] = [
    ("basic:colon", Raw::NotSent),
    ("basic%41percent", Raw::ReadsAnother),
    ("basic+plus", Raw::ReadsAnother),
    ("basic space", Raw::Serves),
    ("basic-üñí-€-𝄞", Raw::Serves),
    ("basic all: 100% +&=ß€", Raw::NotSent),
];

fn assert_serves(client: &str, auth: ClientAuth<'static>) {
    let mut device = Device::with(auth);
    let token = device.token().unwrap_or_else(|error| panic!("{client}: {error}"));
    let payload = token.expose_token().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(claims["azp"], client);
}

#[test]
fn every_character_arrives_by_post() {
    for (client, _) in CLIENTS {
        assert_serves(client, post(client));
    }
}

#[test]
fn every_character_arrives_by_basic() {
    for (client, _) in CLIENTS {
        assert_serves(client, basic(client));
    }
}

#[test]
fn raw_basic_serves_only_where_there_is_nothing_to_decode() {
    for (client, raw) in CLIENTS {
        let auth = ClientAuth::secret_basic_raw_nonstandard(client, &secret(client)).into_owned();
        let expected = match raw {
            Raw::Serves => {
                assert_serves(client, auth);
                continue;
            }
            Raw::ReadsAnother => {
                Error::Rejected(Rejection { status: 401, code: RejectionCode::InvalidClient })
            }
            Raw::NotSent => Error::Config(ConfigError::ClientId),
        };
        assert_eq!(Device::with(auth).token().expect_err(client), expected, "{client}");
    }
}
