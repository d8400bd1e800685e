//! Submitting, receiving, closing, joining.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use jobring::{JobStatus, Outcome, Pool, RecvError, SubmitError, Submitter};

use crate::{Counted, Door, echo};

#[test]
fn every_job_gives_one_outcome_with_its_name_whatever_the_capacity() {
    for (workers, capacity) in [(1, 1), (4, 1), (2, 3), (3, 200)] {
        let pool = echo(workers, capacity);
        thread::scope(|scope| {
            let submitter = pool.submitter();
            let names = scope.spawn(move || {
                let names: Vec<_> = (0..100).map(|job| (submitter.submit(job).unwrap(), job)).collect();
                submitter.close();
                names
            });
            let outcomes: Vec<_> = pool.outcomes().collect();
            let names = names.join().unwrap();
            assert_eq!(names.iter().map(|(name, _)| name).collect::<HashSet<_>>().len(), 100);
            assert_eq!(outcomes.len(), 100);
            for Outcome { job, worker, result } in outcomes {
                assert!(names.contains(&(job, result.unwrap())) && worker.index() < workers);
            }
        });
        let stats = pool.join();
        assert_eq!((stats.accepted, stats.done, stats.in_flight), (100, 100, 0));
        assert_eq!(stats.workers.iter().map(|worker| worker.done).sum::<u64>(), 100);
    }
}

#[test]
fn one_worker_keeps_the_order() {
    let pool = echo(1, 64);
    for job in 0..64 {
        pool.submit(job).unwrap();
    }
    pool.close();
    assert!(pool.outcomes().map(|outcome| outcome.result.unwrap()).eq(0..64));
}

#[test]
fn a_loop_over_a_pool_or_a_collector_ends_with_it() {
    let pool = echo(1, 4);
    pool.submit_all(0..4).unwrap();
    pool.close();
    let (collector, mut results) = (pool.collector(), Vec::new());
    for outcome in &pool {
        results.push(outcome.result.unwrap());
        if results.len() == 2 {
            break;
        }
    }
    for outcome in &collector {
        results.push(outcome.result.unwrap());
    }
    assert_eq!(results, [0, 1, 2, 3]);
}

#[test]
fn a_full_pool_gives_the_job_back_until_an_outcome_is_received() {
    let pool = echo(1, 2);
    assert!(pool.try_submit(1).is_ok() && pool.try_submit(2).is_ok());
    assert_eq!(pool.try_submit(3), Err(SubmitError::Full(3)));
    assert_eq!(pool.submit_timeout(4, Duration::from_millis(5)), Err(SubmitError::Timeout(4)));
    assert_eq!(pool.recv().unwrap().result, Ok(1));
    assert!(pool.try_submit(5).is_ok());
    assert_eq!(pool.try_submit(6).unwrap_err().into_job(), 6);
}

#[test]
fn receiving_from_an_idle_pool_says_empty_or_times_out() {
    let pool = echo(1, 2);
    assert_eq!(pool.try_recv(), Err(RecvError::Empty));
    assert_eq!(pool.recv_timeout(Duration::from_millis(5)), Err(RecvError::Timeout));
    pool.submit(1).unwrap();
    assert_eq!(pool.recv_timeout(Duration::MAX).unwrap().result, Ok(1));
}

#[test]
fn a_closed_pool_refuses_jobs_and_is_closed_to_receivers_once_drained() {
    let pool = echo(2, 4);
    pool.submit(1).unwrap();
    assert_eq!([pool.close(), pool.submitter().close(), pool.close()], [true, false, false]);
    assert!(pool.is_closed());
    assert_eq!(pool.submit(2), Err(SubmitError::Closed(2)));
    assert_eq!(pool.try_submit(3), Err(SubmitError::Closed(3)));
    assert_eq!(pool.submit_timeout(4, Duration::from_secs(1)), Err(SubmitError::Closed(4)));
    assert_eq!(pool.recv().unwrap().result, Ok(1));
    assert_eq!(pool.recv(), Err(RecvError::Closed));
    assert_eq!(pool.try_recv(), Err(RecvError::Closed));
    assert_eq!(pool.outcomes().next(), None);
}

#[test]
fn a_full_and_closed_pool_says_closed() {
    let pool = echo(1, 1);
    pool.submit(1).unwrap();
    pool.close();
    assert_eq!(pool.try_submit(2), Err(SubmitError::Closed(2)));
}

#[test]
fn closing_wakes_those_who_wait() {
    let pool = echo(1, 1);
    thread::scope(|scope| {
        let receiver = scope.spawn(|| pool.recv());
        pool.close();
        assert_eq!(receiver.join().unwrap(), Err(RecvError::Closed));
    });
    let pool = echo(1, 1);
    pool.submit(1).unwrap();
    thread::scope(|scope| {
        let submitter = scope.spawn(|| pool.submit(2));
        pool.close();
        assert_eq!(submitter.join().unwrap(), Err(SubmitError::Closed(2)));
    });
}

#[test]
fn joining_keeps_the_outcomes_and_may_be_done_twice_and_by_two() {
    let pool = echo(3, 8);
    for job in 0..8 {
        pool.submit(job).unwrap();
    }
    thread::scope(|scope| {
        let other = scope.spawn(|| pool.join());
        assert_eq!(pool.join().done, 8);
        assert_eq!(other.join().unwrap().done, 8);
    });
    assert_eq!(pool.join().in_flight, 8);
    assert_eq!(pool.outcomes().count(), 8);
    assert_eq!(pool.stats().in_flight, 0);
}

#[test]
fn dropping_a_pool_runs_what_was_accepted_and_leaks_nothing() {
    let (ran, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counter = ran.clone();
    let pool = Pool::builder()
        .workers(2)
        .capacity(50)
        .build(move |_, job: Counted| {
            counter.fetch_add(1, Ordering::Relaxed);
            job
        })
        .unwrap();
    for _ in 0..50 {
        pool.submit(Counted(dropped.clone())).unwrap();
    }
    drop(pool);
    assert_eq!((ran.load(Ordering::Relaxed), dropped.load(Ordering::Relaxed)), (50, 50));
}

#[test]
fn handles_may_outlive_the_pool() {
    let pool = echo(1, 4);
    let (submitter, collector): (Submitter<_, _>, _) = (pool.submitter(), pool.collector());
    submitter.clone().submit(1).unwrap();
    drop(pool);
    assert_eq!(submitter.submit(2), Err(SubmitError::Closed(2)));
    assert_eq!(collector.clone().recv().unwrap().result, Ok(1));
    assert_eq!(collector.recv(), Err(RecvError::Closed));
}

#[test]
fn a_job_is_queued_then_running_then_finished_then_unknown() {
    let door = Door::default();
    let inside = door.clone();
    let (started, starts) = mpsc::channel();
    let pool = Pool::builder()
        .workers(1)
        .capacity(4)
        .build(move |worker, ()| {
            started.send(worker.job()).unwrap();
            inside.wait();
        })
        .unwrap();
    let (first, second) = (pool.submit(()).unwrap(), pool.submit(()).unwrap());
    assert_eq!(starts.recv(), Ok(first));
    assert_eq!(pool.status(first), Some(JobStatus::Running));
    assert_eq!(pool.status(second), Some(JobStatus::Queued));
    door.open();
    assert_eq!(starts.recv(), Ok(second));
    pool.join();
    assert_eq!(pool.status(first), Some(JobStatus::Finished));
    assert_eq!(pool.outcomes().map(|outcome| outcome.job).collect::<Vec<_>>(), [first, second]);
    assert_eq!(pool.status(first), None);
    assert_eq!(pool.status(jobring::JobId::from_u64(u64::MAX)), None);
}

#[test]
fn a_slot_that_is_used_again_has_another_name() {
    let pool = echo(1, 1);
    let mut names = HashSet::new();
    for job in 0..100 {
        let name = pool.submit(job).unwrap();
        assert_eq!(jobring::JobId::from_u64(name.to_u64()), name);
        assert!(names.insert(name) && name.slot() == 0);
        assert_eq!(pool.recv().unwrap().job, name);
    }
}

#[test]
fn many_submitters_and_collectors_lose_and_double_nothing() {
    const EACH: usize = 2_000;
    let pool = Pool::builder().workers(3).capacity(7).build(|_, job: usize| job).unwrap();
    let seen: Vec<_> = (0..4 * EACH).map(|_| AtomicUsize::new(0)).collect();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for outcome in pool.outcomes() {
                    seen[outcome.result.unwrap()].fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        thread::scope(|submitters| {
            for submitter in 0..4 {
                let pool = &pool;
                submitters.spawn(move || {
                    for job in 0..EACH {
                        pool.submit(submitter * EACH + job).unwrap();
                    }
                });
            }
        });
        pool.close();
    });
    assert!(seen.iter().all(|count| count.load(Ordering::Relaxed) == 1));
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Pool<Box<u8>, String>>();
    shared::<Submitter<Box<u8>, String>>();
    shared::<jobring::Collector<Box<u8>, String>>();
    // A payload is only ever with one thread: it need not be Sync.
    shared::<Pool<core::cell::Cell<u8>, core::cell::Cell<u8>>>();
};
