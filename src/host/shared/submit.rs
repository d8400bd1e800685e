//! Submitting: one job, or a batch.

use alloc::vec::Vec;
use core::mem::ManuallyDrop;

use super::{Held, Shared};
use crate::host::batch::BatchError;
use crate::host::hand::Hand;
use crate::host::patience::{Patience, patiently};
use crate::host::stash::Unsettled;
use crate::pool::slot::Slot;
use crate::pool::table::{One, Run};
use crate::pool::{JobId, SubmitError};

/// The most slots that are held for an iterator that does not say how much it will give.
const UNKNOWN: usize = 32;

impl<J, R> Shared<J, R> {
    /// Submits a job.
    #[inline(always)]
    pub(crate) fn submit(&self, patience: Patience, job: J) -> Result<JobId, SubmitError<J>> {
        let hand = self.hand();
        let claimed = match hand.claim_quickly() {
            Ok(run) => Ok(run),
            Err(unsettled) => self.claim_apart(hand, unsettled, patience).map(One::into_run),
        };
        let run = match claimed {
            Ok(run) => run,
            Err(SubmitError::Full(())) => return Err(SubmitError::Full(job)),
            Err(SubmitError::Closed(())) => return Err(SubmitError::Closed(job)),
            Err(SubmitError::Timeout(())) => return Err(SubmitError::Timeout(job)),
        };
        let name = self.table.place(&run, job);
        match hand.accept_quickly(&self.table, run).or_else(|run| hand.accept_apart(&self.table, run)) {
            Ok(()) => {
                if hand.has_waiters(&self.jobs_event) {
                    self.jobs_event.signal(1);
                }
                Ok(name)
            }
            Err(run) => Err(self.refused(hand, run)),
        }
    }

    /// The job in a claimed slot, which goes back.
    fn refused(&self, hand: Hand<'_>, run: Run) -> SubmitError<J> {
        let job = self.table.take_back(&run);
        self.give_back(hand, run);
        SubmitError::Closed(job)
    }

    /// Claims one slot where that was not quickly done.
    #[cold]
    #[inline(never)]
    pub(crate) fn claim_apart(
        &self,
        hand: Hand<'_>,
        unsettled: Unsettled,
        patience: Patience,
    ) -> Result<One, SubmitError<()>> {
        let run = match hand.claimed(unsettled) {
            Some(run) => run,
            None => self.claim_anywhere(hand, patience, 1)?,
        };
        Ok(One::from_run(run))
    }

    /// Claims up to `limit` free slots.
    pub(super) fn claim(&self, hand: Hand<'_>, patience: Patience, limit: usize) -> Result<Run, SubmitError<()>> {
        match hand.claim(&self.table, limit) {
            Some(run) => Ok(run),
            None => self.claim_anywhere(hand, patience, limit),
        }
    }

    fn claim_anywhere(&self, hand: Hand<'_>, patience: Patience, limit: usize) -> Result<Run, SubmitError<()>> {
        patiently(patience, &self.slots_event, |look| {
            match hand.claim_anywhere(&self.table, limit, &self.slots_event, look) {
                Some(run) => Some(Ok(run)),
                None => self.table.is_closed().then_some(Err(SubmitError::Closed(()))),
            }
        })
        .unwrap_or(Err(patience.over(SubmitError::Full(()), SubmitError::Timeout(()))))
    }

    /// Submits jobs from `jobs` as long as slots are there; with `wait`, as long as the pool is open.
    #[inline]
    pub(crate) fn submit_batch(&self, wait: bool, jobs: &mut impl Iterator<Item = J>) -> Result<usize, BatchError<J>> {
        let mut refused = Vec::new();
        self.submit_each(wait, jobs, |_| {}, |job| refused.push(job))
            .map_err(|accepted| BatchError { accepted, refused })
    }

    /// The same. `placed` is told the name of each job that has its slot, while that still belongs to this call: it may be
    /// refused yet. If the pool is closed `refuse` gets those that were taken from the iterator, and the error is how many were
    /// accepted.
    #[inline(always)]
    pub(crate) fn submit_each(
        &self,
        wait: bool,
        jobs: &mut impl Iterator<Item = J>,
        mut placed: impl FnMut(JobId),
        refuse: impl FnMut(J),
    ) -> Result<usize, usize> {
        let patience = if wait { Patience::Endless } else { Patience::None };
        let mut accepted = 0;
        loop {
            // A waiting caller must know that a job exists before it waits for a slot; a non-waiting caller must not take a job
            // from the iterator that it cannot place.
            let mut first = if wait { jobs.next() } else { None };
            let want = match jobs.size_hint() {
                _ if wait && first.is_none() => return Ok(accepted),
                (_, Some(0)) if !wait => return Ok(accepted),
                // An iterator that may be slow: the jobs that it has given wait for the others of their run.
                (0, most) => most.unwrap_or(UNKNOWN - usize::from(first.is_some())),
                (least, _) => least,
            };
            let hand = self.hand();
            let held = match self.claim(hand, patience, want.saturating_add(usize::from(first.is_some()))) {
                Ok(run) => Held { shared: self, hand, run: ManuallyDrop::new(run) },
                Err(SubmitError::Closed(())) => {
                    first.into_iter().for_each(refuse);
                    return Err(accepted);
                }
                Err(_) => return Ok(accepted),
            };
            let mut filled = 0;
            for (index, slot) in self.table.numbered(&held.run) {
                // If it unwinds, what it has given is dropped, and the slots go back.
                let Some(job) = first.take().or_else(|| jobs.next()) else { break };
                let generation = slot.put(job);
                filled += 1;
                placed(JobId { slot: index, generation });
            }
            if filled == 0 {
                return Ok(accepted);
            }
            let (run, unused) = held.into_run().split(filled);
            let ended = unused.is_some();
            if let Some(unused) = unused {
                self.give_back(hand, unused);
            }
            if let Err(run) = self.table.accept(run) {
                self.table.slots(&run).iter().map(Slot::take_back).for_each(refuse);
                self.give_back(hand, run);
                return Err(accepted);
            }
            accepted += filled;
            self.jobs_event.notify(filled);
            if ended {
                return Ok(accepted);
            }
        }
    }
}

// For C.
#[cfg(feature = "capi")]
impl<J, R> Shared<J, R> {
    /// Accepts the job in a claimed slot where that was not quickly done.
    pub(crate) fn accept_apart(&self, hand: Hand<'_>, run: Run) -> Result<(), SubmitError<J>> {
        hand.accept_apart(&self.table, run).map_err(|run| self.refused(hand, run))?;
        self.jobs_event.notify(1);
        Ok(())
    }

    /// Tells a worker of a job, where one waits.
    pub(crate) fn tell_worker(&self) {
        self.jobs_event.signal(1);
    }
}
