//! The oauth2 crate with a canned HTTP client. What that client itself costs is a subject of its own, to be subtracted.

use crate::canned::{BODY, CLIENT_ID, SCOPE, SECRET, TOKEN_URL};
use oauth2::basic::BasicClient;
use oauth2::http::header::CONTENT_TYPE;
use oauth2::{AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, Scope, TokenResponse, TokenUrl};
use std::convert::Infallible;
use std::hint::black_box;

/// One request encoded, one reply parsed.
pub fn fetched(rounds: usize) {
    let client = BasicClient::new(ClientId::new(CLIENT_ID.into()))
        .set_client_secret(ClientSecret::new(SECRET.into()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::new(TOKEN_URL.into()).expect("a good URL"));
    let http = |request: HttpRequest| -> Result<HttpResponse, Infallible> {
        black_box(request);
        Ok(response())
    };
    for _ in 0..rounds {
        let request = client.exchange_client_credentials().add_scope(Scope::new(SCOPE.into()));
        let token = request.request(&http).expect("the canned reply is good");
        assert!(black_box(token).access_token().secret().len() > 1000);
    }
}

/// The canned client's own part of each round.
pub fn canned_client(rounds: usize) {
    for _ in 0..rounds {
        drop(black_box(response()));
    }
}

fn response() -> HttpResponse {
    let mut response = HttpResponse::new(black_box(BODY).to_vec());
    response.headers_mut().insert(CONTENT_TYPE, oauth2::http::HeaderValue::from_static("application/json"));
    response
}
