//! One per authorization server: who we are there, and what the next call would do. Nothing is sent here.

use crate::{ClientAuth, Endpoint, Instant, Slot, clock};
use core::time::Duration;

/// A client as one authorization server knows it. It can be a `const`, and holds no token: that is a [`Slot`]'s
/// affair, and one client fills any number of slots.
///
/// ```
/// use core::time::Duration;
/// use keyfob::{Client, ClientAuth, Instant, Plan, Slot, TokenRequest, endpoint};
///
/// const CLIENT: Client = Client::new(
///     endpoint!("https://id.example/oauth/token"),
///     ClientAuth::secret_post("sensor-17", "s3cret"),
/// )
/// .within(Duration::from_secs(10));
///
/// let mut memory = [0; 2048];
/// let slot = Slot::new(TokenRequest::new(), &mut memory);
/// assert_eq!(CLIENT.plan(&slot, Instant::from_millis(0)), Plan::Fetch); // nothing is kept yet
/// ```
#[derive(Debug)]
pub struct Client<'a> {
    pub(crate) endpoint: Endpoint<'a>,
    pub(crate) auth: ClientAuth<'a>,
    /// In milliseconds.
    pub(crate) within: u32,
    pub(crate) token_types: &'a [&'a str],
    identity: u64,
}

/// What the next [`Client::token`] would do. `Copy`, so that it holds on to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Plan {
    /// Lend the token that is kept.
    Use,
    /// Fetch a new one; should that fail, the old one still serves.
    Refresh,
    /// Fetch one: there is none that serves.
    Fetch,
}

impl<'a> Client<'a> {
    /// How long one round trip may take unless [`within`](Self::within) says otherwise.
    pub const DEFAULT_LIMIT: Duration = Duration::from_secs(30);

    /// A client of the authorization server whose token endpoint (RFC 6749 §3.2) is `endpoint`.
    #[must_use]
    pub const fn new(endpoint: Endpoint<'a>, auth: ClientAuth<'a>) -> Self {
        let identity = identity(&endpoint, &auth);
        Self { endpoint, auth, within: clock::millis(Self::DEFAULT_LIMIT), token_types: &[], identity }
    }

    /// The time limit for one round trip, connecting included. It is kept in milliseconds: a shorter one counts as one, and one of
    /// more than 49 days as that.
    #[must_use]
    pub const fn within(mut self, limit: Duration) -> Self {
        self.within = clock::millis(limit);
        self
    }

    /// Token types besides `Bearer` that this server gives to bearer tokens, in any case, such as `BearerToken`
    /// or `Application Access Token`; an empty text stands for a reply without any. A type that isn't listed is
    /// refused (RFC 6749 §7.1).
    #[must_use]
    pub const fn bearer_also_called(mut self, token_types: &'a [&'a str]) -> Self {
        self.token_types = token_types;
        self
    }

    /// The token endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> Endpoint<'a> {
        self.endpoint
    }

    /// Exchanges the credentials; slots keep the tokens that this client filled them with, unless the client id
    /// changes too. It takes texts of the client's own lifetime: where those are shorter, make a new `Client`.
    pub fn set_auth(&mut self, auth: ClientAuth<'a>) {
        self.identity = identity(&self.endpoint, &auth);
        self.auth = auth;
    }

    /// What [`token`](Self::token) would do with `slot` at `now`.
    #[must_use]
    pub fn plan(&self, slot: &Slot<'_>, now: Instant) -> Plan {
        if slot.is_of(self.identity) { slot.plan(now) } else { Plan::Fetch }
    }

    pub(crate) const fn identity(&self) -> u64 {
        self.identity
    }
}

/// Endpoint and client id in short (FNV-1a, each text with an end mark): a slot that was filled elsewhere is not
/// used here. It guards against mistakes, not against collisions made on purpose; it never chooses where a secret
/// is sent.
const fn identity(endpoint: &Endpoint<'_>, auth: &ClientAuth<'_>) -> u64 {
    let hash = fnv(0xcbf2_9ce4_8422_2325, endpoint.url().as_bytes());
    fnv(hash, auth.client_id.as_str().as_bytes())
}

const fn fnv(mut hash: u64, mut text: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    while let Some((byte, rest)) = text.split_first() {
        hash = (hash ^ *byte as u64).wrapping_mul(PRIME);
        text = rest;
    }
    (hash ^ 0xff).wrapping_mul(PRIME)
}
