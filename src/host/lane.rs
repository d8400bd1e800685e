//! What one thread has at hand of a pool, and the quick way to it.
//!
//! Each of these is a few loads and stores, and one compare-exchange to accept a job. They are for the thread whose lane it is.
//! Where one fails there is a slower way, which says what became of what was done; it comes next.

use super::stash::{Stash, Unsettled};
use super::storage::HeapTable;
use crate::pool::table::Run;
use crate::ring::Native;
use crate::ring::raw::LastPush;
use crate::sync::UnsafeCell;
use crate::wait::{Asymmetric, Event};

#[derive(Debug)]
pub(crate) struct Lane {
    pub(super) free: Stash,
    pub(super) outcomes: Stash,
    /// Its last job.
    last: UnsafeCell<LastPush<Native>>,
    barrier: Asymmetric,
}

// SAFETY: all but `last` is of atomics, and `last` is touched by the thread whose lane it is and by no other. A thread has its
// seat, and so its lane, until it ends; what it did comes before what the next one with this seat does.
unsafe impl Sync for Lane {}

impl Lane {
    pub(super) fn new(barrier: Asymmetric) -> Self {
        let (free, outcomes) = (Stash::new(barrier), Stash::new(barrier));
        Self { free, outcomes, last: UnsafeCell::new(LastPush::NONE), barrier }
    }

    /// A free slot.
    #[inline(always)]
    pub(crate) fn claim_quickly(&self) -> Result<Run, Unsettled> {
        self.free.take_quickly().map(Run::from_span)
    }

    /// Accepts the job that was put into a claimed slot, if that is the slot after the last one of this thread and nothing is
    /// in the way; returns the run if not.
    #[inline(always)]
    pub(crate) fn accept_quickly<J, R>(&self, table: &HeapTable<J, R>, run: Run) -> Result<(), Run> {
        // SAFETY: this thread's, and nothing in here comes back to it: no code of the caller's runs, and no call of a pool is
        // allowed in a signal handler.
        self.last.with_mut(|last| table.accept_joined(run, unsafe { &mut *last }))
    }

    /// The slower way of the same: returns the run only if the pool is closed.
    pub(super) fn accept_apart<J, R>(&self, table: &HeapTable<J, R>, run: Run) -> Result<(), Run> {
        // SAFETY: as above.
        self.last.with_mut(|last| table.accept_apart(run, unsafe { &mut *last }))
    }

    /// An outcome.
    #[inline(always)]
    pub(crate) fn outcome_quickly(&self) -> Result<Run, Unsettled> {
        self.outcomes.take_quickly().map(Run::from_span)
    }

    /// Gives back one vacant slot, to this thread.
    #[inline(always)]
    pub(crate) fn release_quickly(&self, run: Run) -> Result<(), (Run, Unsettled)> {
        self.free.put_quickly(run.first()).map_err(|unsettled| (run, unsettled))
    }

    /// Whether somebody waits for the event: a thread that has a lane need not ask which barrier there is.
    #[inline(always)]
    pub(crate) fn has_waiters(&self, event: &Event) -> bool {
        event.has_waiters_by(self.barrier)
    }
}
