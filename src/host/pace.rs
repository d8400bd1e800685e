//! How many jobs a worker takes at once, and how long it pauses where it finds few.

use core::ops::RangeInclusive;

use super::storage::HeapTable;
use crate::pool::table::LONGEST;
use crate::sync::host::{Clock, nap, thread};

/// Work that a worker may take at once, in nanoseconds: enough to hide the cost of taking it, too little to be
/// missed by an idle neighbour.
const SLICE: u64 = 20_000;

/// A yield that takes longer went to somebody else, in nanoseconds: several times what one takes that nobody wants.
const AWAY: u64 = 2_500;

/// Where so many words of jobs wait, a worker that took less than it would has found the jobs of several submitters, each in
/// a word of its own, and not the end of them.
const ENOUGH: usize = 3;

/// Where more words of jobs wait, or more work in one of them, in nanoseconds, nobody naps.
const SOME: usize = 2;
const LITTLE: u64 = 5_000;

/// How long a worker naps, in nanoseconds: as short as the system can, some hundred small jobs; and where there is no core
/// for it.
const NAP: u64 = 1;
const SPARE_NAP: u64 = 1_000_000;

/// How often a worker does not nap beside jobs after it did so in vain: at first, and at most.
const AWAKE: RangeInclusive<u32> = 64..=1 << 20;

/// So many jobs at once are not few where no more have come together lately.
const SEVERAL: usize = 32;

/// Yields in the shortest pause and in the longest.
const PAUSE: RangeInclusive<u32> = 2..=256;

/// No pause is longer than that and one more yield, in nanoseconds.
const LONGEST_PAUSE: u64 = 100_000;

/// Yields in the longest pause for each worker of the pool, so that all of them together look for jobs no more often than a
/// few would.
const PAUSE_EACH: u32 = if cfg!(loom) { 0 } else { 8 };

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
    /// Whether there is no core for it.
    spare: bool,
    /// Yields in the next pause.
    pause: u32,
    longest_pause: u32,
    /// How often it will not nap beside jobs.
    awake: u32,
    /// And how often after the next such nap in vain.
    awake_next: u32,
}

impl Pace {
    /// Knows nothing yet, and so takes jobs one by one. In a small pool a worker takes no more than leaves a share of the
    /// slots to each of the others and to a submitter, should it be suspended with them. `spare` is a worker beyond those that
    /// there are cores for.
    pub(crate) fn new<J, R>(table: &HeapTable<J, R>, workers: usize, spare: bool) -> Self {
        let (longest, share) = (table.longest(table.capacity()) as usize, table.capacity() / (workers + 1));
        // A whole run, or an equal part of one: a rest would be few.
        let most = longest / longest.div_ceil(share.max(1));
        let (shortest, longest) = PAUSE.into_inner();
        let longest_pause =
            u32::try_from(workers).unwrap_or(longest).saturating_mul(PAUSE_EACH).clamp(shortest, longest);
        Self {
            clock: Clock::new(),
            since: 0,
            average: SLICE,
            most,
            limit: 1,
            lately: 0,
            spare,
            pause: shortest,
            longest_pause,
            awake: 0,
            awake_next: *AWAKE.start(),
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

    /// After the outcomes of `taken` jobs have been published. Whoever takes each job as it comes pays for each, and so does
    /// who submits it; so workers that are faster than the submitters let some more come together. The fewer they find, the
    /// longer is the next pause. (Few are less than have come together lately: those who submit may keep no more in flight.)
    #[inline]
    pub(crate) fn gather<J, R>(&mut self, taken: usize, table: &HeapTable<J, R>) {
        self.lately = taken.max(self.lately - self.lately / 8);
        let enough = self.limit.min(SEVERAL.max(self.lately - self.lately / 8));
        if taken >= enough || table.has_queued(ENOUGH) {
            self.pause = (self.pause / 2).max(*PAUSE.start());
        } else {
            if taken < enough / 2 {
                self.pause = (2 * self.pause).min(self.longest_pause);
            }
            self.pause(table);
        }
    }

    /// Lets others run. Where threads wait for a core there may be workers among them, which find the few jobs that have come
    /// and go on looking, each for the time of a change of threads. One that has let them have their turn, and now finds few
    /// again or none, naps; nobody needs to wake it.
    fn pause<J, R>(&mut self, table: &HeapTable<J, R>) {
        let paused = || {
            thread::yield_now();
            self.clock.nanos().saturating_sub(self.since)
        };
        if paused() <= AWAY {
            for _ in 1..self.pause {
                if paused() >= LONGEST_PAUSE {
                    break;
                }
            }
        } else if !table.has_news() {
            self.nap();
        } else {
            self.nap_beside_jobs(table);
        }
        self.begin();
    }

    /// Workers for whom there is no core take it from the others each time that they look, so they look less often. Those
    /// for whom there is one see to jobs meanwhile; and if all of these are busy, or suspended, jobs come together, and the
    /// first spare worker that returns takes many at once.
    fn nap(&self) {
        nap(if self.spare { SPARE_NAP } else { NAP });
    }

    /// Naps if little work waits: others come to it, or more comes together. If nothing of that happens there is nobody else,
    /// and no more before this is done; so it stays awake for long.
    fn nap_beside_jobs<J, R>(&mut self, table: &HeapTable<J, R>) {
        if self.awake > 0 {
            self.awake -= 1;
            return;
        }
        let Some(next) = table.next_queued() else { return };
        if next.len() as u64 * self.average > LITTLE || table.has_queued(SOME) {
            return;
        }
        self.nap();
        if table.next_queued() == Some(next) {
            self.awake = self.awake_next;
            self.awake_next = (2 * self.awake_next).min(*AWAKE.end());
        } else {
            self.awake_next = *AWAKE.start();
        }
    }
}
