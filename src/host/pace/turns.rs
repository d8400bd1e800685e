//! Letting others run.

use crate::sync::host::{self, Clock, thread};

/// A yield that takes longer let another thread run, in nanoseconds: several times what a yield takes that no thread uses.
pub(super) const AWAY: u64 = 2_500;

/// As short as the system can, some hundred small jobs, in nanoseconds.
const NAP: u64 = 1;

/// Yields; whether somebody else ran meanwhile.
pub(super) fn give(clock: &Clock) -> bool {
    let before = clock.nanos();
    thread::yield_now();
    clock.nanos().saturating_sub(before) > AWAY
}

pub(super) fn nap() {
    host::nap(NAP);
}
