//! Many jobs, or many outcomes, in one call.

use alloc::vec::Vec;
use core::fmt;

use crate::pool::Outcome;

/// The pool was closed before all jobs of a batch were accepted.
#[derive(Clone, PartialEq, Eq)]
pub struct BatchError<J> {
    /// How many were accepted, the first ones.
    pub accepted: usize,
    /// Those that had been taken from the iterator already, at most 32; the others are still in it.
    pub refused: Vec<J>,
}

impl<J> fmt::Debug for BatchError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchError").field("accepted", &self.accepted).field("refused", &self.refused.len()).finish()
    }
}

impl<J> fmt::Display for BatchError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pool is closed; {} jobs of the batch were accepted", self.accepted)
    }
}

impl<J> core::error::Error for BatchError<J> {}

/// Where a batch of outcomes goes: space that the caller provides, and that never grows.
///
/// For a slice of `Option`s the room is all of it, from its beginning on; for the vectors it is what is left of their
/// capacity.
pub trait Space<J, R> {
    /// How many outcomes fit.
    fn room(&self) -> usize;
    /// Puts the `at`th outcome of this call, with `at` below the room that there was.
    fn put(&mut self, at: usize, outcome: Outcome<J, R>);
}

impl<J, R> Space<J, R> for [Option<Outcome<J, R>>] {
    fn room(&self) -> usize {
        self.len()
    }

    fn put(&mut self, at: usize, outcome: Outcome<J, R>) {
        self[at] = Some(outcome);
    }
}

impl<J, R> Space<J, R> for Vec<Outcome<J, R>> {
    fn room(&self) -> usize {
        self.capacity() - self.len()
    }

    #[inline]
    fn put(&mut self, _: usize, outcome: Outcome<J, R>) {
        self.push(outcome);
    }
}

impl<J, R, const N: usize> Space<J, R> for heapless::Vec<Outcome<J, R>, N> {
    fn room(&self) -> usize {
        N - self.len()
    }

    #[inline]
    fn put(&mut self, _: usize, outcome: Outcome<J, R>) {
        // There is room: this was asked before.
        let _ = self.push(outcome);
    }
}
