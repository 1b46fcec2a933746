//! The service account's roles, read from its access token into types of a fixed size: no heap is used.
//!
//! They are for the reader's eyes only: whether the token is genuine is for the service to say.

use keyfob::claims::{self, ClaimsError};
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Names that are kept of a list; the rest is counted.
const SHOWN: usize = 8;

/// What the quickstart wants to know of a token. Keycloak writes roles like this; other servers leave them out.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Claims {
    /// Roles of the realm.
    pub(crate) realm_access: Roles,
    /// Roles by the client that they belong to.
    pub(crate) resource_access: Clients,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Roles {
    pub(crate) roles: Names,
}

/// The first names of a list, and how many there are.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) first: heapless::Vec<Name, SHOWN>,
    pub(crate) count: usize,
}

/// The first clients with their roles, and how many there are.
#[derive(Default)]
pub(crate) struct Clients {
    pub(crate) first: heapless::Vec<(Name, Roles), SHOWN>,
    pub(crate) count: usize,
}

/// A name, cut where it gets too long to be shown.
#[derive(Default)]
pub(crate) struct Name(heapless::String<64>);

impl Claims {
    /// Reads them; `memory` takes one and a half times the token's length.
    pub(crate) fn read(token: &str, memory: &mut [u8]) -> Result<Self, ClaimsError> {
        claims::read(token, memory)
    }
}

impl Name {
    /// Its beginning; what a terminal would obey is replaced.
    pub(crate) fn of(text: &str) -> Self {
        let mut name = Self::default();
        for character in text.chars() {
            let shown = if character.is_control() { '\u{fffd}' } else { character };
            if name.0.push(shown).is_err() {
                break;
            }
        }
        name
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(NamesVisitor)
    }
}

impl<'de> Deserialize<'de> for Clients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ClientsVisitor)
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Name, E> {
        Ok(Name::of(text))
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names, A::Error> {
        let mut names = Names::default();
        while !names.first.is_full() {
            let Some(name) = list.next_element()? else { return Ok(names) };
            names.count += usize::from(names.first.push(name).is_ok());
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            names.count += 1;
        }
        Ok(names)
    }
}

struct ClientsVisitor;

impl<'de> Visitor<'de> for ClientsVisitor {
    type Value = Clients;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("roles by client")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Clients, A::Error> {
        let mut clients = Clients::default();
        while let Some(entry) = map.next_entry()? {
            clients.count += 1;
            // One that finds no place is only counted.
            let _ = clients.first.push(entry);
        }
        Ok(clients)
    }
}
