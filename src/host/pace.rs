//! How many jobs a worker takes at once.

use crate::pool::table::LONGEST;
use crate::sync::host::Clock;

/// Work that a worker may take at once, in nanoseconds: enough to hide the cost of taking it, too little to be
/// missed by an idle neighbour.
const SLICE: u64 = 20_000;

/// A running average of how long a job takes, and what follows from it.
pub(crate) struct Pace {
    clock: Clock,
    /// When the last jobs ended, or the next ones were there.
    since: u64,
    average: u64,
    most: usize,
    limit: usize,
}

impl Pace {
    /// Knows nothing yet, and so takes jobs one by one. In a small pool a worker takes no more than leaves a share of the
    /// slots to each of the others and to a submitter, should it be suspended with them.
    pub(crate) fn new(capacity: usize, workers: usize) -> Self {
        let most = (capacity / (workers + 1)).clamp(1, LONGEST);
        Self { clock: Clock::new(), since: 0, average: SLICE, most, limit: 1 }
    }

    /// How many to take.
    #[inline]
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// The time until now was not spent on jobs.
    pub(crate) fn begin(&mut self) {
        self.since = self.clock.nanos();
    }

    /// The time until now was spent on so many jobs. The average rises at once and falls by halves: one long job among
    /// short ones is reason enough to be careful.
    pub(crate) fn end(&mut self, jobs: usize) {
        let now = self.clock.nanos();
        let each = now.saturating_sub(self.since) / jobs.max(1) as u64;
        self.since = now;
        self.average = each.max(self.average.midpoint(each));
        self.limit = usize::try_from(SLICE / self.average.max(1)).unwrap_or(LONGEST).clamp(1, self.most);
    }
}
