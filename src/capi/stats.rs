//! Counts, for C.

use core::mem::offset_of;

use super::boundary::{boundary, object};
use super::pool::jobring_pool;
use super::size_first::{SizeFirst, write_output};
use super::status::jobring_status::{self, *};

/// What a pool has done so far. Set `size` to `sizeof(jobring_stats)` before the call.
///
/// `accepted` = outcomes received + `in_flight`; and once all jobs have run, `done + failed + panicked + cancelled`.
/// Exact while nothing moves, for example after `jobring_pool_join`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct jobring_stats {
    /// `sizeof(jobring_stats)`.
    pub size: usize,
    /// Jobs accepted.
    pub accepted: u64,
    /// Jobs that returned 0.
    pub done: u64,
    /// Jobs that returned their own error.
    pub failed: u64,
    /// Jobs that panicked.
    pub panicked: u64,
    /// Jobs cancelled before they began.
    pub cancelled: u64,
    /// Jobs accepted whose outcome has not been received.
    pub in_flight: u64,
    /// The pool's slots.
    pub capacity: u64,
    /// The pool's workers.
    pub workers: u64,
}

// SAFETY: integers.
unsafe impl SizeFirst for jobring_stats {
    const OLDEST: usize = offset_of!(jobring_stats, workers) + size_of::<u64>();
}

/// What one worker has done so far. Set `size` to `sizeof(jobring_worker_stats)` before the call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct jobring_worker_stats {
    /// `sizeof(jobring_worker_stats)`.
    pub size: usize,
    /// Jobs that returned 0.
    pub done: u64,
    /// Jobs that returned their own error.
    pub failed: u64,
    /// Jobs that panicked.
    pub panicked: u64,
}

// SAFETY: integers.
unsafe impl SizeFirst for jobring_worker_stats {
    const OLDEST: usize = offset_of!(jobring_worker_stats, panicked) + size_of::<u64>();
}

/// Counts of the whole pool. Looks at every slot. Does not block. Any thread.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, `JOBRING_ERR_STRUCT_SIZE`.
///
/// # Safety
/// `pool` is NULL or a pool, `stats` is NULL or valid for the size that it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_stats(pool: *const jobring_pool, stats: *mut jobring_stats) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = &unsafe { object(pool) }?.pool;
        let now = pool.totals();
        let value = jobring_stats {
            size: size_of::<jobring_stats>(),
            accepted: now.accepted,
            done: now.done,
            failed: now.failed,
            panicked: now.panicked,
            cancelled: now.cancelled,
            in_flight: now.in_flight,
            capacity: pool.capacity() as u64,
            workers: pool.workers() as u64,
        };
        // SAFETY: the caller's.
        unsafe { write_output(&value, stats) }
    })
}

/// Counts of one worker, by its number. Does not block. Any thread.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, `JOBRING_ERR_STRUCT_SIZE`, `JOBRING_ERR_WORKER`.
///
/// # Safety
/// `pool` is NULL or a pool, `stats` is NULL or valid for the size that it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_worker_stats(
    pool: *const jobring_pool,
    worker: u32,
    stats: *mut jobring_worker_stats,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = &unsafe { object(pool) }?.pool;
        let now = pool.worker_stats(worker as usize).ok_or(JOBRING_ERR_WORKER)?;
        let value = jobring_worker_stats {
            size: size_of::<jobring_worker_stats>(),
            done: now.done,
            failed: now.failed,
            panicked: now.panicked,
        };
        // SAFETY: the caller's.
        unsafe { write_output(&value, stats) }
    })
}
