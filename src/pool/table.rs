//! The engine of every pool: one table of slots, a set of free ones, and two rings of tickets.
//!
//! ```text
//!                  submit                     worker                     collect
//!     free  ──────────────────▶ jobs ──────────────────▶ outcomes ──────────────────▶ free
//!             write the job            run in place,             read the outcome
//!             into its slot            outcome over the job
//! ```
//!
//! A slot is claimed before its job is accepted, and it is the place of the outcome too. So there are never more
//! tickets than a ring has room for: publishing an outcome and giving back a slot cannot fail, and workers never
//! wait for a collector. The one place that can be full is admission.
//!
//! What travels is a run of neighbouring slots: a thread that takes one from a ring takes as much of it as it wants, for one
//! compare-exchange.
//!
//! Invariants that the SAFETY comments name:
//!
//! - **P1** A slot's ticket is in the free set, in one of the two rings, in one [`Run`], or where it was brought by
//!   `Run::into_span`. All of these give each ticket to one taker; a `Run` is not `Clone`, and is made only from what one of
//!   them gave.
//! - **P2** Whoever has the `Run` owns its slots.

use core::ops::Range;

use super::outcome::{JobError, JobId, Outcome, PanicMessage, WorkerId};
use super::slot::{JobStatus, Running, Slot};
use crate::ring::PopError;
use crate::ring::free::FreeSet;
use crate::ring::layout::Span;
#[cfg(feature = "std")]
use crate::ring::raw::LastPush;
use crate::ring::raw::{RawRing, Words};
use crate::sync::{AtomicUsize, Ordering};

/// Where a table's slots and words live.
pub(crate) trait Storage {
    type Words: Words;
    type Slots<J, R>: AsRef<[Slot<J, R>]>;
}

/// The right to neighbouring slots, at least one. Dropping it loses them; [`Table`] consumes it.
#[must_use = "a run that is dropped is slots that are lost"]
pub(crate) struct Run(Span);

impl Run {
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.0.len as usize
    }

    #[inline(always)]
    pub(crate) fn range(&self) -> Range<usize> {
        let start = self.0.start as usize;
        start..start + self.len()
    }

    /// The number of the first slot.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn first(&self) -> u32 {
        self.0.start
    }

    /// The first `count` of them, at least one, and what is left.
    #[cfg(feature = "std")]
    pub(crate) fn split(self, count: usize) -> (Self, Option<Self>) {
        let (first, rest) = self.0.split(u32::try_from(count).unwrap_or(u32::MAX));
        (Self(first), rest.map(Self))
    }

    /// For a place that gives each ticket to one taker.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn into_span(self) -> Span {
        self.0
    }

    /// The inverse, for what such a place gave.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn from_span(span: Span) -> Self {
        Self(span)
    }
}

/// A run of one slot, for a result that is returned in registers.
#[cfg(feature = "std")]
#[must_use = "a run that is dropped is slots that are lost"]
pub(crate) struct One(u32);

#[cfg(feature = "std")]
impl One {
    pub(crate) fn from_run(run: Run) -> Self {
        debug_assert_eq!(run.len(), 1);
        Self(run.first())
    }

    #[inline(always)]
    pub(crate) fn into_run(self) -> Run {
        Run(Span::one(self.0))
    }
}

/// The most slots in a run of the largest pools, and so the most jobs that a worker takes at once.
pub(crate) const LONGEST: usize = 128;

pub(crate) struct Table<J, R, S: Storage> {
    free: FreeSet<S::Words>,
    jobs: RawRing<S::Words>,
    outcomes: RawRing<S::Words>,
    /// How many may still publish outcomes: workers, and calls that cancel.
    crew: AtomicUsize,
    slots: S::Slots<J, R>,
}

// SAFETY: P2: the contents of a slot are touched by one thread at a time, and the slot moves on through a ring or the
// set (R1, R2, F2, F3), so sharing the table sends jobs and results from thread to thread and shares neither.
unsafe impl<J: Send, R: Send, S: Storage> Sync for Table<J, R, S> where S::Words: Sync {}

impl<J, R, S: Storage> Table<J, R, S> {
    /// Over zeroed words and new slots.
    pub(crate) const fn over(
        free: FreeSet<S::Words>,
        jobs: RawRing<S::Words>,
        outcomes: RawRing<S::Words>,
        crew: AtomicUsize,
        slots: S::Slots<J, R>,
    ) -> Self {
        Self { free, jobs, outcomes, crew, slots }
    }

    /// For storage that is set up in place.
    #[cfg(feature = "capi-core")]
    pub(crate) fn storage(&self) -> ([&S::Words; 3], &S::Slots<J, R>) {
        ([self.free.storage(), self.jobs.storage(), self.outcomes.storage()], &self.slots)
    }

    /// The slots of a run, which its owner may touch (P2).
    #[inline(always)]
    pub(crate) fn slots(&self, run: &Run) -> &[Slot<J, R>] {
        &self.slots.as_ref()[run.range()]
    }

    /// Prefetches the slots of a run, before a thread goes through them.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn prefetch(&self, run: &Run) {
        let slots = self.slots(run);
        crate::sync::prefetch_to_write(slots.as_ptr(), size_of_val(slots));
    }

    /// The first of them.
    #[inline(always)]
    fn first(&self, run: &Run) -> &Slot<J, R> {
        &self.slots.as_ref()[run.0.start as usize]
    }

    /// The slots of a run with their numbers.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn numbered(&self, run: &Run) -> impl Iterator<Item = (u32, &Slot<J, R>)> {
        let start = run.0.start;
        self.slots(run).iter().enumerate().map(move |(at, slot)| (start + at as u32, slot))
    }

    /// The most slots that one run of this table can have.
    #[inline(always)]
    pub(crate) fn longest(&self, limit: usize) -> u32 {
        limit.min(LONGEST).min(self.jobs.layout().max_span() as usize) as u32
    }

    // Submitting.

    /// Up to `limit` free slots, neighbours; `None` if no slot is free.
    #[inline(always)]
    pub(crate) fn claim(&self, limit: usize) -> Option<Run> {
        self.free.claim(self.longest(limit)).map(Run)
    }

    /// The name of the first job of a run.
    #[cfg(feature = "capi-core")]
    #[inline(always)]
    pub(crate) fn id(&self, run: &Run) -> JobId {
        JobId { slot: run.0.start, generation: self.first(run).generation() }
    }

    /// Accepts a job into a claimed slot, unless the pool is closed.
    #[inline(always)]
    pub(crate) fn submit(&self, run: Run, job: J) -> Result<JobId, J> {
        let name = self.place(&run, job);
        self.accept(run).map_err(|run| {
            let job = self.take_back(&run);
            self.release(run);
            job
        })?;
        Ok(name)
    }

    /// Puts a job into the first slot of a claimed run; says its name.
    #[inline(always)]
    pub(crate) fn place(&self, run: &Run, job: J) -> JobId {
        JobId { slot: run.0.start, generation: self.first(run).put(job) }
    }

    /// As [`place`](Self::place), without a panic for a slot that does not exist.
    #[cfg(feature = "capi")]
    #[inline(always)]
    pub(crate) fn place_quickly(&self, run: &Run, job: J) -> Option<JobId> {
        let generation = self.slots.as_ref().get(run.0.start as usize)?.put(job);
        Some(JobId { slot: run.0.start, generation })
    }

    /// The inverse.
    pub(crate) fn take_back(&self, run: &Run) -> J {
        self.first(run).take_back()
    }

    /// Accepts the jobs that were put into a run's slots; gives the run back if the pool is closed.
    #[inline(always)]
    pub(crate) fn accept(&self, run: Run) -> Result<(), Run> {
        self.jobs.push(run.0).map_err(|_| run)
    }

    /// As [`accept`](Self::accept), for one job, if its slot is the one after the last and nothing is in the way.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn accept_joined(&self, run: Run, last: &mut LastPush<<S::Words as Words>::Word>) -> Result<(), Run> {
        if self.jobs.join_last(run.0.start, last) { Ok(()) } else { Err(run) }
    }

    /// As [`accept`](Self::accept), for one job, where [`accept_joined`](Self::accept_joined) could not.
    #[cfg(feature = "std")]
    pub(crate) fn accept_apart(&self, run: Run, last: &mut LastPush<<S::Words as Words>::Word>) -> Result<(), Run> {
        self.jobs.push_apart(run.0.start, last).map_err(|_| run)
    }

    /// Gives back slots that are vacant.
    #[inline(always)]
    pub(crate) fn release(&self, run: Run) {
        self.free.release(run.0);
    }

    // Working.

    /// Takes up to `limit` jobs, the oldest ones.
    #[inline(always)]
    pub(crate) fn take_jobs(&self, limit: usize) -> Result<Run, PopError> {
        Ok(Run(self.jobs.pop(self.longest(limit))?))
    }

    /// Publishes the outcomes that are in a run's slots.
    #[inline(always)]
    pub(crate) fn publish(&self, run: Run) {
        let pushed = self.outcomes.push(run.0);
        debug_assert!(pushed.is_ok(), "only the last of the crew closes the outcomes");
    }

    /// Takes one job, runs it and publishes its outcome, which is [`JobError::Panicked`] if `run` unwinds.
    #[inline(always)]
    pub(crate) fn run_one(&self, worker: WorkerId, run: impl FnOnce(J) -> R) -> Result<(), PopError> {
        /// Publishes an outcome if there is none yet.
        struct Unwinding<'a, J, R, S: Storage>(&'a Table<J, R, S>, WorkerId, Span, Running);

        impl<J, R, S: Storage> Drop for Unwinding<'_, J, R, S> {
            fn drop(&mut self) {
                let Self(table, worker, span, running) = self;
                let taken = Run(*span);
                table.first(&taken).finish(*running, *worker, Err(JobError::Panicked(PanicMessage::UNKNOWN)));
                table.publish(taken);
            }
        }

        let taken = self.take_jobs(1)?;
        let (running, job) = self.first(&taken).take();
        let unwinding = Unwinding(self, worker, taken.0, running);
        let value = run(job);
        core::mem::forget(unwinding);
        self.first(&taken).finish(running, worker, Ok(value));
        self.publish(taken);
        Ok(())
    }

    /// Turns some jobs that wait, the oldest ones, into outcomes [`JobError::Cancelled`], to be published. `None` if none waits.
    pub(crate) fn cancel_some(&self) -> Option<Run> {
        let run = self.take_jobs(LONGEST).ok()?;
        for slot in self.slots(&run) {
            let (running, job) = slot.take();
            slot.finish(running, WorkerId::NONE, Err(JobError::Cancelled(job)));
        }
        Some(run)
    }

    /// Closes, and turns the jobs that wait into outcomes [`JobError::Cancelled`].
    pub(crate) fn cancel(&self) {
        self.close();
        self.enter();
        while let Some(run) = self.cancel_some() {
            self.publish(run);
        }
        self.leave();
    }

    // Collecting.

    /// Takes up to `limit` outcomes, the oldest ones.
    #[inline(always)]
    pub(crate) fn take_outcomes(&self, limit: usize) -> Result<Run, PopError> {
        Ok(Run(self.outcomes.pop(self.longest(limit))?))
    }

    /// Takes the oldest outcome, where the crew comes and goes: settles whether more can come.
    pub(crate) fn take_or_settle(&self) -> Result<Run, PopError> {
        let mut settled = false;
        loop {
            match self.take_outcomes(1) {
                // The last of the crew may have left before the jobs were drained. It may also have left since the look above,
                // and then its outcome is there; or another collector has settled it since. So look again, whoever did it.
                Err(PopError::Empty) if !settled && self.is_closed() => {
                    self.settle();
                    settled = true;
                }
                answer => return answer,
            }
        }
    }

    /// Whether at least `words` words of jobs, and so at least as many jobs, appear to be queued, judged by a single look.
    #[cfg(feature = "std")]
    pub(crate) fn has_queued(&self, words: usize) -> bool {
        self.jobs.seems_to_have(words)
    }

    /// Which slots' jobs will be taken next, as far as one look can tell.
    #[cfg(feature = "std")]
    pub(crate) fn next_queued(&self) -> Option<Range<usize>> {
        self.jobs.seems_next().map(|span| Run(span).range())
    }

    /// Whether more outcomes than that can be taken at once, as far as one look can tell.
    #[cfg(feature = "std")]
    pub(crate) fn has_outcomes_beyond(&self, limit: usize) -> bool {
        self.outcomes.seems_next().is_some_and(|span| span.len as usize > limit)
    }

    /// Whether every job that was ever accepted has its outcome.
    #[cfg(feature = "std")]
    pub(crate) fn is_over(&self) -> bool {
        self.outcomes.is_closed()
    }

    /// Whether no outcome will ever be there again to take.
    #[cfg(feature = "std")]
    pub(crate) fn is_drained(&self) -> bool {
        self.outcomes.is_drained()
    }

    /// What the job in the first slot of a run returned; the slot is vacant afterwards. `None` if it returned nothing: then
    /// nothing was done.
    #[cfg(feature = "capi")]
    #[inline(always)]
    pub(crate) fn read_quickly(&self, run: &Run) -> Option<Outcome<J, R>> {
        self.slots.as_ref().get(run.0.start as usize)?.collect_value(run.0.start)
    }

    /// The outcome in the first slot of a run, which is vacant afterwards.
    #[inline(always)]
    pub(crate) fn read_one(&self, run: &Run) -> Outcome<J, R> {
        self.first(run).collect(run.0.start)
    }

    /// Shows the outcomes of a run to `read`, which still has the slots for itself. They are vacant afterwards, if `read` does
    /// not unwind.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn read(&self, run: &Run, mut read: impl FnMut(Outcome<J, R>)) {
        self.numbered(run).for_each(|(index, slot)| read(slot.collect(index)));
    }

    // The end.

    /// Refuses jobs from now on; those accepted before stay accepted. True for the call that did it.
    pub(crate) fn close(&self) -> bool {
        self.jobs.close()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.jobs.is_closed()
    }

    /// Joins the crew, which may publish outcomes. Must come before taking jobs.
    pub(crate) fn enter(&self) {
        // Relaxed: C1 below needs only that it comes before the taker's own compare-exchange on `jobs`, which
        // releases it to whoever sees that job taken.
        self.crew.fetch_add(1, Ordering::Relaxed);
    }

    /// The counterpart of [`enter`](Self::enter), after the last outcome is published. True if this closed the outcomes.
    pub(crate) fn leave(&self) -> bool {
        // C2
        self.crew.fetch_sub(1, Ordering::Release);
        self.settle()
    }

    /// Closes the outcomes if no more can come: the jobs are drained for ever, and nobody holds one.
    ///
    /// The order matters. Once the jobs are seen drained (C1) nobody takes one any more, and whoever took one had
    /// entered before. So if after that the crew is seen empty (C3, Acquire, pairs with C2), all outcomes have been
    /// published. Looking at the crew first would miss a thread that enters and takes the last job in between.
    pub(crate) fn settle(&self) -> bool {
        // C1, then C3
        self.jobs.is_drained() && self.crew.load(Ordering::Acquire) == 0 && self.outcomes.close()
    }

    // Looking.

    #[cfg(feature = "std")]
    pub(crate) fn capacity(&self) -> usize {
        self.slots.as_ref().len()
    }

    /// Where a job is, if its outcome has not been collected yet.
    pub(crate) fn status(&self, id: JobId) -> Option<JobStatus> {
        let (generation, status) = self.slots.as_ref().get(id.slot())?.look();
        if generation == id.generation { status } else { None }
    }

    /// Whether there is something for a worker: a job, or the end of all jobs.
    pub(crate) fn has_news(&self) -> bool {
        !self.jobs.is_empty() || self.jobs.is_drained()
    }

    /// Generation and status of each slot, each of a moment of its own.
    pub(crate) fn looks(&self) -> impl Iterator<Item = (u32, Option<JobStatus>)> + '_ {
        self.slots.as_ref().iter().map(Slot::look)
    }
}

#[cfg(feature = "std")]
impl<J, R, S: Storage> Table<J, R, S> {
    /// All slots, which belong to the caller, as it has the table for itself.
    pub(crate) fn all(&mut self) -> &[Slot<J, R>] {
        self.slots.as_ref()
    }
}
