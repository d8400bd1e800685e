//! The engine of every pool: one table of slots and three rings of tickets.
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
//! What travels through a ring is a chain of slots, by its first ticket; takers cut off as many as they want.
//!
//! Invariants that the SAFETY comments name:
//!
//! - **P1** A slot's ticket is in one of the three rings, or in a chain whose head is, or in one [`Ticket`]. The rings
//!   give each ticket to one taker; a `Ticket` is not `Clone` and is made only from what a ring gave.
//! - **P2** Whoever has the `Ticket` alone touches the slot's stage.

use heapless::Vec;

use super::outcome::{JobError, JobId, Outcome, PanicMessage, WorkerId};
use super::slot::{JobStatus, Phase, Slot, Stage};
use crate::ring::PopError;
use crate::ring::raw::{RawRing, Refusal, Words};
use crate::sync::{AtomicUsize, Ordering};

/// Where a table's slots and words live.
pub(crate) trait Storage {
    type Words: Words;
    type Slots<J, R>: AsRef<[Slot<J, R>]>;
}

/// The right to one slot. Dropping it loses the slot; [`Table`] consumes it.
#[must_use = "a ticket that is dropped is a slot that is lost"]
pub(crate) struct Ticket(u32);

/// The most jobs that a worker takes at once.
pub(crate) const BATCH: usize = 32;

/// Jobs that a worker has taken, oldest first.
pub(crate) type Batch = Vec<Ticket, BATCH>;

pub(crate) struct Table<J, R, S: Storage> {
    free: RawRing<S::Words, true>,
    jobs: RawRing<S::Words, false>,
    outcomes: RawRing<S::Words, false>,
    /// Those who may still publish outcomes: workers, and whoever cancels.
    crew: AtomicUsize,
    slots: S::Slots<J, R>,
}

// SAFETY: P2: a stage is touched by one thread at a time, and moves on through a ring (R1, R2), so sharing the table
// sends jobs and results from thread to thread and shares neither.
unsafe impl<J: Send, R: Send, S: Storage> Sync for Table<J, R, S> where S::Words: Sync {}

impl<J, R, S: Storage> Table<J, R, S> {
    /// Over zeroed words and new slots.
    pub(crate) const fn over(
        free: RawRing<S::Words, true>,
        jobs: RawRing<S::Words, false>,
        outcomes: RawRing<S::Words, false>,
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

    #[inline(always)]
    fn slot(&self, index: u32) -> &Slot<J, R> {
        &self.slots.as_ref()[index as usize]
    }

    /// Set in the ticket of a slot that has a successor in its chain.
    #[inline(always)]
    fn mark(&self) -> u32 {
        self.jobs.layout().mark()
    }

    /// What is left of a chain without its first ticket. A lone ticket's slot need not be looked at for that.
    #[inline(always)]
    fn rest(&self) -> impl Fn(u32) -> Option<u32> + '_ {
        |ticket| (ticket & self.mark() != 0).then(|| self.slot(ticket & !self.mark()).next())
    }

    /// The ticket that a ring gave, alone.
    #[inline(always)]
    fn cut_off(&self, ticket: u32) -> Ticket {
        Ticket(ticket & !self.mark())
    }

    /// Takes up to `limit` tickets, oldest first: one compare-exchange for each chain that it cuts them off.
    #[inline(always)]
    fn take<const F: bool>(&self, ring: &RawRing<S::Words, F>, limit: usize) -> Result<Batch, Refusal> {
        let limit = limit.clamp(1, BATCH);
        let mut batch = Batch::new();
        let start = ring.head_hint();
        let mut pos = start;
        let mut refusal = None;
        while batch.len() < limit && refusal.is_none() {
            let before = batch.len();
            // Until the exchange succeeds these are guesses: the chain may be somebody else's by now, and its links new.
            let taken = ring.take_from(&mut pos, |mut ticket| {
                batch.truncate(before);
                loop {
                    let pushed = batch.push(self.cut_off(ticket));
                    debug_assert!(pushed.is_ok());
                    let rest = self.rest()(ticket)?;
                    if batch.len() == limit {
                        return Some(rest);
                    }
                    ticket = rest;
                }
            });
            if let Err(why) = taken {
                batch.truncate(before);
                refusal = Some(why);
            }
        }
        if pos != start {
            ring.advance_head(pos);
        }
        match refusal {
            Some(refusal) if batch.is_empty() => Err(refusal),
            _ => Ok(batch),
        }
    }

    /// Links tickets to a chain, in this order, and pushes it.
    #[inline(always)]
    fn push<const F: bool>(&self, ring: &RawRing<S::Words, F>, chain: &[Ticket]) -> Result<(), Refusal> {
        let Some((head, _)) = chain.split_first() else { return Ok(()) };
        let marked = |at: usize| chain[at].0 | if at + 1 < chain.len() { self.mark() } else { 0 };
        for at in 1..chain.len() {
            self.slot(chain[at - 1].0).set_next(marked(at));
        }
        ring.push(head.0 | if chain.len() > 1 { self.mark() } else { 0 })
    }

    /// Fills a vacant stage.
    #[inline(always)]
    fn put(&self, ticket: &Ticket, stage: Stage<J, R>) {
        // SAFETY: P2, by the ticket. What is overwritten is `Vacant` and needs no drop.
        self.slot(ticket.0).stage.with_mut(|place| unsafe { place.write(stage) });
    }

    /// Takes what the stage holds and leaves it vacant.
    #[inline(always)]
    fn remove(&self, ticket: &Ticket) -> Stage<J, R> {
        // SAFETY: P2, by the ticket.
        self.slot(ticket.0).stage.with_mut(|place| unsafe { core::mem::replace(&mut *place, Stage::Vacant) })
    }

    // Submitting.

    /// A free slot, if there is one.
    #[inline(always)]
    pub(crate) fn claim(&self) -> Option<Ticket> {
        self.free.take(self.rest()).ok().map(|ticket| self.cut_off(ticket))
    }

    /// The name of the job that goes into a claimed slot.
    #[inline(always)]
    pub(crate) fn id(&self, ticket: &Ticket) -> JobId {
        JobId { slot: ticket.0, generation: self.slot(ticket.0).generation() }
    }

    /// Accepts a job into a claimed slot, unless the pool is closed.
    #[inline(always)]
    pub(crate) fn submit(&self, ticket: Ticket, job: J) -> Result<JobId, J> {
        let id = self.id(&ticket);
        self.fill(&ticket, job);
        match self.jobs.push(ticket.0) {
            Ok(()) => Ok(id),
            Err(_) => {
                let Some(job) = self.unfill(&ticket) else { unreachable!("P2") };
                self.give_back(ticket);
                Err(job)
            }
        }
    }

    /// Up to `limit` free slots; empty if there is none.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn claim_batch(&self, limit: usize) -> Batch {
        self.take(&self.free, limit).unwrap_or_default()
    }

    /// Puts a job into a claimed slot, not yet submitted.
    #[inline(always)]
    pub(crate) fn fill(&self, ticket: &Ticket, job: J) {
        self.put(ticket, Stage::Job(job));
        self.slot(ticket.0).set_phase(Phase::Queued);
    }

    /// Takes the job back out of a slot that was filled and not submitted.
    pub(crate) fn unfill(&self, ticket: &Ticket) -> Option<J> {
        self.slot(ticket.0).set_phase(Phase::Vacant);
        match self.remove(ticket) {
            Stage::Job(job) => Some(job),
            _ => None,
        }
    }

    /// Accepts the jobs of filled slots as one chain; false, and none of them, if the pool is closed. Accepted tickets are
    /// used up.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn submit_batch(&self, filled: &Batch) -> bool {
        self.push(&self.jobs, filled).is_ok()
    }

    /// Gives back slots, claimed or collected.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn give_back_batch(&self, batch: Batch) {
        let pushed = self.push(&self.free, &batch);
        debug_assert!(pushed.is_ok());
    }

    /// Gives back a slot, claimed or collected.
    #[inline(always)]
    pub(crate) fn give_back(&self, ticket: Ticket) {
        let pushed = self.free.push(ticket.0);
        debug_assert!(pushed.is_ok());
    }

    // Working.

    /// Takes up to `limit` jobs, oldest first.
    #[inline(always)]
    pub(crate) fn take_jobs(&self, limit: usize) -> Result<Batch, PopError> {
        self.take(&self.jobs, limit).map_err(PopError::from)
    }

    /// Takes the job out of its slot, to run it.
    #[inline(always)]
    pub(crate) fn begin(&self, ticket: &Ticket) -> J {
        self.slot(ticket.0).set_phase(Phase::Running);
        let Stage::Job(job) = self.remove(ticket) else { unreachable!("P2") };
        job
    }

    /// Leaves the outcome where the job was.
    #[inline(always)]
    pub(crate) fn finish(&self, ticket: &Ticket, worker: WorkerId, result: Result<R, JobError<J>>) {
        self.put(ticket, Stage::finished(worker, result));
        self.slot(ticket.0).set_phase(Phase::Finished);
    }

    /// Publishes finished jobs as one chain, in this order.
    #[inline(always)]
    pub(crate) fn publish(&self, finished: Batch) {
        let pushed = self.push(&self.outcomes, &finished);
        debug_assert!(pushed.is_ok(), "only the last of the crew closes the outcomes");
    }

    /// Takes one job, runs it and publishes its outcome, which is [`JobError::Panicked`] if `run` unwinds.
    #[inline(always)]
    pub(crate) fn run_one(&self, worker: WorkerId, run: impl FnOnce(J) -> R) -> Result<(), PopError> {
        /// Publishes an outcome if there is none yet.
        struct Unwinding<'a, J, R, S: Storage>(&'a Table<J, R, S>, WorkerId, Ticket);

        impl<J, R, S: Storage> Drop for Unwinding<'_, J, R, S> {
            fn drop(&mut self) {
                let Self(table, worker, ticket) = self;
                table.finish(ticket, *worker, Err(JobError::Panicked(PanicMessage::UNKNOWN)));
                table.publish_one(ticket);
            }
        }

        let ticket = self.cut_off(self.jobs.take(self.rest())?);
        let job = self.begin(&ticket);
        let unwinding = Unwinding(self, worker, ticket);
        let value = run(job);
        self.finish(&unwinding.2, worker, Ok(value));
        self.publish_one(&unwinding.2);
        core::mem::forget(unwinding);
        Ok(())
    }

    /// The ticket is used up by this.
    #[inline(always)]
    fn publish_one(&self, ticket: &Ticket) {
        let pushed = self.outcomes.push(ticket.0);
        debug_assert!(pushed.is_ok(), "only the last of the crew closes the outcomes");
    }

    /// Turns jobs that wait into outcomes [`JobError::Cancelled`], as many as are there; says how many.
    pub(crate) fn cancel_waiting(&self) -> usize {
        let mut count = 0;
        while let Ok(batch) = self.take_jobs(BATCH) {
            count += batch.len();
            for ticket in &batch {
                let job = self.begin(ticket);
                self.finish(ticket, WorkerId::NONE, Err(JobError::Cancelled(job)));
            }
            self.publish(batch);
        }
        count
    }

    // Collecting.

    /// Reads the oldest outcome with `read`, which still has the slot for itself, then frees the slot.
    #[inline(always)]
    pub(crate) fn collect<X>(&self, read: impl FnOnce(Outcome<J, R>) -> X) -> Result<X, PopError> {
        /// Frees the slot, also when `read` unwinds.
        struct Collected<'a, J, R, S: Storage>(&'a Table<J, R, S>, u32);

        impl<J, R, S: Storage> Drop for Collected<'_, J, R, S> {
            #[inline(always)]
            fn drop(&mut self) {
                self.0.slot(self.1).retire();
                self.0.give_back(Ticket(self.1));
            }
        }

        let ticket = self.cut_off(self.outcomes.take(self.rest())?);
        let job = self.id(&ticket);
        let Some(outcome) = self.remove(&ticket).outcome(job) else { unreachable!("P2") };
        let _collected = Collected(self, ticket.0);
        Ok(read(outcome))
    }

    /// Reads up to `limit` outcomes, oldest first, then frees their slots as one chain.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn collect_batch(&self, limit: usize, mut read: impl FnMut(Outcome<J, R>)) -> Result<usize, PopError> {
        /// Frees the slots, also when `read` unwinds; then the outcomes after the first `taken` are dropped.
        struct Collected<'a, J, R, S: Storage> {
            table: &'a Table<J, R, S>,
            batch: Batch,
            taken: usize,
        }

        impl<J, R, S: Storage> Drop for Collected<'_, J, R, S> {
            #[inline(always)]
            fn drop(&mut self) {
                let batch = core::mem::take(&mut self.batch);
                for ticket in &batch[self.taken..] {
                    drop(self.table.remove(ticket));
                }
                for ticket in &batch {
                    self.table.slot(ticket.0).retire();
                }
                self.table.give_back_batch(batch);
            }
        }

        let batch = self.take(&self.outcomes, limit).map_err(PopError::from)?;
        let mut collected = Collected { table: self, batch, taken: 0 };
        while let Some(ticket) = collected.batch.get(collected.taken) {
            let Some(outcome) = self.remove(ticket).outcome(self.id(ticket)) else { unreachable!("P2") };
            collected.taken += 1;
            read(outcome);
        }
        Ok(collected.taken)
    }

    // The end.

    /// Refuses jobs from now on; those accepted before stay accepted. True for the call that did it.
    pub(crate) fn close(&self) -> bool {
        self.jobs.close()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.jobs.is_closed()
    }

    /// Joins those who may publish outcomes. Must come before taking jobs.
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
    /// published. Looking at the crew first would miss one who enters and takes the last job in between.
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

    /// How many jobs are in flight, and how many of those have not finished: exact while nothing moves.
    pub(crate) fn census(&self) -> (usize, usize) {
        self.slots.as_ref().iter().fold((0, 0), |(in_flight, unfinished), slot| match slot.look().1 {
            None => (in_flight, unfinished),
            Some(JobStatus::Finished) => (in_flight + 1, unfinished),
            Some(JobStatus::Queued | JobStatus::Running) => (in_flight + 1, unfinished + 1),
        })
    }
}

#[cfg(feature = "std")]
impl<J, R, S: Storage> Table<J, R, S> {
    /// Hands every stage to `drop_one`; for the last owner.
    pub(crate) fn clear(&mut self, mut drop_one: impl FnMut(Stage<J, R>)) {
        for slot in self.slots.as_ref() {
            // SAFETY: P2, nobody else has the table.
            drop_one(slot.stage.with_mut(|place| unsafe { core::mem::replace(&mut *place, Stage::Vacant) }));
        }
    }
}
