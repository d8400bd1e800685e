//! Jobs and payloads that panic.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use jobring::{JobError, Pool};

use crate::{Counted, Door};

/// A payload whose drop panics, once it has counted.
struct Bomb(Arc<AtomicUsize>);

impl Drop for Bomb {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic!("the bomb");
    }
}

#[test]
fn a_job_that_panics_says_why_and_its_worker_lives_on() {
    let pool = Pool::builder()
        .workers(1)
        .capacity(8)
        .build(|_, job: u32| match job {
            0 => panic!("plain"),
            1 => panic!("number {job}"),
            2 => panic_any(7),
            3 => panic_any(Bomb(Arc::default())),
            _ => job,
        })
        .unwrap();
    for job in 0..5 {
        pool.submit(job).unwrap();
    }
    let stats = pool.join();
    assert_eq!((stats.accepted, stats.done, stats.panicked), (5, 1, 4));
    let said: Vec<_> = pool
        .outcomes()
        .map(|outcome| match outcome.result {
            Ok(job) => job.to_string(),
            Err(JobError::Panicked(message)) => message.to_string(),
            Err(error) => panic!("{error}"),
        })
        .collect();
    assert_eq!(said, ["plain", "number 1", "(no message)", "(no message)", "4"]);
}

#[test]
fn a_job_whose_payload_panics_when_dropped_has_panicked() {
    let drops = Arc::new(AtomicUsize::new(0));
    let pool = Pool::builder().workers(1).capacity(1).build(|_, bomb: Bomb| drop(bomb)).unwrap();
    pool.submit(Bomb(drops.clone())).unwrap();
    let outcome = pool.recv().unwrap();
    assert!(matches!(outcome.result, Err(JobError::Panicked(message)) if &*message == "the bomb"));
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}

#[test]
fn what_the_function_has_captured_may_panic_when_the_last_worker_drops_it() {
    struct Captured(Arc<AtomicUsize>);

    impl Drop for Captured {
        fn drop(&mut self) {
            panic_any(Bomb(self.0.clone()));
        }
    }

    for joined in [false, true] {
        let drops = Arc::new(AtomicUsize::new(0));
        let captured = Captured(drops.clone());
        let run = move |_: &jobring::Worker<'_>, job: u32| {
            let _ = &captured;
            job
        };
        let pool = Pool::builder().workers(2).capacity(1).build(run).unwrap();
        if joined {
            pool.join();
        }
        drop(pool);
        assert_eq!(drops.load(Ordering::Relaxed), 1, "the panic's payload, and all workers are at their end");
    }
}

#[test]
fn outcomes_whose_drop_panics_are_all_dropped_with_the_pool() {
    let drops = Arc::new(AtomicUsize::new(0));
    let pool = Pool::builder().workers(2).capacity(8).build(|_, bomb: Bomb| bomb).unwrap();
    for _ in 0..8 {
        pool.submit(Bomb(drops.clone())).unwrap();
    }
    pool.join();
    let unwound = catch_unwind(AssertUnwindSafe(|| drop(pool))).unwrap_err();
    let said = unwound.downcast_ref::<String>().unwrap();
    assert!(said.contains("the bomb"), "{said}");
    assert_eq!(drops.load(Ordering::Relaxed), 8);
}

#[test]
fn a_job_that_joins_its_own_pool_panics_instead_of_waiting_for_itself() {
    let (give, take) = mpsc::channel::<Arc<Pool<(), ()>>>();
    let take = std::sync::Mutex::new(take);
    let pool = Pool::builder()
        .workers(1)
        .capacity(1)
        .build(move |_, ()| drop(take.lock().unwrap().recv().unwrap().join()))
        .unwrap();
    let pool = Arc::new(pool);
    pool.submit(()).unwrap();
    give.send(pool.clone()).unwrap();
    let outcome = pool.recv().unwrap();
    assert!(matches!(outcome.result, Err(JobError::Panicked(message)) if message.contains("cannot join")));
}

#[test]
fn a_pool_that_is_dropped_by_its_own_job_ends_without_waiting_for_that_job() {
    let door = Door::default();
    let (give, take) = mpsc::channel::<Pool<Counted, ()>>();
    let take = std::sync::Mutex::new(take);
    let inside = door.clone();
    let pool = Pool::builder()
        .workers(2)
        .capacity(4)
        .build(move |_, payload: Counted| {
            if let Ok(pool) = take.lock().unwrap().try_recv() {
                drop(pool);
                inside.open();
            }
            drop(payload);
        })
        .unwrap();
    let drops = Arc::new(AtomicUsize::new(0));
    let (submitter, collector) = (pool.submitter(), pool.collector());
    give.send(pool).unwrap();
    submitter.submit(Counted(drops.clone())).unwrap();
    door.wait();
    assert_eq!(collector.outcomes().count(), 1);
    assert_eq!(drops.load(Ordering::Relaxed), 1);
}
