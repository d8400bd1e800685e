//! Single jobs and outcomes through the C functions, by a thread that has slots and outcomes at hand: 64 slots are enough for
//! that.
#![cfg(not(loom))]
#![allow(clippy::undocumented_unsafe_blocks, reason = "each call is a C program's: its pointers are NULL or in sight")]

mod sleepers;

use core::ffi::c_void;
use core::ptr::{from_mut, null, null_mut};
use core::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::collections::HashSet;
use std::time::{Duration, Instant};

use jobring::capi::jobring_outcome_kind::*;
use jobring::capi::jobring_status::*;
use jobring::capi::*;
use sleepers::Sleepers;

const CAPACITY: usize = 64;

/// No outcome that the library makes.
const UNTOUCHED: jobring_outcome =
    jobring_outcome { job: 1 << 63, worker: 77, kind: JOBRING_CANCELLED, error: 78, reserved: 79 };
const UNTOUCHED_ID: u64 = 0x7777_7777_7777_7777;

/// What is wanted of a job is in its lowest byte; the others are its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Echo,
    Fail,
    Panic,
}
use Task::*;

fn job(task: Task, number: u64) -> u64 {
    number << 8 | task as u64
}

fn create(
    workers: usize,
    [job_size, result_size]: [usize; 2],
    run: unsafe extern "C-unwind" fn(*const jobring_worker, *mut c_void, *const c_void, *mut c_void) -> i32,
    user: *mut c_void,
) -> *mut jobring_pool {
    let config = jobring_config {
        size: size_of::<jobring_config>(),
        workers,
        capacity: CAPACITY,
        job_size,
        result_size,
        run: Some(run),
        user,
        name: null(),
        stack_size: 0,
    };
    let mut pool = null_mut();
    assert_eq!(unsafe { jobring_pool_create(&config, &mut pool) }, JOBRING_OK);
    pool
}

struct Pool {
    raw: *mut jobring_pool,
    _sizes: Box<[usize; 2]>,
}

unsafe impl Sync for Pool {}

/// Does what the first four bytes of a job say, and copies the job, or as much of it as fits, to the result.
unsafe extern "C-unwind" fn run(
    _: *const jobring_worker,
    sizes: *mut c_void,
    job: *const c_void,
    result: *mut c_void,
) -> i32 {
    let [job_size, result_size] = unsafe { *sizes.cast::<[usize; 2]>() };
    let word = unsafe { job.cast::<u32>().read() };
    unsafe { core::ptr::copy_nonoverlapping(job.cast::<u8>(), result.cast(), result_size.min(job_size)) };
    match word & 0xff {
        1 => (word >> 8) as i32 + 1,
        // Unlike `panic!` it prints nothing.
        2 => std::panic::resume_unwind(Box::new(())),
        _ => 0,
    }
}

impl Pool {
    fn new(job_size: usize, result_size: usize) -> Self {
        let mut sizes = Box::new([job_size, result_size]);
        let raw = create(1, [job_size, result_size], run, from_mut(&mut *sizes).cast());
        Self { raw, _sizes: sizes }
    }

    fn try_submit(&self, job: u64) -> Result<u64, jobring_status> {
        let mut id = UNTOUCHED_ID;
        let status = unsafe { jobring_pool_try_submit(self.raw, (&raw const job).cast(), &mut id) };
        assert_eq!(id == UNTOUCHED_ID, status != JOBRING_OK, "an output with success only");
        if status == JOBRING_OK { Ok(id) } else { Err(status) }
    }

    /// Without the job.
    fn recv(&self) -> Result<(jobring_outcome, u64), jobring_status> {
        let (mut outcome, mut result) = (UNTOUCHED, u64::MAX);
        let status = unsafe { jobring_pool_recv(self.raw, &mut outcome, from_mut(&mut result).cast(), null_mut()) };
        if status == JOBRING_OK {
            return Ok((outcome, result));
        }
        assert_eq!((outcome, result), (UNTOUCHED, u64::MAX), "an output with success only");
        Err(status)
    }

    /// The number of a job that echoed, from its result, and from the job itself if that is wanted.
    fn recv_number(&self, wants_job: bool) -> u64 {
        let (mut outcome, mut result, mut back) = (UNTOUCHED, [0u64; 3], [0u64; 3]);
        let (result_place, job_place) = (result.as_mut_ptr().cast(), back.as_mut_ptr().cast());
        let job_place = if wants_job { job_place } else { null_mut() };
        assert_eq!(unsafe { jobring_pool_recv(self.raw, &mut outcome, result_place, job_place) }, JOBRING_OK);
        assert!(back == result || !wants_job);
        result[0] >> 8
    }

    /// Until so many jobs have been done.
    fn wait_for(&self, jobs: u64) {
        let mut stats = jobring_stats { size: size_of::<jobring_stats>(), ..unsafe { core::mem::zeroed() } };
        while stats.done < jobs {
            std::thread::yield_now();
            assert_eq!(unsafe { jobring_pool_stats(self.raw, &mut stats) }, JOBRING_OK);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        assert_eq!(unsafe { jobring_pool_destroy(self.raw) }, JOBRING_OK);
    }
}

#[test]
fn short_jobs_and_results_are_copied_exactly_wherever_they_are() {
    const GUARD: u8 = 0xa5;
    for (job_size, result_size) in [(4, 0), (4, 4), (8, 8), (16, 16), (8, 4), (4, 8), (16, 8), (8, 16), (16, 0)] {
        let pool = Pool::new(job_size, result_size);
        // A job is a number and zeros, once in each round.
        let job = |number: u32| -> Vec<u8> {
            let mut bytes = vec![0; job_size];
            bytes[..4].copy_from_slice(&(number << 8).to_le_bytes());
            bytes
        };
        for round in 0..20 {
            let mut ids: HashSet<u64> = HashSet::new();
            for number in 0..12 {
                let mut source = vec![GUARD; round % 5];
                source.extend(job(number));
                let mut id = UNTOUCHED_ID;
                let from = unsafe { source.as_ptr().add(round % 5) };
                assert_eq!(unsafe { jobring_pool_submit(pool.raw, from.cast(), &mut id) }, JOBRING_OK);
                assert!(ids.insert(id), "a name of its own");
            }
            for number in 0..12 {
                let (mut outcome, mut place) = (UNTOUCHED, vec![GUARD; round % 5 + result_size + 9]);
                let to = unsafe { place.as_mut_ptr().add(round % 5) };
                assert_eq!(unsafe { jobring_pool_recv(pool.raw, &mut outcome, to.cast(), null_mut()) }, JOBRING_OK);
                assert!(ids.remove(&outcome.job), "a job of this round, once");
                assert_eq!((outcome.kind, outcome.error, outcome.reserved), (JOBRING_DONE, 0, 0));
                let mut expected = vec![GUARD; place.len()];
                let result = &mut expected[round % 5..][..result_size];
                result.fill(0);
                let same = result_size.min(job_size);
                result[..same].copy_from_slice(&job(number)[..same]);
                assert_eq!(place, expected, "{job_size} bytes of job, {result_size} of result");
            }
        }
    }
}

#[test]
fn every_kind_of_outcome_comes_without_its_job_and_without_its_result_too() {
    let pool = Pool::new(8, 8);
    for round in 0..10 {
        let jobs: Vec<(Task, u64)> =
            (0..30).map(|number| ([Echo, Fail, Panic, Echo][number % 4], number as u64)).collect();
        let ids: Vec<u64> = jobs.iter().map(|(task, number)| pool.try_submit(job(*task, *number)).unwrap()).collect();
        for ((task, number), id) in jobs.iter().zip(ids) {
            let (outcome, result) = if round % 2 == 0 {
                pool.recv().unwrap()
            } else {
                let mut outcome = UNTOUCHED;
                let status = unsafe { jobring_pool_recv(pool.raw, &mut outcome, null_mut(), null_mut()) };
                assert_eq!(status, JOBRING_OK);
                (outcome, if *task == Panic { u64::MAX } else { job(*task, *number) })
            };
            let (kind, error) = match task {
                Echo => (JOBRING_DONE, 0),
                Fail => (JOBRING_FAILED, *number as i32 + 1),
                Panic => (JOBRING_PANICKED, 0),
            };
            assert_eq!(outcome, jobring_outcome { job: id, worker: 0, kind, error, reserved: 0 });
            assert_eq!(result, if *task == Panic { u64::MAX } else { job(*task, *number) });
        }
    }
}

/// With one worker that is the order of the jobs.
#[test]
fn one_who_receives_alone_gets_outcomes_in_their_order_whatever_the_sizes_and_with_the_jobs_too() {
    for (size, wants_job) in [(8, false), (8, true), (4, true), (24, false), (24, true), (5, true)] {
        let pool = Pool::new(size, size);
        for round in 0..20 {
            let numbers: Vec<u64> = (0..40).map(|number| 40 * round + number).collect();
            for number in &numbers {
                let source = [job(Echo, *number), 0, 0];
                let status = unsafe { jobring_pool_submit(pool.raw, source.as_ptr().cast(), null_mut()) };
                assert_eq!(status, JOBRING_OK);
            }
            // So that several are published at once.
            pool.wait_for(40 * (round + 1));
            let received: Vec<u64> = numbers.iter().map(|_| pool.recv_number(wants_job)).collect();
            assert_eq!(received, numbers, "{size} bytes, the job wanted: {wants_job}");
        }
    }
}

#[test]
fn each_slot_takes_one_job_and_close_refuses_more_whatever_is_at_hand() {
    let pool = Pool::new(8, 8);
    for _ in 0..3 {
        let ids: HashSet<u64> =
            (0..CAPACITY as u64).map(|number| pool.try_submit(job(Echo, number)).unwrap()).collect();
        assert_eq!((ids.len(), pool.try_submit(0)), (CAPACITY, Err(JOBRING_FULL)));
        let got: HashSet<u64> = (0..CAPACITY).map(|_| pool.recv().unwrap().0.job).collect();
        assert_eq!(got, ids);
    }
    // Now this thread has slots at hand.
    let id = pool.try_submit(job(Echo, 1)).unwrap();
    assert_eq!(unsafe { jobring_pool_close(pool.raw) }, JOBRING_OK);
    for _ in 0..2 {
        assert_eq!(pool.try_submit(job(Echo, 2)), Err(JOBRING_CLOSED));
    }
    assert_eq!(pool.recv().map(|(outcome, result)| (outcome.job, result)), Ok((id, job(Echo, 1))));
    assert_eq!(pool.recv(), Err(JOBRING_CLOSED));
}

#[test]
fn null_is_found_out_whatever_is_at_hand() {
    let pool = Pool::new(8, 8);
    for number in 0..4 {
        pool.try_submit(job(Echo, number)).unwrap();
    }
    pool.recv().unwrap();
    let (some, mut outcome) = (job(Echo, 9), UNTOUCHED);
    unsafe {
        assert_eq!(jobring_pool_submit(null_mut(), (&raw const some).cast(), null_mut()), JOBRING_ERR_NULL);
        assert_eq!(jobring_pool_submit(pool.raw, null(), null_mut()), JOBRING_ERR_NULL);
        assert_eq!(jobring_pool_recv(null_mut(), &mut outcome, null_mut(), null_mut()), JOBRING_ERR_NULL);
        assert_eq!(jobring_pool_recv(pool.raw, null_mut(), null_mut(), null_mut()), JOBRING_ERR_NULL);
        // A name is not asked for.
        assert_eq!(jobring_pool_submit(pool.raw, (&raw const some).cast(), null_mut()), JOBRING_OK);
    }
    let results: Vec<u64> = (0..4).map(|_| pool.recv().unwrap().1).collect();
    assert_eq!((results, outcome), ([1, 2, 3, 9].map(|number| job(Echo, number)).to_vec(), UNTOUCHED));
}

/// What jobs have that [`meet`].
#[derive(Default)]
struct Meeting {
    begun: AtomicU64,
    workers: Sleepers,
}

/// Waits until as many have begun as the job says, and long enough to be run alone.
unsafe extern "C-unwind" fn meet(
    _: *const jobring_worker,
    meeting: *mut c_void,
    job: *const c_void,
    _: *mut c_void,
) -> i32 {
    let Meeting { begun, workers } = unsafe { &*meeting.cast::<Meeting>() };
    workers.add();
    begun.fetch_add(1, SeqCst);
    let end = Instant::now() + Duration::from_secs(20);
    while begun.load(SeqCst) < unsafe { *job.cast::<u64>() } {
        if Instant::now() >= end {
            return 1;
        }
        std::thread::yield_now();
    }
    std::thread::sleep(Duration::from_millis(1));
    0
}

#[test]
fn workers_that_sleep_are_woken_one_for_each_job() {
    let meeting = Meeting::default();
    let pool = create(2, [8, 0], meet, (&raw const meeting).cast_mut().cast());
    for round in 1..=50u64 {
        // Who they are is known after the first round.
        if round > 1 {
            meeting.workers.wait(2);
        }
        let (all, mut outcome) = (2 * round, UNTOUCHED);
        for _ in 0..2 {
            assert_eq!(unsafe { jobring_pool_submit(pool, (&raw const all).cast(), null_mut()) }, JOBRING_OK);
        }
        for _ in 0..2 {
            assert_eq!(unsafe { jobring_pool_recv(pool, &mut outcome, null_mut(), null_mut()) }, JOBRING_OK);
            assert_eq!(outcome.kind, JOBRING_DONE, "the other one begins meanwhile");
        }
    }
    assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
}

#[test]
fn a_submitter_that_sleeps_is_woken_by_what_another_one_receives() {
    let pool = Pool::new(8, 8);
    for number in 0..CAPACITY as u64 {
        pool.try_submit(job(Echo, number)).unwrap();
    }
    let (more, submitted, submitter) = (40, AtomicU64::new(0), Sleepers::default());
    std::thread::scope(|scope| {
        let (pool, submitted) = (&pool, &submitted);
        submitter.spawn(scope, move || {
            for number in 0..more {
                let job = job(Echo, number);
                assert_eq!(unsafe { jobring_pool_submit(pool.raw, (&raw const job).cast(), null_mut()) }, JOBRING_OK);
                submitted.fetch_add(1, SeqCst);
            }
        });
        for received in 1..=more {
            submitter.wait(1);
            pool.recv().unwrap();
            let end = Instant::now() + Duration::from_secs(20);
            while submitted.load(SeqCst) < received {
                if Instant::now() >= end {
                    unsafe { jobring_pool_close(pool.raw) };
                    panic!("the submitter sleeps on, though there is a slot");
                }
                std::thread::yield_now();
            }
        }
    });
    for _ in 0..CAPACITY {
        pool.recv().unwrap();
    }
}
