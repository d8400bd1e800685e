//! What a pool has done so far.

use alloc::vec::Vec;

/// Counts of a pool: exact while nothing moves (after [`Pool::join`](crate::Pool::join), say), and otherwise each right
/// for a moment of its own: then a job counts as accepted also while its submit is about to be refused, and one that ends while
/// the counts are read may be missing from `accepted`.
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
