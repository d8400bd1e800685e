//! What the threads of a pool and its handles have in common: the table, and the three things one can wait for.

use core::mem::ManuallyDrop;

use super::batch::{BatchError, Space};
use super::lanes::{Hand, Lanes, Released};
use super::panics::caught;
use super::patience::{Patience, patiently};
use super::stats::Stats;
use super::storage::{HeapTable, OutOfMemory, table};
use super::tally::Tallies;
use crate::pool::slot::{Filling, Slot};
use crate::pool::table::{LONGEST, Run};
use crate::pool::{JobId, JobStatus, Outcome, RecvError, SubmitError};
use crate::ring::PopError;
use crate::sync::{AtomicBool, Ordering, Padded};
use crate::wait::{Barrier, Event, wait_for};

pub(crate) struct Shared<J, R> {
    table: HeapTable<J, R>,
    lanes: Lanes,
    /// Workers wait for jobs.
    jobs: Padded<Event>,
    /// Collectors wait for outcomes.
    outcomes: Padded<Event>,
    /// Submitters wait for free slots.
    slots: Padded<Event>,
    cancelled: AtomicBool,
    tallies: Tallies,
}

impl<J, R> Shared<J, R> {
    pub(crate) fn new(capacity: usize, workers: usize) -> Result<Self, OutOfMemory> {
        let tallies = Tallies::new(workers)?;
        let barrier = Barrier::new();
        Ok(Self {
            table: table(capacity, workers)?,
            lanes: Lanes::new(capacity, barrier)?,
            jobs: Padded::new(Event::new(barrier)),
            outcomes: Padded::new(Event::new(barrier)),
            slots: Padded::new(Event::new(barrier)),
            cancelled: AtomicBool::new(false),
            tallies,
        })
    }

    // For submitters.

    /// Claims up to `limit` free slots.
    #[inline(always)]
    fn claim(&self, hand: Hand<'_>, patience: Patience, limit: usize) -> Result<Run, SubmitError<()>> {
        let run = match hand.claim(limit) {
            Some(run) => run,
            None => self.claim_anywhere(hand, patience, limit)?,
        };
        Ok(run.at_most(limit))
    }

    #[inline(never)]
    fn claim_anywhere(&self, hand: Hand<'_>, patience: Patience, limit: usize) -> Result<Run, SubmitError<()>> {
        patiently(patience, &self.slots, |look| match hand.claim_anywhere(&self.table, limit, &self.slots, look) {
            Some(run) => Some(Ok(run)),
            None => self.table.is_closed().then_some(Err(SubmitError::Closed(()))),
        })
        .unwrap_or(Err(patience.over(SubmitError::Full(()), SubmitError::Timeout(()))))
    }

    /// Submits a job. `placed` is told its name while the slot still belongs to this call: it may be refused yet. It must
    /// not unwind, which would lose the slot.
    #[inline(always)]
    pub(crate) fn submit(
        &self,
        patience: Patience,
        job: J,
        placed: impl FnOnce(JobId),
    ) -> Result<JobId, SubmitError<J>> {
        let hand = self.lanes.mine();
        let run = match self.claim(hand, patience, 1) {
            Ok(run) => run,
            Err(SubmitError::Full(())) => return Err(SubmitError::Full(job)),
            Err(SubmitError::Closed(())) => return Err(SubmitError::Closed(job)),
            Err(SubmitError::Timeout(())) => return Err(SubmitError::Timeout(job)),
        };
        let name = self.table.place(&run, job);
        placed(name);
        match hand.accept(&self.table, run) {
            Ok(()) => {
                self.jobs.notify(1);
                Ok(name)
            }
            Err(run) => {
                let job = self.table.take_back(&run);
                self.give_back(hand, run);
                Err(SubmitError::Closed(job))
            }
        }
    }

    /// Submits jobs from `jobs` as long as slots are there; with `wait`, as long as the pool is open. `placed` is told
    /// the name of each job that has its slot, while that still belongs to this call: it may be refused yet.
    #[inline]
    pub(crate) fn submit_batch(
        &self,
        wait: bool,
        jobs: &mut impl Iterator<Item = J>,
        mut placed: impl FnMut(JobId),
    ) -> Result<usize, BatchError<J>> {
        let patience = if wait { Patience::Endless } else { Patience::None };
        let mut accepted = 0;
        loop {
            // Who may wait must know that there is a job to wait for; who may not must not take one that does not fit.
            let mut first = if wait { jobs.next() } else { None };
            let want = match jobs.size_hint() {
                _ if wait && first.is_none() => return Ok(accepted),
                (_, Some(0)) if !wait => return Ok(accepted),
                (0, most) => most.unwrap_or(LONGEST),
                (least, _) => least,
            };
            let hand = self.lanes.mine();
            let held = match self.claim(hand, patience, want.saturating_add(usize::from(first.is_some()))) {
                Ok(run) => Held { shared: self, hand, run: ManuallyDrop::new(run) },
                Err(SubmitError::Closed(())) => {
                    return Err(BatchError { accepted, refused: first.into_iter().collect() });
                }
                Err(_) => return Ok(accepted),
            };
            // If the iterator unwinds, what it has given is dropped, and then the slots go back.
            let mut filling = Filling { slots: self.table.slots(&held.run), filled: 0 };
            for (index, slot) in self.table.numbered(&held.run) {
                let Some(job) = first.take().or_else(|| jobs.next()) else { break };
                let generation = slot.put(job);
                filling.filled += 1;
                placed(JobId { slot: index, generation });
            }
            let filled = core::mem::take(&mut filling.filled);
            if filled == 0 {
                return Ok(accepted);
            }
            let (run, unused) = held.into_run().split(filled);
            let ended = unused.is_some();
            if let Some(unused) = unused {
                self.give_back(hand, unused);
            }
            if let Err(run) = self.table.accept(run) {
                let refused = self.table.slots(&run).iter().map(Slot::take_back).collect();
                self.give_back(hand, run);
                return Err(BatchError { accepted, refused });
            }
            accepted += filled;
            self.jobs.notify(filled);
            if ended {
                return Ok(accepted);
            }
        }
    }

    /// Gives back vacant slots, and tells those who wait for some.
    #[inline(always)]
    fn give_back(&self, hand: Hand<'_>, run: Run) {
        let released = hand.release(&self.table, run);
        if self.slots.has_waiters() {
            self.tell_submitters(hand, released);
        }
    }

    /// Those who sleep find slots sooner in the common set. What moves there may be missed by those who look just now, so it
    /// counts as given back.
    #[cold]
    #[inline(never)]
    fn tell_submitters(&self, hand: Hand<'_>, Released { common, kept }: Released) {
        self.slots.signal(common + kept.max(hand.flush(&self.table)));
    }

    // For workers.

    /// Up to `limit` jobs, if there are some now.
    #[inline(always)]
    pub(crate) fn try_take_jobs(&self, limit: usize) -> Result<Run, PopError> {
        self.table.take_jobs(limit)
    }

    /// Up to `limit` jobs; waits for them. `None` once there will never be one again.
    pub(crate) fn take_jobs(&self, limit: usize) -> Option<Run> {
        wait_for(&self.jobs, None, &mut |_| match self.table.take_jobs(limit) {
            Ok(run) => Some(Some(run)),
            Err(PopError::Empty) => None,
            Err(PopError::Closed) => Some(None),
        })
        .flatten()
    }

    #[inline]
    pub(crate) fn publish(&self, run: Run) {
        let count = run.len();
        self.table.publish(run);
        self.outcomes.notify(count);
    }

    /// A worker is done for good.
    pub(crate) fn leave(&self) {
        if self.table.leave() {
            self.outcomes.notify_all();
        }
    }

    // For collectors.

    /// Reads an outcome with `read` while its slot is still its own. It must not unwind, which would lose the slot.
    #[inline(always)]
    pub(crate) fn recv<X>(&self, patience: Patience, read: impl FnOnce(Outcome<J, R>) -> X) -> Result<X, RecvError> {
        let hand = self.lanes.mine();
        let run = self.take_outcomes(hand, patience, 1)?;
        let answer = read(self.table.read_one(&run));
        self.give_back(hand, run);
        Ok(answer)
    }

    /// Reads up to `limit` outcomes, waiting for the first only.
    #[inline]
    pub(crate) fn recv_batch(
        &self,
        patience: Patience,
        limit: usize,
        mut read: impl FnMut(Outcome<J, R>),
    ) -> Result<usize, RecvError> {
        let mut received = 0;
        while received < limit {
            let patience = if received == 0 { patience } else { Patience::None };
            let hand = self.lanes.mine();
            match self.take_outcomes(hand, patience, limit - received) {
                Ok(run) => {
                    received += run.len();
                    let held = Held { shared: self, hand, run: ManuallyDrop::new(run) };
                    self.table.read(&held.run, &mut read);
                    self.give_back(hand, held.into_run());
                }
                Err(error) if received == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(received)
    }

    /// Up to `limit` outcomes, to be read.
    #[inline(always)]
    fn take_outcomes(&self, hand: Hand<'_>, patience: Patience, limit: usize) -> Result<Run, RecvError> {
        let run = match hand.outcomes(limit) {
            Some(run) => run,
            None => self.outcomes_anywhere(hand, patience, limit)?,
        };
        Ok(run.at_most(limit))
    }

    #[inline(never)]
    fn outcomes_anywhere(&self, hand: Hand<'_>, patience: Patience, limit: usize) -> Result<Run, RecvError> {
        patiently(patience, &self.outcomes, |look| {
            match hand.outcomes_anywhere(&self.table, limit, &self.outcomes, look) {
                Ok(run) => Some(Ok(run)),
                Err(PopError::Empty) => None,
                Err(PopError::Closed) => Some(Err(RecvError::Closed)),
            }
        })
        .unwrap_or(Err(patience.over(RecvError::Empty, RecvError::Timeout)))
    }

    #[inline]
    pub(crate) fn recv_into(
        &self,
        patience: Patience,
        space: &mut (impl Space<J, R> + ?Sized),
    ) -> Result<usize, RecvError> {
        let mut at = 0;
        self.recv_batch(patience, space.room(), |outcome| {
            space.put(at, outcome);
            at += 1;
        })
    }

    // For everyone.

    pub(crate) fn close(&self) {
        self.table.close();
        // Each who closes wakes all, not only the first: that one may be suspended before it does.
        self.jobs.notify_all();
        self.slots.notify_all();
    }

    pub(crate) fn cancel(&self) {
        // Relaxed: a worker that reads it late runs one more job, as if it had begun before.
        self.cancelled.store(true, Ordering::Relaxed);
        self.close();
        // Those who take jobs to publish outcomes count as crew, so that the last worker out cannot close the outcomes
        // under them.
        self.table.enter();
        let cancelled = self.table.cancel_waiting();
        self.tallies.count_cancelled(cancelled);
        self.outcomes.notify(cancelled);
        self.leave();
    }

    pub(crate) fn is_cancelled(&self) -> &AtomicBool {
        &self.cancelled
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.table.is_closed()
    }

    pub(crate) fn status(&self, job: JobId) -> Option<JobStatus> {
        self.table.status(job)
    }

    pub(crate) fn table(&self) -> &HeapTable<J, R> {
        &self.table
    }

    pub(crate) fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    pub(crate) fn stats(&self) -> Stats {
        self.tallies.stats(&self.table)
    }

    /// Without the list of workers: nothing is allocated.
    #[cfg(feature = "capi")]
    pub(crate) fn totals(&self) -> Stats {
        self.tallies.totals(&self.table, drop)
    }
}

impl<J, R> Drop for Shared<J, R> {
    /// Drops what was never collected. The drop of one payload that panics does not keep the others from theirs; the
    /// first such panic goes on afterwards, unless one is under way.
    fn drop(&mut self) {
        let mut first = None;
        for slot in self.table.all() {
            if let Err(panic) = caught(|| slot.clear()) {
                first.get_or_insert(panic);
            }
        }
        if let Some(message) = first
            && !std::thread::panicking()
        {
            panic!("a payload panicked when the pool dropped it: {message}");
        }
    }
}

/// Slots in the hands of a call, claimed or with outcomes that are being read, while the caller's code runs. They go back
/// also if that unwinds.
struct Held<'a, J, R> {
    shared: &'a Shared<J, R>,
    hand: Hand<'a>,
    run: ManuallyDrop<Run>,
}

impl<J, R> Held<'_, J, R> {
    #[inline(always)]
    fn into_run(self) -> Run {
        let mut held = ManuallyDrop::new(self);
        // SAFETY: what is held is not used and not dropped after this.
        unsafe { ManuallyDrop::take(&mut held.run) }
    }
}

impl<J, R> Drop for Held<'_, J, R> {
    #[cold]
    fn drop(&mut self) {
        // SAFETY: dropped once, and `into_run` prevents that.
        self.shared.give_back(self.hand, unsafe { ManuallyDrop::take(&mut self.run) });
    }
}

#[cfg(all(test, not(loom), target_has_atomic = "64"))]
mod tests;
