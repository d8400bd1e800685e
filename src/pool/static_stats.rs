//! Counts, for the owner of a [`StaticPool`].

use super::counts::Counts;
use super::static_pool::StaticPool;
use crate::ring::Word;

/// What a [`StaticPool`] has done so far: exact while nothing moves, and otherwise each slot is right for a moment of its
/// own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StaticStats {
    /// Jobs accepted since the pool was made, modulo 2^29 for each slot.
    pub accepted: u64,
    /// Those whose outcome has not been collected.
    pub in_flight: usize,
    /// Those whose outcome waits for a collector.
    pub finished: usize,
    /// The most that can be in flight.
    pub capacity: usize,
}

impl<J, R, const N: usize, W: Word> StaticPool<J, R, N, W> {
    /// Counts. Nobody keeps them: they are read off the slots, each of which knows how often it was used. Loads only, one
    /// for each slot; allowed in an interrupt.
    pub fn stats(&self) -> StaticStats {
        let Counts { accepted, in_flight, finished } = self.table.counts();
        StaticStats { accepted, in_flight, finished, capacity: N }
    }
}
