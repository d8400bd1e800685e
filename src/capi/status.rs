//! What C functions return.

use core::ffi::{CStr, c_char};

#[cfg(feature = "capi")]
use crate::host::BuildError;
use crate::pool::{RecvError, SubmitError};
use crate::ring::PopError;

/// What a function did, or why it did nothing.
///
/// Values from 1 to 15 are normal answers, values from 16 on are mistakes or trouble. With any of these values but
/// `JOBRING_ERR_INTERNAL` nothing was done; only a batch of jobs that ends with `JOBRING_CLOSED` may have had its first jobs
/// accepted, and says how many.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum jobring_status {
    /// It is done.
    JOBRING_OK = 0,
    /// Not submitted: each slot of the pool is in flight, or in the hands of a call that has not returned. Receiving an
    /// outcome makes room. Not pushed: the same is true of the places of the ring.
    JOBRING_FULL = 1,
    /// Not received: no outcome is there now, or all are in the hands of other calls. Not run: no job waits now. Not popped:
    /// no element is in the ring now.
    JOBRING_EMPTY = 2,
    /// Submitting: the pool is closed for good. Receiving: it is closed, and all outcomes have been received. The same for
    /// pushing to a ring and popping from it.
    JOBRING_CLOSED = 3,
    /// The time was up before anything could be done.
    JOBRING_TIMEOUT = 4,
    /// A pointer that must not be NULL was NULL.
    JOBRING_ERR_NULL = 16,
    /// A struct's `size` is not one that this library accepts, or a field after those that it knows is not zero.
    JOBRING_ERR_STRUCT_SIZE = 17,
    /// `workers` is 0 or more than `JOBRING_MAX_WORKERS`.
    JOBRING_ERR_WORKERS = 18,
    /// `capacity` is 0 or more than `JOBRING_MAX_CAPACITY`.
    JOBRING_ERR_CAPACITY = 19,
    /// `job_size` or `element_size` is 0.
    JOBRING_ERR_JOB_SIZE = 20,
    /// There is not enough memory for that many slots of that size, or they are more bytes than an address can count. (Where
    /// there are not even the few hundred bytes for what goes with them, thread names and the like, the process aborts.)
    JOBRING_ERR_NO_MEMORY = 21,
    /// The operating system did not start a thread. The threads started before it were stopped and joined.
    JOBRING_ERR_THREAD = 22,
    /// A job called a function that would wait for that job itself.
    JOBRING_ERR_DEADLOCK = 23,
    /// `worker` is not below the pool's number of workers.
    JOBRING_ERR_WORKER = 24,
    /// The library has a defect. What the call had done before stays done: a job may be accepted, an outcome may be taken
    /// and lost, outputs may be written. (A worker thread, which has nobody to tell, ends the process.)
    JOBRING_ERR_INTERNAL = 25,
    /// The memory is smaller than the ring or the static pool needs.
    JOBRING_ERR_MEMORY_SIZE = 26,
}

use jobring_status::*;

/// A short English text for a status, for logs; "unknown status" for a number that is not a status. Never NULL; the text
/// is static and must not be freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn jobring_status_str(status: i32) -> *const c_char {
    const ALL: [(jobring_status, &CStr); 16] = [
        (JOBRING_OK, c"ok"),
        (JOBRING_FULL, c"full: no slot or place is free now"),
        (JOBRING_EMPTY, c"empty: nothing is there now"),
        (JOBRING_CLOSED, c"closed"),
        (JOBRING_TIMEOUT, c"the time was up"),
        (JOBRING_ERR_NULL, c"a required pointer is NULL"),
        (JOBRING_ERR_STRUCT_SIZE, c"the size field of a struct is wrong"),
        (JOBRING_ERR_WORKERS, c"the number of workers is 0 or too large"),
        (JOBRING_ERR_CAPACITY, c"the capacity is 0 or too large"),
        (JOBRING_ERR_JOB_SIZE, c"the size of a job or of an element is 0"),
        (JOBRING_ERR_NO_MEMORY, c"not enough memory"),
        (JOBRING_ERR_THREAD, c"a worker thread did not start"),
        (JOBRING_ERR_DEADLOCK, c"a job would wait for itself"),
        (JOBRING_ERR_WORKER, c"there is no worker with this number"),
        (JOBRING_ERR_INTERNAL, c"internal error in jobring"),
        (JOBRING_ERR_MEMORY_SIZE, c"the memory is smaller than needed"),
    ];
    ALL.iter().find(|(known, _)| *known as i32 == status).map_or(c"unknown status", |(_, text)| text).as_ptr()
}

impl From<PopError> for jobring_status {
    fn from(error: PopError) -> Self {
        match error {
            PopError::Empty => JOBRING_EMPTY,
            PopError::Closed => JOBRING_CLOSED,
        }
    }
}

impl<J> From<SubmitError<J>> for jobring_status {
    fn from(error: SubmitError<J>) -> Self {
        match error {
            SubmitError::Full(_) => JOBRING_FULL,
            SubmitError::Closed(_) => JOBRING_CLOSED,
            SubmitError::Timeout(_) => JOBRING_TIMEOUT,
        }
    }
}

impl From<RecvError> for jobring_status {
    fn from(error: RecvError) -> Self {
        match error {
            RecvError::Empty => JOBRING_EMPTY,
            RecvError::Closed => JOBRING_CLOSED,
            RecvError::Timeout => JOBRING_TIMEOUT,
        }
    }
}

#[cfg(feature = "capi")]
impl From<BuildError> for jobring_status {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::NoWorkers | BuildError::TooManyWorkers { .. } => JOBRING_ERR_WORKERS,
            BuildError::NoCapacity | BuildError::TooMuchCapacity { .. } => JOBRING_ERR_CAPACITY,
            BuildError::OutOfMemory => JOBRING_ERR_NO_MEMORY,
            BuildError::Spawn { .. } => JOBRING_ERR_THREAD,
            // A C string has no NUL in it.
            BuildError::Name => JOBRING_ERR_INTERNAL,
        }
    }
}
