//! The C functions, called as C calls them: every answer of every function, hostile arguments, many threads.
//!
//! `cargo test --features capi --test c_api`. Also writes `c-examples/layout.c`, with `BLESS=1`.
#![cfg(not(loom))]
#![allow(clippy::undocumented_unsafe_blocks, reason = "each call is a C program's: its pointers are NULL or in sight")]

mod sleepers;

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{CStr, c_char, c_void};
use core::fmt::Write as _;
use core::mem::{offset_of, size_of};
use core::ptr::{from_mut, from_ref, null, null_mut};
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering::SeqCst};
use core::time::Duration;
use std::alloc::System;
use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use jobring::capi::jobring_outcome_kind::*;
use jobring::capi::jobring_status::*;
use jobring::capi::*;
use sleepers::Sleepers;

const MS: u64 = 1_000_000;

/// What jobs can be told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Task {
    /// The result is the number.
    Echo,
    /// The number is the error.
    Fail,
    Panic,
    /// Begins, and ends when it is released or the pool is cancelled. The result is the worker.
    Wait,
    /// Calls a function on the pool that runs it; the answer is the error.
    Join,
    Destroy,
    Close,
    TrySubmit,
}
use Task::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
struct Job {
    task: Task,
    number: i32,
}

fn job(task: Task, number: i32) -> Job {
    Job { task, number }
}

/// What all jobs of a pool share.
#[derive(Default)]
struct Shared {
    pool: AtomicPtr<jobring_pool>,
    begun: AtomicUsize,
    ran: AtomicUsize,
    released: AtomicBool,
}

unsafe extern "C-unwind" fn run(
    worker: *const jobring_worker,
    user: *mut c_void,
    job: *const c_void,
    result: *mut c_void,
) -> i32 {
    let (shared, job) = unsafe { (&*user.cast::<Shared>(), *job.cast::<Job>()) };
    let pool = shared.pool.load(SeqCst);
    shared.ran.fetch_add(1, SeqCst);
    let say = |number| unsafe { result.cast::<i32>().write(number) };
    match job.task {
        Echo => say(job.number),
        Fail => return job.number,
        // Unlike `panic!` it prints nothing.
        Panic => std::panic::resume_unwind(Box::new(job.number)),
        Wait => {
            shared.begun.fetch_add(1, SeqCst);
            while !shared.released.load(SeqCst) && !unsafe { jobring_worker_is_cancelled(worker) } {
                thread::sleep(Duration::from_millis(1));
            }
            say(unsafe { jobring_worker_id(worker) } as i32);
        }
        Join => return unsafe { jobring_pool_join(pool) } as i32,
        Destroy => return unsafe { jobring_pool_destroy(pool) } as i32,
        Close => return unsafe { jobring_pool_close(pool) } as i32,
        TrySubmit => {
            let echo = Job { task: Echo, number: job.number };
            return unsafe { jobring_pool_try_submit(pool, from_ref(&echo).cast(), null_mut()) } as i32;
        }
    }
    0
}

fn config() -> jobring_config {
    jobring_config {
        size: size_of::<jobring_config>(),
        workers: 1,
        capacity: 3,
        job_size: size_of::<Job>(),
        result_size: size_of::<i32>(),
        run: Some(run),
        user: null_mut(),
        name: null(),
        stack_size: 0,
    }
}

fn create(config: &jobring_config) -> Result<*mut jobring_pool, jobring_status> {
    let untouched = core::ptr::dangling_mut::<jobring_pool>();
    let mut pool = untouched;
    match unsafe { jobring_pool_create(config, &mut pool) } {
        JOBRING_OK => {
            assert!(pool != untouched && !pool.is_null());
            Ok(pool)
        }
        error => {
            assert_eq!(pool, untouched, "no output with an error");
            Err(error)
        }
    }
}

/// No outcome that the library makes.
const UNTOUCHED: jobring_outcome =
    jobring_outcome { job: 1 << 63, worker: 77, kind: JOBRING_CANCELLED, error: 78, reserved: 79 };
const UNTOUCHED_JOB: Job = Job { task: Join, number: -77 };
const UNTOUCHED_NUMBER: i32 = -7777;
const UNTOUCHED_ID: u64 = 0x7777_7777_7777_7777;

#[derive(Clone, Copy)]
enum How {
    Plain,
    Try,
    Timeout(u64),
}
use How::*;

/// A pool that jobs of the type [`Job`] run in.
struct Pool {
    raw: *mut jobring_pool,
    shared: Box<Shared>,
}

unsafe impl Send for Pool {}
unsafe impl Sync for Pool {}

impl Pool {
    fn new(workers: usize, capacity: usize) -> Self {
        let shared = Box::<Shared>::default();
        let user = from_ref(&*shared).cast_mut().cast();
        let raw = create(&jobring_config { workers, capacity, user, ..config() }).expect("the configuration is good");
        shared.pool.store(raw, SeqCst);
        Self { raw, shared }
    }

    /// All workers are busy with a job of the kind [`Wait`].
    fn busy(workers: usize, capacity: usize) -> Self {
        let pool = Self::new(workers, capacity);
        for _ in 0..workers {
            pool.submit(Try, job(Wait, 0)).expect("there is room");
        }
        while pool.shared.begun.load(SeqCst) < workers {
            thread::sleep(Duration::from_millis(1));
        }
        pool
    }

    fn release(&self) {
        self.shared.released.store(true, SeqCst);
    }

    fn submit(&self, how: How, job: Job) -> Result<u64, jobring_status> {
        let mut id = UNTOUCHED_ID;
        let job = from_ref(&job).cast();
        let status = unsafe {
            match how {
                Plain => jobring_pool_submit(self.raw, job, &mut id),
                Try => jobring_pool_try_submit(self.raw, job, &mut id),
                Timeout(ns) => jobring_pool_submit_timeout(self.raw, job, ns, &mut id),
            }
        };
        assert_eq!(id == UNTOUCHED_ID, status != JOBRING_OK, "an output with success only");
        if status == JOBRING_OK { Ok(id) } else { Err(status) }
    }

    fn recv(&self, how: How) -> Result<(jobring_outcome, i32, Job), jobring_status> {
        let (mut outcome, mut number, mut job) = (UNTOUCHED, UNTOUCHED_NUMBER, UNTOUCHED_JOB);
        let (to_number, to_job) = (from_mut(&mut number).cast(), from_mut(&mut job).cast());
        let status = unsafe {
            match how {
                Plain => jobring_pool_recv(self.raw, &mut outcome, to_number, to_job),
                Try => jobring_pool_try_recv(self.raw, &mut outcome, to_number, to_job),
                Timeout(ns) => jobring_pool_recv_timeout(self.raw, ns, &mut outcome, to_number, to_job),
            }
        };
        if status == JOBRING_OK {
            Ok((outcome, number, job))
        } else {
            assert_eq!((outcome, number, job), (UNTOUCHED, UNTOUCHED_NUMBER, UNTOUCHED_JOB));
            Err(status)
        }
    }

    fn close(&self) {
        assert_eq!(unsafe { jobring_pool_close(self.raw) }, JOBRING_OK);
    }

    fn cancel(&self) {
        assert_eq!(unsafe { jobring_pool_cancel(self.raw) }, JOBRING_OK);
    }

    fn join(&self) {
        assert_eq!(unsafe { jobring_pool_join(self.raw) }, JOBRING_OK);
    }

    fn stats(&self) -> jobring_stats {
        let mut stats = no_stats();
        assert_eq!(unsafe { jobring_pool_stats(self.raw, &mut stats) }, JOBRING_OK);
        stats
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.release();
        assert_eq!(unsafe { jobring_pool_destroy(self.raw) }, JOBRING_OK);
    }
}

fn no_stats() -> jobring_stats {
    let size = size_of::<jobring_stats>();
    jobring_stats {
        size,
        accepted: 0,
        done: 0,
        failed: 0,
        panicked: 0,
        cancelled: 0,
        in_flight: 0,
        capacity: 0,
        workers: 0,
    }
}

fn no_worker_stats() -> jobring_worker_stats {
    jobring_worker_stats { size: size_of::<jobring_worker_stats>(), done: 0, failed: 0, panicked: 0 }
}

// Making a pool.

#[test]
fn create_refuses_what_it_says() {
    type Case<'a> = (&'a str, jobring_status, &'a dyn Fn(&mut jobring_config));
    let cases: &[Case<'_>] = &[
        ("size 0", JOBRING_ERR_STRUCT_SIZE, &|c| c.size = 0),
        ("size of one word", JOBRING_ERR_STRUCT_SIZE, &|c| c.size = size_of::<usize>()),
        ("size without the last byte", JOBRING_ERR_STRUCT_SIZE, &|c| c.size -= 1),
        ("size never set", JOBRING_ERR_STRUCT_SIZE, &|c| c.size = usize::MAX),
        ("no run", JOBRING_ERR_NULL, &|c| c.run = None),
        ("no workers", JOBRING_ERR_WORKERS, &|c| c.workers = 0),
        ("too many workers", JOBRING_ERR_WORKERS, &|c| c.workers = 32_769),
        ("-1 workers", JOBRING_ERR_WORKERS, &|c| c.workers = usize::MAX),
        ("no capacity", JOBRING_ERR_CAPACITY, &|c| c.capacity = 0),
        ("too much capacity", JOBRING_ERR_CAPACITY, &|c| c.capacity = (1 << 24) + 1),
        ("-1 capacity", JOBRING_ERR_CAPACITY, &|c| c.capacity = usize::MAX),
        ("no job size", JOBRING_ERR_JOB_SIZE, &|c| c.job_size = 0),
        ("-1 job size", JOBRING_ERR_NO_MEMORY, &|c| c.job_size = usize::MAX),
        ("job size that wraps when rounded", JOBRING_ERR_NO_MEMORY, &|c| c.job_size = usize::MAX - 15),
        ("-1 result size", JOBRING_ERR_NO_MEMORY, &|c| c.result_size = usize::MAX),
        ("sum that wraps", JOBRING_ERR_NO_MEMORY, &|c| (c.job_size, c.result_size) = (usize::MAX / 2, usize::MAX / 2)),
        ("job as large as any object", JOBRING_ERR_NO_MEMORY, &|c| (c.capacity, c.job_size) = (1, usize::MAX / 2 - 15)),
        ("product that wraps", JOBRING_ERR_NO_MEMORY, &|c| (c.capacity, c.job_size) = (1 << 24, usize::MAX / 1024)),
        ("product to 0", JOBRING_ERR_NO_MEMORY, &|c| (c.capacity, c.job_size) = (1 << 24, usize::MAX / (1 << 24) + 1)),
        #[cfg(target_pointer_width = "64")]
        ("more than can be addressed", JOBRING_ERR_NO_MEMORY, &|c| (c.capacity, c.job_size) = (1 << 24, 1 << 30)),
        ("-1 stack", JOBRING_ERR_THREAD, &|c| c.stack_size = usize::MAX),
        ("stack as large as any object", JOBRING_ERR_THREAD, &|c| c.stack_size = usize::MAX / 2),
        ("two such stacks", JOBRING_ERR_THREAD, &|c| (c.workers, c.stack_size) = (2, usize::MAX / 2)),
    ];
    for (what, status, change) in cases {
        let mut bad = config();
        change(&mut bad);
        assert_eq!(create(&bad).err(), Some(*status), "{what}");
    }
    let mut pool = null_mut();
    assert_eq!(unsafe { jobring_pool_create(null(), &mut pool) }, JOBRING_ERR_NULL);
    assert_eq!(unsafe { jobring_pool_create(null(), null_mut()) }, JOBRING_ERR_NULL);
    assert_eq!(unsafe { jobring_pool_create(&config(), null_mut()) }, JOBRING_ERR_NULL);
    assert!(pool.is_null());
}

#[test]
fn the_smallest_and_odd_pools_work() {
    for (workers, capacity) in [(1, 1), (5, 1), (1, 5), (3, 7)] {
        let pool = Pool::new(workers, capacity);
        for number in 0..20 {
            pool.submit(Plain, job(Echo, number)).unwrap();
            let (outcome, result, back) = pool.recv(Plain).unwrap();
            assert_eq!((outcome.kind, outcome.error, result, back), (JOBRING_DONE, 0, number, job(Echo, number)));
        }
        let stats = pool.stats();
        assert_eq!((stats.workers, stats.capacity), (workers as u64, capacity as u64));
    }
}

/// A configuration of a later version, as that version's header declares it.
#[repr(C)]
struct Later {
    config: jobring_config,
    more: [u8; 40],
}

#[test]
fn a_later_config_is_taken_if_it_asks_for_nothing_new() {
    let create = |later: &Later| {
        let mut pool = null_mut();
        let status = unsafe { jobring_pool_create(from_ref(later).cast(), &mut pool) };
        assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
        status
    };
    let sized = |size| Later { config: jobring_config { size, ..config() }, more: [0; 40] };
    let known = size_of::<jobring_config>();
    for more in [0, 1, 8, 13, 40] {
        assert_eq!(create(&sized(known + more)), JOBRING_OK, "{more} zeros more");
        for at in 0..40 {
            let mut later = sized(known + more);
            later.more[at] = 1;
            // What lies behind the struct is none of the library's business.
            let expected = if at < more { JOBRING_ERR_STRUCT_SIZE } else { JOBRING_OK };
            assert_eq!(create(&later), expected, "{more} bytes more, byte {at} is 1");
        }
    }
}

unsafe extern "C-unwind" fn thread_name(
    _worker: *const jobring_worker,
    _user: *mut c_void,
    _job: *const c_void,
    result: *mut c_void,
) -> i32 {
    let current = thread::current();
    let name = current.name().unwrap_or("").as_bytes();
    unsafe {
        result.cast::<u8>().copy_from_nonoverlapping(name.as_ptr(), name.len().min(63));
        result.cast::<u8>().add(name.len().min(63)).write(0);
    }
    0
}

#[test]
fn threads_are_named() {
    let long = [b'x'; 200];
    let cases: [(Option<&[u8]>, &str); 5] = [
        (None, "jobring-0"),
        (Some(b"\0"), "-0"),
        (Some(b"count\0"), "count-0"),
        (Some(b"a\xffb\0"), "a\u{fffd}b-0"),
        (Some(&long), &"x".repeat(63)),
    ];
    for (given, expected) in cases {
        let mut name = given.map(<[u8]>::to_vec);
        if let Some(name) = &mut name {
            name.push(0);
        }
        let pointer = name.as_ref().map_or(null(), |name| name.as_ptr().cast::<c_char>());
        let pool =
            create(&jobring_config { run: Some(thread_name), result_size: 64, name: pointer, ..config() }).unwrap();
        // It was copied.
        drop(name);
        let (mut outcome, mut result) = (UNTOUCHED, [0u8; 64]);
        unsafe {
            assert_eq!(jobring_pool_submit(pool, from_ref(&job(Echo, 0)).cast(), null_mut()), JOBRING_OK);
            assert_eq!(jobring_pool_recv(pool, &mut outcome, result.as_mut_ptr().cast(), null_mut()), JOBRING_OK);
            assert_eq!(jobring_pool_destroy(pool), JOBRING_OK);
        }
        assert_eq!(CStr::from_bytes_until_nul(&result).unwrap().to_str().unwrap(), expected);
    }
}

unsafe extern "C-unwind" fn deep(
    _worker: *const jobring_worker,
    _user: *mut c_void,
    _job: *const c_void,
    _result: *mut c_void,
) -> i32 {
    let mut large = [0u8; 12 << 20];
    core::hint::black_box(&mut large);
    0
}

#[test]
fn the_stack_is_as_large_as_asked_for() {
    let pool = create(&jobring_config { run: Some(deep), stack_size: 16 << 20, ..config() }).unwrap();
    let mut outcome = UNTOUCHED;
    unsafe {
        assert_eq!(jobring_pool_submit(pool, from_ref(&job(Echo, 0)).cast(), null_mut()), JOBRING_OK);
        assert_eq!(jobring_pool_recv(pool, &mut outcome, null_mut(), null_mut()), JOBRING_OK);
        assert_eq!(jobring_pool_destroy(pool), JOBRING_OK);
    }
    assert_eq!(outcome.kind, JOBRING_DONE);
    // Too small a stack is made as large as the system demands.
    let pool = create(&jobring_config { stack_size: 1, ..config() }).unwrap();
    assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
}

// NULL.

#[test]
fn null_is_found_out_everywhere() {
    let pool = Pool::new(1, 3);
    let good = job(Echo, 1);
    let (some_job, none) = (from_ref(&good).cast::<c_void>(), null_mut::<jobring_pool>());
    let (mut id, mut outcome) = (UNTOUCHED_ID, UNTOUCHED);
    let (mut stats, mut worker_stats) = (no_stats(), no_worker_stats());
    unsafe {
        for (pool, job) in [(none, some_job), (pool.raw, null()), (none, null())] {
            assert_eq!(jobring_pool_submit(pool, job, &mut id), JOBRING_ERR_NULL);
            assert_eq!(jobring_pool_try_submit(pool, job, &mut id), JOBRING_ERR_NULL);
            assert_eq!(jobring_pool_submit_timeout(pool, job, MS, &mut id), JOBRING_ERR_NULL);
        }
        for (pool, outcome) in [(none, from_mut(&mut outcome)), (pool.raw, null_mut()), (none, null_mut())] {
            assert_eq!(jobring_pool_recv(pool, outcome, null_mut(), null_mut()), JOBRING_ERR_NULL);
            assert_eq!(jobring_pool_try_recv(pool, outcome, null_mut(), null_mut()), JOBRING_ERR_NULL);
            assert_eq!(jobring_pool_recv_timeout(pool, MS, outcome, null_mut(), null_mut()), JOBRING_ERR_NULL);
        }
        for (pool, stats) in [(none, from_mut(&mut stats)), (pool.raw, null_mut()), (none, null_mut())] {
            assert_eq!(jobring_pool_stats(pool, stats), JOBRING_ERR_NULL);
        }
        for (pool, stats) in [(none, from_mut(&mut worker_stats)), (pool.raw, null_mut()), (none, null_mut())] {
            assert_eq!(jobring_pool_worker_stats(pool, 0, stats), JOBRING_ERR_NULL);
        }
        assert_eq!(jobring_pool_close(none), JOBRING_ERR_NULL);
        assert_eq!(jobring_pool_cancel(none), JOBRING_ERR_NULL);
        assert_eq!(jobring_pool_join(none), JOBRING_ERR_NULL);
        assert_eq!(jobring_pool_destroy(none), JOBRING_OK);
        assert_eq!(jobring_worker_id(null()), JOBRING_NO_WORKER);
        assert_eq!(jobring_worker_job(null()), u64::MAX);
        assert!(!jobring_worker_is_cancelled(null()));
    }
    assert_eq!((id, outcome), (UNTOUCHED_ID, UNTOUCHED));

    // No refusal took a slot, and outputs that may be NULL may be.
    for _ in 0..3 {
        unsafe {
            assert_eq!(jobring_pool_try_submit(pool.raw, some_job, null_mut()), JOBRING_OK);
        }
    }
    for _ in 0..3 {
        unsafe {
            assert_eq!(jobring_pool_recv(pool.raw, &mut outcome, null_mut(), null_mut()), JOBRING_OK);
        }
        assert_eq!(outcome.kind, JOBRING_DONE);
    }
}

// Submitting and receiving.

#[test]
fn a_full_pool_answers_at_once_or_in_time_and_takes_jobs_again() {
    let pool = Pool::busy(1, 3);
    pool.submit(Plain, job(Echo, 1)).unwrap();
    pool.submit(Timeout(u64::MAX), job(Echo, 2)).unwrap();
    for _ in 0..3 {
        assert_eq!(pool.submit(Try, job(Echo, 9)), Err(JOBRING_FULL));
        assert_eq!(pool.submit(Timeout(0), job(Echo, 9)), Err(JOBRING_TIMEOUT));
    }
    let start = Instant::now();
    assert_eq!(pool.submit(Timeout(20 * MS), job(Echo, 9)), Err(JOBRING_TIMEOUT));
    assert!(start.elapsed() >= Duration::from_millis(20));

    let sleepers = Sleepers::default();
    thread::scope(|scope| {
        let plain = sleepers.spawn(scope, || pool.submit(Plain, job(Echo, 3)));
        let timeout = sleepers.spawn(scope, || pool.submit(Timeout(60_000 * MS), job(Echo, 3)));
        let endless = sleepers.spawn(scope, || pool.submit(Timeout(u64::MAX), job(Echo, 3)));
        // So long that it cannot be reckoned, or nearly so.
        let long = sleepers.spawn(scope, || pool.submit(Timeout(u64::MAX - 1), job(Echo, 3)));
        sleepers.wait(4);
        assert!(!plain.is_finished() && !timeout.is_finished() && !endless.is_finished() && !long.is_finished());
        pool.release();
        let mut numbers: Vec<i32> = (0..7).map(|_| pool.recv(Plain).unwrap().1).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3, 3, 3, 3]);
        for thread in [plain, timeout, endless, long] {
            thread.join().unwrap().unwrap();
        }
    });
}

#[test]
fn an_empty_pool_answers_at_once_or_in_time_and_wakes_who_waits() {
    let pool = Pool::busy(1, 4);
    for _ in 0..3 {
        assert_eq!(pool.recv(Try), Err(JOBRING_EMPTY));
        assert_eq!(pool.recv(Timeout(0)), Err(JOBRING_TIMEOUT));
    }
    let start = Instant::now();
    assert_eq!(pool.recv(Timeout(20 * MS)), Err(JOBRING_TIMEOUT));
    assert!(start.elapsed() >= Duration::from_millis(20));

    let sleepers = Sleepers::default();
    thread::scope(|scope| {
        let waiting: Vec<_> = [Plain, Timeout(60_000 * MS), Timeout(u64::MAX), Timeout(u64::MAX - 1)]
            .into_iter()
            .map(|how| {
                let pool = &pool;
                sleepers.spawn(scope, move || pool.recv(how))
            })
            .collect();
        sleepers.wait(4);
        assert!(waiting.iter().all(|thread| !thread.is_finished()));
        for number in 1..4 {
            pool.submit(Try, job(Echo, number)).unwrap();
        }
        pool.release();
        let mut numbers: Vec<i32> = waiting.into_iter().map(|thread| thread.join().unwrap().unwrap().1).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3]);
    });
}

#[test]
fn after_close_jobs_are_refused_and_outcomes_come_to_their_end() {
    let pool = Pool::busy(1, 3);
    pool.submit(Try, job(Echo, 1)).unwrap();
    pool.submit(Try, job(Echo, 2)).unwrap();
    let sleepers = Sleepers::default();
    thread::scope(|scope| {
        let waiting = [Plain, Timeout(60_000 * MS)].map(|how| {
            let pool = &pool;
            sleepers.spawn(scope, move || pool.submit(how, job(Echo, 9)))
        });
        sleepers.wait(2);
        pool.close();
        for thread in waiting {
            assert_eq!(thread.join().unwrap(), Err(JOBRING_CLOSED), "close wakes those who wait to submit");
        }
    });
    pool.close();
    for how in [Plain, Try, Timeout(0), Timeout(MS), Timeout(u64::MAX)] {
        assert_eq!(pool.submit(how, job(Echo, 9)), Err(JOBRING_CLOSED));
    }
    // Closed, but not at its end: a job still runs.
    assert_eq!(pool.recv(Try), Err(JOBRING_EMPTY));
    assert_eq!(pool.recv(Timeout(MS)), Err(JOBRING_TIMEOUT));
    pool.release();
    for number in 0..3 {
        assert_eq!(pool.recv(Plain).unwrap().1, number);
    }
    for how in [Plain, Try, Timeout(0), Timeout(MS), Timeout(u64::MAX)] {
        assert_eq!(pool.recv(how), Err(JOBRING_CLOSED));
    }
    assert_eq!(pool.shared.ran.load(SeqCst), 3);
}

#[test]
fn close_wakes_who_waits_for_outcomes_of_an_idle_pool() {
    let (pool, sleepers) = (Pool::new(2, 2), Sleepers::default());
    thread::scope(|scope| {
        let waiting = [Plain, Timeout(60_000 * MS), Timeout(u64::MAX)].map(|how| {
            let pool = &pool;
            sleepers.spawn(scope, move || pool.recv(how))
        });
        sleepers.wait(3);
        pool.close();
        for thread in waiting {
            assert_eq!(thread.join().unwrap(), Err(JOBRING_CLOSED));
        }
    });
}

// What becomes of jobs.

#[test]
fn errors_of_jobs_come_out_as_they_are() {
    let pool = Pool::new(1, 3);
    for error in [1, -1, i32::MIN, i32::MAX, 42] {
        let id = pool.submit(Plain, job(Fail, error)).unwrap();
        let (outcome, _, back) = pool.recv(Plain).unwrap();
        assert_eq!(outcome, jobring_outcome { job: id, worker: 0, kind: JOBRING_FAILED, error, reserved: 0 });
        assert_eq!(back, job(Fail, error));
    }
    pool.submit(Plain, job(Fail, 0)).unwrap();
    assert_eq!(pool.recv(Plain).unwrap().0.kind, JOBRING_DONE);
    let stats = pool.stats();
    assert_eq!((stats.accepted, stats.done, stats.failed, stats.in_flight), (6, 1, 5, 0));
}

#[test]
fn a_panic_is_an_outcome_and_the_worker_lives_on() {
    let pool = Pool::new(1, 3);
    for number in 0..10 {
        let id = pool.submit(Plain, job(Panic, number)).unwrap();
        let (outcome, result, back) = pool.recv(Plain).unwrap();
        assert_eq!(outcome, jobring_outcome { job: id, worker: 0, kind: JOBRING_PANICKED, error: 0, reserved: 0 });
        assert_eq!(result, UNTOUCHED_NUMBER, "there is no result");
        assert_eq!(back, job(Panic, number));
        pool.submit(Plain, job(Echo, number)).unwrap();
        assert_eq!(pool.recv(Plain).unwrap().1, number);
    }
    let mut stats = no_worker_stats();
    assert_eq!(unsafe { jobring_pool_worker_stats(pool.raw, 0, &mut stats) }, JOBRING_OK);
    assert_eq!((stats.done, stats.failed, stats.panicked), (10, 0, 10));
}

#[test]
fn cancel_gives_back_the_jobs_that_wait() {
    let pool = Pool::busy(2, 6);
    let mut waiting: HashSet<_> = (0..4).map(|number| (pool.submit(Try, job(Echo, number)).unwrap(), number)).collect();
    pool.cancel();
    pool.cancel();
    for how in [Plain, Try, Timeout(MS)] {
        assert_eq!(pool.submit(how, job(Echo, 9)), Err(JOBRING_CLOSED));
    }
    let mut done = 0;
    while let Ok((outcome, result, back)) = pool.recv(Plain) {
        if outcome.kind == JOBRING_DONE {
            // Nobody released it: it saw that the pool was cancelled.
            assert_eq!((result, back), (outcome.worker as i32, job(Wait, 0)));
            done += 1;
        } else {
            let expected = jobring_outcome {
                worker: JOBRING_NO_WORKER,
                kind: JOBRING_CANCELLED,
                error: 0,
                reserved: 0,
                ..outcome
            };
            assert_eq!((outcome, result), (expected, UNTOUCHED_NUMBER));
            assert!(waiting.remove(&(outcome.job, back.number)), "its own bytes, and once");
        }
    }
    assert!(done == 2 && waiting.is_empty());
    assert_eq!(pool.shared.ran.load(SeqCst), 2);
    let stats = pool.stats();
    assert_eq!((stats.accepted, stats.done, stats.cancelled, stats.in_flight), (6, 2, 4, 0));
}

#[test]
fn cancel_after_close_still_cancels() {
    let pool = Pool::busy(1, 3);
    pool.submit(Try, job(Echo, 1)).unwrap();
    pool.close();
    pool.cancel();
    let kinds: Vec<_> = core::iter::from_fn(|| pool.recv(Plain).ok().map(|received| received.0.kind)).collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds.contains(&JOBRING_CANCELLED) && kinds.contains(&JOBRING_DONE));
}

// Bytes.

/// Behind and before what the library may write.
const GUARD: u8 = 0xA5;

#[derive(Clone, Copy)]
struct Sizes {
    job: usize,
    result: usize,
}

fn byte(seed: u8, at: usize) -> u8 {
    seed.wrapping_mul(31).wrapping_add((at as u8).wrapping_mul(7))
}

/// Checks the job's bytes and writes all of the result's.
unsafe extern "C-unwind" fn bytes(
    _worker: *const jobring_worker,
    user: *mut c_void,
    job: *const c_void,
    result: *mut c_void,
) -> i32 {
    let sizes = unsafe { *user.cast::<Sizes>() };
    let job = unsafe { core::slice::from_raw_parts(job.cast::<u8>(), sizes.job) };
    if job.iter().enumerate().any(|(at, here)| *here != byte(job[0].wrapping_mul(223), at)) {
        return 1;
    }
    // For any type that fits in.
    let aligned = |address: usize, size: usize| address.is_multiple_of(1 << size.max(1).ilog2().min(4));
    if !aligned(job.as_ptr().addr(), sizes.job)
        || !aligned(result.addr(), sizes.result)
        || result.is_null() != (sizes.result == 0)
    {
        return 2;
    }
    for at in 0..sizes.result {
        unsafe { result.cast::<u8>().add(at).write(byte(!job[0], at)) };
    }
    0
}

#[test]
fn bytes_are_copied_exactly_wherever_they_are() {
    assert_eq!(31u8.wrapping_mul(223), 1, "the first byte of a job tells its seed");
    let odd = [(1, 0), (1, 1), (2, 3), (3, 17), (7, 8), (8, 7), (15, 16), (16, 15), (17, 1), (64, 0), (1000, 999)];
    let of_c = [(4, 0), (8, 0), (4, 4), (8, 8), (16, 8), (8, 16), (16, 4), (16, 16)];
    for (job, result) in odd.into_iter().chain(of_c) {
        let mut sizes = Sizes { job, result };
        let user = from_mut(&mut sizes).cast();
        let settings =
            jobring_config { capacity: 3, job_size: job, result_size: result, run: Some(bytes), user, ..config() };
        let pool = create(&settings).unwrap();
        for offset in 0..5 {
            for (seed, ask) in [(0, true), (85, false), (170, true), (255, false)] {
                // No byte behind it, for tools that watch the heap.
                let mut source = vec![GUARD; offset + job];
                for at in 0..job {
                    source[offset + at] = byte(seed, at);
                }
                let (mut outcome, mut id) = (UNTOUCHED, 0);
                let mut to_result = vec![GUARD; offset + result + 9];
                let mut to_job = vec![GUARD; offset + job + 9];
                unsafe {
                    let from = source.as_ptr().add(offset).cast();
                    assert_eq!(jobring_pool_submit(pool, from, &mut id), JOBRING_OK);
                    // It was copied.
                    source.fill(0);
                    let (to_result, to_job) = (to_result.as_mut_ptr().add(offset), to_job.as_mut_ptr().add(offset));
                    let to_job = if ask { to_job.cast() } else { null_mut() };
                    assert_eq!(jobring_pool_recv(pool, &mut outcome, to_result.cast(), to_job), JOBRING_OK);
                }
                let done = jobring_outcome { job: id, worker: 0, kind: JOBRING_DONE, error: 0, reserved: 0 };
                assert_eq!(outcome, done, "{job} bytes of job, {result} of result");
                for (place, len, seed) in [(&to_result, result, !byte(seed, 0)), (&to_job, job, seed)] {
                    let (before, rest) = place.split_at(offset);
                    let (here, behind) = rest.split_at(len);
                    assert!(before.iter().chain(behind).all(|byte| *byte == GUARD), "written beyond {len} bytes");
                    if core::ptr::eq(place, &to_job) && !ask {
                        assert!(here.iter().all(|byte| *byte == GUARD), "written without being asked");
                        continue;
                    }
                    assert!(here.iter().enumerate().all(|(at, here)| *here == byte(seed, at)), "other bytes");
                }
            }
        }
        assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
    }
}

/// The job is the error, and the first number of the result is its complement.
unsafe extern "C-unwind" fn complement(
    _worker: *const jobring_worker,
    _user: *mut c_void,
    job: *const c_void,
    result: *mut c_void,
) -> i32 {
    let error = unsafe { *job.cast::<i32>() };
    unsafe { result.cast::<i32>().write(!error) };
    error
}

#[test]
fn an_error_comes_out_with_its_result_and_not_again_with_the_next_job_in_its_slot() {
    for numbers in [1, 2, 4, 5] {
        let size = numbers * size_of::<i32>();
        let settings = jobring_config {
            capacity: 1,
            job_size: size,
            result_size: size,
            run: Some(complement),
            user: null_mut(),
            ..config()
        };
        let pool = create(&settings).unwrap();
        for error in [0, 7, 0, -1, i32::MIN, 0, 0] {
            for (batch, ask) in [(false, false), (false, true), (true, false), (true, true)] {
                let (from, mut result, mut back) = ([error; 5], [0; 5], [0; 5]);
                let (mut outcome, mut received) = (UNTOUCHED, 0);
                let (to, to_job) =
                    (result.as_mut_ptr().cast(), if ask { back.as_mut_ptr().cast() } else { null_mut() });
                unsafe {
                    assert_eq!(jobring_pool_submit(pool, from.as_ptr().cast(), null_mut()), JOBRING_OK);
                    let status = if batch {
                        jobring_pool_recv_batch(pool, &mut outcome, to, to_job, 1, &mut received)
                    } else {
                        jobring_pool_recv(pool, &mut outcome, to, to_job)
                    };
                    assert_eq!(status, JOBRING_OK);
                }
                let kind = if error == 0 { JOBRING_DONE } else { JOBRING_FAILED };
                assert_eq!((outcome.kind, outcome.error, result[0]), (kind, error, !error), "{numbers} numbers");
                assert_eq!(back[0], if ask { error } else { 0 });
            }
        }
        assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
    }
}

// Batches.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Submits {
    Batch,
    All,
}
use Submits::*;

/// The status, `*accepted` and the names.
fn submit_many(pool: &Pool, how: Submits, jobs: &[Job]) -> (jobring_status, usize, Vec<u64>) {
    let (mut accepted, mut ids) = (usize::MAX, vec![UNTOUCHED_ID; jobs.len()]);
    let submit = if how == Batch { jobring_pool_submit_batch } else { jobring_pool_submit_all };
    let status = unsafe { submit(pool.raw, jobs.as_ptr().cast(), jobs.len(), ids.as_mut_ptr(), &mut accepted) };
    ids.truncate(accepted);
    assert!(!ids.contains(&UNTOUCHED_ID), "each accepted job has a name");
    (status, accepted, ids)
}

/// The status, and what came out: waiting for the first with `Plain`.
fn recv_many(pool: &Pool, how: How, count: usize) -> (jobring_status, Vec<(jobring_outcome, i32, Job)>) {
    let mut received = usize::MAX;
    let mut outcomes = vec![UNTOUCHED; count];
    let (mut numbers, mut jobs) = (vec![UNTOUCHED_NUMBER; count], vec![UNTOUCHED_JOB; count]);
    let recv = if matches!(how, Plain) { jobring_pool_recv_batch } else { jobring_pool_try_recv_batch };
    let (to_numbers, to_jobs) = (numbers.as_mut_ptr().cast(), jobs.as_mut_ptr().cast());
    let status = unsafe { recv(pool.raw, outcomes.as_mut_ptr(), to_numbers, to_jobs, count, &mut received) };
    assert!(received <= count && (received > 0) == (status == JOBRING_OK && count > 0), "{status:?}, {received}");
    let mut all: Vec<_> =
        outcomes.into_iter().zip(numbers).zip(jobs).map(|((outcome, number), job)| (outcome, number, job)).collect();
    let behind = all.split_off(received);
    assert!(
        behind.iter().all(|place| *place == (UNTOUCHED, UNTOUCHED_NUMBER, UNTOUCHED_JOB)),
        "written behind the last"
    );
    (status, all)
}

fn echoes(numbers: core::ops::Range<i32>) -> Vec<Job> {
    numbers.map(|number| job(Echo, number)).collect()
}

#[test]
fn batches_find_null_out_and_do_nothing_then() {
    let pool = Pool::new(1, 4);
    let jobs = echoes(0..2);
    let (from, none) = (jobs.as_ptr().cast::<c_void>(), null_mut::<jobring_pool>());
    let (mut accepted, mut ids, mut outcomes) = (77, [UNTOUCHED_ID; 2], [UNTOUCHED; 2]);
    let (to, to_ids, count) = (outcomes.as_mut_ptr(), ids.as_mut_ptr(), from_mut(&mut accepted));
    unsafe {
        for submit in [jobring_pool_submit_batch, jobring_pool_submit_all] {
            assert_eq!(submit(none, from, 2, to_ids, count), JOBRING_ERR_NULL);
            assert_eq!(submit(pool.raw, null(), 2, to_ids, count), JOBRING_ERR_NULL);
            assert_eq!(submit(pool.raw, from, 2, to_ids, null_mut()), JOBRING_ERR_NULL);
            assert_eq!(submit(none, null(), 0, to_ids, count), JOBRING_ERR_NULL);
            assert_eq!(submit(pool.raw, from, 0, to_ids, null_mut()), JOBRING_ERR_NULL);
        }
        assert_eq!(jobring_pool_try_submit(pool.raw, from, null_mut()), JOBRING_OK);
        for recv in [jobring_pool_recv_batch, jobring_pool_try_recv_batch] {
            assert_eq!(recv(none, to, null_mut(), null_mut(), 2, count), JOBRING_ERR_NULL);
            assert_eq!(recv(pool.raw, null_mut(), null_mut(), null_mut(), 2, count), JOBRING_ERR_NULL);
            assert_eq!(recv(pool.raw, to, null_mut(), null_mut(), 2, null_mut()), JOBRING_ERR_NULL);
            assert_eq!(recv(none, null_mut(), null_mut(), null_mut(), 0, count), JOBRING_ERR_NULL);
        }
    }
    assert_eq!((accepted, ids, outcomes), (77, [UNTOUCHED_ID; 2], [UNTOUCHED; 2]));
    assert_eq!(pool.stats().in_flight, 1);

    // Outputs that may be NULL may be.
    unsafe {
        for submit in [jobring_pool_submit_batch, jobring_pool_submit_all] {
            assert_eq!((submit(pool.raw, from, 1, null_mut(), &mut accepted), accepted), (JOBRING_OK, 1));
        }
        let mut left = 3;
        while left > 0 {
            let (places, mut received) = (null_mut(), 0);
            let status = jobring_pool_recv_batch(pool.raw, outcomes.as_mut_ptr(), places, places, 2, &mut received);
            assert_eq!(status, JOBRING_OK);
            left -= received;
        }
    }
    // Only now: while a job is on its way the counts are read one after the other.
    let stats = pool.stats();
    assert_eq!((stats.accepted, stats.in_flight), (3, 0));
}

#[test]
fn a_batch_of_nothing_does_nothing_in_whatever_state_the_pool_is() {
    let nothing = |pool: &Pool| {
        let (mut accepted, mut received) = (77, 77);
        unsafe {
            for submit in [jobring_pool_submit_batch, jobring_pool_submit_all] {
                assert_eq!(submit(pool.raw, null(), 0, null_mut(), &mut accepted), JOBRING_OK);
                assert_eq!(core::mem::replace(&mut accepted, 77), 0);
            }
            for recv in [jobring_pool_recv_batch, jobring_pool_try_recv_batch] {
                assert_eq!(recv(pool.raw, null_mut(), null_mut(), null_mut(), 0, &mut received), JOBRING_OK);
                assert_eq!(core::mem::replace(&mut received, 77), 0);
            }
        }
    };
    let pool = Pool::busy(1, 2);
    nothing(&pool);
    pool.submit(Try, job(Echo, 1)).unwrap();
    nothing(&pool);
    pool.close();
    nothing(&pool);
    pool.release();
    assert_eq!((pool.recv(Plain).unwrap().1, pool.recv(Plain).unwrap().1), (0, 1));
    nothing(&pool);
}

#[test]
fn a_batch_takes_the_jobs_that_fit_and_says_how_many() {
    let pool = Pool::busy(1, 45);
    let jobs = echoes(1..100);
    let (status, accepted, ids) = submit_many(&pool, Batch, &jobs);
    assert_eq!((status, accepted), (JOBRING_OK, 44));
    assert_eq!(submit_many(&pool, Batch, &jobs[accepted..]), (JOBRING_FULL, 0, vec![]));
    assert_eq!(recv_many(&pool, Try, 5), (JOBRING_EMPTY, vec![]));
    pool.release();
    assert_eq!(pool.recv(Plain).unwrap().2, job(Wait, 0));
    let mut all = Vec::new();
    while all.len() < accepted {
        let (status, outcomes) = recv_many(&pool, Plain, 7);
        assert_eq!(status, JOBRING_OK);
        all.extend(outcomes);
    }
    for (at, (outcome, number, back)) in all.iter().enumerate() {
        let kind = JOBRING_DONE;
        assert_eq!(*outcome, jobring_outcome { job: ids[at], worker: 0, kind, error: 0, reserved: 0 });
        assert_eq!((*number, *back), (jobs[at].number, jobs[at]), "one worker keeps the order");
    }
    assert_eq!(recv_many(&pool, Try, 5), (JOBRING_EMPTY, vec![]));
    // The others fit now.
    let (status, accepted, _) = submit_many(&pool, Batch, &jobs[44..80]);
    assert_eq!((status, accepted), (JOBRING_OK, 36));
    pool.join();
    assert_eq!(submit_many(&pool, Batch, &jobs), (JOBRING_CLOSED, 0, vec![]));
    assert_eq!(submit_many(&pool, All, &jobs), (JOBRING_CLOSED, 0, vec![]));
    // As many as are there, and no more than asked for.
    assert_eq!(recv_many(&pool, Plain, 33).1.len(), 33);
    assert_eq!(recv_many(&pool, Plain, 33).1.len(), 3);
    for how in [Plain, Try] {
        assert_eq!(recv_many(&pool, how, 33), (JOBRING_CLOSED, vec![]));
    }
}

#[test]
fn submit_all_waits_for_slots_and_a_close_in_its_middle_says_how_far_it_came() {
    for close in [Pool::close, Pool::cancel] {
        let pool = Pool::busy(1, 20);
        let jobs = echoes(1..50);
        let ids = thread::scope(|scope| {
            let submitting = scope.spawn(|| submit_many(&pool, All, &jobs));
            while pool.stats().in_flight < 20 {
                thread::yield_now();
            }
            pool.release();
            // Two more find room, and then it waits again.
            assert_eq!((recv_many(&pool, Plain, 1).1.len(), recv_many(&pool, Plain, 1).1.len()), (1, 1));
            // A job counts as in flight from when it has a slot on. What has run was accepted.
            while pool.stats().done < 22 {
                thread::yield_now();
            }
            close(&pool);
            let (status, accepted, ids) = submitting.join().unwrap();
            assert_eq!((status, accepted), (JOBRING_CLOSED, 21));
            ids
        });
        let mut back = Vec::new();
        while let (JOBRING_OK, outcomes) = recv_many(&pool, Plain, 6) {
            back.extend(outcomes);
        }
        // Job 1 was received above.
        let named: HashSet<_> = back.iter().map(|(outcome, _, job)| (outcome.job, job.number)).collect();
        assert_eq!(named, ids.into_iter().zip(1..).skip(1).collect());
        let stats = pool.stats();
        assert_eq!((stats.accepted, stats.in_flight), (22, 0));
    }
}

#[test]
fn submit_all_submits_more_jobs_than_there_are_slots() {
    for (workers, capacity) in [(1, 1), (2, 3), (3, 64)] {
        let pool = Pool::new(workers, capacity);
        let jobs = echoes(0..1000);
        thread::scope(|scope| {
            scope.spawn(|| {
                let (status, accepted, ids) = submit_many(&pool, All, &jobs);
                assert_eq!((status, accepted), (JOBRING_OK, 1000));
                assert_eq!(ids.into_iter().collect::<HashSet<_>>().len(), 1000, "no name is given twice");
                pool.close();
            });
            let mut numbers: Vec<i32> = Vec::new();
            while let (JOBRING_OK, outcomes) = recv_many(&pool, Plain, 37) {
                numbers.extend(outcomes.iter().map(|received| received.1));
            }
            numbers.sort_unstable();
            assert!(numbers.into_iter().eq(0..1000));
        });
    }
}

#[test]
fn a_batch_of_outcomes_holds_every_kind_and_leaves_the_results_of_jobs_that_never_returned() {
    let pool = Pool::busy(1, 12);
    let before = [job(Echo, 5), job(Fail, -6), job(Panic, 7), job(Close, 0), job(Echo, 9)];
    assert_eq!(submit_many(&pool, Batch, &before).1, 5);
    pool.release();
    assert_eq!(pool.recv(Plain).unwrap().2, job(Wait, 0));
    pool.join();
    let (status, all) = recv_many(&pool, Plain, 12);
    assert_eq!(status, JOBRING_OK);
    let told: Vec<_> =
        all.iter().map(|(outcome, number, back)| (outcome.kind, outcome.error, *number, *back)).collect();
    assert_eq!(told[0], (JOBRING_DONE, 0, 5, before[0]));
    // What a job leaves unwritten is unspecified.
    assert_eq!((told[1].0, told[1].1, told[1].3), (JOBRING_FAILED, -6, before[1]));
    assert_eq!(told[2], (JOBRING_PANICKED, 0, UNTOUCHED_NUMBER, before[2]));
    assert_eq!((told[3].0, told[3].3), (JOBRING_DONE, before[3]));
    assert_eq!(told[4], (JOBRING_DONE, 0, 9, before[4]));

    let pool = Pool::busy(1, 12);
    let (_, _, ids) = submit_many(&pool, Batch, &echoes(1..12));
    pool.cancel();
    pool.join();
    let (status, mut all) = recv_many(&pool, Try, 12);
    assert_eq!((status, all.len()), (JOBRING_OK, 12));
    all.retain(|received| received.0.kind == JOBRING_CANCELLED);
    all.sort_unstable_by_key(|received| received.2.number);
    for (at, (outcome, number, back)) in all.iter().enumerate() {
        let (worker, kind) = (JOBRING_NO_WORKER, JOBRING_CANCELLED);
        assert_eq!(*outcome, jobring_outcome { job: ids[at], worker, kind, error: 0, reserved: 0 });
        assert_eq!((*number, *back), (UNTOUCHED_NUMBER, job(Echo, at as i32 + 1)));
    }
    assert_eq!(all.len(), 11);
}

#[test]
fn batches_are_packed_whatever_the_sizes_and_wherever_they_are() {
    const COUNT: usize = 70;
    for (job, result) in [(1, 0), (1, 1), (2, 3), (3, 17), (4, 4), (7, 8), (8, 8), (8, 16), (16, 4), (17, 1), (99, 100)]
    {
        let mut sizes = Sizes { job, result };
        let user = from_mut(&mut sizes).cast();
        let settings =
            jobring_config { capacity: COUNT, job_size: job, result_size: result, run: Some(bytes), user, ..config() };
        let pool = create(&settings).unwrap();
        for offset in 0..3 {
            let seed = |at: usize| (at as u8).wrapping_mul(85).wrapping_add(offset as u8);
            let mut source = vec![GUARD; offset];
            (0..COUNT).for_each(|one| source.extend((0..job).map(|at| byte(seed(one), at))));
            let mut to_results = vec![GUARD; offset + result * COUNT + 9];
            let mut to_jobs = vec![GUARD; offset + job * COUNT + 9];
            let (mut accepted, mut got) = (0, 0);
            unsafe {
                let from = source.as_ptr().add(offset).cast();
                assert_eq!(jobring_pool_submit_batch(pool, from, COUNT, null_mut(), &mut accepted), JOBRING_OK);
                assert_eq!(accepted, COUNT);
                // They were copied.
                source.fill(0);
                while got < COUNT {
                    let (mut outcomes, mut received) = ([UNTOUCHED; COUNT], 0);
                    let results = to_results.as_mut_ptr().add(offset + got * result).cast();
                    let jobs = to_jobs.as_mut_ptr().add(offset + got * job).cast();
                    let (to, count) = (outcomes.as_mut_ptr(), COUNT - got);
                    assert_eq!(jobring_pool_recv_batch(pool, to, results, jobs, count, &mut received), JOBRING_OK);
                    let all_done = outcomes[..received].iter().all(|outcome| outcome.kind == JOBRING_DONE);
                    assert!(all_done, "{job} bytes of job, {result} of result");
                    got += received;
                }
            }
            for (place, len, complement) in [(&to_results, result, true), (&to_jobs, job, false)] {
                let (before, rest) = place.split_at(offset);
                let (here, behind) = rest.split_at(len * COUNT);
                assert!(before.iter().chain(behind).all(|byte| *byte == GUARD), "written beyond {len} bytes");
                for (one, here) in here.chunks_exact(len.max(1)).enumerate() {
                    let seed = if complement { !byte(seed(one), 0) } else { seed(one) };
                    assert!(here.iter().enumerate().all(|(at, here)| *here == byte(seed, at)), "other bytes");
                }
            }
        }
        assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
    }
}

/// Accepted means one outcome and refused means none, by batches and one by one at once, also while the pool is closed.
#[test]
fn every_job_of_a_batch_comes_out_once_whenever_the_pool_is_closed() {
    for round in 0..40u64 {
        let pool = Pool::new(2, [3, 16, 100][round as usize % 3]);
        let (mut accepted, mut received) = (Vec::new(), Vec::new());
        thread::scope(|scope| {
            let batches = [(Batch, 1), (Batch, 40), (All, 7), (All, 90)].map(|(how, length)| {
                let pool = &pool;
                scope.spawn(move || {
                    let jobs = echoes(0..length);
                    let mut names = Vec::new();
                    loop {
                        let (status, accepted, ids) = submit_many(pool, how, &jobs);
                        names.extend(ids);
                        match status {
                            JOBRING_OK if how == Batch || accepted == jobs.len() => {}
                            JOBRING_FULL if how == Batch => thread::yield_now(),
                            JOBRING_CLOSED => return names,
                            other => panic!("{other:?}, {accepted} accepted"),
                        }
                    }
                })
            });
            let single =
                scope.spawn(|| core::iter::from_fn(|| pool.submit(Plain, job(Echo, 1)).ok()).collect::<Vec<_>>());
            let collectors = [(Plain, 1), (Plain, 50), (Try, 9)].map(|(how, count)| {
                let pool = &pool;
                scope.spawn(move || {
                    let mut names = Vec::new();
                    loop {
                        match recv_many(pool, how, count) {
                            (JOBRING_OK, all) => names.extend(all.iter().map(|received| received.0.job)),
                            (JOBRING_EMPTY, _) => thread::yield_now(),
                            (JOBRING_CLOSED, _) => return names,
                            (other, _) => panic!("{other:?}"),
                        }
                    }
                })
            });
            scope.spawn(|| {
                while pool.shared.ran.load(SeqCst) < round as usize * 20 {
                    thread::yield_now();
                }
                if round % 2 == 0 { pool.cancel() } else { pool.close() }
            });
            accepted.extend(batches.into_iter().flat_map(|feeder| feeder.join().unwrap()));
            accepted.extend(single.join().unwrap());
            received.extend(collectors.into_iter().flat_map(|collector| collector.join().unwrap()));
        });
        received.sort_unstable();
        accepted.sort_unstable();
        assert_eq!(received, accepted);
        pool.join();
        assert_eq!((pool.stats().accepted, pool.stats().in_flight), (accepted.len() as u64, 0));
    }
}

// Names.

unsafe extern "C-unwind" fn own_name(
    worker: *const jobring_worker,
    user: *mut c_void,
    _job: *const c_void,
    result: *mut c_void,
) -> i32 {
    unsafe {
        result.cast::<u64>().write(jobring_worker_job(worker));
        let workers = user.addr() as u32;
        if jobring_worker_id(worker) < workers { 0 } else { 1 }
    }
}

#[test]
fn names_of_jobs_are_unique_and_name_their_slots() {
    const CAPACITY: usize = 5;
    let settings = jobring_config {
        workers: 3,
        capacity: CAPACITY,
        result_size: size_of::<u64>(),
        run: Some(own_name),
        user: core::ptr::without_provenance_mut(3),
        ..config()
    };
    let pool = create(&settings).unwrap();
    let mut all = HashSet::new();
    for _ in 0..400 {
        let mut in_flight = HashSet::new();
        let mut slots = HashSet::new();
        for _ in 0..CAPACITY {
            let mut id = UNTOUCHED_ID;
            let status = unsafe { jobring_pool_try_submit(pool, from_ref(&job(Echo, 0)).cast(), &mut id) };
            assert_eq!(status, JOBRING_OK);
            assert!(all.insert(id), "no name is given twice");
            in_flight.insert(id);
            slots.insert(id as u32);
        }
        assert!(slots.len() == CAPACITY && slots.iter().all(|slot| (*slot as usize) < CAPACITY));
        for _ in 0..CAPACITY {
            let (mut outcome, mut named) = (UNTOUCHED, 0u64);
            let status = unsafe { jobring_pool_recv(pool, &mut outcome, from_mut(&mut named).cast(), null_mut()) };
            assert_eq!((status, outcome.kind, named), (JOBRING_OK, JOBRING_DONE, outcome.job));
            assert!(in_flight.remove(&outcome.job) && outcome.worker < 3);
        }
    }
    assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
}

// Counts.

#[repr(C)]
struct LaterStats<S> {
    stats: S,
    more: [u8; 16],
}

#[test]
fn stats_are_written_as_far_as_the_caller_knows_them() {
    let pool = Pool::new(2, 3);
    for _ in 0..2 {
        pool.submit(Plain, job(Echo, 1)).unwrap();
    }
    pool.recv(Plain).unwrap();
    pool.join();

    let known = size_of::<jobring_stats>();
    for size in [0, 8, known - 1, 4097, usize::MAX] {
        let mut stats = jobring_stats { size, accepted: 99, ..no_stats() };
        assert_eq!(unsafe { jobring_pool_stats(pool.raw, &mut stats) }, JOBRING_ERR_STRUCT_SIZE, "{size}");
        assert_eq!((stats.size, stats.accepted), (size, 99));
        let mut stats = jobring_worker_stats { size, done: 99, ..no_worker_stats() };
        if size != known - 1 {
            assert_eq!(unsafe { jobring_pool_worker_stats(pool.raw, 0, &mut stats) }, JOBRING_ERR_STRUCT_SIZE);
            assert_eq!((stats.size, stats.done), (size, 99));
        }
    }
    for more in [0, 1, 5, 8] {
        let size = known + more;
        let mut later = LaterStats { stats: jobring_stats { size, ..no_stats() }, more: [GUARD; 16] };
        assert_eq!(unsafe { jobring_pool_stats(pool.raw, from_mut(&mut later).cast()) }, JOBRING_OK);
        let stats = later.stats;
        assert_eq!((stats.size, stats.accepted, stats.done, stats.in_flight), (size, 2, 2, 1));
        assert_eq!((stats.failed, stats.panicked, stats.cancelled, stats.capacity, stats.workers), (0, 0, 0, 3, 2));
        assert!(later.more[..more].iter().all(|byte| *byte == 0), "unknown fields are zero");
        assert!(later.more[more..].iter().all(|byte| *byte == GUARD), "and nothing behind them is written");

        let size = size_of::<jobring_worker_stats>() + more;
        let mut done = 0;
        for worker in 0..2 {
            let mut later = LaterStats { stats: jobring_worker_stats { size, ..no_worker_stats() }, more: [GUARD; 16] };
            let to = from_mut(&mut later).cast();
            assert_eq!(unsafe { jobring_pool_worker_stats(pool.raw, worker, to) }, JOBRING_OK);
            assert_eq!((later.stats.size, later.stats.failed, later.stats.panicked), (size, 0, 0));
            assert!(later.more[..more].iter().all(|byte| *byte == 0));
            assert!(later.more[more..].iter().all(|byte| *byte == GUARD));
            done += later.stats.done;
        }
        assert_eq!(done, 2);
    }
    for worker in [2, 3, u32::MAX] {
        let mut stats = jobring_worker_stats { done: 99, ..no_worker_stats() };
        assert_eq!(unsafe { jobring_pool_worker_stats(pool.raw, worker, &mut stats) }, JOBRING_ERR_WORKER);
        assert_eq!(stats.done, 99);
    }
}

// The end.

#[test]
fn join_runs_what_was_accepted_and_leaves_the_outcomes() {
    let pool = Pool::busy(2, 8);
    for number in 2..8 {
        pool.submit(Try, job(Echo, number)).unwrap();
    }
    let sleepers = Sleepers::default();
    thread::scope(|scope| {
        let joins = [(); 2].map(|()| sleepers.spawn(scope, || pool.join()));
        sleepers.wait(2);
        assert!(joins.iter().all(|join| !join.is_finished()), "join waits for the jobs");
        assert_eq!(pool.submit(Plain, job(Echo, 9)), Err(JOBRING_CLOSED), "join closes");
        pool.release();
    });
    pool.join();
    assert_eq!(pool.stats().in_flight, 8);
    for _ in 0..8 {
        pool.recv(Try).unwrap();
    }
    assert_eq!(pool.recv(Try), Err(JOBRING_CLOSED));
    pool.join();
}

#[test]
fn destroy_runs_what_was_accepted() {
    let shared = Shared::default();
    let user = from_ref(&shared).cast_mut().cast();
    let pool = create(&jobring_config { capacity: 100, user, ..config() }).unwrap();
    for number in 0..100 {
        let status = unsafe { jobring_pool_try_submit(pool, from_ref(&job(Echo, number)).cast(), null_mut()) };
        assert_eq!(status, JOBRING_OK);
    }
    assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
    assert_eq!(shared.ran.load(SeqCst), 100);
}

#[test]
fn a_job_cannot_wait_for_itself() {
    let pool = Pool::new(2, 4);
    for _ in 0..3 {
        for task in [Join, Destroy] {
            pool.submit(Plain, job(task, 0)).unwrap();
            let outcome = pool.recv(Plain).unwrap().0;
            assert_eq!((outcome.kind, outcome.error), (JOBRING_FAILED, JOBRING_ERR_DEADLOCK as i32));
        }
    }
    // It was not even closed; and for what does not wait a job is like anybody else.
    pool.submit(Plain, job(TrySubmit, 5)).unwrap();
    let mut results = [pool.recv(Plain).unwrap(), pool.recv(Plain).unwrap()];
    results.sort_unstable_by_key(|(_, _, job)| job.task as u32);
    assert_eq!((results[0].0.kind, results[0].1), (JOBRING_DONE, 5));
    assert_eq!((results[1].0.kind, results[1].2.task), (JOBRING_DONE, TrySubmit));
    pool.submit(Plain, job(Close, 0)).unwrap();
    assert_eq!(pool.recv(Plain).unwrap().0.kind, JOBRING_DONE);
    assert_eq!(pool.recv(Plain), Err(JOBRING_CLOSED));
}

#[test]
fn a_job_may_wait_for_another_pool() {
    let (outer, inner) = (Pool::new(1, 2), Pool::new(1, 2));
    // The jobs of one pool are told of the other one.
    outer.shared.pool.store(inner.raw, SeqCst);
    inner.submit(Plain, job(Echo, 1)).unwrap();
    outer.submit(Plain, job(Join, 0)).unwrap();
    assert_eq!(outer.recv(Plain).unwrap().0.kind, JOBRING_DONE);
    assert_eq!(inner.recv(Plain).unwrap().1, 1);
    assert_eq!(inner.recv(Plain), Err(JOBRING_CLOSED));

    let third = create(&config()).unwrap();
    outer.shared.pool.store(third, SeqCst);
    outer.submit(Plain, job(Destroy, 0)).unwrap();
    assert_eq!(outer.recv(Plain).unwrap().0.kind, JOBRING_DONE);
}

// Texts, and the header.

#[test]
fn every_status_has_a_text_of_its_own() {
    let text = |status: i32| unsafe { CStr::from_ptr(jobring_status_str(status)) }.to_str().unwrap();
    let known: Vec<i32> = (0..=4).chain(16..=26).collect();
    let texts: HashSet<_> = known.iter().map(|status| text(*status)).collect();
    assert_eq!(texts.len(), known.len());
    assert!(texts.iter().all(|text| !text.is_empty() && *text != "unknown status"));
    for unknown in [-1, 5, 15, 27, i32::MIN, i32::MAX] {
        assert_eq!(text(unknown), "unknown status");
    }
}

#[test]
fn the_header_has_the_versions_of_the_library() {
    let version = unsafe { CStr::from_ptr(jobring_version()) }.to_str().unwrap();
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    assert_eq!(jobring_abi_version(), JOBRING_ABI_VERSION);
    let header = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("include/jobring.h")).unwrap();
    assert!(header.contains(&format!("#define JOBRING_VERSION \"{version}\"\n")));
    assert!(header.contains(&format!("#define JOBRING_ABI_VERSION {JOBRING_ABI_VERSION}\n")));
}

/// `c-examples/layout.c`: what a C compiler must find in the header, by Rust's own account.
fn layout() -> String {
    let mut text = String::from(
        "// Layout and numbers of the C interface, as Rust has them; checked when a C or C++ compiler reads this.\n\
         //\n\
         // Generated; do not edit. `BLESS=1 cargo test --features capi --test c_api layout` rewrites it.\n\n\
         #include <assert.h>\n\n\
         #include \"jobring.h\"\n",
    );
    macro_rules! numbers {
        ($($name:ident)+) => {$(
            writeln!(text, "static_assert({} == {}, \"\");", stringify!($name), $name as i64).unwrap();
        )+};
    }
    text += "\n";
    numbers! {
        JOBRING_OK JOBRING_FULL JOBRING_EMPTY JOBRING_CLOSED JOBRING_TIMEOUT JOBRING_ERR_NULL JOBRING_ERR_STRUCT_SIZE
        JOBRING_ERR_WORKERS JOBRING_ERR_CAPACITY JOBRING_ERR_JOB_SIZE JOBRING_ERR_NO_MEMORY JOBRING_ERR_THREAD
        JOBRING_ERR_DEADLOCK JOBRING_ERR_WORKER JOBRING_ERR_INTERNAL JOBRING_ERR_MEMORY_SIZE
        JOBRING_DONE JOBRING_FAILED JOBRING_PANICKED JOBRING_CANCELLED JOBRING_NO_WORKER JOBRING_ABI_VERSION
        JOBRING_MAX_WORKERS JOBRING_MAX_CAPACITY
    }
    macro_rules! size {
        ($($name:ident)+) => {$(
            writeln!(text, "static_assert(sizeof({0}) == {1}, \"\");", stringify!($name), size_of::<$name>()).unwrap();
        )+};
    }
    text += "\n";
    size! { jobring_status jobring_outcome_kind }
    fn size_of_field<S, F>(_: fn(&S) -> &F) -> usize {
        size_of::<F>()
    }
    macro_rules! fields {
        ($name:ident { $($field:ident)+ }) => {
            // All of them, or this does not compile.
            let _ = |$name { $($field: _),+ }: $name| ();
            text += "\n";
            size! { $name }
            $(
                let (offset, size) = (offset_of!($name, $field), size_of_field(|s: &$name| &s.$field));
                let (name, field) = (stringify!($name), stringify!($field));
                writeln!(text, "static_assert(offsetof({name}, {field}) == {offset}, \"\");").unwrap();
                writeln!(text, "static_assert(sizeof((({name} *)0)->{field}) == {size}, \"\");").unwrap();
            )+
        };
    }
    text += "\n#if SIZE_MAX == UINT64_MAX\n";
    fields!(jobring_config { size workers capacity job_size result_size run user name stack_size });
    fields!(jobring_outcome { job worker kind error reserved });
    fields!(jobring_stats { size accepted done failed panicked cancelled in_flight capacity workers });
    fields!(jobring_worker_stats { size done failed panicked });
    fields!(jobring_ring { memory memory_size capacity element_size });
    fields!(jobring_static_pool { memory memory_size capacity job_size result_size });
    fields!(jobring_static_stats { accepted in_flight finished });
    text + "\n#endif\n"
}

#[cfg(target_pointer_width = "64")]
#[test]
fn the_committed_layout_is_that_of_rust() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("c-examples/layout.c");
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(&path, layout()).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(path).expect("c-examples/layout.c is there");
    assert!(committed == layout(), "the C interface has changed; if it should, run this test with BLESS=1");
}

// Many threads.

/// One who feeds a pool. The last one to end closes it, so that nobody waits for ever if a test fails.
struct Feeding<'a> {
    pool: &'a Pool,
    left: &'a AtomicUsize,
}

impl Drop for Feeding<'_> {
    fn drop(&mut self) {
        if self.left.fetch_sub(1, SeqCst) == 1 {
            self.pool.close();
        }
    }
}

/// Exactly one outcome for each accepted job, its own, whatever it did; by all ways to submit and receive at once.
#[test]
fn every_job_comes_out_once() {
    const FEEDERS: usize = 3;
    const COLLECTORS: usize = 3;
    const EACH: usize = 4000;
    for (workers, capacity) in [(3, 4), (1, 1), (4, 64)] {
        let pool = Pool::new(workers, capacity);
        let seen: Vec<AtomicU8> = (0..FEEDERS * EACH).map(|_| AtomicU8::new(0)).collect();
        let feeding = AtomicUsize::new(FEEDERS);
        let expected = |number: usize| match number % 16 {
            0 => (Fail, JOBRING_FAILED),
            1 => (Panic, JOBRING_PANICKED),
            _ => (Echo, JOBRING_DONE),
        };
        thread::scope(|scope| {
            for feeder in 0..FEEDERS {
                let feeding = Feeding { pool: &pool, left: &feeding };
                scope.spawn(move || {
                    // All of it, not just its field.
                    let feeding = feeding;
                    for number in feeder * EACH..(feeder + 1) * EACH {
                        // An error must not be 0.
                        let next = job(expected(number).0, number as i32 + 1);
                        let how = [Plain, Try, Timeout(MS / 50)][number % 3];
                        loop {
                            match feeding.pool.submit(how, next) {
                                Ok(_) => break,
                                Err(JOBRING_FULL | JOBRING_TIMEOUT) => thread::yield_now(),
                                Err(other) => panic!("{other:?}"),
                            }
                        }
                    }
                });
            }
            for collector in 0..COLLECTORS {
                let (pool, seen) = (&pool, &seen);
                scope.spawn(move || {
                    for turn in collector.. {
                        match pool.recv([Plain, Try, Timeout(MS / 50)][turn % 3]) {
                            Ok((outcome, result, back)) => {
                                let number = back.number as usize - 1;
                                let (task, kind) = expected(number);
                                assert_eq!((back.task, outcome.kind), (task, kind));
                                let error = if kind == JOBRING_FAILED { back.number } else { 0 };
                                assert_eq!(outcome.error, error);
                                assert!(kind != JOBRING_DONE || result == back.number);
                                assert!((outcome.worker as usize) < workers);
                                assert_eq!(seen[number].fetch_add(1, SeqCst), 0, "job {number} came out twice");
                            }
                            Err(JOBRING_EMPTY | JOBRING_TIMEOUT) => thread::yield_now(),
                            Err(JOBRING_CLOSED) => break,
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                });
            }
            // An onlooker.
            scope.spawn(|| {
                while feeding.load(SeqCst) > 0 {
                    let stats = pool.stats();
                    assert!(stats.in_flight <= capacity as u64);
                    assert!(stats.done + stats.failed + stats.panicked <= (FEEDERS * EACH) as u64);
                    thread::sleep(Duration::from_millis(1));
                }
            });
        });
        assert!(seen.iter().all(|count| count.load(SeqCst) == 1));
        let stats = pool.stats();
        let all = (FEEDERS * EACH) as u64;
        assert_eq!((stats.accepted, stats.in_flight, stats.cancelled), (all, 0, 0));
        assert_eq!(stats.done + stats.failed + stats.panicked, all);
        assert_eq!(pool.shared.ran.load(SeqCst), FEEDERS * EACH);
    }
}

/// Accepted means one outcome and refused means none, also while the pool is closed or cancelled under way.
#[test]
fn every_job_comes_out_once_whenever_the_pool_is_cancelled() {
    for round in 0..60u64 {
        let pool = Pool::new(2, 8);
        let ids = |found: Result<u64, jobring_status>| match found {
            Ok(id) => Some(id),
            Err(JOBRING_CLOSED) => None,
            Err(other) => panic!("{other:?}"),
        };
        let (mut accepted, mut outcomes) = (Vec::new(), Vec::new());
        thread::scope(|scope| {
            let feeders = [Plain, Timeout(u64::MAX)].map(|how| {
                let pool = &pool;
                scope.spawn(move || core::iter::from_fn(|| ids(pool.submit(how, job(Echo, 1)))).collect::<Vec<_>>())
            });
            let collectors = [Plain, Timeout(u64::MAX)].map(|how| {
                let pool = &pool;
                scope.spawn(move || {
                    core::iter::from_fn(|| pool.recv(how).ok().map(|received| received.0)).collect::<Vec<_>>()
                })
            });
            scope.spawn(|| {
                thread::sleep(Duration::from_micros(round * 20));
                thread::scope(|both| {
                    both.spawn(|| if round % 3 != 0 { pool.cancel() } else { pool.close() });
                    both.spawn(|| if round % 3 != 1 { pool.cancel() } else { pool.close() });
                });
            });
            accepted.extend(feeders.into_iter().flat_map(|feeder| feeder.join().unwrap()));
            outcomes.extend(collectors.into_iter().flat_map(|collector| collector.join().unwrap()));
        });
        let done = outcomes.iter().filter(|outcome| outcome.kind == JOBRING_DONE).count();
        let cancelled = outcomes.iter().filter(|outcome| outcome.kind == JOBRING_CANCELLED).count();
        assert_eq!(done + cancelled, outcomes.len());
        assert_eq!(pool.shared.ran.load(SeqCst), done, "a job that was cancelled did not run");
        let mut received: Vec<u64> = outcomes.iter().map(|outcome| outcome.job).collect();
        received.sort_unstable();
        accepted.sort_unstable();
        assert_eq!(received, accepted);
        pool.join();
        let stats = pool.stats();
        assert_eq!(
            (stats.accepted, stats.done, stats.cancelled, stats.in_flight),
            (accepted.len() as u64, done as u64, cancelled as u64, 0)
        );
    }
}

// Alone in a process.

/// Counts allocations.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, SeqCst);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, SeqCst);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, SeqCst);
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Runs `body` in a process that runs no other test, started by `shell` (a line in which "$@" is the command).
fn alone(test: &str, shell: &str, body: impl FnOnce()) {
    if std::env::var_os("JOBRING_ALONE").is_some_and(|name| name == test) {
        return body();
    }
    let output = Command::new("sh")
        .args(["-c", shell, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env("JOBRING_ALONE", test)
        .output()
        .expect("the test can start itself");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(unix)]
#[test]
fn nothing_is_allocated_after_create() {
    alone("nothing_is_allocated_after_create", "exec \"$@\"", || {
        // A thread allocates when it starts: all of them have.
        let pool = Pool::busy(3, 8);
        pool.release();
        for _ in 0..3 {
            pool.recv(Plain).unwrap();
        }
        let before = ALLOCATIONS.load(SeqCst);
        for turn in 0..300 {
            let _ = pool.submit([Plain, Try, Timeout(MS)][turn % 3], job(Echo, 1));
            let _ = pool.submit(Try, job(Fail, 1));
            let _ = pool.recv([Plain, Timeout(MS)][turn % 2]);
            unsafe {
                let (jobs, mut count) = ([job(Echo, 1); 20], 0);
                jobring_pool_submit_batch(pool.raw, jobs.as_ptr().cast(), 20, null_mut(), &mut count);
                let (mut outcomes, mut back) = ([UNTOUCHED; 5], [0i32; 5]);
                let (to, results) = (outcomes.as_mut_ptr(), back.as_mut_ptr().cast());
                jobring_pool_try_recv_batch(pool.raw, to, results, null_mut(), 5, &mut count);
                // All of them: nobody else makes room.
                while pool.stats().in_flight > 0 {
                    jobring_pool_recv_batch(pool.raw, to, results, null_mut(), 5, &mut count);
                }
                jobring_pool_submit_all(pool.raw, jobs.as_ptr().cast(), 3, null_mut(), &mut count);
            }
            let _ = pool.recv(Timeout(0));
            let _ = pool.recv(Try);
            unsafe { jobring_pool_worker_stats(pool.raw, 0, &mut no_worker_stats()) };
            pool.stats();
        }
        pool.submit(Try, job(Echo, 1)).unwrap();
        pool.close();
        for submit in [jobring_pool_submit_batch, jobring_pool_submit_all] {
            let (jobs, mut accepted) = ([job(Echo, 1); 40], 0);
            let status = unsafe { submit(pool.raw, jobs.as_ptr().cast(), 40, null_mut(), &mut accepted) };
            assert_eq!((status, accepted), (JOBRING_CLOSED, 0));
        }
        pool.cancel();
        pool.join();
        while pool.recv(Plain).is_ok() {}
        assert_eq!(ALLOCATIONS.load(SeqCst) - before, 0);
    });
}

/// The address space has room for some of the stacks, not for all.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn threads_that_started_are_stopped_if_one_does_not() {
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    alone("threads_that_started_are_stopped_if_one_does_not", "ulimit -v 4000000; exec \"$@\"", || {
        let before = threads();
        for _ in 0..5 {
            let asked = jobring_config { workers: 200, stack_size: 100 << 20, ..config() };
            assert_eq!(create(&asked).err(), Some(JOBRING_ERR_THREAD));
            // A joined thread may be listed for a moment.
            let start = Instant::now();
            while threads() != before {
                assert!(start.elapsed() < Duration::from_secs(10), "threads are left");
                thread::yield_now();
            }
        }
        let pool = create(&jobring_config { workers: 5, stack_size: 100 << 20, ..config() }).unwrap();
        assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
        let asked = jobring_config { capacity: 1 << 24, job_size: 1024, ..config() };
        assert_eq!(create(&asked).err(), Some(JOBRING_ERR_NO_MEMORY));
    });
}
