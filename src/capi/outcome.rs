//! What C receives.

use crate::pool::{JobError, Outcome, WorkerId};
use jobring_outcome_kind::*;

/// What became of a job.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum jobring_outcome_kind {
    /// It returned 0.
    JOBRING_DONE = 0,
    /// It returned its own error, another number.
    JOBRING_FAILED = 1,
    /// It panicked: only a callback written in Rust can.
    JOBRING_PANICKED = 2,
    /// The pool was cancelled before the job began.
    JOBRING_CANCELLED = 3,
}

/// In place of a worker's number: no worker ran the job.
pub const JOBRING_NO_WORKER: u32 = u32::MAX;

/// Which job, and what became of it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct jobring_outcome {
    /// The name that the job got when it was submitted. Its low 32 bits are the job's slot, below the pool's capacity.
    pub job: u64,
    /// The number of the worker that ran it, or `JOBRING_NO_WORKER`.
    pub worker: u32,
    /// What became of it.
    pub kind: jobring_outcome_kind,
    /// What `run` returned; 0 unless the kind is `JOBRING_FAILED`.
    pub error: i32,
    /// Zero in this version; a later one may give it a meaning. So a later library can say more in the same struct, and a
    /// program that knows nothing of it reads what it always did.
    pub reserved: u32,
}

impl jobring_outcome {
    /// Writes the outcome of a job; `error` is what the job returned, if it returned.
    ///
    /// # Safety
    /// `place` is writable.
    #[inline(always)]
    pub(super) unsafe fn write<J, R>(place: *mut Self, outcome: Outcome<J, R>, error: i32) {
        let Outcome { job, worker, result } = outcome;
        let (job, worker) = (job.to_u64(), worker.index() as u32);
        match result {
            // SAFETY: the caller's.
            Ok(_) if error == 0 => unsafe { place.write(Self { job, worker, kind: JOBRING_DONE, error, reserved: 0 }) },
            // SAFETY: the caller's.
            result => unsafe { Self::write_apart(place, job, worker, result.err(), error) },
        }
    }

    /// # Safety
    /// As [`write`](Self::write).
    #[cold]
    #[inline(never)]
    unsafe fn write_apart<J>(place: *mut Self, job: u64, worker: u32, why: Option<JobError<J>>, error: i32) {
        let kind = match why {
            None => JOBRING_FAILED,
            Some(JobError::Panicked(_)) => JOBRING_PANICKED,
            Some(JobError::Cancelled(_)) => JOBRING_CANCELLED,
        };
        // SAFETY: the caller's.
        unsafe { place.write(Self { job, worker, kind, error, reserved: 0 }) };
    }
}

const _: () = assert!(WorkerId::NONE.0 == JOBRING_NO_WORKER);
