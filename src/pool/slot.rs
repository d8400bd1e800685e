//! One slot: a job from admission to collection.

use core::mem::ManuallyDrop;

use super::outcome::{JobError, JobId, Outcome, PanicMessage, WorkerId};
use crate::sync::{AtomicU32, Ordering, UnsafeCell, const_unless_loom};

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// It has not begun, whether or not a worker has taken it along with others.
    Queued,
    /// It has begun, or is being cancelled just now.
    Running,
    /// Its outcome waits for a collector.
    Finished,
}

/// The owner of the slot has its contents for itself. Others may look at the tag.
///
/// Invariant that the SAFETY comments name:
///
/// - **T1** The phase says which field of the payload holds a value. Only the owner writes either.
pub(crate) struct Slot<J, R> {
    /// How often the slot was used (high bits) and the phase of its job.
    tag: AtomicU32,
    worker: UnsafeCell<WorkerId>,
    /// 16 bytes with the above for a job and a result of 8 bytes: four slots in a cache line.
    payload: UnsafeCell<Payload<J, R>>,
}

union Payload<J, R> {
    nothing: (),
    job: ManuallyDrop<J>,
    value: ManuallyDrop<R>,
    message: ManuallyDrop<PanicMessage>,
}

/// The low bits of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Phase {
    /// Nothing is in the slot.
    Vacant = 0,
    /// A job.
    Queued = 1,
    /// Nothing: the worker has taken the job out.
    Running = 2,
    /// What the job returned.
    Done = 3,
    /// The message of its panic.
    Panicked = 4,
    /// The job, which nobody ran.
    Cancelled = 5,
}

const PHASE_BITS: u32 = 3;
const PHASE_MASK: u32 = (1 << PHASE_BITS) - 1;

impl Phase {
    const fn of(tag: u32) -> Self {
        match tag & PHASE_MASK {
            1 => Self::Queued,
            2 => Self::Running,
            3 => Self::Done,
            4 => Self::Panicked,
            5 => Self::Cancelled,
            _ => Self::Vacant,
        }
    }
}

#[inline(always)]
const fn is_done(tag: u32) -> bool {
    tag & PHASE_MASK == Phase::Done as u32
}

/// What the owner of a slot whose job it has taken out knows of the slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    /// The tag that it had.
    tag: u32,
}

impl Running {
    /// How often the slot has been used.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn generation(self) -> u32 {
        self.tag >> PHASE_BITS
    }
}

/// Moves a value out of a payload.
///
/// # Safety
/// It is there, and not used again.
#[inline(always)]
unsafe fn read<T>(place: *const ManuallyDrop<T>) -> T {
    // SAFETY: the caller's promise.
    ManuallyDrop::into_inner(unsafe { core::ptr::read(place) })
}

impl<J, R> Slot<J, R> {
    const_unless_loom! {
        /// Vacant, and all zeros: an unused table lies in .bss.
        pub(crate) fn new() -> Self {
            Self {
                tag: AtomicU32::new(0),
                worker: UnsafeCell::new(WorkerId(0)),
                payload: UnsafeCell::new(Payload { nothing: () }),
            }
        }
    }

    // The tag is written by the owner only, with plain stores, and a reader concludes nothing from it but what it says:
    // it is relaxed. To the next owner it comes with the slot, through a ring.

    #[inline(always)]
    fn phase(&self) -> Phase {
        Phase::of(self.tag.load(Ordering::Relaxed))
    }

    /// `tag` is the tag that it has.
    #[inline(always)]
    fn set_phase(&self, tag: u32, phase: Phase) {
        self.tag.store((tag & !PHASE_MASK) | phase as u32, Ordering::Relaxed);
    }

    /// For the owner: how often the slot has been used.
    #[cfg(feature = "capi-core")]
    #[inline(always)]
    pub(crate) fn generation(&self) -> u32 {
        self.tag.load(Ordering::Relaxed) >> PHASE_BITS
    }

    /// For the owner of a vacant slot: puts a job in; says which generation that is.
    #[inline(always)]
    pub(crate) fn put(&self, job: J) -> u32 {
        let tag = self.tag.load(Ordering::Relaxed);
        debug_assert_eq!(Phase::of(tag), Phase::Vacant);
        // SAFETY: T1: nothing is in the payload.
        self.payload.with_mut(|payload| unsafe { (*payload).job = ManuallyDrop::new(job) });
        self.tag.store(tag | Phase::Queued as u32, Ordering::Relaxed);
        tag >> PHASE_BITS
    }

    /// For the owner of a queued slot: takes the job out again, and the slot is vacant.
    pub(crate) fn take_back(&self) -> J {
        let (Running { tag }, job) = self.take();
        self.set_phase(tag, Phase::Vacant);
        job
    }

    /// For the owner of a queued slot: takes the job out, to run it.
    #[inline(always)]
    pub(crate) fn take(&self) -> (Running, J) {
        let tag = self.tag.load(Ordering::Relaxed);
        assert!(Phase::of(tag) == Phase::Queued, "a slot without a job in it came from the ring of jobs");
        self.set_phase(tag, Phase::Running);
        // SAFETY: T1: the phase was Queued, and is not any more.
        let job = self.payload.with_mut(|payload| unsafe { read(&raw const (*payload).job) });
        (Running { tag }, job)
    }

    /// For the owner of a running slot: leaves what became of the job.
    #[inline(always)]
    pub(crate) fn finish(&self, Running { tag }: Running, worker: WorkerId, result: Result<R, JobError<J>>) {
        debug_assert_eq!(self.phase(), Phase::Running);
        let (payload, phase) = match result {
            Ok(value) => (Payload { value: ManuallyDrop::new(value) }, Phase::Done),
            Err(JobError::Panicked(message)) => (Payload { message: ManuallyDrop::new(message) }, Phase::Panicked),
            Err(JobError::Cancelled(job)) => (Payload { job: ManuallyDrop::new(job) }, Phase::Cancelled),
        };
        // SAFETY: T1: nothing is in the payload.
        self.payload.with_mut(|place| unsafe { place.write(payload) });
        // SAFETY: the owner's.
        self.worker.with_mut(|place| unsafe { place.write(worker) });
        self.set_phase(tag, phase);
    }

    /// For the owner of a finished slot: takes the outcome out, and the slot is vacant, one generation later.
    #[inline(always)]
    pub(crate) fn collect(&self, index: u32) -> Outcome<J, R> {
        let tag = self.tag.load(Ordering::Relaxed);
        self.vacate(index, tag, || if is_done(tag) { Ok(self.value()) } else { Err(self.error(tag)) })
    }

    /// The same, if the job returned something; if not, nothing is done.
    #[cfg(feature = "capi")]
    #[inline(always)]
    pub(crate) fn collect_value(&self, index: u32) -> Option<Outcome<J, R>> {
        let tag = self.tag.load(Ordering::Relaxed);
        is_done(tag).then(|| self.vacate(index, tag, || Ok(self.value())))
    }

    /// Makes a slot that has this tag vacant, and gives the outcome that was in it.
    #[inline(always)]
    fn vacate(&self, index: u32, tag: u32, result: impl FnOnce() -> Result<R, JobError<J>>) -> Outcome<J, R> {
        self.tag.store((tag | PHASE_MASK).wrapping_add(1), Ordering::Relaxed);
        // SAFETY: the owner's.
        let worker = self.worker.with_mut(|worker| unsafe { *worker });
        Outcome { job: JobId { slot: index, generation: tag >> PHASE_BITS }, worker, result: result() }
    }

    /// Of a slot that was Done.
    #[inline(always)]
    fn value(&self) -> R {
        // SAFETY: T1: read once, by the phase that it had; it is vacant now.
        self.payload.with_mut(|payload| unsafe { read(&raw const (*payload).value) })
    }

    /// Of a slot that had this tag, and was not Done.
    #[cold]
    fn error(&self, tag: u32) -> JobError<J> {
        // SAFETY: T1, as above.
        self.payload.with_mut(|payload| unsafe {
            match Phase::of(tag) {
                Phase::Panicked => JobError::Panicked(read(&raw const (*payload).message)),
                Phase::Cancelled => JobError::Cancelled(read(&raw const (*payload).job)),
                _ => unreachable!("a slot without an outcome in it came from the ring of outcomes"),
            }
        })
    }

    /// For the owner: drops what is in the slot.
    pub(crate) fn clear(&self) {
        match self.phase() {
            Phase::Vacant | Phase::Running => {}
            Phase::Queued => drop(self.take_back()),
            Phase::Done | Phase::Panicked | Phase::Cancelled => drop(self.collect(0)),
        }
    }

    /// For everyone: generation and status, of one moment.
    pub(crate) fn look(&self) -> (u32, Option<JobStatus>) {
        let tag = self.tag.load(Ordering::Relaxed);
        let status = match Phase::of(tag) {
            Phase::Vacant => None,
            Phase::Queued => Some(JobStatus::Queued),
            Phase::Running => Some(JobStatus::Running),
            Phase::Done | Phase::Panicked | Phase::Cancelled => Some(JobStatus::Finished),
        };
        (tag >> PHASE_BITS, status)
    }
}

impl<J, R> Drop for Slot<J, R> {
    fn drop(&mut self) {
        self.clear();
    }
}
