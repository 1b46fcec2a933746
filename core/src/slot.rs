//! One token's place in memory: what was asked for, the header value as it is sent, which token it is. How a token
//! comes here is `fetch`'s affair.

mod lifetime;

pub(crate) use lifetime::DEFAULT_LIFE;

use crate::bytes::{split, split_mut};
use crate::memory::wipe;
use crate::response::Issued;
use crate::write::copy;
use crate::{Buffer, CapacityError, Instant, Memory, Plan, TokenRequest, Why};
use lifetime::Lifetime;

/// How the header value begins (RFC 6750 §2.1).
const SCHEME: &[u8] = b"Bearer ";

/// Which token a slot holds or held: it tells a refused one from its successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Generation(u32);

/// The place of one token, with the request that gets it. One slot serves one audience and scope.
///
/// ```
/// use keyfob::{Instant, Slot, TokenRequest, response};
///
/// let mut memory = [0; 2048];
/// let mut slot = Slot::new(TokenRequest::new().scope("telemetry:write"), &mut memory);
///
/// let mut reply = *br#"{"access_token":"abc.def","token_type":"Bearer","expires_in":300}"#;
/// slot.keep(response::read(200, &mut reply)?)?;
/// let (early, late) = (Instant::from_millis(1_000), Instant::from_millis(300_000));
/// assert_eq!(slot.token(early).map(|token| token.header_value()), Some(&b"Bearer abc.def"[..]));
/// assert!(slot.token(late).is_none());
/// # Ok::<(), keyfob::Error>(())
/// ```
pub struct Slot<'a> {
    request: TokenRequest<'a>,
    memory: Memory<'a>,
    len: usize,
    lifetime: Lifetime,
    /// Who filled it: see [`Client::identity`](crate::Client).
    filled_by: u64,
    generation: Generation,
    trusted: bool,
    refresh_failed: Option<Why>,
    /// The latest instant that is known to have been.
    seen: Instant,
}

/// A token that serves, lent by its slot.
#[derive(Clone, Copy)]
pub struct Token<'s> {
    header: &'s [u8],
    lease: Lease,
}

/// What is known of a token without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Lease {
    /// Bytes of the header value.
    pub len: usize,
    /// Which token it is, for [`Slot::distrust`].
    pub generation: Generation,
    /// From when on the server will not take it any more.
    pub expires_at: Instant,
    /// The token still serves, but its renewal was tried and failed: why.
    pub refresh_failed: Option<Why>,
}

impl<'s> Token<'s> {
    /// `Bearer …`, ready for an `Authorization` header; never copied.
    #[must_use]
    pub const fn header_value(&self) -> &'s [u8] {
        self.header
    }

    /// The same as text; it costs a look at each byte.
    #[must_use]
    pub fn header_str(&self) -> &'s str {
        core::str::from_utf8(self.header).unwrap_or_default()
    }

    /// The access token alone, without `Bearer `: for its claims, or where it goes elsewhere than into a header.
    #[must_use]
    pub fn expose_token(&self) -> &'s str {
        self.header_str().get(SCHEME.len()..).unwrap_or_default()
    }

    /// Which token it is, for [`Slot::distrust`].
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.lease.generation
    }

    /// From when on the server will not take it any more.
    #[must_use]
    pub const fn expires_at(&self) -> Instant {
        self.lease.expires_at
    }

    /// All that is known of it but its text.
    #[must_use]
    pub const fn lease(&self) -> Lease {
        self.lease
    }

    /// Copies the header value to the front of `line`. Wipe it after use: no one else will.
    ///
    /// # Errors
    /// `line` is shorter than [`Lease::len`]; then nothing was written.
    pub fn copy_to(&self, line: &mut [u8]) -> Result<Lease, CapacityError> {
        let (needed, available) = (self.header.len(), line.len());
        let too_small = CapacityError { buffer: Buffer::Output, needed, available };
        copy(line.get_mut(..needed).ok_or(too_small)?, self.header);
        Ok(self.lease)
    }
}

impl<'a> Slot<'a> {
    /// An empty slot. `memory` must hold `Bearer ` and the token: 7 bytes and 2 KiB serve most; a Keycloak token
    /// has about 1.3 KB, and 4/3 of (name + 3) more for each role. One that doesn't fit is a [`CapacityError`]
    /// with the number of bytes that it needs.
    pub fn new(request: TokenRequest<'a>, memory: impl Into<Memory<'a>>) -> Self {
        Self {
            request,
            memory: memory.into(),
            len: 0,
            lifetime: Lifetime::NONE,
            filled_by: u64::MAX,
            generation: Generation(0),
            trusted: false,
            refresh_failed: None,
            seen: Instant::from_millis(0),
        }
    }

    /// What is asked for.
    #[must_use]
    pub const fn request(&self) -> TokenRequest<'a> {
        self.request
    }

    /// The token, if it serves at `now`, whoever filled the slot.
    #[must_use]
    pub fn token(&self, now: Instant) -> Option<Token<'_>> {
        (self.plan(now) != Plan::Fetch).then(|| self.lend())
    }

    /// The token that was kept last and not distrusted, **even if it has expired by now**: for who has just kept it. One
    /// whose reply gives it no time at all serves the call that fetched it, and no other.
    #[must_use]
    pub fn just_kept(&self) -> Option<Token<'_>> {
        self.trusted.then(|| self.lend())
    }

    /// From when on the token is better renewed, though it still serves.
    #[must_use]
    pub const fn refresh_at(&self) -> Instant {
        self.lifetime.stale_at()
    }

    /// A server refused the token of that generation with a 401. If it is still the one that is kept, it is not
    /// lent again, and the next call fetches another; a successor stays, so that many who hold the same token and
    /// are refused together renew it once.
    pub fn distrust(&mut self, generation: Generation) {
        if generation == self.generation {
            self.trusted = false;
        }
    }

    /// Forgets the token and wipes its memory.
    pub fn forget(&mut self) {
        let memory = self.memory.bytes_mut();
        wipe(memory, 0..memory.len());
        (self.len, self.trusted) = (0, false);
    }

    /// Takes the token of a reply, in one step: if it doesn't fit, the old one stays.
    ///
    /// # Errors
    /// The slot's memory is too small.
    pub fn keep(&mut self, issued: Issued<'_>) -> Result<(), CapacityError> {
        let token = issued.bytes();
        let needed = SCHEME.len().saturating_add(token.len());
        let memory = self.memory.bytes_mut();
        let too_small = CapacityError { buffer: Buffer::Token, needed, available: memory.len() };
        let place = memory.get_mut(..needed).ok_or(too_small)?;
        copy(place, SCHEME);
        copy(split_mut(place, SCHEME.len()).1, token);
        wipe(memory, needed..self.len); // of a longer one that was kept before
        self.len = needed;
        self.lifetime = Lifetime::starting(issued.sent_at(), issued.expires_in());
        self.filled_by = issued.issuer();
        self.generation = Generation(self.generation.0.wrapping_add(1));
        self.trusted = true;
        self.seen = issued.sent_at();
        self.refresh_failed = None;
        Ok(())
    }

    /// Notes in every lease, until the next token is kept, that a renewal failed. [`Client::token`](crate::Client)
    /// does this; who drives a [`Fetch`](crate::fetch::Fetch) by hand does it too.
    pub fn refresh_failed(&mut self, why: Why) {
        self.refresh_failed = Some(why);
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) const fn is_of(&self, client: u64) -> bool {
        self.filled_by == client
    }

    /// A clock that steps back, if only a little, knows nothing of a token's age any more: expired, for good.
    pub(crate) fn see(&mut self, now: Instant) {
        if now < self.seen {
            self.trusted = false;
        }
        self.seen = now;
    }

    pub(crate) fn plan(&self, now: Instant) -> Plan {
        if self.trusted && self.seen <= now { self.lifetime.plan(now) } else { Plan::Fetch }
    }

    /// How long, in milliseconds, a renewal may take at `now`, while the old token serves: half of what that has left.
    pub(crate) fn patience(&self, now: Instant) -> u32 {
        (self.lifetime.left(now) / 2).max(1)
    }

    pub(crate) fn lend(&self) -> Token<'_> {
        Token {
            header: split(self.memory.bytes(), self.len).0,
            lease: Lease {
                len: self.len,
                generation: self.generation,
                expires_at: self.lifetime.expires_at(),
                refresh_failed: self.refresh_failed,
            },
        }
    }
}

impl core::fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Token").field("lease", &self.lease).finish_non_exhaustive()
    }
}

impl core::fmt::Debug for Slot<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Slot")
            .field("request", &self.request)
            .field("lease", &self.lend().lease)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Token<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Token {{ lease: {}, .. }}", self.lease);
    }
}
