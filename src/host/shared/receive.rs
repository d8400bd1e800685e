//! Receiving: one outcome, or a batch; and giving back slots.

use core::mem::ManuallyDrop;

use super::{Held, Shared};
use crate::host::batch::Space;
use crate::host::hand::{Hand, Released};
use crate::host::patience::{Patience, patiently};
use crate::host::stash::Unsettled;
use crate::pool::table::{One, Run};
use crate::pool::{Outcome, RecvError};
use crate::ring::PopError;

impl<J, R> Shared<J, R> {
    /// Receives an outcome.
    #[inline(always)]
    pub(crate) fn recv(&self, patience: Patience) -> Result<Outcome<J, R>, RecvError> {
        let hand = self.hand();
        let run = match hand.outcome_quickly() {
            Ok(run) => run,
            Err(unsettled) => self.outcome_apart(hand, unsettled, patience)?.into_run(),
        };
        let outcome = self.table.read_one(&run);
        self.give_back_one(hand, run);
        Ok(outcome)
    }

    /// Takes one outcome where that was not quickly done.
    #[cold]
    #[inline(never)]
    pub(crate) fn outcome_apart(
        &self,
        hand: Hand<'_>,
        unsettled: Unsettled,
        patience: Patience,
    ) -> Result<One, RecvError> {
        let run = match hand.received(unsettled) {
            Some(run) => run,
            None => self.outcomes_anywhere(hand, patience, 1)?,
        };
        Ok(One::from_run(run))
    }

    /// Gives back one vacant slot.
    #[inline(always)]
    pub(crate) fn give_back_one(&self, hand: Hand<'_>, run: Run) {
        match hand.release_quickly(run) {
            Ok(()) => self.released(hand, Released::KEPT),
            Err((run, unsettled)) => self.give_back_apart(hand, run, unsettled),
        }
    }

    /// Gives it back where that was not quickly done.
    #[cold]
    #[inline(never)]
    pub(crate) fn give_back_apart(&self, hand: Hand<'_>, run: Run, unsettled: Unsettled) {
        self.released(hand, hand.release_one(&self.table, run, unsettled, &self.slots_event));
    }

    /// Gives back vacant slots.
    #[inline(always)]
    pub(super) fn give_back(&self, hand: Hand<'_>, run: Run) {
        self.released(hand, hand.release(&self.table, run, &self.slots_event));
    }

    /// Tells waiting submitters of the slots that were given back.
    #[inline(always)]
    fn released(&self, hand: Hand<'_>, released: Released) {
        if hand.has_waiters(&self.slots_event) {
            self.tell_submitters(hand, released);
        }
    }

    /// Sleepers find slots sooner in the common set. Submitters that look just now may miss what moves there, so they are told
    /// of that, and of what was kept if it does not move.
    #[cold]
    #[inline(never)]
    fn tell_submitters(&self, hand: Hand<'_>, Released { common, kept }: Released) {
        let moved = hand.flush(&self.table, &self.slots_event);
        let left = common + kept.saturating_sub(moved);
        if left > 0 {
            self.slots_event.signal(left);
        }
    }

    /// Receives as many outcomes as are there and fit into `space`, waiting for the first only.
    #[inline(always)]
    pub(crate) fn recv_batch(
        &self,
        patience: Patience,
        space: &mut (impl Space<J, R> + ?Sized),
    ) -> Result<usize, RecvError> {
        let mut at = 0;
        self.recv_each(patience, space.room(), |outcome| {
            space.put(at, outcome);
            at += 1;
        })
    }

    /// The same, up to `limit`: each is given to `read`. Inlined into its caller, so that what `read` adds up stays in
    /// registers.
    #[inline(always)]
    fn recv_each(
        &self,
        patience: Patience,
        limit: usize,
        mut read: impl FnMut(Outcome<J, R>),
    ) -> Result<usize, RecvError> {
        self.recv_runs(patience, limit, |run| self.table.read(run, &mut read))
    }

    /// The same by runs. `read` leaves each slot of a run vacant; what is left in them if it unwinds is dropped.
    #[inline(always)]
    pub(crate) fn recv_runs(
        &self,
        patience: Patience,
        limit: usize,
        mut read: impl FnMut(&Run),
    ) -> Result<usize, RecvError> {
        let mut received = 0;
        while received < limit {
            let patience = if received == 0 { patience } else { Patience::None };
            let hand = self.hand();
            match self.take_outcomes(hand, patience, limit - received) {
                Ok(run) => {
                    received += run.len();
                    self.table.prefetch(&run);
                    let held = Held { shared: self, hand, run: ManuallyDrop::new(run) };
                    read(&held.run);
                    self.give_back(hand, held.into_run());
                }
                Err(error) if received == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(received)
    }

    /// Up to `limit` outcomes, to be read.
    fn take_outcomes(&self, hand: Hand<'_>, patience: Patience, limit: usize) -> Result<Run, RecvError> {
        match hand.outcomes(&self.table, limit) {
            Some(run) => Ok(run),
            None => self.outcomes_anywhere(hand, patience, limit),
        }
    }

    fn outcomes_anywhere(&self, hand: Hand<'_>, patience: Patience, limit: usize) -> Result<Run, RecvError> {
        patiently(patience, &self.outcomes_event, |look| {
            match hand.outcomes_anywhere(&self.table, limit, &self.outcomes_event, look) {
                Ok(run) => Some(Ok(run)),
                Err(PopError::Empty) => None,
                Err(PopError::Closed) => Some(Err(RecvError::Closed)),
            }
        })
        .unwrap_or(Err(patience.over(RecvError::Empty, RecvError::Timeout)))
    }
}

// For C.
#[cfg(feature = "capi")]
impl<J, R> Shared<J, R> {
    /// Tells waiting submitters of a slot that this thread keeps.
    pub(crate) fn tell_submitter(&self, hand: Hand<'_>) {
        self.tell_submitters(hand, Released::KEPT);
    }
}
