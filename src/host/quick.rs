//! One job or one outcome by what its thread has at hand, step by step: for callers that want these few instructions in one
//! place, and everything else elsewhere. Where a step fails, [`Shared`] goes on; for most steps it has a function that ends in
//! `_apart`.

use super::lane::Lane;
use super::seat::Seat;
use super::shared::Shared;
use super::stash::Unsettled;
use crate::pool::table::Run;
use crate::pool::{JobId, Outcome};

pub(crate) struct Quick<'a, J, R> {
    shared: &'a Shared<J, R>,
    lane: &'a Lane,
}

impl<'a, J, R> Quick<'a, J, R> {
    /// `None` for a thread that has never used a pool, and without lanes.
    #[inline(always)]
    pub(super) fn of(shared: &'a Shared<J, R>, seat: Seat) -> Option<Self> {
        Some(Self { shared, lane: shared.lane(seat)? })
    }

    // To submit: claim, place, accept, and tell a worker if one waits.

    #[inline(always)]
    pub(crate) fn claim(&self) -> Result<Run, Unsettled> {
        self.lane.claim_quickly()
    }

    /// Puts a job into a claimed slot.
    #[inline(always)]
    pub(crate) fn place(&self, run: &Run, job: J) -> Option<JobId> {
        self.shared.table().place_quickly(run, job)
    }

    #[inline(always)]
    pub(crate) fn accept(&self, run: Run) -> Result<(), Run> {
        self.lane.accept_quickly(self.shared.table(), run)
    }

    #[inline(always)]
    pub(crate) fn workers_wait(&self) -> bool {
        self.lane.has_waiters(self.shared.jobs_event())
    }

    // To receive: an outcome, read, release, and tell submitters if some wait.

    #[inline(always)]
    pub(crate) fn outcome(&self) -> Result<Run, Unsettled> {
        self.lane.outcome_quickly()
    }

    /// `None` if the job did not return: then nothing was done.
    #[inline(always)]
    pub(crate) fn read(&self, run: &Run) -> Option<Outcome<J, R>> {
        self.shared.table().read_quickly(run)
    }

    #[inline(always)]
    pub(crate) fn release(&self, run: Run) -> Result<(), (Run, Unsettled)> {
        self.lane.release_quickly(run)
    }

    #[inline(always)]
    pub(crate) fn submitters_wait(&self) -> bool {
        self.lane.has_waiters(self.shared.slots_event())
    }
}
