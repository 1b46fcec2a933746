//! The token endpoint's rules for the client credentials grant (RFC 6749 §4.4), in the order in which Keycloak
//! checks them, with its statuses and its words. Not here: paths, counters and faults (`realm.rs`).

use std::io;
use std::net::IpAddr;
use std::time::SystemTime;

use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, StatusCode};
use serde::Serialize;

use crate::claims::{AccessClaims, Audience, Roles};
use crate::client_auth::{Credentials, Form};
use crate::options::Standing;
use crate::random;
use crate::realm::{Account, Realm, Settings};
use crate::reply::{Refusal, Reply, json};

/// Every token has these scopes.
const DEFAULT_SCOPES: [&str; 2] = ["email", "profile"];
/// These it has if the client asks for them.
const OPTIONAL_SCOPES: [&str; 4] = ["address", "microprofile-jwt", "organization", "phone"];

/// The scopes that the realm knows.
pub(crate) fn scopes() -> impl Serialize {
    [&DEFAULT_SCOPES[..], &OPTIONAL_SCOPES[..]].concat()
}

/// The members of a good reply, in Keycloak's order.
#[derive(Serialize)]
struct Issued<'a> {
    access_token: &'a str,
    expires_in: u64,
    refresh_expires_in: u64,
    token_type: &'static str,
    #[serde(rename = "not-before-policy")]
    not_before_policy: u64,
    scope: &'a str,
}

/// A status, an error code and a description.
type Refused = (StatusCode, &'static str, String);

/// Answers one request.
pub(crate) fn answer(realm: &Realm, settings: &Settings, request: &Request<Bytes>, from: IpAddr) -> Reply {
    issue(realm, settings, request, from).unwrap_or_else(|(status, error, description)| {
        json(status, &Refusal { error, error_description: Some(&description) })
    })
}

fn issue(
    realm: &Realm,
    settings: &Settings,
    request: &Request<Bytes>,
    from: IpAddr,
) -> Result<Reply, Refused> {
    // A body of another type isn't looked at, so that its parameters are missing.
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    });
    let form = Form::read(if is_form { request.body() } else { b"" });

    match form.first("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(bad_request("unsupported_grant_type", "Unsupported grant_type")),
        None => {
            return Err(bad_request("invalid_request", "Missing form parameter: grant_type"));
        }
    }
    let account = authenticate(settings, &Credentials::read(request.headers(), &form))?;
    if form.repeats() {
        return Err(bad_request("invalid_request", "duplicated parameter"));
    }
    if account.options.standing == Standing::NoServiceAccount {
        return Err(unauthorized("unauthorized_client", "Client not enabled to retrieve service account"));
    }
    let scope = grant(form.first("scope"))?;

    let life = account.token_life.unwrap_or(settings.token_life);
    let token = sign(realm, settings, account, &scope, life, from).map_err(|_| {
        (StatusCode::INTERNAL_SERVER_ERROR, "unknown_error", String::from("The key does not sign"))
    })?;
    let issued = Issued {
        access_token: &token,
        expires_in: life,
        refresh_expires_in: 0,
        token_type: "Bearer",
        not_before_policy: settings.not_before,
        scope: &scope,
    };
    Ok(json(StatusCode::OK, &issued))
}

/// Unknown and disabled clients get another code than wrong secrets, but the same description.
fn authenticate<'s>(settings: &'s Settings, credentials: &Credentials) -> Result<&'s Account, Refused> {
    const WORDS: &str = "Invalid client or Invalid client credentials";
    let known = credentials.client_id.as_ref().and_then(|id| settings.accounts.get(id));
    match known {
        Some(account) if account.options.standing != Standing::Disabled => {
            if credentials.secret.as_ref() == Some(&account.secret) {
                Ok(account)
            } else {
                Err(unauthorized("unauthorized_client", WORDS))
            }
        }
        _ => Err(unauthorized("invalid_client", WORDS)),
    }
}

/// The granted scope: the defaults and what was asked for on top (RFC 6749 §3.3).
fn grant(asked: Option<&str>) -> Result<String, Refused> {
    let mut granted = DEFAULT_SCOPES.to_vec();
    if let Some(asked) = asked {
        for scope in asked.split(' ') {
            let known = OPTIONAL_SCOPES.contains(&scope) || DEFAULT_SCOPES.contains(&scope);
            if !known {
                return Err(bad_request("invalid_scope", &format!("Invalid scopes: {asked}")));
            }
            if !granted.contains(&scope) {
                granted.push(scope);
            }
        }
    }
    Ok(granted.join(" "))
}

fn sign(
    realm: &Realm,
    settings: &Settings,
    account: &Account,
    scope: &str,
    life: u64,
    from: IpAddr,
) -> io::Result<String> {
    let options = &account.options;
    let client_id = options.client_id.as_str();
    let now = unix_now();
    // Keycloak names the kind of session, token and grant: transient, regular, client credentials.
    let jti = format!("trrtcc:{}", random::uuid()?);
    let from = from.to_string();
    let extra: Vec<_> = (0..settings.extra_roles).map(|n| format!("extra-role-{n:04}")).collect();
    let realm_roles = options.realm_roles.iter().chain(&extra).map(String::as_str).collect();
    let owned = options.client_roles.iter();
    let token = realm.key.sign(&AccessClaims {
        exp: now.saturating_add(life),
        iat: now,
        jti: &jti,
        iss: &realm.issuer,
        aud: Audience::of_roles(owned.clone().map(|(owner, _)| owner.as_str()), client_id),
        sub: &account.subject,
        typ: "Bearer",
        azp: client_id,
        acr: "1",
        realm_access: Roles { roles: realm_roles },
        resource_access: owned
            .map(|(owner, roles)| {
                (owner.as_str(), Roles { roles: roles.iter().map(String::as_str).collect() })
            })
            .collect(),
        scope,
        email_verified: false,
        client_host: &from,
        preferred_username: &format!("service-account-{client_id}"),
        client_address: &from,
        client_id,
    });
    let token = token.map_err(io::Error::other)?;
    realm.ledger.enter(jti);
    Ok(token)
}

/// Second of the Unix epoch.
pub(crate) fn unix_now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs()
}

fn bad_request(error: &'static str, description: &str) -> Refused {
    (StatusCode::BAD_REQUEST, error, description.into())
}

fn unauthorized(error: &'static str, description: &str) -> Refused {
    (StatusCode::UNAUTHORIZED, error, description.into())
}
