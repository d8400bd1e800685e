//! One slot: a job from admission to collection.

use super::outcome::{JobError, WorkerId};
use crate::sync::{AtomicU32, AtomicUsize, Ordering, UnsafeCell, const_unless_loom};

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

/// What is in the slot. `Vacant` is all zeros: an unused table lies in .bss.
#[repr(u8)]
pub(crate) enum Stage<J, R> {
    Vacant = 0,
    Job(J),
    Outcome(WorkerId, Result<R, JobError<J>>),
}

/// The owner of the slot's ticket has the slot for itself, but for the two atomics, which others may look at.
pub(crate) struct Slot<J, R> {
    /// The next slot of the chain that this one is in, plus 1; 0 at the end of it.
    next: AtomicU32,
    /// How often the slot was used (high bits) and the phase of its job (low 2 bits).
    tag: AtomicUsize,
    pub(crate) stage: UnsafeCell<Stage<J, R>>,
}

/// The low bits of a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Phase {
    Vacant = 0,
    Queued = 1,
    Running = 2,
    Finished = 3,
}

const PHASE_BITS: u32 = 2;
const PHASE_MASK: usize = (1 << PHASE_BITS) - 1;

impl<J, R> Slot<J, R> {
    const_unless_loom! {
        pub(crate) fn new() -> Self {
            Self { next: AtomicU32::new(0), tag: AtomicUsize::new(0), stage: UnsafeCell::new(Stage::Vacant) }
        }
    }

    // The links are read by takers who may lose the race for the chain. They are relaxed: what a winner reads was
    // written before the chain was pushed (R1, R2 of the ring), and a loser's compare-exchange fails.

    #[inline(always)]
    pub(crate) fn next(&self) -> Option<u32> {
        self.next.load(Ordering::Relaxed).checked_sub(1)
    }

    #[inline(always)]
    pub(crate) fn set_next(&self, next: Option<u32>) {
        self.next.store(next.map_or(0, |index| index + 1), Ordering::Relaxed);
    }

    // The tag is written by the owner of the ticket only, with plain stores, and says of itself all that a reader
    // may conclude from it; so it is relaxed.

    #[inline(always)]
    pub(crate) fn generation(&self) -> usize {
        self.tag.load(Ordering::Relaxed) >> PHASE_BITS
    }

    #[inline(always)]
    pub(crate) fn set_phase(&self, phase: Phase) {
        let tag = self.tag.load(Ordering::Relaxed);
        self.tag.store((tag & !PHASE_MASK) | phase as usize, Ordering::Relaxed);
    }

    /// Vacant again, one generation later.
    #[inline(always)]
    pub(crate) fn retire(&self) {
        let tag = self.tag.load(Ordering::Relaxed);
        self.tag.store((tag | PHASE_MASK).wrapping_add(1), Ordering::Relaxed);
    }

    /// Generation and phase, of one moment.
    pub(crate) fn look(&self) -> (usize, Option<JobStatus>) {
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
