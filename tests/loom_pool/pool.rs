//! `Pool` itself.

use jobring::{Collector, RecvError, SubmitError};

use super::*;

type Pool = jobring::Pool<Payload, Payload>;

fn pool(workers: usize, capacity: usize) -> Pool {
    jobring::Pool::builder().workers(workers).capacity(capacity).build(|_, job| doubled(job)).unwrap()
}

fn submit(pool: &Pool, value: u32) -> (JobId, u32) {
    (pool.submit(Track::new(value)).unwrap(), value)
}

/// Until the pool is closed and drained.
fn collect(collector: Collector<Payload, Payload>) -> thread::JoinHandle<Vec<Outcome<Payload, Payload>>> {
    thread::spawn(move || collector.outcomes().collect())
}

#[test]
fn a_job_wakes_the_worker_and_its_outcome_the_receiver() {
    model(3, || {
        let pool = pool(1, 2);
        let accepted = submit(&pool, 1);
        let outcome = pool.recv().unwrap();
        assert_eq!((outcome.job, outcome.result.unwrap().into_inner()), (accepted.0, 2));
        let stats = pool.join();
        assert_eq!((stats.accepted, stats.done, stats.in_flight), (1, 1, 0));
        assert_eq!(pool.recv().unwrap_err(), RecvError::Closed);
    });
}

#[test]
fn a_submit_that_waits_for_a_slot_is_woken_by_the_collector() {
    model(1, || {
        let pool = pool(1, 1);
        let outcomes = collect(pool.collector());
        let accepted = vec![submit(&pool, 1), submit(&pool, 2)];
        pool.close();
        assert_balanced(accepted, outcomes.join().unwrap());
    });
}

#[test]
fn two_workers_share_the_jobs_and_the_last_one_out_wakes_the_receiver() {
    model(1, || {
        let pool = pool(2, 2);
        let accepted = vec![submit(&pool, 1), submit(&pool, 2)];
        pool.close();
        assert_balanced(accepted, pool.outcomes().collect());
    });
}

#[test]
fn close_wakes_a_receiver_that_waits() {
    model(3, || {
        let pool = pool(1, 1);
        let outcomes = collect(pool.collector());
        pool.close();
        assert!(outcomes.join().unwrap().is_empty());
    });
}

#[test]
fn close_wakes_a_submitter_that_waits_and_gives_the_job_back() {
    model(1, || {
        let pool = pool(1, 1);
        let accepted = vec![submit(&pool, 1)];
        let submitter = pool.submitter();
        let refused = thread::spawn(move || submitter.submit(Track::new(2)).unwrap_err());
        pool.close();
        let SubmitError::Closed(job) = refused.join().unwrap() else { panic!("neither accepted nor closed") };
        assert_eq!(job.into_inner(), 2);
        assert_balanced(accepted, pool.outcomes().collect());
    });
}

#[test]
fn two_receivers_that_wait_each_get_an_outcome_or_the_end() {
    model(1, || {
        let pool = pool(1, 1);
        let receivers = [(); 2].map(|()| collect(pool.collector()));
        let accepted = vec![submit(&pool, 1)];
        pool.close();
        assert_balanced(accepted, receivers.into_iter().flat_map(|receiver| receiver.join().unwrap()).collect());
    });
}

#[test]
fn dropping_the_pool_runs_the_jobs_that_wait() {
    model(3, || {
        let pool = pool(1, 2);
        let collector = pool.collector();
        let accepted = vec![submit(&pool, 1), submit(&pool, 2)];
        drop(pool);
        let outcomes: Vec<_> = collector.outcomes().collect();
        assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
        assert_balanced(accepted, outcomes);
    });
    // And nobody wants the outcomes.
    model(3, || {
        let pool = pool(1, 2);
        submit(&pool, 1);
        submit(&pool, 2);
    });
}

#[test]
fn a_cancelled_pool_gives_back_what_it_did_not_run() {
    model(1, || {
        let pool = pool(1, 2);
        let accepted = vec![submit(&pool, 1), submit(&pool, 2)];
        pool.cancel();
        let outcomes: Vec<_> = pool.outcomes().collect();
        let cancelled = outcomes.iter().filter(|outcome| outcome.result.is_err()).count() as u64;
        assert_balanced(accepted, outcomes);
        let stats = pool.join();
        assert_eq!((stats.accepted, stats.done, stats.cancelled, stats.in_flight), (2, 2 - cancelled, cancelled, 0));
    });
}

#[test]
fn whoever_cancels_a_closed_pool_counts_among_the_last_out() {
    model(1, || {
        let pool = Arc::new(pool(1, 1));
        let accepted = vec![submit(&pool, 1)];
        pool.close();
        let other = pool.clone();
        let canceller = thread::spawn(move || other.cancel());
        assert_balanced(accepted, pool.outcomes().collect());
        canceller.join().unwrap();
    });
}

#[test]
fn batches_wake_whom_they_concern() {
    model(1, || {
        let pool = pool(1, 2);
        let collector = pool.collector();
        let outcomes = thread::spawn(move || {
            let mut outcomes = Vec::with_capacity(3);
            while collector.recv_batch(&mut outcomes).is_ok_and(|count| count > 0) {}
            outcomes
        });
        pool.submit_all([1, 2, 3].map(Track::new)).unwrap();
        let mut came: Vec<_> =
            outcomes.join().unwrap().into_iter().map(|outcome| outcome.result.unwrap().into_inner()).collect();
        came.sort();
        assert_eq!(came, [2, 4, 6]);
    });
}

#[test]
fn two_may_join_at_once() {
    model(1, || {
        let pool = Arc::new(pool(1, 1));
        submit(&pool, 1);
        let other = pool.clone();
        let joiner = thread::spawn(move || other.join());
        assert_eq!((pool.join().done, joiner.join().unwrap().done), (1, 1));
        assert_eq!(pool.recv().unwrap().result.unwrap().into_inner(), 2);
    });
}
