//! The pool's engine, without threads and without waiting; and [`StaticPool`], which is that engine in a `static`.

mod counts;
pub(crate) mod outcome;
pub(crate) mod slot;
mod static_pool;
mod static_run;
mod static_stats;
pub(crate) mod table;
#[cfg(feature = "async")]
mod with_wakers;

use core::fmt;

pub use outcome::{JobError, JobId, Outcome, PanicMessage, WorkerId};
pub use slot::JobStatus;
pub use static_pool::{StaticPool, StaticWorker};
pub use static_stats::StaticStats;
#[cfg(feature = "async")]
pub use with_wakers::{WakingWorker, WithWakers};

/// A job was not accepted; it comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubmitError<J> {
    /// No slot is free: each is in flight, or in the hands of another call. The next collected outcome makes room.
    Full(J),
    /// The pool is closed and stays so.
    Closed(J),
    /// The time was up before a slot became free.
    Timeout(J),
}

impl<J> SubmitError<J> {
    /// The job that was not accepted.
    pub fn into_job(self) -> J {
        match self {
            Self::Full(job) | Self::Closed(job) | Self::Timeout(job) => job,
        }
    }

    /// Whether no slot was free.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether the pool was closed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

impl<J> fmt::Debug for SubmitError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
            Self::Timeout(_) => "Timeout(..)",
        })
    }
}

impl<J> fmt::Display for SubmitError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "all slots of the pool are in flight",
            Self::Closed(_) => "the pool is closed",
            Self::Timeout(_) => "no slot of the pool became free in time",
        })
    }
}

impl<J> core::error::Error for SubmitError<J> {}

/// No outcome was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
// As wide as most results: with a byte the compiler takes results apart to put the two into one place.
#[repr(usize)]
pub enum RecvError {
    /// No outcome is there now, or all that are there are in the hands of other calls.
    Empty,
    /// The pool is closed, and the outcome of every accepted job has been received.
    Closed,
    /// The time was up before an outcome came.
    Timeout,
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no outcome is there now",
            Self::Closed => "the pool is closed and drained",
            Self::Timeout => "no outcome came in time",
        })
    }
}

impl core::error::Error for RecvError {}

impl From<crate::ring::PopError> for RecvError {
    fn from(error: crate::ring::PopError) -> Self {
        match error {
            crate::ring::PopError::Empty => Self::Empty,
            crate::ring::PopError::Closed => Self::Closed,
        }
    }
}
