//! What workers call.

use core::ffi::c_void;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, MutexGuard};

use jobring::capi::*;

use crate::calls::Action;
use crate::model::{Model, Phase, result_of};
use crate::stage::{receive, stats, submit};

/// The `user` of a pool.
#[derive(Default)]
pub struct World {
    pub pool: Mutex<Raw>,
    model: Mutex<Model>,
    bell: Condvar,
}

/// The pool, once it is made.
#[derive(Clone, Copy)]
pub struct Raw(pub *mut jobring_pool);

// SAFETY: the header allows all calls on all threads.
unsafe impl Send for Raw {}

impl Default for Raw {
    fn default() -> Self {
        Self(core::ptr::null_mut())
    }
}

impl World {
    pub fn new(model: Model) -> Self {
        Self { model: Mutex::new(model), ..Self::default() }
    }

    /// A panic aborts the fuzzer, so nobody sees a poisoned lock.
    pub fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap()
    }

    pub fn gate(&self, model: &mut Model, open: bool) {
        model.open = open;
        self.bell.notify_all();
    }

    pub fn raw(&self) -> *mut jobring_pool {
        self.pool.lock().unwrap().0
    }
}

/// The callback.
///
/// # Safety
/// As the header says of `jobring_run`; `user` is a [`World`].
pub unsafe extern "C-unwind" fn run(
    worker: *const jobring_worker,
    user: *mut c_void,
    job: *const c_void,
    result: *mut c_void,
) -> i32 {
    // SAFETY: this is what the header promises to a callback.
    let (world, name, number) =
        unsafe { (&*user.cast::<World>(), jobring_worker_job(worker), jobring_worker_id(worker)) };
    let mut model = world.model();
    let (job_size, result_size) = (model.job_size, model.result_size);
    assert!(job.is_aligned_for(job_size) && result.cast_const().is_aligned_for(result_size));
    assert_eq!(result.is_null(), result_size == 0);
    assert!((number as usize) < model.workers);
    // SAFETY: as above.
    let bytes = unsafe { core::slice::from_raw_parts(job.cast::<u8>(), job_size) };
    if result_size > 0 {
        let filling = result_of(name, result_size);
        // SAFETY: as above.
        unsafe { core::ptr::copy_nonoverlapping(filling.as_ptr(), result.cast(), result_size) };
    }
    let entry = model.job(name, Some(bytes), |entry| entry.phase == Phase::Queued).expect("a job that was accepted");
    assert_eq!((entry.phase, &entry.bytes[..]), (Phase::Queued, bytes), "the job {name:#x}, once, as it was submitted");
    (entry.phase, entry.worker) = (Phase::Running, number);
    let action = entry.action;
    // SAFETY: as above.
    assert_eq!(unsafe { jobring_worker_is_cancelled(worker) }, model.cancelled);

    let pool = world.raw();
    let mut answer = 0;
    match action {
        Action::Return(error) => answer = error,
        Action::Panic => {}
        Action::Wait => {
            while !model.open {
                model = world.bell.wait(model).unwrap();
            }
        }
        // The header forbids all others.
        _ if model.destroying => {}
        // In a job only what does not wait.
        Action::Submit(how) => submit(pool, &mut model, how.in_a_job(), Action::Return(1)),
        Action::Receive(how) if !model.receiving => receive(pool, &mut model, how.in_a_job()),
        Action::Receive(_) => {}
        Action::Stats => stats(pool, &model),
        // SAFETY: the pool is there until `destroying`.
        Action::Close => unsafe {
            assert_eq!(jobring_pool_close(pool), jobring_status::JOBRING_OK);
            model.closed = true;
        },
        // SAFETY: as above.
        Action::Cancel => unsafe {
            assert_eq!(jobring_pool_cancel(pool), jobring_status::JOBRING_OK);
            (model.closed, model.cancelled) = (true, true);
            assert!(jobring_worker_is_cancelled(worker));
        },
        // SAFETY: as above.
        Action::Join => assert_eq!(unsafe { jobring_pool_join(pool) }, jobring_status::JOBRING_ERR_DEADLOCK),
        // SAFETY: as above, and nothing is destroyed.
        Action::Destroy => assert_eq!(unsafe { jobring_pool_destroy(pool) }, jobring_status::JOBRING_ERR_DEADLOCK),
    }
    let panics = action == Action::Panic;
    let entry = model.live.get_mut(&name).expect("not received while it runs");
    assert_eq!(entry.phase, Phase::Running);
    entry.phase = if panics { Phase::Panicked } else { Phase::Returned(answer) };
    drop(model);
    if panics {
        // No hook: the fuzzer's would abort.
        resume_unwind(Box::new(String::from("the job")));
    }
    answer
}

trait Aligned {
    /// For any type of C that fits in.
    fn is_aligned_for(self, size: usize) -> bool;
}

impl Aligned for *const c_void {
    fn is_aligned_for(self, size: usize) -> bool {
        self.addr().is_multiple_of(1 << size.max(1).ilog2().min(4))
    }
}
