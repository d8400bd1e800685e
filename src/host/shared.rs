//! What the threads of a pool and its handles have in common: the table, and the three things one can wait for.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::ManuallyDrop;
use core::time::Duration;
use std::time::Instant;

use super::batch::{BatchError, Space};
use super::panics::caught;
use super::stats::{Stats, Tally, WorkerStats};
use super::storage::{HeapTable, OutOfMemory, table};
use crate::pool::table::{BATCH, Batch, Ticket};
use crate::pool::{JobId, JobStatus, Outcome, RecvError, SubmitError};
use crate::ring::PopError;
use crate::sync::{AtomicBool, AtomicUsize, Ordering, Padded};
use crate::wait::{Event, wait_for};

/// How long a call may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    None,
    Until(Instant),
    Endless,
}

impl Patience {
    /// A time too long to be reckoned is endless.
    pub(crate) fn lasting(timeout: Duration) -> Self {
        Instant::now().checked_add(timeout).map_or(Self::Endless, Self::Until)
    }

    /// What to say when it is over.
    fn over<X>(self, at_once: X, later: X) -> X {
        if let Self::None = self { at_once } else { later }
    }
}

/// `attempt`s once, or until it answers.
fn patiently<X>(patience: Patience, event: &Event, mut attempt: impl FnMut() -> Option<X>) -> Option<X> {
    match patience {
        Patience::None => attempt(),
        Patience::Until(deadline) => wait_for(event, Some(deadline), attempt),
        Patience::Endless => wait_for(event, None, attempt),
    }
}

pub(crate) struct Shared<J, R> {
    table: HeapTable<J, R>,
    /// Workers wait for jobs.
    jobs: Padded<Event>,
    /// Collectors wait for outcomes.
    outcomes: Padded<Event>,
    /// Submitters wait for free slots.
    slots: Padded<Event>,
    cancelled: AtomicBool,
    cancelled_jobs: AtomicUsize,
    tallies: Box<[Padded<Tally>]>,
}

impl<J, R> Shared<J, R> {
    pub(crate) fn new(capacity: usize, workers: usize) -> Result<Self, OutOfMemory> {
        let mut tallies = Vec::new();
        tallies.try_reserve_exact(workers).map_err(|_| OutOfMemory)?;
        tallies.resize_with(workers, || Padded::new(Tally::new()));
        Ok(Self {
            table: table(capacity, workers)?,
            jobs: Padded::new(Event::new()),
            outcomes: Padded::new(Event::new()),
            slots: Padded::new(Event::new()),
            cancelled: AtomicBool::new(false),
            cancelled_jobs: AtomicUsize::new(0),
            tallies: tallies.into_boxed_slice(),
        })
    }

    // For submitters.

    /// Claims a free slot.
    #[inline]
    pub(crate) fn claim(&self, patience: Patience) -> Result<Claim<'_, J, R>, SubmitError<()>> {
        patiently(patience, &self.slots, || match self.table.claim() {
            Some(ticket) => Some(Ok(Claim { shared: self, ticket: ManuallyDrop::new(ticket) })),
            None => self.table.is_closed().then_some(Err(SubmitError::Closed(()))),
        })
        .unwrap_or(Err(patience.over(SubmitError::Full(()), SubmitError::Timeout(()))))
    }

    #[inline]
    pub(crate) fn submit(&self, patience: Patience, job: J) -> Result<JobId, SubmitError<J>> {
        match self.claim(patience) {
            Ok(claim) => claim.submit(job).map_err(SubmitError::Closed),
            Err(SubmitError::Full(())) => Err(SubmitError::Full(job)),
            Err(SubmitError::Closed(())) => Err(SubmitError::Closed(job)),
            Err(SubmitError::Timeout(())) => Err(SubmitError::Timeout(job)),
        }
    }

    /// Submits jobs from `jobs` as long as slots are there; with `wait`, as long as the pool is open.
    pub(crate) fn submit_batch(&self, wait: bool, jobs: &mut impl Iterator<Item = J>) -> Result<usize, BatchError<J>> {
        /// Claimed slots, the first `filled` of them filled. They go back if the iterator panics.
        struct Claims<'a, J, R> {
            shared: &'a Shared<J, R>,
            batch: Batch,
            filled: usize,
        }

        impl<J, R> Drop for Claims<'_, J, R> {
            fn drop(&mut self) {
                for ticket in &self.batch[..self.filled] {
                    drop(self.shared.table.unfill(ticket));
                }
                self.shared.give_back(core::mem::take(&mut self.batch));
            }
        }

        let patience = if wait { Patience::Endless } else { Patience::None };
        let mut accepted = 0;
        loop {
            // Who may wait must know that there is a job to wait for; who may not must not take one that does not fit.
            let mut first = if wait { jobs.next() } else { None };
            let want = match jobs.size_hint() {
                _ if wait && first.is_none() => return Ok(accepted),
                (_, Some(0)) if !wait => return Ok(accepted),
                (0, most) => most.unwrap_or(BATCH),
                (least, _) => least,
            };
            let want = want.saturating_add(usize::from(first.is_some()));
            let claimed = patiently(patience, &self.slots, || {
                let batch = self.table.claim_batch(want);
                if !batch.is_empty() {
                    return Some(Some(batch));
                }
                self.table.is_closed().then_some(None)
            });
            let batch = match claimed {
                Some(Some(batch)) => batch,
                Some(None) => return Err(BatchError { accepted, refused: first.into_iter().collect() }),
                None => return Ok(accepted),
            };
            let mut claims = Claims { shared: self, batch, filled: 0 };
            while claims.filled < claims.batch.len() {
                let Some(job) = first.take().or_else(|| jobs.next()) else { break };
                self.table.fill(&claims.batch[claims.filled], job);
                claims.filled += 1;
            }
            let filled = core::mem::take(&mut claims.filled);
            let mut batch = core::mem::take(&mut claims.batch);
            let mut unused = Batch::new();
            while batch.len() > filled {
                unused.extend(batch.pop());
            }
            let ended = !unused.is_empty();
            self.give_back(unused);
            if !self.table.submit_batch(&batch) {
                let refused = batch.iter().filter_map(|ticket| self.table.unfill(ticket)).collect();
                self.give_back(batch);
                return Err(BatchError { accepted, refused });
            }
            accepted += filled;
            self.jobs.notify(filled);
            if ended {
                return Ok(accepted);
            }
        }
    }

    /// Gives back claimed slots, and tells those who wait for some.
    fn give_back(&self, batch: Batch) {
        let count = batch.len();
        if count > 0 {
            self.table.give_back_batch(batch);
            self.slots.notify(count);
        }
    }

    // For workers.

    /// Up to `limit` jobs; `None` once there will never be one again.
    #[inline]
    pub(crate) fn take_jobs(&self, limit: usize) -> Option<Batch> {
        wait_for(&self.jobs, None, || match self.table.take_jobs(limit) {
            Ok(batch) => Some(Some(batch)),
            Err(PopError::Empty) => None,
            Err(PopError::Closed) => Some(None),
        })
        .flatten()
    }

    #[inline]
    pub(crate) fn publish(&self, batch: Batch) {
        let count = batch.len();
        self.table.publish(batch);
        self.outcomes.notify(count);
    }

    /// A worker is done for good.
    pub(crate) fn leave(&self) {
        if self.table.leave() {
            self.outcomes.notify_all();
        }
    }

    // For collectors.

    /// Collects with `collect`, which says how often it freed a slot, until it has an answer.
    #[inline]
    fn collect<X>(
        &self,
        patience: Patience,
        mut collect: impl FnMut(&HeapTable<J, R>) -> Result<X, PopError>,
        freed: impl FnOnce(&X) -> usize,
    ) -> Result<X, RecvError> {
        /// The table frees slots also when the reader of an outcome unwinds, and then nobody says how many.
        struct Unwinding<'a>(&'a Event);

        impl Drop for Unwinding<'_> {
            fn drop(&mut self) {
                self.0.notify_all();
            }
        }

        let unwinding = Unwinding(&self.slots);
        let collected = patiently(patience, &self.outcomes, || match collect(&self.table) {
            Ok(answer) => Some(Ok(answer)),
            Err(PopError::Empty) => None,
            Err(PopError::Closed) => Some(Err(RecvError::Closed)),
        });
        core::mem::forget(unwinding);
        let answer = collected.unwrap_or(Err(patience.over(RecvError::Empty, RecvError::Timeout)))?;
        self.slots.notify(freed(&answer));
        Ok(answer)
    }

    /// Reads an outcome with `read` while its slot is still its own.
    #[inline]
    pub(crate) fn recv<X>(&self, patience: Patience, mut read: impl FnMut(Outcome<J, R>) -> X) -> Result<X, RecvError> {
        self.collect(patience, |table| table.collect(&mut read), |_| 1)
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
            let more = |table: &HeapTable<J, R>| table.collect_batch(limit - received, &mut read);
            match self.collect(patience, more, |count| *count) {
                Ok(count) => received += count,
                Err(error) if received == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(received)
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
        self.cancelled_jobs.fetch_add(cancelled, Ordering::Relaxed);
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

    /// A worker cancelled the job that it had taken.
    pub(crate) fn count_cancelled(&self) {
        self.cancelled_jobs.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn tallies(&self) -> &[Padded<Tally>] {
        &self.tallies
    }

    pub(crate) fn stats(&self) -> Stats {
        let mut workers = Vec::with_capacity(self.tallies.len());
        let totals = self.totals(|worker| workers.push(worker));
        Stats { workers, ..totals }
    }

    /// Counts without the list of workers, which `each` is shown one by one: nothing is allocated.
    pub(crate) fn totals(&self, mut each: impl FnMut(WorkerStats)) -> Stats {
        let mut totals = Stats::default();
        for worker in self.tallies.iter().map(|tally| tally.stats()) {
            totals.done += worker.done;
            totals.failed += worker.failed;
            totals.panicked += worker.panicked;
            each(worker);
        }
        totals.cancelled = self.cancelled_jobs.load(Ordering::Relaxed) as u64;
        let (in_flight, unfinished) = self.table.census();
        let accepted = totals.done + totals.failed + totals.panicked + totals.cancelled + unfinished as u64;
        Stats { accepted, in_flight: in_flight as u64, ..totals }
    }
}

impl<J, R> Drop for Shared<J, R> {
    /// Drops what was never collected. The drop of one payload that panics does not keep the others from theirs; the
    /// first such panic goes on afterwards, unless one is under way.
    fn drop(&mut self) {
        let mut first = None;
        self.table.clear(|stage| {
            if let Err(panic) = caught(|| drop(stage)) {
                first.get_or_insert(panic);
            }
        });
        if let Some(message) = first
            && !std::thread::panicking()
        {
            panic!("a payload panicked when the pool dropped it: {message}");
        }
    }
}

/// A claimed slot. It goes back if no job is submitted into it.
pub(crate) struct Claim<'a, J, R> {
    shared: &'a Shared<J, R>,
    ticket: ManuallyDrop<Ticket>,
}

impl<J, R> Claim<'_, J, R> {
    /// The name of the job to be.
    #[cfg(feature = "capi")]
    pub(crate) fn id(&self) -> JobId {
        self.shared.table.id(&self.ticket)
    }

    fn into_ticket(self) -> Ticket {
        let mut claim = ManuallyDrop::new(self);
        // SAFETY: the claim is not used and not dropped after this.
        unsafe { ManuallyDrop::take(&mut claim.ticket) }
    }

    /// Submits the job; gives it back if the pool is closed.
    #[inline]
    pub(crate) fn submit(self, job: J) -> Result<JobId, J> {
        let shared = self.shared;
        let submitted = shared.table.submit(self.into_ticket(), job);
        match submitted {
            Ok(_) => shared.jobs.notify(1),
            Err(_) => shared.slots.notify(1),
        }
        submitted
    }
}

impl<J, R> Drop for Claim<'_, J, R> {
    fn drop(&mut self) {
        // SAFETY: dropped once, and `into_ticket` prevents that.
        self.shared.table.give_back(unsafe { ManuallyDrop::take(&mut self.ticket) });
        self.shared.slots.notify(1);
    }
}
