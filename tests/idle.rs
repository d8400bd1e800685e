//! Workers without an operating system's help, that wait by what they are given.
#![cfg(not(loom))]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

use jobring::{Functions, RecvError, Spin, StaticPool, Wait};

type Pool<const N: usize> = StaticPool<u32, u32, N>;

/// A binary semaphore.
#[derive(Default)]
struct Semaphore {
    given: Mutex<bool>,
    bell: Condvar,
}

impl Semaphore {
    fn take(&self) {
        let mut given = self.bell.wait_while(self.given.lock().unwrap(), |given| !*given).unwrap();
        *given = false;
    }

    fn give(&self) {
        *self.given.lock().unwrap() = true;
        self.bell.notify_one();
    }
}

fn by(semaphore: &Semaphore) -> Functions<&Semaphore> {
    Functions::new(semaphore, |semaphore| semaphore.take(), |semaphore| semaphore.give())
}

/// Runs `meanwhile` in its first wait before it asks for news, and keeps the answer.
struct Meanwhile<F> {
    act: F,
    news: Cell<Option<bool>>,
}

impl<F: Fn()> Wait for Meanwhile<F> {
    fn wait_unless(&self, news: impl FnOnce() -> bool) {
        if self.news.get().is_none() {
            (self.act)();
            self.news.set(Some(news()));
        }
    }

    fn notify(&self) {}
}

#[test]
fn a_worker_is_told_of_what_came_between_its_look_and_its_sleep() {
    for job in [true, false] {
        let pool = Pool::<2>::new();
        let between = Meanwhile {
            act: || {
                if job {
                    pool.try_submit(1).unwrap();
                } else {
                    pool.close();
                }
            },
            news: Cell::new(None),
        };
        let worker = pool.worker(0);
        worker.run_telling(&between, |job| job, || _ = pool.close());
        assert_eq!(between.news.get(), Some(true));
    }
}

#[test]
fn nothing_new_is_no_reason_to_stay_awake() {
    let pool = Pool::<2>::new();
    pool.try_submit(1).unwrap();
    let worker = pool.worker(0);
    worker.try_run_one(|job| job).unwrap();
    let quiet = Meanwhile { act: || {}, news: Cell::new(None) };
    worker.run(&Then(&quiet, || _ = pool.close()), |job| job);
    assert_eq!(quiet.news.get(), Some(false), "an outcome is nothing for a worker");
}

/// Waits, and then acts.
struct Then<'a, W, F>(&'a W, F);

impl<W: Wait, F: Fn()> Wait for Then<'_, W, F> {
    fn wait_unless(&self, news: impl FnOnce() -> bool) {
        self.0.wait_unless(news);
        (self.1)();
    }

    fn notify(&self) {
        self.0.notify();
    }
}

/// Each job is submitted when the outcome of the one before is there, so a notification that got lost would end this.
#[test]
fn no_notification_gets_lost_between_two_threads_that_sleep() {
    const JOBS: u32 = 5_000;
    static POOL: Pool<1> = StaticPool::new();
    let (jobs, outcomes) = (Semaphore::default(), Semaphore::default());
    thread::scope(|scope| {
        scope.spawn(|| POOL.worker(0).run_telling(&by(&jobs), |job| job + 1, || by(&outcomes).notify()));
        for job in 0..JOBS {
            POOL.try_submit(job).unwrap();
            by(&jobs).notify();
            let outcome = loop {
                match POOL.try_collect() {
                    Ok(outcome) => break outcome,
                    Err(_) => outcomes.take(),
                }
            };
            assert_eq!(outcome.result, Ok(job + 1));
        }
        POOL.close();
        by(&jobs).notify();
    });
    assert_eq!(POOL.try_collect(), Err(RecvError::Closed));
}

#[test]
fn one_notification_after_the_close_ends_all_workers_that_share_it() {
    let pool = Pool::<8>::new();
    let semaphore = Semaphore::default();
    thread::scope(|scope| {
        for number in 0..4 {
            let (worker, semaphore) = (pool.worker(number), &semaphore);
            scope.spawn(move || worker.run(&by(semaphore), |job| job));
        }
        for job in 0..8 {
            pool.try_submit(job).unwrap();
            semaphore.give();
        }
        pool.close();
        semaphore.give();
    });
    assert_eq!(std::iter::from_fn(|| pool.try_collect().ok()).count(), 8);
    assert_eq!(pool.try_collect(), Err(RecvError::Closed));
}

#[test]
fn a_worker_goes_on_after_a_job_that_panicked() {
    let pool = Pool::<2>::new();
    let worker = pool.worker(0);
    pool.try_submit(0).unwrap();
    pool.try_submit(1).unwrap();
    pool.close();
    let ran = AtomicUsize::new(0);
    let run = || {
        worker.run(&Spin, |job| {
            ran.fetch_add(1, Ordering::Relaxed);
            assert_ne!(job, 0, "the job");
            job
        });
    };
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    run();
    assert_eq!(ran.into_inner(), 2);
    assert!(pool.try_collect().unwrap().result.is_err());
    assert_eq!(pool.try_collect().unwrap().result, Ok(1));
}

#[test]
fn the_counts_of_a_pool_are_read_off_its_slots() {
    let pool = StaticPool::<u32, u32, 3, u16>::with_words();
    let counts = || {
        let stats = pool.stats();
        assert_eq!(stats.capacity, 3);
        (stats.accepted, stats.in_flight, stats.finished)
    };
    assert_eq!(counts(), (0, 0, 0));
    for turn in 0..100 {
        pool.try_submit(1).unwrap();
        pool.try_submit(2).unwrap();
        pool.worker(0).try_run_one(|job| job).unwrap();
        assert_eq!(counts(), (2 * turn + 2, 2, 1));
        let _ = pool.try_collect().unwrap();
        assert_eq!(counts(), (2 * turn + 2, 1, 0));
        pool.worker(0).try_run_one(|job| job).unwrap();
        let _ = pool.try_collect().unwrap();
    }
    pool.close();
    pool.try_submit(3).unwrap_err();
    assert_eq!(counts(), (200, 0, 0), "a job that was refused is not accepted");
    pool.cancel();
    assert_eq!(counts(), (200, 0, 0));
}
