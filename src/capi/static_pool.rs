//! A pool without threads in the caller's memory, for C.

use core::ffi::c_void;

use super::boundary::{boundary, object, output};
use super::lent::{ALIGN, LentTable, LentWords, Parts, check_capacity, copy, size};
use super::outcome::jobring_outcome;
use super::status::jobring_status::{self, *};
use crate::pool::WorkerId;
use crate::pool::slot::Slot;
use crate::ring::free::FreeSet;
use crate::ring::layout::Layout;
use crate::ring::{Native, Word};

/// A pool without threads in the caller's memory: whatever calls `jobring_static_pool_run_one` is a worker, be it a thread,
/// a task, the main loop or an interrupt.
///
/// This struct says where the pool is, and does not change; the pool itself is in the memory. Memory that is all zeros is an
/// empty pool: a static pool needs no initialisation, and an interrupt may use it before anything else has. The macro
/// `JOBRING_STATIC_POOL` defines both. There is nothing to destroy: once no call is under way the memory may be freed, or
/// filled with zeros and used anew.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct jobring_static_pool {
    /// Zeros before the first call, then touched by nothing but these functions. Any alignment. Everything that uses the pool
    /// sees it at this address.
    pub memory: *mut c_void,
    /// Bytes of the memory: at least `JOBRING_STATIC_POOL_SIZE(capacity, job_size, result_size)`, or what
    /// `jobring_static_pool_size` says.
    pub memory_size: usize,
    /// Jobs that may be in flight, from submit to collect: 1 to `JOBRING_MAX_CAPACITY`.
    pub capacity: usize,
    /// Bytes of a job, at least 1. Jobs and results may be as large as the memory has room for.
    pub job_size: usize,
    /// Bytes of a result; 0 if jobs have none.
    pub result_size: usize,
}

/// Runs one job of a static pool.
///
/// `worker` is the number that `jobring_static_pool_run_one` was given. `job` points to the `job_size` bytes that were
/// submitted, `result` to `result_size` bytes to be filled; both are aligned for types that need an alignment of
/// `JOBRING_ALIGN` bytes at most. The job may be read and the result written until this returns. Do not change the job, since
/// the collector of its outcome may ask for it. With a `result_size` of 0 `result` is NULL. Bytes of the result that are left
/// unwritten are unspecified.
///
/// Return 0 if the job succeeded; any other number is the job's own error and comes out as `error`. It must return: it must
/// not leave by `longjmp` or a C++ exception, nor end its thread.
pub type jobring_static_run =
    Option<unsafe extern "C" fn(worker: u32, user: *mut c_void, job: *const c_void, result: *mut c_void) -> i32>;

/// What a static pool has done so far: exact while nothing moves.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct jobring_static_stats {
    /// Jobs accepted, modulo 2^29 for each slot.
    pub accepted: u64,
    /// Jobs accepted whose outcome has not been collected.
    pub in_flight: usize,
    /// Jobs whose outcome waits to be collected.
    pub finished: usize,
}

/// A pool whose memory is set up.
struct Pool<'a> {
    table: &'a LentTable,
    bytes: *mut u8,
    job_size: usize,
    result_size: usize,
}

/// Where everything is.
struct Places {
    table: *mut LentTable,
    words: [*mut <Native as Word>::Atomic; 3],
    slots: *mut Slot<u32, i32>,
    bytes: *mut u8,
}

/// From one job's bytes to the next one's.
fn stride(job_size: usize, result_size: usize) -> Option<usize> {
    job_size.checked_next_multiple_of(ALIGN)?.checked_add(result_size.checked_next_multiple_of(ALIGN)?)
}

/// Words of the set of free slots.
fn free(capacity: usize) -> usize {
    FreeSet::<LentWords<true>>::blocks(capacity)
}

fn divide(parts: &mut Parts, capacity: usize, job_size: usize, result_size: usize) -> Result<Places, jobring_status> {
    check_capacity(capacity)?;
    if job_size == 0 {
        return Err(JOBRING_ERR_JOB_SIZE);
    }
    let bytes = stride(job_size, result_size).and_then(|stride| stride.checked_mul(capacity));
    Ok(Places {
        table: parts.array(1)?,
        words: [parts.array(free(capacity))?, parts.array(capacity)?, parts.array(capacity)?],
        slots: parts.array(capacity)?,
        bytes: parts.bytes(bytes, ALIGN)?,
    })
}

impl<'a> Pool<'a> {
    /// # Safety
    /// NULL, or a pool as the header describes it.
    #[inline(always)]
    unsafe fn of(pool: *const jobring_static_pool) -> Result<Self, jobring_status> {
        // SAFETY: the caller's.
        let pool = unsafe { object(pool) }?;
        let mut parts = Parts::of(pool.memory, pool.memory_size)?;
        let places = divide(&mut parts, pool.capacity, pool.job_size, pool.result_size)?;
        // SAFETY: L2: it began as zeros, which a table is.
        let table: &'a LentTable = unsafe { &*places.table };
        let (words, slots) = table.storage();
        let counts = [free(pool.capacity), pool.capacity, pool.capacity];
        for ((words, place), count) in words.into_iter().zip(places.words).zip(counts) {
            words.set_up(place, count, Layout::with_spans(pool.capacity, Native::BITS));
        }
        slots.set_up(places.slots, pool.capacity);
        Ok(Self { table, bytes: places.bytes, job_size: pool.job_size, result_size: pool.result_size })
    }

    /// Where the job of a slot is.
    #[inline(always)]
    fn job(&self, slot: u32) -> *mut c_void {
        let stride = stride(self.job_size, self.result_size).unwrap_or(0);
        self.bytes.wrapping_add(slot as usize * stride).cast()
    }

    /// Where the result of a slot is; NULL if results have no bytes.
    #[inline(always)]
    fn result(&self, slot: u32) -> *mut c_void {
        if self.result_size == 0 {
            return core::ptr::null_mut();
        }
        self.job(slot).wrapping_byte_add(self.job_size.next_multiple_of(ALIGN))
    }
}

/// Says whether a pool is usable. The other functions return the same errors, but firmware should know when it starts.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL` (`pool` or its memory), `JOBRING_ERR_CAPACITY`, `JOBRING_ERR_JOB_SIZE`,
/// `JOBRING_ERR_MEMORY_SIZE`.
///
/// # Safety
/// `pool` is NULL or a pool.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_static_pool_check(pool: *const jobring_static_pool) -> jobring_status {
    // SAFETY: the caller's.
    boundary(|| unsafe { Pool::of(pool) }.map(|_| ()))
}

/// Bytes of memory for a pool, wherever the memory begins; 0 if there can be no such pool.
#[unsafe(no_mangle)]
pub extern "C" fn jobring_static_pool_size(capacity: usize, job_size: usize, result_size: usize) -> usize {
    size(|parts| divide(parts, capacity, job_size, result_size).map(|_| ()))
}

/// Accepts a job: copies `job_size` bytes from `job`. Writes the job's name to `*id`, unless `id` is NULL. Does not block;
/// bounded steps in an interrupt that nothing interrupts. Any thread, any interrupt.
///
/// Returns `JOBRING_OK`, `JOBRING_FULL`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`, and what `jobring_static_pool_check` does.
///
/// # Safety
/// `pool` is NULL or a pool, `job` is NULL or readable for `job_size` bytes, `id` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_static_pool_submit(
    pool: *const jobring_static_pool,
    job: *const c_void,
    id: *mut u64,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = unsafe { Pool::of(pool) }?;
        if job.is_null() {
            return Err(JOBRING_ERR_NULL);
        }
        let Some(run) = pool.table.claim(1) else {
            return Err(if pool.table.is_closed() { JOBRING_CLOSED } else { JOBRING_FULL });
        };
        let slot = pool.table.id(&run).slot() as u32;
        // SAFETY: the caller's on one side, and on the other L2: only the holder of the run touches its slot's bytes.
        unsafe { copy(job, pool.job(slot), pool.job_size) };
        let name = pool.table.submit(run, slot).map_err(|_| JOBRING_CLOSED)?;
        if !id.is_null() {
            // SAFETY: the caller's: writable.
            unsafe { id.write(name.to_u64()) };
        }
        Ok(())
    })
}

/// Runs the oldest job, if there is one: calls `run`, and keeps its outcome for `jobring_static_pool_collect`. `user` is
/// passed on and may be NULL. Blocks as long as the job runs. Any thread, any interrupt; calls at once run one job each.
///
/// Returns `JOBRING_OK` (a job was run, whatever it returned), `JOBRING_EMPTY`, `JOBRING_CLOSED` (and no job is left),
/// `JOBRING_ERR_NULL` (`pool`, `run`), and what `jobring_static_pool_check` does.
///
/// # Safety
/// `pool` is NULL or a pool, `run` is NULL or the caller's function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_static_pool_run_one(
    pool: *const jobring_static_pool,
    worker: u32,
    run: jobring_static_run,
    user: *mut c_void,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = unsafe { Pool::of(pool) }?;
        let run = run.ok_or(JOBRING_ERR_NULL)?;
        pool.table.enter();
        let ran = pool.table.run_one(WorkerId(worker), |slot| {
            // SAFETY: the caller answers for the function; the worker that runs a job has its bytes for itself.
            unsafe { run(worker, user, pool.job(slot), pool.result(slot)) }
        });
        pool.table.leave();
        Ok(ran?)
    })
}

/// Takes the oldest outcome, if there is one: fills `*outcome`, and copies `result_size` bytes to `result`, unless it is NULL;
/// the result of a job that did not return 0 is unspecified. Copies the job back to `job` as it was submitted, unless that is
/// NULL: so what a cancelled job owns is not lost. Does not block; bounded steps in an interrupt that nothing interrupts. Any
/// thread, any interrupt.
///
/// It does not return `JOBRING_CLOSED` while a call of `jobring_static_pool_run_one` or `jobring_static_pool_cancel` has not
/// returned, even one that found no job. So an interrupt must not call this again and again until it returns `JOBRING_CLOSED`:
/// the interrupt may have come in the middle of such a call.
///
/// Returns `JOBRING_OK`, `JOBRING_EMPTY`, `JOBRING_CLOSED` (all outcomes have been collected, and none will come),
/// `JOBRING_ERR_NULL` (`pool`, `outcome`), and what `jobring_static_pool_check` does.
///
/// # Safety
/// `pool` is NULL or a pool, `outcome` is NULL or writable, `result` and `job` are NULL or writable for `result_size` and
/// `job_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_static_pool_collect(
    pool: *const jobring_static_pool,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    job: *mut c_void,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = unsafe { Pool::of(pool) }?;
        let place = output(outcome)?;
        let run = pool.table.take_or_settle()?;
        let received = pool.table.read_one(&run);
        let slot = received.job.slot() as u32;
        // SAFETY: the caller's on one side; on the other L2: the slot is still the collector's.
        unsafe {
            if !result.is_null() && pool.result_size > 0 {
                copy(pool.result(slot), result, pool.result_size);
            }
            if !job.is_null() {
                copy(pool.job(slot), job, pool.job_size);
            }
        }
        let error = *received.result.as_ref().unwrap_or(&0);
        // SAFETY: the caller's: writable.
        unsafe { jobring_outcome::write(place, received, error) };
        pool.table.release(run);
        Ok(())
    })
}

/// Refuses jobs from now on; jobs accepted before can still be run and collected. May be called again. Any thread, any
/// interrupt.
///
/// Returns `JOBRING_OK`, and what `jobring_static_pool_check` does.
///
/// # Safety
/// `pool` is NULL or a pool.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_static_pool_close(pool: *const jobring_static_pool) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        unsafe { Pool::of(pool) }?.table.close();
        Ok(())
    })
}

/// Closes the pool, and turns waiting jobs into outcomes of kind `JOBRING_CANCELLED`. Takes as many steps as there are such
/// jobs. Any thread, any interrupt.
///
/// Returns `JOBRING_OK`, and what `jobring_static_pool_check` does.
///
/// # Safety
/// `pool` is NULL or a pool.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_static_pool_cancel(pool: *const jobring_static_pool) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = unsafe { Pool::of(pool) }?;
        pool.table.cancel();
        Ok(())
    })
}

/// Counts, read from the slots. Takes as many steps as the pool has slots. Any thread, any interrupt.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, and what `jobring_static_pool_check` does.
///
/// # Safety
/// `pool` is NULL or a pool, `stats` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_static_pool_get_stats(
    pool: *const jobring_static_pool,
    stats: *mut jobring_static_stats,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = unsafe { Pool::of(pool) }?;
        let counts = pool.table.counts();
        let counts =
            jobring_static_stats { accepted: counts.accepted, in_flight: counts.in_flight, finished: counts.finished };
        // SAFETY: the caller's: writable.
        unsafe { output(stats)?.write(counts) };
        Ok(())
    })
}
