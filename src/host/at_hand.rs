//! One job or one outcome by what its thread has at hand, step by step: for callers that want these few instructions in one
//! place, and everything else elsewhere. Where a step fails, [`Shared`] goes on, by the function that ends in `_apart`.

use super::lane::Lane;
use super::shared::Shared;
use super::stash::Unsettled;
use crate::pool::table::Run;
use crate::pool::{JobId, Outcome};

#[derive(Clone, Copy)]
pub(crate) struct AtHand<'a, J, R> {
    shared: &'a Shared<J, R>,
    lane: &'a Lane,
}

impl<'a, J, R> AtHand<'a, J, R> {
    /// `None` for a thread that has never used a pool, and without lanes.
    #[inline(always)]
    pub(super) fn of(shared: &'a Shared<J, R>, seat: usize) -> Option<Self> {
        Some(Self { shared, lane: shared.lane(seat)? })
    }

    // To submit: claim, place, accept, and tell a worker if one waits.

    #[inline(always)]
    pub(crate) fn claim(self) -> Result<Run, Unsettled> {
        self.lane.claim()
    }

    /// Puts a job into a claimed slot.
    #[inline(always)]
    pub(crate) fn place(self, run: &Run, job: J) -> Option<JobId> {
        self.shared.table().place_quickly(run, job)
    }

    #[inline(always)]
    pub(crate) fn accept(self, run: Run) -> Result<(), Run> {
        self.lane.accept(self.shared.table(), run)
    }

    #[inline(always)]
    pub(crate) fn workers_wait(self) -> bool {
        self.lane.has_waiters(self.shared.jobs())
    }

    // To receive: an outcome, read, release, and tell submitters if some wait.

    #[inline(always)]
    pub(crate) fn outcome(self) -> Result<Run, Unsettled> {
        self.lane.outcome()
    }

    /// `None` if the job did not return: then nothing was done.
    #[inline(always)]
    pub(crate) fn read(self, run: &Run) -> Option<Outcome<J, R>> {
        self.shared.table().read_quickly(run)
    }

    #[inline(always)]
    pub(crate) fn release(self, run: Run) -> Result<(), (Run, Unsettled)> {
        self.lane.release(run)
    }

    #[inline(always)]
    pub(crate) fn submitters_wait(self) -> bool {
        self.lane.has_waiters(self.shared.slots())
    }
}
