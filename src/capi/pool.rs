//! The pool, for C.

use alloc::boxed::Box;
use alloc::string::String;
use core::ffi::{CStr, c_void};

use super::blobs::{Blobs, Carried, Places};
use super::boundary::{boundary, object, output};
use super::config::{Function, jobring_config, jobring_worker};
use super::size_first::input;
use super::status::jobring_status::{self, *};
use crate::host::{BuildError, Builder, Ending, Pool, Worker};
use crate::sync::host::Arc;

/// A bounded pool of worker threads. Opaque; made by `jobring_pool_create`, freed by `jobring_pool_destroy`. Not for signal
/// handlers, which may use a `jobring_ring` or a `jobring_static_pool`.
pub struct jobring_pool {
    pub(super) pool: Pool<Carried, Carried>,
    pub(super) places: Places,
    /// The memory of the places, which the workers share.
    _blobs: Arc<Blobs>,
}

/// The caller's function and what it gets.
struct Callback {
    run: Function,
    user: *mut c_void,
    places: Places,
    /// The memory of the places.
    _blobs: Arc<Blobs>,
}

// SAFETY: the header tells the caller that all workers use both at once.
unsafe impl Send for Callback {}
// SAFETY: as above.
unsafe impl Sync for Callback {}

impl Callback {
    /// Starts a pool that calls it. Compiled once more with `OF_EIGHT`, for places that
    /// [are of eight](super::blobs::Places::are_of_eight).
    fn start<const OF_EIGHT: bool>(self, builder: Builder) -> Result<Pool<Carried, Carried>, BuildError> {
        let places = self.places.known::<OF_EIGHT>();
        let run = move |worker: &Worker<'_>, job| self.call::<OF_EIGHT>(worker, job);
        builder.start(run, move |slots| places.prefetch_to_run(slots))
    }

    #[inline(always)]
    fn call<const OF_EIGHT: bool>(&self, worker: &Worker<'_>, job: Carried) -> (Carried, Ending) {
        let places = self.places.known::<OF_EIGHT>();
        let (result, failed) = places.run(worker.job().slot(), job, |job, result| {
            // SAFETY: the caller answers for the function; the worker has the slot of its job for itself, and the job's
            // bytes with it.
            unsafe { (self.run)(jobring_worker::of(worker), self.user, job, result) }
        });
        (result, if failed { Ending::Failed } else { Ending::Done })
    }
}

/// Makes a pool and starts its workers.
///
/// On success `*pool` is a pool that the caller must destroy. The configuration is copied; `config->user` must stay
/// valid until the pool is destroyed. Blocks while threads start. Any thread: the workers inherit its signal mask.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL` (`config`, `config->run` or `pool`), `JOBRING_ERR_STRUCT_SIZE`,
/// `JOBRING_ERR_WORKERS`, `JOBRING_ERR_CAPACITY`, `JOBRING_ERR_JOB_SIZE`, `JOBRING_ERR_NO_MEMORY`, `JOBRING_ERR_THREAD`.
/// With an error nothing is left behind: no thread, no memory.
///
/// # Safety
/// `config` is NULL or valid for the size that it says, and so is its name; `pool` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_create(
    config: *const jobring_config,
    pool: *mut *mut jobring_pool,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let config = unsafe { input(config) }?;
        let pool = output(pool)?;
        let run = config.run.ok_or(JOBRING_ERR_NULL)?;
        if config.job_size == 0 {
            return Err(JOBRING_ERR_JOB_SIZE);
        }
        let mut builder = Pool::builder().workers(config.workers).capacity(config.capacity);
        builder.check()?;
        if !config.name.is_null() {
            // SAFETY: the caller's: a C string.
            let name = unsafe { CStr::from_ptr(config.name) };
            builder = builder.name(String::from_utf8_lossy(name.to_bytes()));
        }
        if config.stack_size != 0 {
            builder = builder.stack_size(config.stack_size);
        }
        let blobs = Blobs::new(config.capacity, config.job_size, config.result_size).ok_or(JOBRING_ERR_NO_MEMORY)?;
        let (places, blobs) = (*blobs.places(), Arc::new(blobs));
        let callback = Callback { run, user: config.user, places, _blobs: blobs.clone() };
        let of_eight = places.are_of_eight();
        let started = if of_eight { callback.start::<true>(builder) } else { callback.start::<false>(builder) }?;
        let made = Box::new(jobring_pool { pool: started, places, _blobs: blobs });
        // SAFETY: the caller's: writable.
        unsafe { pool.write(Box::into_raw(made)) };
        Ok(())
    })
}

/// Refuses jobs from now on; jobs accepted before are run and give their outcomes. Submits that wait are refused.
/// Calling it again has no effect. Does not block. Any thread.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`.
///
/// # Safety
/// `pool` is NULL or a pool.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_close(pool: *mut jobring_pool) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        unsafe { object(pool) }?.pool.close();
        Ok(())
    })
}

/// Closes the pool, and gives back waiting jobs as outcomes of kind `JOBRING_CANCELLED`. Running jobs go on; they can see
/// the cancellation by `jobring_worker_is_cancelled`. Does not block. Any thread.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`.
///
/// # Safety
/// `pool` is NULL or a pool.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_cancel(pool: *mut jobring_pool) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        unsafe { object(pool) }?.pool.cancel();
        Ok(())
    })
}

/// Closes the pool, and blocks until every accepted job has its outcome and the workers are done. Outcomes can still be
/// received afterwards. Any thread but a worker of this pool.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, `JOBRING_ERR_DEADLOCK` if a job of the pool calls it.
///
/// # Safety
/// `pool` is NULL or a pool.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_join(pool: *mut jobring_pool) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = &unsafe { object(pool) }?.pool;
        if pool.is_worker() {
            return Err(JOBRING_ERR_DEADLOCK);
        }
        pool.wait();
        Ok(())
    })
}

/// Closes the pool, waits as `jobring_pool_join` does, and frees the pool. Outcomes that nobody received are lost. NULL has
/// no effect.
///
/// All other calls on the pool must have returned before, and none may follow. That an outcome has been received, or that a
/// receive has returned `JOBRING_CLOSED`, does not prove it: the submit of that job, or the close or cancel, may not have
/// returned yet. So join the threads that make such calls, or hear from them, before this. Not for a worker of this pool.
///
/// Returns `JOBRING_OK`; `JOBRING_ERR_DEADLOCK` if a job of the pool calls it: then nothing is freed.
///
/// # Safety
/// `pool` is NULL or a pool that nobody else uses any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_destroy(pool: *mut jobring_pool) -> jobring_status {
    boundary(|| {
        if pool.is_null() {
            return Ok(());
        }
        // SAFETY: the caller's.
        if unsafe { object(pool) }?.pool.is_worker() {
            return Err(JOBRING_ERR_DEADLOCK);
        }
        // SAFETY: made by `Box::into_raw`, and the caller's last use.
        drop(unsafe { Box::from_raw(pool) });
        Ok(())
    })
}

/// The worker's number, below the pool's number of workers; `JOBRING_NO_WORKER` for NULL. Only during the job.
///
/// # Safety
/// `worker` is NULL or what `run` was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_worker_id(worker: *const jobring_worker) -> u32 {
    // SAFETY: the caller's.
    unsafe { jobring_worker::worker(worker) }.map_or(super::JOBRING_NO_WORKER, |worker| worker.id().index() as u32)
}

/// The name of the job that is running; `UINT64_MAX` for NULL. Only during the job.
///
/// # Safety
/// `worker` is NULL or what `run` was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_worker_job(worker: *const jobring_worker) -> u64 {
    // SAFETY: the caller's.
    unsafe { jobring_worker::worker(worker) }.map_or(u64::MAX, |worker| worker.job().to_u64())
}

/// Whether the pool has been cancelled: a long job that asks now and then can end early. False for NULL. Only during
/// the job.
///
/// # Safety
/// `worker` is NULL or what `run` was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_worker_is_cancelled(worker: *const jobring_worker) -> bool {
    // SAFETY: the caller's.
    unsafe { jobring_worker::worker(worker) }.is_some_and(Worker::is_cancelled)
}
