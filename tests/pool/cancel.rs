//! Cancelling, and jobs that fail.

use std::sync::mpsc;

use jobring::{JobError, Pool, SubmitError, WorkerId};

use crate::{Door, echo};

#[test]
fn cancelling_gives_waiting_jobs_back_and_running_ones_can_see_it() {
    let (started, starts) = mpsc::channel();
    let pool = Pool::builder()
        .workers(1)
        .capacity(8)
        .build(move |worker, job: String| {
            started.send(()).unwrap();
            while !worker.is_cancelled() {
                std::thread::yield_now();
            }
            job + " ran"
        })
        .unwrap();
    for job in ["a", "b", "c", "d"] {
        pool.submit(job.to_owned()).unwrap();
    }
    starts.recv().unwrap();
    pool.cancel();
    assert!(pool.is_cancelled() && pool.is_closed());
    assert!(matches!(pool.submit(String::new()), Err(SubmitError::Closed(_))));
    let mut done = Vec::new();
    let mut back = Vec::new();
    for outcome in pool.outcomes() {
        match outcome.result {
            Ok(text) => done.push(text),
            Err(JobError::Cancelled(job)) => {
                assert_eq!(outcome.worker, WorkerId::NONE);
                back.push(job);
            }
            Err(error) => panic!("{error}"),
        }
    }
    back.sort_unstable();
    assert_eq!((done, back), (vec!["a ran".to_owned()], vec!["b".into(), "c".into(), "d".into()]));
    let stats = pool.join();
    assert_eq!((stats.accepted, stats.done, stats.cancelled, stats.in_flight), (4, 1, 3, 0));
}

#[test]
fn cancelling_while_jobs_are_submitted_loses_none() {
    for _ in 0..200 {
        let pool = echo(2, 4);
        std::thread::scope(|scope| {
            let submitting = scope.spawn(|| (0..100).take_while(|job| pool.submit(*job).is_ok()).count());
            let receiving = scope.spawn(|| pool.outcomes().count());
            pool.cancel();
            assert_eq!(submitting.join().unwrap(), receiving.join().unwrap());
        });
        let stats = pool.join();
        assert_eq!(stats.accepted, stats.done + stats.cancelled);
    }
}

#[test]
fn cancelling_a_pool_that_is_done_changes_nothing() {
    let pool = echo(1, 2);
    pool.submit(1).unwrap();
    pool.join();
    pool.cancel();
    pool.cancel();
    assert_eq!(pool.outcomes().map(|outcome| outcome.result).collect::<Vec<_>>(), [Ok(1)]);
    assert_eq!(pool.stats().cancelled, 0);
}

#[test]
fn the_jobs_own_errors_come_through_and_are_counted() {
    let pool = Pool::builder()
        .workers(2)
        .capacity(10)
        .build_fallible(|_, job: u32| if job.is_multiple_of(2) { Ok(job) } else { Err(format!("{job} is odd")) })
        .unwrap();
    pool.submit_all(0..10).unwrap();
    let stats = pool.join();
    assert_eq!((stats.done, stats.failed), (5, 5));
    assert_eq!(stats.workers.iter().map(|worker| worker.failed).sum::<u64>(), 5);
    assert_eq!(pool.outcomes().filter(|outcome| matches!(outcome.result, Ok(Err(_)))).count(), 5);
}

#[test]
fn counts_while_jobs_run_keep_to_the_law() {
    let door = Door::default();
    let inside = door.clone();
    let pool = Pool::builder().workers(2).capacity(6).build(move |_, ()| inside.wait()).unwrap();
    for _ in 0..6 {
        pool.submit(()).unwrap();
    }
    let stats = pool.stats();
    assert_eq!((stats.accepted, stats.done, stats.in_flight), (6, 0, 6));
    door.open();
    let _ = pool.recv().unwrap();
    pool.join();
    let stats = pool.stats();
    assert_eq!((stats.accepted, stats.done, stats.in_flight), (6, 6, 5));
}
