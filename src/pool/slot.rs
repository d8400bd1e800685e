//! One slot: a job from admission to collection.

use super::outcome::{JobError, JobId, Outcome, PanicMessage, WorkerId};
use crate::sync::{AtomicU32, Ordering, UnsafeCell, const_unless_loom};

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// It waits for a worker.
    Queued,
    /// A worker has taken it.
    Running,
    /// Its outcome waits for a collector.
    Finished,
}

/// What is in the slot. `Vacant` is all zeros: an unused table lies in .bss. The worker's number comes first in its
/// variants: there it fits between the discriminant and the payload.
#[repr(u8)]
pub(crate) enum Stage<J, R> {
    Vacant = 0,
    Job(J),
    Done(WorkerId, R),
    Panicked(WorkerId, PanicMessage),
    Cancelled(J),
}

impl<J, R> Stage<J, R> {
    #[inline(always)]
    pub(crate) fn finished(worker: WorkerId, result: Result<R, JobError<J>>) -> Self {
        match result {
            Ok(value) => Self::Done(worker, value),
            Err(JobError::Panicked(message)) => Self::Panicked(worker, message),
            Err(JobError::Cancelled(job)) => Self::Cancelled(job),
        }
    }

    /// `None` for what is no outcome.
    #[inline(always)]
    pub(crate) fn outcome(self, job: JobId) -> Option<Outcome<J, R>> {
        let (worker, result) = match self {
            Self::Done(worker, value) => (worker, Ok(value)),
            Self::Panicked(worker, message) => (worker, Err(JobError::Panicked(message))),
            Self::Cancelled(job) => (WorkerId::NONE, Err(JobError::Cancelled(job))),
            Self::Vacant | Self::Job(_) => return None,
        };
        Some(Outcome { job, worker, result })
    }
}

/// The owner of the slot's ticket has the slot for itself, but for the two atomics, which others may look at.
pub(crate) struct Slot<J, R> {
    /// The ticket of the next slot in the chain, if this slot's own ticket bears the mark that there is one.
    next: AtomicU32,
    /// How often the slot was used (high bits) and the phase of its job (low 2 bits).
    tag: AtomicU32,
    pub(crate) stage: UnsafeCell<Stage<J, R>>,
}

/// The low bits of a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Phase {
    Vacant = 0,
    Queued = 1,
    Running = 2,
    Finished = 3,
}

const PHASE_BITS: u32 = 2;
const PHASE_MASK: u32 = (1 << PHASE_BITS) - 1;

impl<J, R> Slot<J, R> {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { next: AtomicU32::new(0), tag: AtomicU32::new(0), stage: UnsafeCell::new(Stage::Vacant) }
        }
    }

    // The links are read by takers who may lose the race for the chain. They are relaxed: what a winner reads was
    // written before the chain was pushed (R1, R2 of the ring), and a loser's compare-exchange fails.

    #[inline(always)]
    pub(crate) fn next(&self) -> u32 {
        self.next.load(Ordering::Relaxed)
    }

    #[inline(always)]
    pub(crate) fn set_next(&self, ticket: u32) {
        self.next.store(ticket, Ordering::Relaxed);
    }

    // The tag is written by the owner of the ticket only, with plain stores, and says of itself all that a reader
    // may conclude from it; so it is relaxed.

    #[inline(always)]
    pub(crate) fn generation(&self) -> u32 {
        self.tag.load(Ordering::Relaxed) >> PHASE_BITS
    }

    #[inline(always)]
    pub(crate) fn set_phase(&self, phase: Phase) {
        let tag = self.tag.load(Ordering::Relaxed);
        self.tag.store((tag & !PHASE_MASK) | phase as u32, Ordering::Relaxed);
    }

    /// Vacant again, one generation later.
    #[inline(always)]
    pub(crate) fn retire(&self) {
        let tag = self.tag.load(Ordering::Relaxed);
        self.tag.store((tag | PHASE_MASK).wrapping_add(1), Ordering::Relaxed);
    }

    /// Generation and status, of one moment.
    pub(crate) fn look(&self) -> (u32, Option<JobStatus>) {
        let tag = self.tag.load(Ordering::Relaxed);
        let status = match tag & PHASE_MASK {
            0 => None,
            1 => Some(JobStatus::Queued),
            2 => Some(JobStatus::Running),
            _ => Some(JobStatus::Finished),
        };
        (tag >> PHASE_BITS, status)
    }
}
