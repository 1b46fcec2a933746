//! What a service account's access token says, member by member as Keycloak writes it. Not here: who signs it
//! (`jwt.rs`), who may have it (`token.rs`).

use std::collections::BTreeMap;

use serde::Serialize;

/// The claims of an access token for a service account.
#[derive(Serialize)]
pub(crate) struct AccessClaims<'a> {
    /// Second of the Unix epoch after which the token is refused.
    pub(crate) exp: u64,
    /// Second of the Unix epoch in which it was issued.
    pub(crate) iat: u64,
    pub(crate) jti: &'a str,
    pub(crate) iss: &'a str,
    #[serde(skip_serializing_if = "Audience::is_empty")]
    pub(crate) aud: Audience<'a>,
    pub(crate) sub: &'a str,
    pub(crate) typ: &'static str,
    pub(crate) azp: &'a str,
    pub(crate) acr: &'static str,
    pub(crate) realm_access: Roles<'a>,
    pub(crate) resource_access: BTreeMap<&'a str, Roles<'a>>,
    pub(crate) scope: &'a str,
    pub(crate) email_verified: bool,
    #[serde(rename = "clientHost")]
    pub(crate) client_host: &'a str,
    pub(crate) preferred_username: &'a str,
    #[serde(rename = "clientAddress")]
    pub(crate) client_address: &'a str,
    pub(crate) client_id: &'a str,
}

/// The roles of the realm or of one client.
#[derive(Serialize)]
pub(crate) struct Roles<'a> {
    pub(crate) roles: Vec<&'a str>,
}

/// `aud` (RFC 7519 §4.1.3): text if there is one, a list if there are several.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Audience<'a> {
    One(&'a str),
    Several(Vec<&'a str>),
}

impl<'a> Audience<'a> {
    /// Whoever owns a role in the token is its audience, but the client itself isn't.
    pub(crate) fn of_roles(owners: impl Iterator<Item = &'a str>, client_id: &str) -> Self {
        let audience: Vec<_> = owners.filter(|owner| *owner != client_id).collect();
        match audience[..] {
            [one] => Self::One(one),
            _ => Self::Several(audience),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Several(audience) if audience.is_empty())
    }
}
