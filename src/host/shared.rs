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

    /// Submits jobs from `jobs` as long as slots are there, or come while `patience` lasts.
    pub(crate) fn submit_batch(
        &self,
        patience: Patience,
        jobs: &mut impl Iterator<Item = J>,
    ) -> Result<usize, BatchError<J>> {
        /// Claimed slots, the first `filled` of them filled. They go back if the iterator panics.
        struct Claims<'a, J, R> {
            shared: &'a Shared<J, R>,
            batch: Batch,
            filled: usize,
        }

        impl<J, R> Drop for Claims<'_, J, R> {
            fn drop(&mut self) {
                let batch = core::mem::take(&mut self.batch);
                if batch.is_empty() {
                    return;
                }
                for ticket in &batch[..self.filled] {
                    drop(self.shared.table.unfill(ticket));
                }
                let count = batch.len();
                self.shared.table.give_back_batch(batch);
                self.shared.slots.notify(count);
            }
        }

        let mut accepted = 0;
        loop {
            // Who may wait must know that there is a job to wait for; who may not must not take one that does not fit.
            let mut first = None;
            if !matches!(patience, Patience::None) {
                first = jobs.next();
                if first.is_none() {
                    return Ok(accepted);
                }
            }
            let want = match jobs.size_hint() {
                (_, Some(0)) if first.is_none() => return Ok(accepted),
                (0, most) => most.unwrap_or(BATCH),
                (least, _) => least,
            } + usize::from(first.is_some());
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
            let (filled, all) = (claims.filled, claims.batch.len());
            let mut batch = core::mem::take(&mut claims.batch);
            if filled < all {
                let mut unused = Batch::new();
                while batch.len() > filled {
                    unused.extend(batch.pop());
                }
                let count = unused.len();
                self.table.give_back_batch(unused);
                self.slots.notify(count);
            }
            if !self.table.submit_batch(&batch) {
                let refused = batch.iter().filter_map(|ticket| self.table.unfill(ticket)).collect();
                self.table.give_back_batch(batch);
                self.slots.notify(filled);
                return Err(BatchError { accepted, refused });
            }
            accepted += filled;
            self.jobs.notify(filled);
            if filled < all {
                return Ok(accepted);
            }
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

    /// Reads an outcome with `read` while its slot is still its own.
    #[inline]
    pub(crate) fn recv<X>(&self, patience: Patience, read: impl FnOnce(Outcome<J, R>) -> X) -> Result<X, RecvError> {
        let mut read = Some(read);
        patiently(patience, &self.outcomes, || {
            let taken = self.table.collect(|outcome| read.take().map(|read| read(outcome)));
            match taken {
                Ok(answer) => answer.map(Ok),
                Err(PopError::Empty) => None,
                Err(PopError::Closed) => Some(Err(RecvError::Closed)),
            }
        })
        .unwrap_or(Err(patience.over(RecvError::Empty, RecvError::Timeout)))
        .inspect(|_| self.slots.notify(1))
    }

    /// Reads up to `limit` outcomes, waiting for the first only.
    #[inline]
    pub(crate) fn recv_batch(
        &self,
        patience: Patience,
        limit: usize,
        mut read: impl FnMut(Outcome<J, R>),
    ) -> Result<usize, RecvError> {
        /// The table frees the slots also when `read` unwinds, and then nobody says how many.
        struct Unwinding<'a>(&'a Event);

        impl Drop for Unwinding<'_> {
            fn drop(&mut self) {
                self.0.notify_all();
            }
        }

        let mut received = 0;
        while received < limit {
            let patience = if received == 0 { patience } else { Patience::None };
            let more = patiently(patience, &self.outcomes, || {
                let unwinding = Unwinding(&self.slots);
                let taken = self.table.collect_batch(limit - received, &mut read);
                core::mem::forget(unwinding);
                match taken {
                    Ok(count) => Some(Ok(count)),
                    Err(PopError::Empty) => None,
                    Err(PopError::Closed) => Some(Err(RecvError::Closed)),
                }
            });
            match more.unwrap_or(Err(patience.over(RecvError::Empty, RecvError::Timeout))) {
                Ok(count) => {
                    received += count;
                    self.slots.notify(count);
                }
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
        if self.table.close() {
            self.jobs.notify_all();
            self.slots.notify_all();
        }
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
