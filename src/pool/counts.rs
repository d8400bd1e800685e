//! What the slots of a table know of all jobs so far.

use super::slot::JobStatus;
use super::table::{Storage, Table};

/// Each slot is right for a moment of its own; together they are exact while nothing moves.
#[derive(Default)]
pub(crate) struct Counts {
    /// Jobs accepted, modulo 2^29 for each slot.
    pub(crate) accepted: u64,
    /// Those whose outcome has not been collected.
    pub(crate) in_flight: usize,
    /// Those whose outcome waits for a collector.
    pub(crate) finished: usize,
}

impl<J, R, S: Storage> Table<J, R, S> {
    /// Nobody keeps them: each slot knows how often it was used.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (generation, status) in self.looks() {
            counts.accepted += u64::from(generation) + u64::from(status.is_some());
            counts.in_flight += usize::from(status.is_some());
            counts.finished += usize::from(status == Some(JobStatus::Finished));
        }
        counts
    }
}
