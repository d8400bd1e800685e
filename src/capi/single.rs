//! One job or one outcome, for C.

use core::ffi::c_void;
use core::time::Duration;

use super::outcome::jobring_outcome;
use super::pool::jobring_pool;
use super::quick;
use super::status::jobring_status;
use crate::host::Patience;

/// How long a call from C may wait.
fn patience(timeout_ns: u64) -> Patience {
    if timeout_ns == u64::MAX { Patience::Endless } else { Patience::lasting(Duration::from_nanos(timeout_ns)) }
}

/// Submits a job; blocks while all slots are in flight.
///
/// Copies `job_size` bytes from `job`, which stays the caller's. Writes the job's name to `*id`, unless `id` is NULL. By then
/// another thread may have received the outcome: to match the two, put a key of your own into the job.
///
/// A slot is free again once its outcome has been received. So one thread that submits more than `capacity` jobs before it
/// receives any waits for ever, unless another thread receives meanwhile.
///
/// Any thread; a job that submits to its own pool should use `jobring_pool_try_submit`, since this could wait for ever.
///
/// Returns `JOBRING_OK`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
///
/// # Safety
/// `pool` is NULL or a pool, `job` is NULL or readable for `job_size` bytes, `id` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_submit(
    pool: *mut jobring_pool,
    job: *const c_void,
    id: *mut u64,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { quick::submit(pool, job, || Patience::Endless, id) }
}

/// Submits a job if a slot is free. Does not block; otherwise as `jobring_pool_submit`.
///
/// Returns `JOBRING_OK`, `JOBRING_FULL`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
///
/// # Safety
/// As `jobring_pool_submit`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_try_submit(
    pool: *mut jobring_pool,
    job: *const c_void,
    id: *mut u64,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { quick::submit(pool, job, || Patience::None, id) }
}

/// Submits a job; blocks up to `timeout_ns` nanoseconds of monotonic time while all slots are in flight, for ever with
/// `UINT64_MAX`. With 0 it looks, lets other threads run once, and looks again. Otherwise as `jobring_pool_submit`.
///
/// Returns `JOBRING_OK`, `JOBRING_TIMEOUT`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
///
/// # Safety
/// As `jobring_pool_submit`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_submit_timeout(
    pool: *mut jobring_pool,
    job: *const c_void,
    timeout_ns: u64,
    id: *mut u64,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { quick::submit(pool, job, move || patience(timeout_ns), id) }
}

/// Receives an outcome; blocks while there is none.
///
/// Writes what became of the job to `*outcome`; copies `result_size` bytes to `result`, unless that is NULL or the
/// job never returned (`JOBRING_CANCELLED`, `JOBRING_PANICKED`); and copies the job's own `job_size` bytes back to `job`,
/// unless that is NULL. Every accepted job's outcome is received exactly once, by one caller.
///
/// If only one thread receives, it gets outcomes in the order in which workers published them. Where several threads
/// receive, each takes some outcomes at once for its next calls (up to an eighth of the capacity, 64 at most); those that it
/// does not come back for go to the other threads once nothing else is there.
///
/// Any thread; a job that receives from its own pool should use `jobring_pool_try_recv`, since this could wait for ever:
/// neither the job's own outcome nor `JOBRING_CLOSED` can come before the job returns.
///
/// Returns `JOBRING_OK`, `JOBRING_CLOSED` once the pool is closed and all outcomes have been received,
/// `JOBRING_ERR_NULL`.
///
/// # Safety
/// `pool` is NULL or a pool, `outcome` is NULL or writable, `result` and `job` are NULL or writable for `result_size`
/// and `job_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_recv(
    pool: *mut jobring_pool,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    job: *mut c_void,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { quick::recv(pool, || Patience::Endless, outcome, result, job) }
}

/// Receives an outcome, if there is one. Does not block; otherwise as `jobring_pool_recv`.
///
/// Returns `JOBRING_OK`, `JOBRING_EMPTY`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
///
/// # Safety
/// As `jobring_pool_recv`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_try_recv(
    pool: *mut jobring_pool,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    job: *mut c_void,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { quick::recv(pool, || Patience::None, outcome, result, job) }
}

/// Receives an outcome; blocks up to `timeout_ns` nanoseconds for one, as `jobring_pool_submit_timeout` does. Otherwise as
/// `jobring_pool_recv`.
///
/// Returns `JOBRING_OK`, `JOBRING_TIMEOUT`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`.
///
/// # Safety
/// As `jobring_pool_recv`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_recv_timeout(
    pool: *mut jobring_pool,
    timeout_ns: u64,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    job: *mut c_void,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { quick::recv(pool, move || patience(timeout_ns), outcome, result, job) }
}
