//! What a pool has done so far.

use alloc::vec::Vec;

use crate::sync::{AtomicUsize, Ordering};

/// Counts of a pool: exact while nothing moves (after [`Pool::join`](crate::Pool::join), say), and otherwise each right
/// for a moment of its own: then a job counts as accepted also while its submit is about to be refused.
///
/// `accepted` = outcomes collected + `in_flight`, and once all have run
/// `accepted` = `done` + `failed` + `panicked` + `cancelled`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Jobs that `submit` and its kin accepted.
    pub accepted: u64,
    /// Jobs that returned.
    pub done: u64,
    /// Jobs that returned an error, in a pool made by [`Builder::build_fallible`](crate::Builder::build_fallible).
    pub failed: u64,
    /// Jobs that panicked.
    pub panicked: u64,
    /// Jobs that were cancelled before they began.
    pub cancelled: u64,
    /// Jobs accepted whose outcome has not been received.
    pub in_flight: u64,
    /// One for each worker, by its number.
    pub workers: Vec<WorkerStats>,
}

/// Counts of one worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerStats {
    /// Jobs that returned.
    pub done: u64,
    /// Jobs that returned an error, in a pool made by [`Builder::build_fallible`](crate::Builder::build_fallible).
    pub failed: u64,
    /// Jobs that panicked.
    pub panicked: u64,
}

/// A count with one writer.
#[derive(Debug)]
struct Count(AtomicUsize);

impl Count {
    fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// Relaxed, here and below: nothing is concluded from a count but itself; `join` orders it for the last look.
    #[inline(always)]
    fn add_one(&self) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
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

    /// For the worker itself only.
    #[inline(always)]
    pub(crate) fn count(&self, ending: Ending) {
        match ending {
            Ending::Done => self.done.add_one(),
            Ending::Failed => self.failed.add_one(),
            Ending::Panicked => self.panicked.add_one(),
        }
    }

    pub(crate) fn stats(&self) -> WorkerStats {
        WorkerStats { done: self.done.get(), failed: self.failed.get(), panicked: self.panicked.get() }
    }
}
