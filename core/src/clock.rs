//! What the core knows of time: instants that are handed in. No clock is ever read here.

use core::time::Duration;

/// Milliseconds of a monotonic clock that counts sleep.
///
/// Where it starts is the clock's choice; only differences mean something. A clock that starts anew, as after
/// a reset, makes every kept token expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Instant(u64);

impl Instant {
    /// The instant `ms` milliseconds after the clock's start.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the clock's start.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This instant and `time` more, to the millisecond; it stops at the end of time instead of overflowing.
    #[must_use]
    pub const fn after(self, time: Duration) -> Self {
        // Not `as_millis`: its 128 bits would be linked on a microcontroller.
        let ms = time.as_secs().saturating_mul(1000).saturating_add(time.subsec_millis() as u64);
        Self(self.0.saturating_add(ms))
    }

    /// So many milliseconds later, which the caller knows to be an instant.
    pub(crate) const fn after_millis(self, ms: u32) -> Self {
        Self(self.0.wrapping_add(ms as u64))
    }
}

/// So many whole milliseconds: a shorter time counts as one, a longer, of 49 days and more, as that. A limit of 0 would be
/// none for many a stream.
pub(crate) const fn millis(time: Duration) -> u32 {
    match Instant(0).after(time).0 {
        0 if !time.is_zero() => 1,
        #[expect(clippy::cast_possible_truncation, reason = "it fits")]
        ms @ 0..0xffff_ffff => ms as u32,
        _ => u32::MAX,
    }
}

/// All that the core wants to know about the world at one moment.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Moment {
    now: Instant,
}

impl Moment {
    /// The moment at which the monotonic clock says `ms` milliseconds.
    #[must_use]
    pub const fn at_millis(ms: u64) -> Self {
        Self { now: Instant::from_millis(ms) }
    }

    /// What the monotonic clock says.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }
}

/// A source of moments. Any `FnMut() -> Moment` is one.
pub trait Clock {
    /// The present moment. Its instant MUST NOT run backwards while the device is on, and MUST count time spent
    /// asleep; one that does step back makes the tokens that [`Client::token`](crate::Client) lends expired for good, never
    /// valid for longer.
    fn moment(&mut self) -> Moment;
}

impl<F: FnMut() -> Moment> Clock for F {
    fn moment(&mut self) -> Moment {
        self()
    }
}
