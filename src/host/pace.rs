//! How many jobs a worker takes at once.

use crate::pool::table::BATCH;
use crate::sync::host::Clock;

/// Work that a worker may take at once, in nanoseconds: enough to hide the cost of taking it, too little to be
/// missed by an idle neighbour.
const SLICE: u64 = 20_000;

/// A running average of how long a job takes.
pub(crate) struct Pace {
    clock: Clock,
    average: u64,
    most: usize,
}

impl Pace {
    /// Knows nothing yet, and so takes jobs one by one. In a small pool a worker takes no more than leaves a share of the
    /// slots to each of the others and to a submitter, should it be suspended with them.
    pub(crate) fn new(capacity: usize, workers: usize) -> Self {
        Self { clock: Clock::new(), average: SLICE, most: (capacity / (workers + 1)).clamp(1, BATCH) }
    }

    /// How many to take.
    pub(crate) fn limit(&self) -> usize {
        usize::try_from(SLICE / self.average.max(1)).unwrap_or(BATCH).clamp(1, self.most)
    }

    /// Runs `work`, which are `jobs` jobs, and learns from how long it took. Rises at once and falls by halves: one
    /// long job among short ones is reason enough to be careful.
    pub(crate) fn time(&mut self, jobs: usize, work: impl FnOnce()) {
        let start = self.clock.nanos();
        work();
        let each = self.clock.nanos().saturating_sub(start) / jobs.max(1) as u64;
        self.average = each.max(self.average.midpoint(each));
    }
}
