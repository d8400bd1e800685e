//! What C receives.

use crate::pool::{JobError, Outcome, WorkerId};

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
    /// The pool was cancelled before it began.
    JOBRING_CANCELLED = 3,
}

/// In place of a worker's number: nobody ran the job.
pub const JOBRING_NO_WORKER: u32 = u32::MAX;

/// Which job, and what became of it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct jobring_outcome {
    /// The name that submitting gave it. Its low 32 bits are the job's slot, below the pool's capacity.
    pub job: u64,
    /// The number of the worker that ran it, or `JOBRING_NO_WORKER`.
    pub worker: u32,
    /// What became of it.
    pub kind: jobring_outcome_kind,
    /// What `run` returned; 0 unless the kind is `JOBRING_FAILED`.
    pub error: i32,
    /// Zero in this version; a later one may say something here. So a later library can tell more in the same struct,
    /// and a program that knows nothing of it reads what it always did.
    pub reserved: u32,
}

impl<J> From<Outcome<J, i32>> for jobring_outcome {
    #[inline(always)]
    fn from(Outcome { job, worker, result }: Outcome<J, i32>) -> Self {
        let (kind, error) = match result {
            Ok(0) => (jobring_outcome_kind::JOBRING_DONE, 0),
            Ok(error) => (jobring_outcome_kind::JOBRING_FAILED, error),
            Err(error) => (kind(error), 0),
        };
        Self { job: job.to_u64(), worker: worker.index() as u32, kind, error, reserved: 0 }
    }
}

/// Of a job that did not return.
#[cold]
#[inline(never)]
fn kind<J>(error: JobError<J>) -> jobring_outcome_kind {
    match error {
        JobError::Panicked(_) => jobring_outcome_kind::JOBRING_PANICKED,
        JobError::Cancelled(_) => jobring_outcome_kind::JOBRING_CANCELLED,
    }
}

const _: () = assert!(WorkerId::NONE.0 == JOBRING_NO_WORKER);
