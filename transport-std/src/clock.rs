//! The system's clock as the core wants it: monotonic, and counting the time a laptop or a board spends asleep.

use keyfob::{Clock, Moment};

/// A clock that never runs backwards and counts sleep: a token that ran out while the machine slept has run out.
///
/// It is `CLOCK_BOOTTIME` on Linux and Android and `CLOCK_MONOTONIC` on Apple's systems, where
/// [`std::time::Instant`] stands still during sleep; elsewhere (Windows) it is that one, which counts sleep there.
/// Setting the date of the machine doesn't move it.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdClock(());

impl StdClock {
    /// The clock. All of them show the same time.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl Clock for StdClock {
    fn moment(&mut self) -> Moment {
        Moment::at_millis(millis())
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn millis() -> u64 {
    use rustix::time::{ClockId, clock_gettime};

    #[cfg(target_vendor = "apple")]
    const COUNTS_SLEEP: ClockId = ClockId::Monotonic;
    #[cfg(not(target_vendor = "apple"))]
    const COUNTS_SLEEP: ClockId = ClockId::Boottime;

    let time = clock_gettime(COUNTS_SLEEP);
    // Both parts count up from the machine's start, so neither is negative.
    let (secs, nanos) = (u64::try_from(time.tv_sec).unwrap_or(0), u64::try_from(time.tv_nsec).unwrap_or(0));
    secs.saturating_mul(1000).saturating_add(nanos / 1_000_000)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn millis() -> u64 {
    use std::sync::OnceLock;
    use std::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}
