//! What a token endpoint's reply says beside the token: the scope, and how long the token lives. A token that is kept has
//! neither as the server wrote it.

use keyfob::{HttpReply, response};
use std::collections::BTreeSet;
use std::time::Duration;
use zeroize::Zeroizing;

/// What was granted.
pub(crate) struct Granted {
    /// None where it is what was asked for (RFC 6749 §5.1).
    scope: Option<String>,
    /// Seconds, as [`response::Issued::expires_in`] has them.
    pub(crate) life: u32,
}

/// A scope that isn't the one that was asked for.
pub(crate) struct OtherScope<'a> {
    pub(crate) granted: Vec<&'a str>,
    /// What was asked for and isn't in it.
    pub(crate) missing: Vec<&'a str>,
}

impl Granted {
    /// Reads a copy, for reading changes the bytes, and the client wants them too.
    pub(crate) fn read(reply: &HttpReply<'_>) -> Option<Self> {
        let mut copy = Zeroizing::new(reply.body.to_vec());
        let issued = response::read(reply.status, &mut copy).ok()?;
        Some(Self { scope: issued.scope().map(Into::into), life: issued.expires_in() })
    }

    /// Whether a token that is kept for so long could be kept for longer.
    pub(crate) fn outlives(&self, kept: Duration) -> bool {
        u64::from(self.life) > kept.as_secs()
    }

    /// How the granted scope differs from the one that was asked for (RFC 6749 §3.3); the order of names means nothing.
    pub(crate) fn other_than<'a>(&'a self, asked: &'a str) -> Option<OtherScope<'a>> {
        let granted: Vec<_> = self.scope.as_deref()?.split_whitespace().collect();
        let asked: BTreeSet<_> = asked.split_whitespace().collect();
        let have: BTreeSet<_> = granted.iter().copied().collect();
        let missing = asked.difference(&have).copied().collect();
        (have != asked).then_some(OtherScope { granted, missing })
    }
}
