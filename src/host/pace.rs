//! How many jobs a worker takes at once.

use crate::pool::table::LONGEST;
use crate::sync::host::{Clock, thread};

/// Work that a worker may take at once, in nanoseconds: enough to hide the cost of taking it, too little to be
/// missed by an idle neighbour.
const SLICE: u64 = 20_000;

/// A yield that takes longer went to somebody else, in nanoseconds: several times what one takes that nobody wants.
const AWAY: u64 = 2_500;

/// Pauses that are left out after that.
const CROWDED: u32 = 64;

/// A running average of how long a job takes, and what follows from it.
pub(crate) struct Pace {
    clock: Clock,
    /// When the last jobs ended, or the next ones were there.
    since: u64,
    average: u64,
    most: usize,
    limit: usize,
    /// How many pauses to leave out.
    crowded: u32,
}

impl Pace {
    /// Knows nothing yet, and so takes jobs one by one. In a small pool a worker takes no more than leaves a share of the
    /// slots to each of the others and to a submitter, should it be suspended with them.
    pub(crate) fn new(capacity: usize, workers: usize) -> Self {
        let most = (capacity / (workers + 1)).clamp(1, LONGEST);
        Self { clock: Clock::new(), since: 0, average: SLICE, most, limit: 1, crowded: 0 }
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

    /// For a worker that is faster than the submitters: whoever takes each job as it comes pays for each, and so does who
    /// submits it, so let some more come together. Not where threads wait for a core: there this one would wait for all of
    /// them, and jobs come together anyway.
    pub(crate) fn pause(&mut self) {
        if self.crowded > 0 {
            self.crowded -= 1;
            return;
        }
        thread::yield_now();
        if self.clock.nanos().saturating_sub(self.since) > AWAY {
            self.crowded = CROWDED;
        } else {
            thread::yield_now();
        }
        self.begin();
    }
}
