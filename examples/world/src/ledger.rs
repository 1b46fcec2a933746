//! Which tokens count: every token issued and not revoked, by its `jti`. The authorization server writes it and
//! the payment service reads it, as it would by introspection. Not here: expiry, which the token tells itself.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The tokens that count.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<HashSet<String>>);

impl Ledger {
    /// A token was issued.
    pub(crate) fn enter(&self, jti: String) {
        self.lock().insert(jti);
    }

    /// Every token so far is void.
    pub(crate) fn strike_all(&self) {
        self.lock().clear();
    }

    /// Whether this token was issued and not revoked.
    pub(crate) fn holds(&self, jti: &str) -> bool {
        self.lock().contains(jti)
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
