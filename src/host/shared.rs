//! What the threads of a pool and its handles have in common: the table, and the four things one can wait for.

mod receive;
mod submit;

use core::mem::ManuallyDrop;

use super::hand::Hand;
use super::lanes::Lanes;
use super::panics::caught;
use super::pool_number::PoolNumber;
use super::stats::Stats;
use super::storage::{HeapTable, OutOfMemory, table};
use super::tally::Tallies;
#[cfg(feature = "capi")]
use super::{lane::Lane, seat::Seat};
use crate::pool::table::Run;
use crate::pool::{JobId, JobStatus};
use crate::ring::PopError;
use crate::sync::{AtomicBool, Ordering, Padded};
use crate::wait::{Barrier, Event, wait_for};

pub(crate) struct Shared<J, R> {
    table: HeapTable<J, R>,
    lanes: Lanes,
    /// Workers wait for jobs.
    jobs_event: Padded<Event>,
    /// Collectors wait for outcomes.
    outcomes_event: Padded<Event>,
    /// Submitters wait for free slots.
    slots_event: Padded<Event>,
    /// Whoever joins waits for the end.
    end_event: Event,
    cancelled: AtomicBool,
    tallies: Tallies,
    number: PoolNumber,
}

impl<J, R> Shared<J, R> {
    pub(crate) fn new(capacity: usize, workers: usize) -> Result<Self, OutOfMemory> {
        let tallies = Tallies::new(workers)?;
        let barrier = Barrier::new();
        Ok(Self {
            table: table(capacity, workers)?,
            lanes: Lanes::new(capacity, barrier)?,
            jobs_event: Padded::new(Event::new(barrier)),
            outcomes_event: Padded::new(Event::new(barrier)),
            slots_event: Padded::new(Event::new(barrier)),
            end_event: Event::new(barrier),
            cancelled: AtomicBool::new(false),
            tallies,
            number: PoolNumber::next(),
        })
    }

    /// What the calling thread has at hand.
    #[inline(always)]
    pub(crate) fn hand(&self) -> Hand<'_> {
        Hand::mine(&self.lanes)
    }

    /// What the thread with that seat has at hand, if it has a lane already.
    #[cfg(feature = "capi")]
    #[inline(always)]
    pub(super) fn lane(&self, seat: Seat) -> Option<&Lane> {
        self.lanes.of(seat)
    }

    #[cfg(feature = "capi")]
    #[inline(always)]
    pub(super) fn jobs_event(&self) -> &Event {
        &self.jobs_event
    }

    #[cfg(feature = "capi")]
    #[inline(always)]
    pub(super) fn slots_event(&self) -> &Event {
        &self.slots_event
    }

    // For workers.

    /// Up to `limit` jobs, if there are some now.
    #[inline(always)]
    pub(crate) fn try_take_jobs(&self, limit: usize) -> Result<Run, PopError> {
        self.table.take_jobs(limit)
    }

    /// Up to `limit` jobs; waits for them. `None` once there will never be one again.
    pub(crate) fn take_jobs(&self, limit: usize) -> Option<Run> {
        wait_for(&self.jobs_event, None, &mut |_| match self.table.take_jobs(limit) {
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
        self.outcomes_event.notify(count);
    }

    /// A worker is done for good.
    pub(crate) fn leave(&self) {
        // Whoever leaves after the end tells of it, too: the thread that brought it about may be suspended before it does.
        if self.table.leave() || self.table.is_over() {
            self.outcomes_event.notify_all();
            self.end_event.notify_all();
        }
    }

    // For everyone.

    /// True for the call that did it.
    pub(crate) fn close(&self) -> bool {
        let closed = self.table.close();
        // Each call wakes all, not only the first: the first caller may be suspended before it does.
        self.jobs_event.notify_all();
        self.slots_event.notify_all();
        closed
    }

    pub(crate) fn cancel(&self) {
        // Relaxed: a worker that reads it late runs one more job, as if it had begun before.
        self.cancelled.store(true, Ordering::Relaxed);
        self.close();
        // Threads that take jobs to publish outcomes count as crew, so that the last worker out cannot close the outcomes under
        // them.
        self.table.enter();
        while let Some(run) = self.table.cancel_some() {
            // Counted before any thread can have them. And waiters are told of these before the next are taken: if this thread
            // is suspended here, they depend on it for no more than these.
            self.tallies.count_cancelled(run.len());
            self.publish(run);
        }
        self.leave();
    }

    /// Waits until every accepted job has its outcome, and no thread is left that could bring one. Closed already.
    pub(crate) fn wait_for_end(&self) {
        let _ = wait_for(&self.end_event, None, &mut |_| self.table.is_over().then_some(()));
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

    pub(super) fn number(&self) -> PoolNumber {
        self.number
    }

    pub(crate) fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    pub(crate) fn stats(&self) -> Stats {
        self.tallies.stats(&self.table)
    }

    /// Without the list of workers: nothing is allocated.
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

/// Slots in the hands of a call, claimed or with outcomes that are being read, while the caller's code runs. If that unwinds
/// what is in them is dropped, and they go back.
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
        for slot in self.shared.table.slots(&self.run) {
            // A panic is under way: one more, of a payload's drop, would end the process.
            let _ = caught(|| slot.clear());
        }
        // SAFETY: dropped once, and `into_run` prevents that.
        self.shared.give_back(self.hand, unsafe { ManuallyDrop::take(&mut self.run) });
    }
}

#[cfg(all(test, not(loom), target_has_atomic = "64"))]
mod tests;
