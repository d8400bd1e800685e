//! Values that are dropped once.

use std::sync::{Arc, Mutex, PoisonError};

/// Knows of each of its tokens whether it has been dropped.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Entries>>);

#[derive(Default)]
struct Entries {
    dropped: Vec<bool>,
    alive: usize,
}

/// A value with a number of the caller's.
pub(crate) struct Token {
    pub(crate) number: u32,
    entry: usize,
    ledger: Ledger,
}

impl Ledger {
    fn with<X>(&self, f: impl FnOnce(&mut Entries) -> X) -> X {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn token(&self, number: u32) -> Token {
        let entry = self.with(|entries| {
            entries.dropped.push(false);
            entries.alive += 1;
            entries.dropped.len() - 1
        });
        Token { number, entry, ledger: self.clone() }
    }

    /// Tokens not dropped yet.
    pub(crate) fn alive(&self) -> usize {
        self.with(|entries| entries.alive)
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let twice = self.ledger.with(|entries| {
            entries.alive -= 1;
            std::mem::replace(&mut entries.dropped[self.entry], true)
        });
        assert!(!twice, "token {} is dropped twice", self.number);
    }
}
