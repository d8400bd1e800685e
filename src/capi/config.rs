//! The configuration of a pool.

use core::ffi::{c_char, c_void};
use core::mem::offset_of;

use super::size_first::SizeFirst;
use crate::host::Worker;

/// The worker that runs a job, as the job sees it; valid only during the call that it is passed to, and in that thread.
pub struct jobring_worker {
    _opaque: [u8; 0],
}

impl jobring_worker {
    pub(super) fn of(worker: &Worker<'_>) -> *const Self {
        core::ptr::from_ref(worker).cast()
    }

    /// # Safety
    /// NULL, or what [`of`](Self::of) made, while the worker lives.
    pub(super) unsafe fn worker<'a>(this: *const Self) -> Option<&'a Worker<'a>> {
        // SAFETY: the caller's.
        unsafe { this.cast::<Worker<'a>>().as_ref() }
    }
}

/// Runs one job.
///
/// `job` points to the `job_size` bytes that were submitted, `result` to `result_size` bytes to be filled; each is
/// aligned for any type of that size that needs an alignment of 16 bytes at most, so not for vectors of 32 bytes and other
/// over-aligned types. The job may be read and the result written until this returns. Do not change the job, since the
/// receiver of its outcome may ask for it. With a `result_size` of 0 `result` is NULL. Bytes of the result that are left
/// unwritten are unspecified.
///
/// Return 0 if the job succeeded; any other number is the job's own error and comes out as `error`.
///
/// Several threads call it at once, each with a job of its own. It must return: it must not leave by `longjmp` or a C++
/// exception, nor end its thread.
///
/// It should not wait for another job of the pool, or until the outcome of that job has been received: a worker takes several
/// short jobs at once, runs them one after the other and publishes their outcomes together, and that job may be among them.
/// And it should submit and receive with the calls that do not block: those that block could wait for ever.
pub type jobring_run = Option<
    unsafe extern "C-unwind" fn(
        worker: *const jobring_worker,
        user: *mut c_void,
        job: *const c_void,
        result: *mut c_void,
    ) -> i32,
>;

/// The same, if it is not NULL.
pub(super) type Function =
    unsafe extern "C-unwind" fn(*const jobring_worker, *mut c_void, *const c_void, *mut c_void) -> i32;

/// What `jobring_pool_create` needs to know. Set all of it to zero, then `size` to `sizeof(jobring_config)`, then the rest.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct jobring_config {
    /// `sizeof(jobring_config)`.
    pub size: usize,
    /// Worker threads, 1 to `JOBRING_MAX_WORKERS`.
    pub workers: usize,
    /// Jobs that may be in flight, from submit to receive: 1 to `JOBRING_MAX_CAPACITY`.
    pub capacity: usize,
    /// Bytes of a job, at least 1. Jobs and results may be as large as memory allows: each slot has room for both from the
    /// start, and all of that room is touched then. Jobs and results of up to 8 bytes are the fastest.
    pub job_size: usize,
    /// Bytes of a result; 0 if jobs have none.
    pub result_size: usize,
    /// Runs a job. Must not be NULL.
    pub run: jobring_run,
    /// Passed to `run`; may be NULL. All workers use what it points to at once, until the pool is destroyed.
    pub user: *mut c_void,
    /// The threads are called `name-0`, `name-1` and so on; NULL for "jobring". Copied; bytes that are not UTF-8 are
    /// replaced. Linux keeps the first 15 bytes of each.
    pub name: *const c_char,
    /// Bytes of each worker's stack; 0 for 2 MiB, or what the environment variable `RUST_MIN_STACK` says. (Not the 8 MiB
    /// that threads in C mostly have.)
    pub stack_size: usize,
}

// SAFETY: zero is a value of every field, NULL for the optional function too.
unsafe impl SizeFirst for jobring_config {
    const OLDEST: usize = offset_of!(jobring_config, stack_size) + size_of::<usize>();
}
