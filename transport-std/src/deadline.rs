//! One point in time by which all of a call must be done: look-up, connect, handshake, write and read. What is left
//! of it is asked anew before each socket call, so that no slow drip can stretch it.

use std::io;
use std::time::{Duration, Instant};

/// Longer limits are cut to this, which no one waits for, so that the sum below cannot overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) fn after(within: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(within.min(LONGEST)).unwrap_or(now))
    }

    /// What is left, never zero: a time-out of zero means none at all to a socket.
    pub(crate) fn left(self) -> io::Result<Duration> {
        match self.0.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
