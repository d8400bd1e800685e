//! What comes back for a job, and the names of jobs and workers.

use core::fmt;
use core::ops::Deref;

#[cfg(feature = "std")]
use alloc::{borrow::Cow, boxed::Box};

/// The name of an accepted job: the slot it lives in and how often that slot has been used before.
///
/// No two jobs of a pool bear the same name until one slot has been used 2^29 times.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

impl JobId {
    /// The slot, below the pool's capacity. While the job is in flight no other job has it, so it can index a
    /// table of the caller's own.
    pub fn slot(self) -> usize {
        self.slot as usize
    }

    /// How often the slot had been used before, modulo 2^29.
    pub fn generation(self) -> u32 {
        self.generation
    }

    /// Both in one integer: the generation in the high half.
    pub fn to_u64(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.slot)
    }

    /// The inverse of [`to_u64`](Self::to_u64). Any value is allowed: one that names no job is just that.
    pub fn from_u64(id: u64) -> Self {
        Self { slot: id as u32, generation: (id >> 32) as u32 }
    }
}

impl fmt::Debug for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobId({self})")
    }
}

/// `slot.generation`
impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.slot, self.generation)
    }
}

/// The number of a worker: of a `Pool`, 0, 1, 2 and so on below its number of workers; of a
/// [`StaticPool`](crate::StaticPool), what it was given.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub(crate) u32);

impl WorkerId {
    /// No worker: in the outcome of a job that was cancelled before it began.
    pub const NONE: Self = Self(u32::MAX);

    /// The number; `u32::MAX` for [`NONE`](Self::NONE).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkerId({self})")
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NONE => f.write_str("none"),
            Self(number) => number.fmt(f),
        }
    }
}

/// What became of a job. Every accepted job gives exactly one.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "an outcome is given once"]
pub struct Outcome<J, R> {
    /// Which job, as `submit` named it.
    pub job: JobId,
    /// Who ran it; [`WorkerId::NONE`] if nobody did.
    pub worker: WorkerId,
    /// What the job returned, or why it did not.
    pub result: Result<R, JobError<J>>,
}

/// For all jobs, also those that have no `Debug`.
impl<J, R: fmt::Debug> fmt::Debug for Outcome<J, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, worker, result } = self;
        f.debug_struct("Outcome").field("job", job).field("worker", worker).field("result", result).finish()
    }
}

/// Why a job returned nothing.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobError<J> {
    /// It panicked, with this message; a payload that is not text (from `panic_any`) is dropped. The worker lives on.
    Panicked(PanicMessage),
    /// The pool was cancelled before the job began: here it is, untouched.
    Cancelled(J),
}

/// Without the job, so that `unwrap` is for jobs of all types.
impl<J> fmt::Debug for JobError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(message) => f.debug_tuple("Panicked").field(message).finish(),
            Self::Cancelled(_) => f.write_str("Cancelled(..)"),
        }
    }
}

impl<J> fmt::Display for JobError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(message) => write!(f, "the job panicked: {message}"),
            Self::Cancelled(_) => f.write_str("the job was cancelled before it began"),
        }
    }
}

impl<J> core::error::Error for JobError<J> {}

/// The text of a panic; one pointer wide, so that it does not make every slot wider.
#[derive(Clone, PartialEq, Eq)]
pub struct PanicMessage {
    #[cfg(feature = "std")]
    text: Option<Box<Cow<'static, str>>>,
}

impl PanicMessage {
    /// For a panic whose text is not known: it carried a value, or nobody was there to catch it.
    pub(crate) const UNKNOWN: Self = Self {
        #[cfg(feature = "std")]
        text: None,
    };

    #[cfg(feature = "std")]
    pub(crate) fn new(text: Cow<'static, str>) -> Self {
        Self { text: Some(Box::new(text)) }
    }

    /// The text; "(no message)" if the panic carried none.
    pub fn as_str(&self) -> &str {
        #[cfg(feature = "std")]
        if let Some(text) = &self.text {
            return text;
        }
        "(no message)"
    }
}

impl Deref for PanicMessage {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for PanicMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for PanicMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}
