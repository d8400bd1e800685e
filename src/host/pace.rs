//! How many jobs a worker takes at once, and what it does before it takes more.

mod attempts;
mod distance;
mod pauses;
mod placement;
mod turns;

use super::storage::HeapTable;
use crate::pool::table::LONGEST;
use crate::sync::host::Clock;
use distance::{Distance, FAR, Keep};
use pauses::Pauses;
use placement::Placement;

/// Work that a worker may take at once, in nanoseconds: enough to hide the cost of taking it, too little to be
/// missed by an idle neighbour.
const SLICE: u64 = 20_000;

/// If at least this many words of jobs are queued, a small take does not mean that work is short: several submitters each
/// filled a word of their own.
const ENOUGH: usize = 3;

/// A take of at least this many jobs is never "few", unless recent takes were larger (then 7/8 of the recent peak counts, never
/// more than `limit`).
const SEVERAL: usize = 32;

/// A take of at least `SEVERAL` jobs is "many" only if those jobs took no more than this in total, by the running average, in
/// nanoseconds.
const QUICK: u64 = 5_000;

/// Whether there is no core for that worker, of so many: a submitter needs one as well. One worker always has a core.
fn is_spare(number: usize, workers: usize, cores: usize) -> bool {
    workers > cores && number > 0 && number + 1 >= cores
}

/// A running average of how long a job takes, and what follows from it.
pub(crate) struct Pace {
    clock: Clock,
    /// When the last jobs ended, or the next ones were there.
    since: u64,
    average: u64,
    most: usize,
    limit: usize,
    /// The most jobs that were taken at once lately.
    lately: usize,
    /// Whether there is no core for it beside a submitter.
    spare: bool,
    pauses: Pauses,
    placement: Placement,
    distance: Distance,
}

impl Pace {
    /// Knows nothing yet, and so takes jobs one by one. In a small pool a worker takes no more than leaves a share of the
    /// slots to each of the others and to a submitter, should it be suspended with them.
    pub(crate) fn new<J, R>(table: &HeapTable<J, R>, workers: usize, number: usize, cores: usize) -> Self {
        let (longest, share) = (table.longest(table.capacity()) as usize, table.capacity() / (workers + 1));
        // A whole run, or an equal part of one: a rest would be few.
        let most = longest / longest.div_ceil(share.max(1));
        let spare = is_spare(number, workers, cores);
        Self {
            clock: Clock::new(),
            since: 0,
            average: SLICE,
            most,
            limit: 1,
            lately: 0,
            spare,
            pauses: Pauses::new(workers, spare),
            placement: Placement::new(workers, cores),
            distance: Distance::new(table.capacity()),
        }
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

    /// After the outcomes of `taken` jobs have been published. A worker that takes each job as it comes pays for each, and so
    /// does the submitter; so workers that are faster than the submitters let some more come together. The fewer they find, the
    /// longer the next pause. (Few means fewer than have come together lately: submitters may keep no more in flight.)
    #[inline]
    pub(crate) fn gather<J, R>(&mut self, taken: usize, table: &HeapTable<J, R>) {
        self.lately = taken.max(self.lately - self.lately / 8);
        let enough = self.limit.min(SEVERAL.max(self.lately - self.lately / 8));
        let few = taken < enough && !table.has_queued(ENOUGH);
        if !few {
            self.pauses.shorten();
        } else if taken < enough / 2 {
            self.pauses.lengthen();
        }
        let many = taken >= SEVERAL && taken as u64 * self.average <= QUICK;
        if few || many {
            self.rest(few, many, table);
        }
    }

    /// What a worker does before it takes more jobs.
    fn rest<J, R>(&mut self, few: bool, many: bool, table: &HeapTable<J, R>) {
        let gives = || turns::give(&self.clock);
        let is_far = || table.has_queued(FAR);
        let rested = match self.distance.keep(many, is_far) {
            Keep::FallBehind => {
                self.distance.fall_behind(gives, is_far);
                true
            }
            // Spare workers leave some words to the others.
            _ if few || (self.spare && !table.has_queued(ENOUGH)) => {
                self.pauses.pause(&self.clock, self.since, self.average, table);
                true
            }
            Keep::Yield => {
                if gives() {
                    self.distance.give_up();
                }
                true
            }
            Keep::Nothing => self.placement.look(gives, turns::nap),
        };
        if rested {
            self.begin();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::is_spare;

    #[test]
    fn a_core_is_left_to_a_submitter_only_where_there_are_more_workers_than_cores_and_never_all() {
        for (workers, cores, spare) in [(1, 1, 0), (2, 1, 1), (10, 1, 9), (2, 2, 0), (3, 2, 2), (10, 2, 9), (10, 16, 0)]
        {
            assert_eq!((0..workers).filter(|&number| is_spare(number, workers, cores)).count(), spare);
            assert!(!is_spare(0, workers, cores));
        }
        assert!((0..5).filter(|&number| is_spare(number, 5, 4)).eq([3, 4]));
    }
}
