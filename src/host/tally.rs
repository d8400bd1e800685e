//! How a pool counts: each worker for itself, and all of them together what was cancelled.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::Cell;

use super::stats::{Stats, WorkerStats};
use super::storage::{HeapTable, OutOfMemory};
use crate::sync::{AtomicUsize, Ordering, Padded};

/// A count with one writer.
#[derive(Debug)]
struct Count(AtomicUsize);

impl Count {
    fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// For the writer. Relaxed, here and below: nothing is concluded from a count but itself; `join` orders it for the last
    /// look.
    #[inline(always)]
    fn set(&self, count: usize) {
        self.0.store(count, Ordering::Relaxed);
    }

    /// The same, one more.
    #[inline(always)]
    fn add_one(&self) {
        self.set(self.0.load(Ordering::Relaxed).wrapping_add(1));
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed) as u64
    }
}

/// Where a worker counts.
#[derive(Debug)]
pub(crate) struct Tally {
    done: Count,
    failed: Count,
    panicked: Count,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    Failed,
    Panicked,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self { done: Count::new(), failed: Count::new(), panicked: Count::new() }
    }

    /// For the worker itself, which has one at a time.
    pub(crate) fn counter(&self) -> Counter<'_> {
        Counter { tally: self, done: Cell::new(self.done.0.load(Ordering::Relaxed)) }
    }

    pub(crate) fn stats(&self) -> WorkerStats {
        WorkerStats { done: self.done.get(), failed: self.failed.get(), panicked: self.panicked.get() }
    }
}

/// What a worker counts with.
pub(crate) struct Counter<'a> {
    tally: &'a Tally,
    /// As many as the tally says, in a register: an addition to what is in memory has to wait for the one before.
    done: Cell<usize>,
}

impl Counter<'_> {
    #[inline(always)]
    pub(crate) fn count(&self, ending: Ending) {
        match ending {
            Ending::Done => {
                self.done.set(self.done.get().wrapping_add(1));
                self.tally.done.set(self.done.get());
            }
            Ending::Failed => self.tally.failed.add_one(),
            Ending::Panicked => self.tally.panicked.add_one(),
        }
    }
}

/// Of all workers.
#[derive(Debug)]
pub(crate) struct Tallies {
    workers: Box<[Padded<Tally>]>,
    cancelled: AtomicUsize,
}

impl Tallies {
    pub(crate) fn new(workers: usize) -> Result<Self, OutOfMemory> {
        let mut tallies = Vec::new();
        tallies.try_reserve_exact(workers).map_err(|_| OutOfMemory)?;
        tallies.resize_with(workers, || Padded::new(Tally::new()));
        Ok(Self { workers: tallies.into_boxed_slice(), cancelled: AtomicUsize::new(0) })
    }

    /// How many there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.workers.len()
    }

    /// Where this worker counts, if there is one of this number.
    #[inline]
    pub(crate) fn of(&self, worker: usize) -> Option<&Tally> {
        self.workers.get(worker).map(|tally| &**tally)
    }

    /// Jobs were cancelled that no worker had begun.
    #[inline]
    pub(crate) fn count_cancelled(&self, jobs: usize) {
        self.cancelled.fetch_add(jobs, Ordering::Relaxed);
    }

    /// What they have done, and what is in the table.
    pub(crate) fn stats<J, R>(&self, table: &HeapTable<J, R>) -> Stats {
        let mut workers = Vec::with_capacity(self.workers.len());
        let totals = self.totals(table, |worker| workers.push(worker));
        Stats { workers, ..totals }
    }

    /// Counts without the list of workers, which `each` is shown one by one: nothing is allocated.
    pub(crate) fn totals<J, R>(&self, table: &HeapTable<J, R>, mut each: impl FnMut(WorkerStats)) -> Stats {
        let mut totals = Stats::default();
        // Once all jobs have run, a slot with a job in it is that of a submit that is about to be refused.
        let over = table.is_over();
        for worker in self.workers.iter().map(|tally| tally.stats()) {
            totals.done += worker.done;
            totals.failed += worker.failed;
            totals.panicked += worker.panicked;
            each(worker);
        }
        totals.cancelled = self.cancelled.load(Ordering::Relaxed) as u64;
        let slots = table.counts();
        let unfinished = if over { 0 } else { slots.in_flight - slots.finished };
        let accepted = totals.done + totals.failed + totals.panicked + totals.cancelled + unfinished as u64;
        Stats { accepted, in_flight: (slots.finished + unfinished) as u64, ..totals }
    }
}
