//! The quick way of one job or one outcome, for C.
//!
//! Nearly all calls need nothing but what the thread has at hand, and sizes of C's own types. For them each function
//! is short and has no frame: whatever else there is to do is in another function, and calling that is the last thing that
//! the short one does. Jobs and results of eight bytes, as pointers and most numbers are, are copied without a look at their
//! size. For other sizes, for results of no bytes, and where a receiver wants the job too, there are functions one jump
//! further.

#![allow(
    improper_ctypes_definitions,
    reason = "these functions are called from here; with that interface none unwinds"
)]

use core::ffi::c_void;
use core::ptr::null_mut;

use super::boundary::{boundary, object, output};
use super::outcome::jobring_outcome;
use super::pool::jobring_pool;
use super::status::jobring_status::{self, *};
use crate::host::{Patience, Seat, Unsettled};
use crate::pool::table::Run;

/// Submits a job: copies `job_size` bytes from `job`. Gives its name in `*id`, unless `id` is NULL.
///
/// `patience` is a function, so that each caller has its own copy of this, inlined with what that caller knows of the wait.
///
/// # Safety
/// `pool` is NULL or a pool, `job` is NULL or readable for `job_size` bytes, `id` is NULL or writable.
#[inline(always)]
pub(super) unsafe fn submit(
    pool: *mut jobring_pool,
    job: *const c_void,
    patience: impl FnOnce() -> Patience,
    id: *mut u64,
) -> jobring_status {
    // SAFETY: the caller's; and what the match has just seen.
    unsafe {
        // First, as it is a call on some systems: what is known before the call has to be kept during it.
        let seat = Seat::mine();
        match pool.as_ref() {
            Some(there) if there.places.have_jobs_of_eight() && !job.is_null() => {
                submit_short::<true>(there, seat, job, patience, id)
            }
            _ => submit_of_any_size(pool, job, patience, id),
        }
    }
}

/// # Safety
/// As [`submit`].
#[inline(never)]
unsafe extern "C" fn submit_of_any_size(
    pool: *mut jobring_pool,
    job: *const c_void,
    patience: impl FnOnce() -> Patience,
    id: *mut u64,
) -> jobring_status {
    // SAFETY: as above.
    unsafe {
        let seat = Seat::mine();
        match pool.as_ref() {
            Some(there) if there.places.are_short() && !job.is_null() => {
                submit_short::<false>(there, seat, job, patience, id)
            }
            _ => submit_apart(pool, job, patience, id, Unsettled::NOTHING),
        }
    }
}

/// # Safety
/// As [`submit`]; there is a job, and jobs are short, with `OF_EIGHT` of eight bytes in places of no more.
#[inline(always)]
unsafe fn submit_short<const OF_EIGHT: bool>(
    pool: &jobring_pool,
    seat: Seat,
    job: *const c_void,
    patience: impl FnOnce() -> Patience,
    id: *mut u64,
) -> jobring_status {
    // SAFETY: the caller's; and the slot is this call's until it is accepted.
    unsafe {
        let Some(quick) = pool.pool.quick(seat) else {
            return submit_apart(pool, job, patience, id, Unsettled::NOTHING);
        };
        let run = match quick.claim() {
            Ok(run) => run,
            Err(unsettled) => return submit_apart(pool, job, patience, id, unsettled),
        };
        let places = pool.places.knowing_jobs::<OF_EIGHT>();
        let carried = places.carry::<true>(job);
        places.keep::<true>(run.first() as usize, job);
        let Some(name) = quick.place(&run, carried) else { return accept_apart(pool, id, run) };
        if let Err(run) = quick.accept(run) {
            return accept_apart(pool, id, run);
        }
        if !id.is_null() {
            id.write(name.to_u64());
        }
        if quick.workers_wait() { tell_worker(pool) } else { JOBRING_OK }
    }
}

/// # Safety
/// As [`submit`].
#[cold]
#[inline(never)]
unsafe extern "C" fn submit_apart(
    pool: *const jobring_pool,
    job: *const c_void,
    patience: impl FnOnce() -> Patience,
    id: *mut u64,
    unsettled: Unsettled,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let there = unsafe { object(pool) }?;
        if job.is_null() {
            return Err(JOBRING_ERR_NULL);
        }
        let shared = there.pool.shared();
        let run = shared.claim_apart(shared.hand(), unsettled, patience())?.into_run();
        // SAFETY: the slot is still this call's; the job is the caller's.
        unsafe {
            let name = shared.table().place(&run, there.places.carry::<false>(job));
            there.places.keep::<false>(name.slot(), job);
        }
        // SAFETY: the caller's.
        unsafe { accept(there, id, run) }
    })
}

/// # Safety
/// As [`submit`], for a pool whose slots `run` are this call's, with a job in the first. (The job is always there,
/// but the compiler does not know that there is such a slot.)
#[cold]
#[inline(never)]
unsafe extern "C" fn accept_apart(pool: *const jobring_pool, id: *mut u64, run: Run) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        unsafe { accept(object(pool)?, id, run) }
    })
}

/// # Safety
/// As [`accept_apart`].
unsafe fn accept(there: &jobring_pool, id: *mut u64, run: Run) -> Result<(), jobring_status> {
    let shared = there.pool.shared();
    let name = shared.table().id(&run);
    shared.accept_apart(shared.hand(), run)?;
    if !id.is_null() {
        // SAFETY: the caller's: writable.
        unsafe { id.write(name.to_u64()) };
    }
    Ok(())
}

/// # Safety
/// `pool` is a pool.
#[cold]
#[inline(never)]
unsafe extern "C" fn tell_worker(pool: *const jobring_pool) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        unsafe { object(pool) }?.pool.shared().tell_worker();
        Ok(())
    })
}

/// Receives an outcome; `patience` is as for [`submit`].
///
/// # Safety
/// `pool` is NULL or a pool, `outcome` is NULL or writable, `result` and `job` are NULL or writable for `result_size`
/// and `job_size` bytes.
#[inline(always)]
pub(super) unsafe fn recv(
    pool: *mut jobring_pool,
    patience: impl FnOnce() -> Patience,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    job: *mut c_void,
) -> jobring_status {
    // SAFETY: the caller's; and what the match has just seen.
    unsafe {
        // First, as above.
        let seat = Seat::mine();
        match pool.as_ref() {
            Some(there) if there.places.have_results_of_eight() && !outcome.is_null() && job.is_null() => {
                recv_short::<true>(there, seat, patience, outcome, result)
            }
            _ => recv_of_any_size(pool, patience, outcome, result, job),
        }
    }
}

/// # Safety
/// As [`recv`].
#[inline(never)]
unsafe extern "C" fn recv_of_any_size(
    pool: *mut jobring_pool,
    patience: impl FnOnce() -> Patience,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    job: *mut c_void,
) -> jobring_status {
    // SAFETY: as above.
    unsafe {
        let seat = Seat::mine();
        match pool.as_ref() {
            Some(there) if there.places.are_short() && !outcome.is_null() && job.is_null() => {
                recv_short::<false>(there, seat, patience, outcome, result)
            }
            _ => recv_apart(pool, patience, outcome, result, job, Unsettled::NOTHING),
        }
    }
}

/// # Safety
/// As [`recv`]; there is an outcome to write, the caller does not want the job, and results are short or of no bytes, with
/// `OF_EIGHT` of eight.
#[inline(always)]
unsafe fn recv_short<const OF_EIGHT: bool>(
    pool: &jobring_pool,
    seat: Seat,
    patience: impl FnOnce() -> Patience,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
) -> jobring_status {
    // SAFETY: the caller's; and the slot is this call's until it is given back.
    unsafe {
        let Some(quick) = pool.pool.quick(seat) else {
            return recv_apart(pool, patience, outcome, result, null_mut(), Unsettled::NOTHING);
        };
        let run = match quick.outcome() {
            Ok(run) => run,
            Err(unsettled) => return recv_apart(pool, patience, outcome, result, null_mut(), unsettled),
        };
        let places = pool.places.knowing_results::<OF_EIGHT>();
        if places.has_error(run.first() as usize) {
            return read_apart(pool, outcome, result, run);
        }
        let Some(received) = quick.read(&run) else { return read_apart(pool, outcome, result, run) };
        if let Ok(carried) = &received.result {
            places.get_result::<true>(received.job.slot(), *carried, result);
        }
        jobring_outcome::write(outcome, received, 0);
        match quick.release(run) {
            Ok(()) if quick.submitters_wait() => tell_submitter(pool),
            Ok(()) => JOBRING_OK,
            Err((run, unsettled)) => release_apart(pool, run, unsettled),
        }
    }
}

/// # Safety
/// As [`recv`].
#[cold]
#[inline(never)]
unsafe extern "C" fn recv_apart(
    pool: *const jobring_pool,
    patience: impl FnOnce() -> Patience,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    job: *mut c_void,
    unsettled: Unsettled,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let there = unsafe { object(pool) }?;
        let outcome = output(outcome)?;
        let (shared, hand) = (there.pool.shared(), there.pool.shared().hand());
        let run = shared.outcome_apart(hand, unsettled, patience())?.into_run();
        if !job.is_null() {
            // SAFETY: until it is given back the slot belongs to this call; the place is the caller's.
            unsafe { there.places.get_job(run.first() as usize, job) };
        }
        // SAFETY: the caller's.
        unsafe { read(there, outcome, result, run) };
        Ok(())
    })
}

/// # Safety
/// As [`read_apart`].
unsafe fn read(there: &jobring_pool, outcome: *mut jobring_outcome, result: *mut c_void, run: Run) {
    let (shared, places) = (there.pool.shared(), &there.places);
    let received = shared.table().read_one(&run);
    let slot = received.job.slot();
    // SAFETY: until it is given back the slot belongs to this call; the places are the caller's.
    unsafe {
        if let Ok(carried) = &received.result {
            places.get_result::<false>(slot, *carried, result);
        }
        jobring_outcome::write(outcome, received, places.take_error(slot));
    }
    shared.give_back_one(shared.hand(), run);
}

/// The outcome of a job that did not return, or returned an error.
///
/// # Safety
/// `pool` is a pool whose slots `run` are this call's, with an outcome in the first; `outcome` is writable, `result` is NULL
/// or writable for `result_size` bytes.
#[cold]
#[inline(never)]
unsafe extern "C" fn read_apart(
    pool: *const jobring_pool,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    run: Run,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        unsafe { read(object(pool)?, outcome, result, run) };
        Ok(())
    })
}

/// # Safety
/// `pool` is a pool whose slots `run` are this call's, and vacant.
#[cold]
#[inline(never)]
unsafe extern "C" fn release_apart(pool: *const jobring_pool, run: Run, unsettled: Unsettled) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let shared = unsafe { object(pool) }?.pool.shared();
        shared.give_back_apart(shared.hand(), run, unsettled);
        Ok(())
    })
}

/// # Safety
/// `pool` is a pool.
#[cold]
#[inline(never)]
unsafe extern "C" fn tell_submitter(pool: *const jobring_pool) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let shared = unsafe { object(pool) }?.pool.shared();
        shared.tell_submitter(shared.hand());
        Ok(())
    })
}
