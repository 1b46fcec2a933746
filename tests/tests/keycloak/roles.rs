//! The service account's roles, read from its token by `keyfob::claims` into types of a fixed size: no heap.

use crate::device::Device;
use keyfob::claims;
use serde::Deserialize;

/// As Keycloak writes them: of the realm, and by the client that they belong to. All is optional.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Claims<'a> {
    aud: Option<&'a str>,
    #[serde(borrow)]
    realm_access: Roles<'a>,
    #[serde(borrow)]
    resource_access: Clients<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Clients<'a> {
    #[serde(borrow, rename = "payment-service")]
    payment_service: Roles<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Roles<'a> {
    #[serde(borrow)]
    roles: heapless::Vec<&'a str, 512>,
}

impl<'a> Roles<'a> {
    /// Keycloak's order changes from start to start.
    fn sorted(mut self) -> heapless::Vec<&'a str, 512> {
        self.roles.sort_unstable();
        self.roles
    }
}

#[test]
fn an_order_service_has_roles_of_the_realm_and_of_the_payment_service() {
    let mut device = Device::of("order-service");
    let (token, mut memory) = (device.token().unwrap(), [0; 1024]);
    let claims: Claims<'_> = claims::read(token.expose_token(), &mut memory).unwrap();
    assert_eq!(claims.aud, Some("payment-service"));
    assert_eq!(claims.realm_access.sorted(), ["orders:manage"]);
    assert_eq!(claims.resource_access.payment_service.sorted(), ["payments:read", "payments:write"]);
}

#[test]
fn a_lightweight_token_has_no_roles() {
    let mut device = Device::of("lightweight-es256");
    let (token, mut memory) = (device.token().unwrap(), [0; 512]);
    let claims: Claims<'_> = claims::read(token.expose_token(), &mut memory).unwrap();
    assert_eq!(claims.aud, None);
    assert!(claims.realm_access.roles.is_empty());
    assert!(claims.resource_access.payment_service.roles.is_empty());
}

#[test]
fn five_hundred_roles_are_all_read() {
    for count in [50, 100, 500] {
        let mut device = Device::of(&format!("roles-{count}"));
        let (token, mut memory) = (device.token().unwrap(), [0; 8 * 1024]);
        let claims: Claims<'_> = claims::read(token.expose_token(), &mut memory).unwrap();
        let expected: Vec<String> = (1..=count).map(|number| format!("role-{number:03}")).collect();
        assert_eq!(claims.realm_access.sorted(), *expected);
    }
}
