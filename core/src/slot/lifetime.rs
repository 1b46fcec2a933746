//! How long a token serves: a timeline fresh → stale → expired, counted from when its request left. What is done
//! about it is the client's affair.

use crate::{Instant, Plan};

/// The life of a token whose reply gives none, in seconds.
pub(crate) const DEFAULT_LIFE: u32 = 300;

/// No token is kept for longer, in seconds (a day), whatever its reply says: servers have sent absolute times here.
const LONGEST_LIFE: u32 = 86_400;

/// A token is stale this long before it expires, in seconds, or for the second half of a life shorter than twice that.
const MARGIN: u32 = 30;

/// When it began, and how old it may grow, in milliseconds: `stale_after <= life`, and `sent_at + life` is an instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetime {
    sent_at: Instant,
    stale_after: u32,
    life: u32,
}

impl Lifetime {
    pub(crate) const NONE: Self = Self { sent_at: Instant::from_millis(0), stale_after: 0, life: 0 };

    /// Of a token whose request left at `sent_at` and whose reply says `seconds`.
    pub(crate) fn starting(sent_at: Instant, seconds: u32) -> Self {
        let life = seconds.min(LONGEST_LIFE);
        let fresh = life.wrapping_sub(MARGIN.min(life / 2));
        let left = u32::try_from(!sent_at.as_millis()).unwrap_or(u32::MAX); // to the end of time
        Self {
            sent_at,
            stale_after: left.min(fresh.wrapping_mul(1000)),
            life: left.min(life.wrapping_mul(1000)),
        }
    }

    pub(crate) const fn stale_at(&self) -> Instant {
        self.sent_at.after_millis(self.stale_after)
    }

    pub(crate) const fn expires_at(&self) -> Instant {
        self.sent_at.after_millis(self.life)
    }

    /// A clock that stepped back to before the request knows nothing of the token's age: expired.
    pub(crate) fn plan(&self, now: Instant) -> Plan {
        match now.as_millis().checked_sub(self.sent_at.as_millis()) {
            Some(age) if age < self.stale_after.into() => Plan::Use,
            Some(age) if age < self.life.into() => Plan::Refresh,
            _ => Plan::Fetch,
        }
    }

    /// Milliseconds that are left at `now`.
    pub(crate) fn left(&self, now: Instant) -> u32 {
        let age = now.as_millis().saturating_sub(self.sent_at.as_millis());
        self.life.saturating_sub(u32::try_from(age).unwrap_or(u32::MAX))
    }
}
