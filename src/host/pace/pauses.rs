//! How long a worker pauses where it finds few jobs.

use core::ops::RangeInclusive;

use super::attempts::Attempts;
use super::turns::{self, AWAY};
use crate::host::storage::HeapTable;
use crate::sync::host::{Clock, nap, thread};

/// Where so many words of jobs are queued, or more work than `LITTLE` in the next one, in nanoseconds, no worker naps.
const SOME: usize = 2;
const LITTLE: u64 = 5_000;

/// How long a spare worker naps, in nanoseconds.
const SPARE_NAP: u64 = 1_000_000;

/// Yields in the shortest pause and in the longest.
const PAUSE: RangeInclusive<u32> = 2..=256;

/// No pause is longer than this plus one more yield, in nanoseconds.
const LONGEST_PAUSE: u64 = 100_000;

/// Yields in the longest pause for each worker of the pool, so that all of them together look for jobs no more often than a
/// few would.
const PAUSE_EACH: u32 = if cfg!(loom) { 0 } else { 8 };

#[derive(Debug)]
pub(super) struct Pauses {
    /// Whether there is no core for this worker beside a submitter.
    spare: bool,
    /// Yields in the next one.
    yields: u32,
    longest: u32,
    naps_beside_jobs: Attempts,
}

impl Pauses {
    /// For one of so many workers; a `spare` one has no core beside a submitter.
    pub(super) fn new(workers: usize, spare: bool) -> Self {
        let (shortest, longest) = PAUSE.into_inner();
        let longest = u32::try_from(workers).unwrap_or(longest).saturating_mul(PAUSE_EACH).clamp(shortest, longest);
        Self { spare, yields: shortest, longest, naps_beside_jobs: Attempts::new(64..=1 << 20) }
    }

    pub(super) fn shorten(&mut self) {
        self.yields = (self.yields / 2).max(*PAUSE.start());
    }

    pub(super) fn lengthen(&mut self) {
        self.yields = (2 * self.yields).min(self.longest);
    }

    /// Lets others run; `since` is when the last jobs were done, of which each took `average` nanoseconds. Where threads wait
    /// for a core there may be workers among them, which find the few jobs that have come and go on looking, each for the time
    /// of a context switch. A worker that has let them have their turn, and now finds few again or none, naps; nobody needs to
    /// wake it.
    pub(super) fn pause<J, R>(&mut self, clock: &Clock, since: u64, average: u64, table: &HeapTable<J, R>) {
        let paused = || {
            thread::yield_now();
            clock.nanos().saturating_sub(since)
        };
        if paused() <= AWAY {
            for _ in 1..self.yields {
                if paused() >= LONGEST_PAUSE {
                    break;
                }
            }
        } else if !table.has_news() {
            self.nap();
        } else {
            self.nap_beside_jobs(average, table);
        }
    }

    /// Spare workers take a core from the others each time that they look, so they look less often. The others see to jobs
    /// meanwhile; and if all the others are busy, or suspended, jobs come together, and the first spare worker that returns
    /// takes many.
    fn nap(&self) {
        if self.spare { nap(SPARE_NAP) } else { turns::nap() }
    }

    /// Naps if little work is queued: other workers get to it, or more comes together. If neither happens there is no other
    /// worker, and no more work before this is done; so it stays awake for long.
    fn nap_beside_jobs<J, R>(&mut self, average: u64, table: &HeapTable<J, R>) {
        if !self.naps_beside_jobs.is_due() {
            return;
        }
        let Some(next) = table.next_queued() else { return };
        if next.len() as u64 * average > LITTLE || table.has_queued(SOME) {
            return;
        }
        self.nap();
        if table.next_queued() == Some(next) {
            self.naps_beside_jobs.was_in_vain();
        } else {
            self.naps_beside_jobs.was_of_use();
        }
    }
}
