//! How long a token serves: a timeline fresh → stale → expired, counted from when its request left. What is done
//! about it is the client's affair.

use crate::{Instant, Plan};
use core::time::Duration;

/// The life of a token whose reply gives none, in seconds.
pub(crate) const DEFAULT_LIFE: u32 = 300;

/// No token is kept for longer, in seconds (a day), whatever its reply says: servers have sent absolute times here.
const LONGEST_LIFE: u32 = 86_400;

/// A token is stale this long before it expires, in seconds, or for the second half of a life shorter than twice that.
const MARGIN: u32 = 30;

/// Instants in their order: `sent_at <= stale_at <= expires_at`.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_field_names, reason = "instants end in _at")]
pub(crate) struct Lifetime {
    sent_at: Instant,
    stale_at: Instant,
    expires_at: Instant,
}

impl Lifetime {
    pub(crate) const NONE: Self = {
        let start = Instant::from_millis(0);
        Self { sent_at: start, stale_at: start, expires_at: start }
    };

    /// Of a token whose request left at `sent_at` and whose reply says `seconds`.
    pub(crate) fn starting(sent_at: Instant, seconds: u32) -> Self {
        let life = seconds.min(LONGEST_LIFE);
        let fresh = life.saturating_sub(MARGIN.min(life / 2));
        let after = |seconds: u32| sent_at.after(Duration::from_secs(seconds.into()));
        Self { sent_at, stale_at: after(fresh), expires_at: after(life) }
    }

    pub(crate) const fn stale_at(&self) -> Instant {
        self.stale_at
    }

    pub(crate) const fn expires_at(&self) -> Instant {
        self.expires_at
    }

    /// A clock that stepped back to before the request knows nothing of the token's age: expired.
    pub(crate) fn plan(&self, now: Instant) -> Plan {
        if now < self.sent_at || now >= self.expires_at {
            Plan::Fetch
        } else if now >= self.stale_at {
            Plan::Refresh
        } else {
            Plan::Use
        }
    }
}
