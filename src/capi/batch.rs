//! Many jobs, or many outcomes, in one call, for C.

use core::ffi::c_void;

use super::blobs::{Carried, Places};
use super::boundary::{boundary, object, output};
use super::outcome::jobring_outcome;
use super::pool::jobring_pool;
use super::status::jobring_status::{self, *};
use crate::host::Patience;
use crate::pool::slot::Slot;
use crate::pool::{JobId, RecvError};

/// Checks an array of `count` elements.
#[inline(always)]
fn array<T>(pointer: *const T, count: usize) -> Result<(), jobring_status> {
    if pointer.is_null() && count > 0 { Err(JOBRING_ERR_NULL) } else { Ok(()) }
}

/// The `at`th element of an array of elements of `size` bytes; NULL if there is no array.
///
/// # Safety
/// NULL, or an array with that element.
#[inline(always)]
unsafe fn element(array: *mut c_void, at: usize, size: usize) -> *mut c_void {
    // SAFETY: the caller's.
    if array.is_null() { array } else { unsafe { array.byte_add(at * size) } }
}

/// Submits jobs to a pool; with `WAIT`, waits for slots. Compiled once more with `OF_EIGHT`, for pools whose places
/// [are of eight](super::blobs::Places::are_of_eight). The error is how many jobs were accepted before the pool was closed.
///
/// # Safety
/// `jobs` is readable for `count` jobs, `ids` is NULL or writable for `count` names.
#[inline(always)]
unsafe fn put<const WAIT: bool, const OF_EIGHT: bool>(
    pool: &jobring_pool,
    jobs: *const c_void,
    count: usize,
    ids: *mut u64,
) -> Result<usize, usize> {
    let (places, mut at) = (pool.places.known::<OF_EIGHT>(), 0);
    // SAFETY: the iterator gives `count` jobs at most, and each gets its slot after that, so all are in the array.
    let job = move |at| unsafe { element(jobs.cast_mut(), at, places.job_size) };
    let placed = move |name: JobId| {
        // SAFETY: readable; and the slot is still this call's.
        unsafe {
            places.keep::<false>(name.slot(), job(at));
            if !ids.is_null() {
                ids.add(at).write(name.to_u64());
            }
        }
        at += 1;
    };
    // SAFETY: readable.
    let mut carried = (0..count).map(|at| unsafe { places.carry::<false>(job(at)) });
    pool.pool.shared().submit_each(WAIT, &mut carried, placed, |_| {})
}

/// Submits jobs; with `WAIT`, waits for slots.
///
/// # Safety
/// As [`jobring_pool_submit_batch`].
#[inline(always)]
unsafe fn submit<const WAIT: bool>(
    pool: *mut jobring_pool,
    jobs: *const c_void,
    count: usize,
    ids: *mut u64,
    accepted: *mut usize,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = unsafe { object(pool) }?;
        array(jobs, count)?;
        let accepted = output(accepted)?;
        // SAFETY: the caller's.
        let submitted = unsafe {
            if pool.places.are_of_eight() {
                put::<WAIT, true>(pool, jobs, count, ids)
            } else {
                put::<WAIT, false>(pool, jobs, count, ids)
            }
        };
        let (taken, status) = match submitted {
            Ok(0) if count > 0 => (0, Err(JOBRING_FULL)),
            Ok(taken) => (taken, Ok(())),
            Err(taken) => (taken, Err(JOBRING_CLOSED)),
        };
        // SAFETY: the caller's: writable.
        unsafe { accepted.write(taken) };
        status
    })
}

/// Submits up to `count` jobs, as many as there are free slots. Does not block.
///
/// `jobs` is an array of `count` jobs, one after the other, each of `job_size` bytes; they are copied. `*accepted` says
/// how many of them were accepted: always the first ones, so go on with the job at index `*accepted`. `ids`, unless it is
/// NULL, is an array of `count` names: the names of accepted jobs are filled in, the other elements are unspecified.
///
/// With a `count` of 0 it does nothing, and `jobs` may be NULL. Any thread.
///
/// Returns `JOBRING_OK` if it accepted at least one job (or was given none), `JOBRING_FULL` if it accepted none,
/// `JOBRING_CLOSED` if the pool was closed before all were accepted, `JOBRING_ERR_NULL` (`pool`, `jobs`, `accepted`).
/// `*accepted` is written in all cases but the last.
///
/// # Safety
/// `pool` is NULL or a pool, `jobs` is NULL or readable for `count` jobs, `ids` is NULL or writable for `count` names,
/// `accepted` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_submit_batch(
    pool: *mut jobring_pool,
    jobs: *const c_void,
    count: usize,
    ids: *mut u64,
    accepted: *mut usize,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { submit::<false>(pool, jobs, count, ids, accepted) }
}

/// Submits `count` jobs; blocks while all slots are in flight. Otherwise as `jobring_pool_submit_batch`.
///
/// If there are more jobs than free slots another thread must receive, or this waits for ever. A job that submits to its own
/// pool should use `jobring_pool_submit_batch`.
///
/// Returns `JOBRING_OK` if it accepted all jobs, `JOBRING_CLOSED` if the pool was closed before that (`*accepted` says how
/// many it accepted), `JOBRING_ERR_NULL` (`pool`, `jobs`, `accepted`).
///
/// # Safety
/// As `jobring_pool_submit_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_submit_all(
    pool: *mut jobring_pool,
    jobs: *const c_void,
    count: usize,
    ids: *mut u64,
    accepted: *mut usize,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { submit::<true>(pool, jobs, count, ids, accepted) }
}

/// Receives outcomes from a pool; `OF_EIGHT` as for [`put`], and `patience` as for one outcome.
///
/// # Safety
/// `outcomes` is writable for `count` outcomes, `results` and `jobs` are NULL or writable for `count` results and jobs.
#[inline(always)]
unsafe fn get<const OF_EIGHT: bool>(
    pool: &jobring_pool,
    patience: impl FnOnce() -> Patience,
    outcomes: *mut jobring_outcome,
    results: *mut c_void,
    jobs: *mut c_void,
    count: usize,
) -> Result<usize, RecvError> {
    let (shared, mut at) = (pool.pool.shared(), 0);
    shared.recv_runs(patience(), count, |run| {
        let places = pool.places;
        places.prefetch_to_receive(run.range());
        // SAFETY: the engine gives `count` outcomes at most, so `at` stays below that; the arrays are the caller's, and the
        // slots are this call's until this returns.
        unsafe {
            if !jobs.is_null() {
                copy_jobs(places, shared.table().numbered(run), element(jobs, at, places.job_size));
            }
            let results = element(results, at, places.result_size);
            copy_outcomes::<OF_EIGHT>(places, shared.table().numbered(run), outcomes.add(at), results);
        }
        at += run.len();
    })
}

/// A slot with its number.
type Numbered<'a> = (u32, &'a Slot<Carried, Carried>);

/// # Safety
/// The slots are the caller's; `jobs` is writable for as many jobs.
unsafe fn copy_jobs<'a>(places: Places, slots: impl Iterator<Item = Numbered<'a>>, jobs: *mut c_void) {
    for (at, (index, _)) in slots.enumerate() {
        // SAFETY: the caller's.
        unsafe { places.get_job(index as usize, element(jobs, at, places.job_size)) };
    }
}

/// Copies out results and outcomes. In a function of its own, so that there is nothing else to keep in registers.
///
/// # Safety
/// The slots are the caller's, and have outcomes; `outcomes` is writable for as many, `results` is NULL or writable for as
/// many results.
#[inline(never)]
unsafe fn copy_outcomes<'a, const OF_EIGHT: bool>(
    places: Places,
    slots: impl Iterator<Item = Numbered<'a>>,
    outcomes: *mut jobring_outcome,
    results: *mut c_void,
) {
    let places = places.known::<OF_EIGHT>();
    for (at, (index, slot)) in slots.enumerate() {
        // SAFETY: the caller's.
        unsafe {
            let Some(received) = slot.collect_value(index) else {
                copy_error(slot, index, outcomes.add(at));
                continue;
            };
            if let Ok(carried) = &received.result {
                places.get_result::<false>(index as usize, *carried, element(results, at, places.result_size));
            }
            jobring_outcome::write(outcomes.add(at), received, places.take_error(index as usize));
        }
    }
}

/// # Safety
/// The slot is the caller's, and has an outcome; `outcome` is writable.
#[cold]
#[inline(never)]
unsafe fn copy_error(slot: &Slot<Carried, Carried>, index: u32, outcome: *mut jobring_outcome) {
    // SAFETY: the caller's.
    unsafe { jobring_outcome::write(outcome, slot.collect(index), 0) };
}

/// Receives outcomes.
///
/// # Safety
/// As [`jobring_pool_recv_batch`].
#[inline(always)]
unsafe fn recv(
    pool: *mut jobring_pool,
    patience: impl FnOnce() -> Patience,
    outcomes: *mut jobring_outcome,
    results: *mut c_void,
    jobs: *mut c_void,
    count: usize,
    received: *mut usize,
) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let pool = unsafe { object(pool) }?;
        array(outcomes, count)?;
        let received = output(received)?;
        // SAFETY: the caller's.
        let answer = unsafe {
            if pool.places.are_of_eight() {
                get::<true>(pool, patience, outcomes, results, jobs, count)
            } else {
                get::<false>(pool, patience, outcomes, results, jobs, count)
            }
        };
        // SAFETY: the caller's: writable.
        unsafe { received.write(*answer.as_ref().unwrap_or(&0)) };
        answer?;
        Ok(())
    })
}

/// Receives up to `count` outcomes; blocks while there is none, but never for more than the first.
///
/// `outcomes` is an array of `count` elements, and so are `results` (each of `result_size` bytes) and `jobs` (each of
/// `job_size` bytes), one element after the other, unless they are NULL. `*received` says how many outcomes were
/// written, from the beginning on; after them the arrays are as they were. What is written for each is what
/// `jobring_pool_recv` writes, so the element of `results` stays as it was where the job never returned.
///
/// With a `count` of 0 it does nothing, and `outcomes` may be NULL. Any thread.
///
/// Returns `JOBRING_OK` if it received at least one outcome (or was asked for none), `JOBRING_CLOSED` once the pool is
/// closed and all outcomes have been received, `JOBRING_ERR_NULL` (`pool`, `outcomes`, `received`). `*received` is
/// written in all cases but the last.
///
/// # Safety
/// `pool` is NULL or a pool, `outcomes` is NULL or writable for `count` outcomes, `results` and `jobs` are NULL or
/// writable for `count` results and jobs, `received` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_recv_batch(
    pool: *mut jobring_pool,
    outcomes: *mut jobring_outcome,
    results: *mut c_void,
    jobs: *mut c_void,
    count: usize,
    received: *mut usize,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { recv(pool, || Patience::Endless, outcomes, results, jobs, count, received) }
}

/// Receives up to `count` outcomes, as many as there are. Does not block; otherwise as `jobring_pool_recv_batch`.
///
/// Returns `JOBRING_OK` if it received at least one outcome (or was asked for none), `JOBRING_EMPTY`, `JOBRING_CLOSED`,
/// `JOBRING_ERR_NULL`.
///
/// # Safety
/// As `jobring_pool_recv_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_pool_try_recv_batch(
    pool: *mut jobring_pool,
    outcomes: *mut jobring_outcome,
    results: *mut c_void,
    jobs: *mut c_void,
    count: usize,
    received: *mut usize,
) -> jobring_status {
    // SAFETY: the caller's.
    unsafe { recv(pool, || Patience::None, outcomes, results, jobs, count, received) }
}
