//! The C functions that need no operating system, called as C calls them: what they do, and a status for each misuse.
#![cfg(not(loom))]
#![allow(clippy::undocumented_unsafe_blocks, reason = "each call is a C program's: its pointers are NULL or in sight")]

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use jobring::capi::jobring_status::*;
use jobring::capi::*;

/// Zeroed memory, as a C program has it.
struct Memory(Box<[UnsafeCell<u8>]>);

impl Memory {
    fn new(size: usize) -> Self {
        Self((0..size).map(|_| UnsafeCell::new(0)).collect())
    }

    fn at(&self, offset: usize) -> *mut c_void {
        UnsafeCell::raw_get(&self.0[offset..] as *const _ as *const UnsafeCell<u8>).cast()
    }
}

fn ring(memory: &Memory, offset: usize, capacity: usize, element_size: usize) -> jobring_ring {
    jobring_ring { memory: memory.at(offset), memory_size: memory.0.len() - offset, capacity, element_size }
}

fn push<T>(ring: &jobring_ring, value: &T) -> jobring_status {
    assert!(size_of::<T>() >= ring.element_size);
    unsafe { jobring_ring_push(ring, (value as *const T).cast()) }
}

fn pop<T: Copy>(ring: &jobring_ring) -> Result<T, jobring_status> {
    let mut value = MaybeUninit::<T>::zeroed();
    match unsafe { jobring_ring_pop(ring, value.as_mut_ptr().cast()) } {
        JOBRING_OK => Ok(unsafe { value.assume_init() }),
        status => Err(status),
    }
}

fn len(ring: &jobring_ring) -> usize {
    let mut len = 99;
    assert_eq!(unsafe { jobring_ring_len(ring, &mut len) }, JOBRING_OK);
    len
}

#[test]
fn zeroed_memory_of_any_alignment_is_an_empty_ring() {
    for offset in 0..17 {
        for capacity in [1, 3, 8] {
            let memory = Memory::new(offset + jobring_ring_size(capacity, 6));
            let ring = ring(&memory, offset, capacity, 6);
            let element = |number: usize| [number as u8, 1, 2, 3, 4, !(number as u8)];
            assert_eq!(pop::<[u8; 6]>(&ring), Err(JOBRING_EMPTY), "no other call comes first");
            for turn in 0..5 {
                for number in 0..capacity {
                    assert_eq!(push(&ring, &element(turn + number)), JOBRING_OK);
                }
                assert_eq!(push(&ring, &[0u8; 6]), JOBRING_FULL);
                assert_eq!(len(&ring), capacity);
                for number in 0..capacity {
                    assert_eq!(pop(&ring), Ok(element(turn + number)));
                }
                assert_eq!(pop::<[u8; 6]>(&ring), Err(JOBRING_EMPTY));
            }
        }
    }
}

#[test]
fn a_closed_ring_is_drained_and_refuses() {
    let memory = Memory::new(jobring_ring_size(2, 4));
    let ring = ring(&memory, 0, 2, 4);
    push(&ring, &7u32);
    for _ in 0..2 {
        assert_eq!(unsafe { jobring_ring_close(&ring) }, JOBRING_OK);
    }
    assert_eq!(push(&ring, &8u32), JOBRING_CLOSED);
    assert_eq!(pop(&ring), Ok(7u32));
    assert_eq!(pop::<u32>(&ring), Err(JOBRING_CLOSED));
    assert_eq!(push(&ring, &8u32), JOBRING_CLOSED);
}

#[test]
fn every_misuse_of_a_ring_has_its_status() {
    let size = jobring_ring_size(4, 8);
    let memory = Memory::new(size);
    let good = ring(&memory, 0, 4, 8);
    let huge = usize::MAX;
    let cases = [
        (good, JOBRING_OK),
        (jobring_ring { memory: null_mut(), ..good }, JOBRING_ERR_NULL),
        (jobring_ring { capacity: 0, ..good }, JOBRING_ERR_CAPACITY),
        (jobring_ring { capacity: (1 << 24) + 1, memory_size: huge / 2, ..good }, JOBRING_ERR_CAPACITY),
        (jobring_ring { element_size: 0, ..good }, JOBRING_ERR_JOB_SIZE),
        (jobring_ring { element_size: huge, ..good }, JOBRING_ERR_MEMORY_SIZE),
        (jobring_ring { element_size: huge / 4, ..good }, JOBRING_ERR_MEMORY_SIZE),
        (jobring_ring { capacity: 5, element_size: 64, ..good }, JOBRING_ERR_MEMORY_SIZE),
        (jobring_ring { memory_size: 0, ..good }, JOBRING_ERR_MEMORY_SIZE),
        (jobring_ring { memory_size: size / 2, ..good }, JOBRING_ERR_MEMORY_SIZE),
    ];
    for (ring, status) in cases {
        let mut len = 0;
        assert_eq!(unsafe { jobring_ring_check(&ring) }, status);
        assert_eq!(unsafe { jobring_ring_len(&ring, &mut len) }, status);
        if status != JOBRING_OK {
            assert_eq!(unsafe { jobring_ring_push(&ring, (&raw const len).cast()) }, status);
            assert_eq!(unsafe { jobring_ring_close(&ring) }, status);
        }
    }
    unsafe {
        assert_eq!(jobring_ring_check(null()), JOBRING_ERR_NULL);
        assert_eq!(jobring_ring_push(null(), null()), JOBRING_ERR_NULL);
        assert_eq!(jobring_ring_push(&good, null()), JOBRING_ERR_NULL);
        assert_eq!(jobring_ring_pop(&good, null_mut()), JOBRING_ERR_NULL);
        assert_eq!(jobring_ring_len(&good, null_mut()), JOBRING_ERR_NULL);
        assert_eq!(jobring_ring_close(null()), JOBRING_ERR_NULL);
    }
    assert_eq!(len(&good), 0, "a refused push takes nothing");
    assert_eq!([jobring_ring_size(0, 1), jobring_ring_size(1, 0), jobring_ring_size(1 << 20, huge)], [0; 3]);
}

fn pool(memory: &Memory, capacity: usize, job_size: usize, result_size: usize) -> jobring_static_pool {
    jobring_static_pool { memory: memory.at(0), memory_size: memory.0.len(), capacity, job_size, result_size }
}

fn submit(pool: &jobring_static_pool, job: u32) -> Result<u64, jobring_status> {
    let mut id = u64::MAX;
    match unsafe { jobring_static_pool_submit(pool, (&raw const job).cast(), &mut id) } {
        JOBRING_OK => Ok(id),
        status => Err(status),
    }
}

/// Doubles it; odd jobs fail.
unsafe extern "C" fn double(worker: u32, user: *mut c_void, job: *const c_void, result: *mut c_void) -> i32 {
    let job = unsafe { *job.cast::<u32>() };
    if !user.is_null() {
        unsafe { &*user.cast::<AtomicU32>() }.fetch_add(1 + worker, Ordering::Relaxed);
    }
    unsafe { result.cast::<u64>().write(u64::from(job) * 2) };
    (job % 2) as i32
}

fn run_one(pool: &jobring_static_pool, worker: u32) -> jobring_status {
    unsafe { jobring_static_pool_run_one(pool, worker, Some(double), null_mut()) }
}

/// The outcome, the result, and the job.
fn collect(pool: &jobring_static_pool) -> Result<(jobring_outcome, u64, u32), jobring_status> {
    let (mut outcome, mut result, mut job) = (MaybeUninit::uninit(), 0u64, 0u32);
    let (result_place, job_place) = ((&raw mut result).cast(), (&raw mut job).cast());
    match unsafe { jobring_static_pool_collect(pool, outcome.as_mut_ptr(), result_place, job_place) } {
        JOBRING_OK => Ok((unsafe { outcome.assume_init() }, result, job)),
        status => Err(status),
    }
}

#[test]
fn zeroed_memory_is_an_empty_pool_and_jobs_go_through_it() {
    for capacity in [1, 2, 5] {
        let memory = Memory::new(jobring_static_pool_size(capacity, 4, 8));
        let pool = pool(&memory, capacity, 4, 8);
        assert_eq!(run_one(&pool, 0), JOBRING_EMPTY, "no other call comes first");
        assert_eq!(collect(&pool), Err(JOBRING_EMPTY));
        for turn in 0..4u32 {
            let ids: Vec<_> = (0..capacity as u32).map(|job| submit(&pool, turn + job).unwrap()).collect();
            assert_eq!(submit(&pool, 0), Err(JOBRING_FULL));
            for worker in 0..capacity as u32 {
                assert_eq!(run_one(&pool, worker), JOBRING_OK);
            }
            for (job, id) in ids.into_iter().enumerate() {
                let (outcome, result, back) = collect(&pool).unwrap();
                let error = (turn as i32 + job as i32) % 2;
                let kind = [jobring_outcome_kind::JOBRING_DONE, jobring_outcome_kind::JOBRING_FAILED][error as usize];
                assert_eq!(outcome, jobring_outcome { job: id, worker: job as u32, kind, error, reserved: 0 });
                assert_eq!((result, back), (2 * (u64::from(turn) + job as u64), turn + job as u32));
            }
        }
        let mut stats = jobring_static_stats::default();
        assert_eq!(unsafe { jobring_static_pool_get_stats(&pool, &mut stats) }, JOBRING_OK);
        assert_eq!(stats, jobring_static_stats { accepted: 4 * capacity as u64, in_flight: 0, finished: 0 });
    }
}

#[test]
fn a_closed_pool_runs_what_it_accepted_and_a_cancelled_one_gives_it_back() {
    let memory = Memory::new(jobring_static_pool_size(2, 4, 8));
    let pool = pool(&memory, 2, 4, 8);
    submit(&pool, 1).unwrap();
    let cancelled = submit(&pool, 2).unwrap();
    for _ in 0..2 {
        assert_eq!(unsafe { jobring_static_pool_close(&pool) }, JOBRING_OK);
    }
    assert_eq!(submit(&pool, 3), Err(JOBRING_CLOSED));
    assert_eq!(run_one(&pool, 0), JOBRING_OK);
    assert_eq!(unsafe { jobring_static_pool_cancel(&pool) }, JOBRING_OK);
    assert_eq!(run_one(&pool, 0), JOBRING_CLOSED);
    assert_eq!(collect(&pool).unwrap().0.error, 1);
    let kind = jobring_outcome_kind::JOBRING_CANCELLED;
    let back = jobring_outcome { job: cancelled, worker: JOBRING_NO_WORKER, kind, error: 0, reserved: 0 };
    let (outcome, _, job) = collect(&pool).unwrap();
    assert_eq!((outcome, job), (back, 2));
    assert_eq!(collect(&pool), Err(JOBRING_CLOSED));
}

#[test]
fn jobs_without_results_have_none() {
    unsafe extern "C" fn is_null(_: u32, _: *mut c_void, _: *const c_void, result: *mut c_void) -> i32 {
        i32::from(!result.is_null())
    }
    let memory = Memory::new(jobring_static_pool_size(1, 4, 0));
    let pool = pool(&memory, 1, 4, 0);
    submit(&pool, 1).unwrap();
    assert_eq!(unsafe { jobring_static_pool_run_one(&pool, 0, Some(is_null), null_mut()) }, JOBRING_OK);
    let mut outcome = MaybeUninit::uninit();
    assert_eq!(unsafe { jobring_static_pool_collect(&pool, outcome.as_mut_ptr(), null_mut(), null_mut()) }, JOBRING_OK);
    assert_eq!(unsafe { outcome.assume_init() }.error, 0);
}

#[test]
fn every_misuse_of_a_pool_has_its_status() {
    let size = jobring_static_pool_size(4, 8, 8);
    let memory = Memory::new(size);
    let good = pool(&memory, 4, 8, 8);
    let huge = usize::MAX;
    let cases = [
        (good, JOBRING_OK),
        (jobring_static_pool { memory: null_mut(), ..good }, JOBRING_ERR_NULL),
        (jobring_static_pool { capacity: 0, ..good }, JOBRING_ERR_CAPACITY),
        (jobring_static_pool { capacity: (1 << 24) + 1, ..good }, JOBRING_ERR_CAPACITY),
        (jobring_static_pool { job_size: 0, ..good }, JOBRING_ERR_JOB_SIZE),
        (jobring_static_pool { job_size: huge, ..good }, JOBRING_ERR_MEMORY_SIZE),
        (jobring_static_pool { result_size: huge / 2, job_size: huge / 2, ..good }, JOBRING_ERR_MEMORY_SIZE),
        (jobring_static_pool { result_size: 400, ..good }, JOBRING_ERR_MEMORY_SIZE),
        (jobring_static_pool { memory_size: size - 128, ..good }, JOBRING_ERR_MEMORY_SIZE),
    ];
    for (pool, status) in cases {
        let mut stats = jobring_static_stats::default();
        unsafe {
            assert_eq!(jobring_static_pool_check(&pool), status);
            assert_eq!(jobring_static_pool_get_stats(&pool, &mut stats), status);
        }
        if status != JOBRING_OK {
            assert_eq!(submit(&pool, 1), Err(status));
            assert_eq!(run_one(&pool, 0), status);
            assert_eq!(collect(&pool), Err(status));
            unsafe {
                assert_eq!(jobring_static_pool_close(&pool), status);
                assert_eq!(jobring_static_pool_cancel(&pool), status);
            }
        }
    }
    unsafe {
        assert_eq!(jobring_static_pool_check(null()), JOBRING_ERR_NULL);
        assert_eq!(jobring_static_pool_submit(&good, null(), null_mut()), JOBRING_ERR_NULL);
        assert_eq!(jobring_static_pool_run_one(&good, 0, None, null_mut()), JOBRING_ERR_NULL);
        assert_eq!(jobring_static_pool_collect(&good, null_mut(), null_mut(), null_mut()), JOBRING_ERR_NULL);
        assert_eq!(jobring_static_pool_get_stats(&good, null_mut()), JOBRING_ERR_NULL);
    }
    assert_eq!([jobring_static_pool_size(0, 1, 1), jobring_static_pool_size(1, 0, 1)], [0; 2]);
}

/// The memory is set up by whoever comes first, and by everyone else too.
#[test]
fn threads_that_all_come_first_lose_and_double_nothing() {
    const JOBS: u32 = 200;
    struct Shared(jobring_static_pool);
    unsafe impl Sync for Shared {}
    for _ in 0..20 {
        let memory = Memory::new(jobring_static_pool_size(3, 4, 8));
        let shared = Shared(pool(&memory, 3, 4, 8));
        let (shared, ran) = (&shared, &AtomicU32::new(0));
        let sum = thread::scope(|scope| {
            scope.spawn(move || {
                let user = (ran as *const AtomicU32).cast_mut().cast();
                while unsafe { jobring_static_pool_run_one(&shared.0, 0, Some(double), user) } != JOBRING_CLOSED {
                    thread::yield_now();
                }
            });
            scope.spawn(move || {
                for job in 0..JOBS {
                    while submit(&shared.0, job).is_err() {
                        thread::yield_now();
                    }
                }
                unsafe { jobring_static_pool_close(&shared.0) };
            });
            let mut sum = 0;
            loop {
                match collect(&shared.0) {
                    Ok((_, result, _)) => sum += result,
                    Err(JOBRING_CLOSED) => break sum,
                    Err(_) => thread::yield_now(),
                }
            }
        });
        assert_eq!((sum, ran.load(Ordering::Relaxed)), (u64::from(JOBS * (JOBS - 1)), JOBS));
    }
}
