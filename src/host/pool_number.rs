//! Which pool a thread works for.

use core::cell::Cell;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::sync::host::per_thread;

/// One of all pools of the process. An address would not do: a thread that has left its pool, and whose thread-locals end
/// after that, may make another pool at the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PoolNumber(usize);

per_thread! {
    /// What this thread works for, or has worked for until its end.
    static MINE: Cell<PoolNumber> = Cell::new(PoolNumber::NONE);
}

impl PoolNumber {
    const NONE: Self = Self(0);

    pub(super) fn next() -> Self {
        // Not one of loom's: nothing is ordered by it.
        static LAST: AtomicUsize = AtomicUsize::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1).max(1))
    }

    /// This thread is one of that pool's workers from here on.
    pub(super) fn serve(self) {
        MINE.with(|mine| mine.set(self));
    }

    /// Whether this thread is one of that pool's workers.
    pub(super) fn is_served(self) -> bool {
        MINE.with(Cell::get) == self
    }
}
