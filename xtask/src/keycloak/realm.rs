//! The realm of the project's own, as Keycloak imports it. Written here and not as a JSON file because the clients are
//! one line each and the 650 role assignments are a loop. What the suite expects of each client stands in
//! `tests/keycloak/README.md`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::at;
use crate::Result;

/// The realm's name.
pub(super) const NAME: &str = "keyfob";
/// The client whose variables `up` prints.
pub(super) const FIRST_CLIENT: &str = "order-service";

/// The client that the first one calls: owner of roles, and an audience.
const PAYMENTS: &str = "payment-service";

/// The secret of each client: one rule, so that the suite needs no list.
pub(super) fn secret(client: &str) -> String {
    format!("{client}-secret")
}

/// Puts the realm where the server at `home` looks for realms to import.
pub(super) fn write(home: &Path) -> Result {
    let folder = home.join("data/import");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let file = folder.join(format!("{NAME}-realm.json"));
    fs::write(&file, realm().to_string()).map_err(at(&file))
}

/// Leaves `clientScopes` out, so that Keycloak makes its built-in ones.
fn realm() -> Value {
    let mut clients = vec![
        client("plain", &json!({})),
        client(FIRST_CLIENT, &json!({ "protocolMappers": [audience(PAYMENTS)] })),
        client(PAYMENTS, &json!({ "serviceAccountsEnabled": false })),
        client("short-lived", &attributes(&json!({ "access.token.lifespan": "2" }))),
        client(
            "lightweight-es256",
            &attributes(&json!({
                "client.use.lightweight.access.token.enabled": "true",
                "access.token.signed.response.alg": "ES256",
            })),
        ),
        client("disabled", &json!({ "enabled": false })),
        client("no-service-account", &json!({ "serviceAccountsEnabled": false })),
        // Characters that Basic must encode (RFC 6749 §2.3.1); the secret has them too, by its rule. `%41` is `A` for
        // a server that decodes what a client didn't encode, `100%` no encoding at all.
        client("basic:colon", &json!({})),
        client("basic%41percent", &json!({})),
        client("basic+plus", &json!({})),
        client("basic space", &json!({})),
        client("basic-üñí-€-𝄞", &json!({})),
        client("basic all: 100% +&=ß€", &json!({})),
    ];
    let mut users = vec![service_account(
        FIRST_CLIENT,
        &["orders:manage".into()],
        &json!({ PAYMENTS: ["payments:read", "payments:write"] }),
    )];
    let mut realm_roles = vec![json!({ "name": "orders:manage" })];

    let roles: Vec<String> = (1..=500).map(|number| format!("role-{number:03}")).collect();
    realm_roles.extend(roles.iter().map(|name| json!({ "name": name })));
    for count in [50, 100, 500] {
        let id = format!("roles-{count}");
        clients.push(client(&id, &json!({})));
        users.push(service_account(&id, &roles[..count], &json!({})));
    }

    json!({
        "realm": NAME,
        "enabled": true,
        "roles": {
            "realm": realm_roles,
            "client": { PAYMENTS: [{ "name": "payments:read" }, { "name": "payments:write" }] },
        },
        "clients": clients,
        "users": users,
    })
}

/// A client for machines: a secret, a service account, no way in for people; and what it differs in.
fn client(id: &str, difference: &Value) -> Value {
    let mut client = json!({
        "clientId": id,
        "secret": secret(id),
        "enabled": true,
        "serviceAccountsEnabled": true,
        "standardFlowEnabled": false,
        "directAccessGrantsEnabled": false,
    });
    for (member, value) in difference.as_object().into_iter().flatten() {
        client[member] = value.clone();
    }
    client
}

fn attributes(attributes: &Value) -> Value {
    json!({ "attributes": attributes })
}

/// Adds a client to the token's audience, whatever roles there are.
fn audience(client: &str) -> Value {
    json!({
        "name": format!("audience {client}"),
        "protocol": "openid-connect",
        "protocolMapper": "oidc-audience-mapper",
        "config": { "included.client.audience": client, "access.token.claim": "true" },
    })
}

/// The user behind a client, needed only to give it roles. Without one Keycloak makes it at the first request, with
/// the realm's default roles.
fn service_account(client: &str, realm_roles: &[String], client_roles: &Value) -> Value {
    json!({
        "username": format!("service-account-{client}"),
        "enabled": true,
        "serviceAccountClientId": client,
        "realmRoles": realm_roles,
        "clientRoles": client_roles,
    })
}
