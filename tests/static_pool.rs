//! The pool without threads, as its documentation describes it.
#![cfg(not(loom))]

use std::cell::Cell;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use jobring::{JobError, JobStatus, Outcome, PopError, RecvError, StaticPool, StaticWorker, SubmitError, WorkerId};

#[test]
fn jobs_in_a_static_come_back_with_their_names_and_their_workers() {
    static POOL: StaticPool<&str, usize, 3> = StaticPool::new();
    let jobs = ["a", "bb", "ccc"];
    let names = jobs.map(|job| POOL.try_submit(job).unwrap());
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), 3);
    let workers = [POOL.worker(7), POOL.worker(8)];
    for worker in workers.iter().cycle().take(3) {
        worker.try_run_one(str::len).unwrap();
    }
    for (turn, name) in names.into_iter().enumerate() {
        let outcome = POOL.try_collect().unwrap();
        assert_eq!((outcome.job, outcome.result), (name, Ok(turn + 1)), "in the order of submission");
        assert_eq!(outcome.worker, workers[turn % 2].id());
    }
}

#[test]
fn a_full_pool_gives_the_job_back_until_an_outcome_is_collected() {
    let pool = StaticPool::<u32, u32, 2>::new();
    assert_eq!((pool.capacity(), pool.try_collect()), (2, Err(RecvError::Empty)));
    pool.try_submit(1).unwrap();
    pool.try_submit(2).unwrap();
    assert_eq!(pool.try_submit(3), Err(SubmitError::Full(3)));
    pool.worker(0).try_run_one(|job| job).unwrap();
    assert_eq!(pool.try_submit(4), Err(SubmitError::Full(4)), "an outcome keeps its slot");
    assert_eq!(pool.try_collect().unwrap().result, Ok(1));
    assert_eq!(pool.in_flight(), 1);
    pool.try_submit(5).unwrap();
}

#[test]
fn a_worker_is_told_whether_more_may_come() {
    let pool = StaticPool::<u32, u32, 1>::default();
    let worker = pool.worker(0);
    assert_eq!(worker.try_run_one(|job| job), Err(PopError::Empty));
    pool.try_submit(1).unwrap();
    assert!(pool.close() && !pool.close() && pool.is_closed());
    assert_eq!(pool.try_submit(2), Err(SubmitError::Closed(2)));
    worker.try_run_one(|job| job).unwrap();
    assert_eq!(worker.try_run_one(|job| job), Err(PopError::Closed));
}

#[test]
fn outcomes_are_over_when_the_last_worker_is_dropped() {
    let pool = StaticPool::<u32, u32, 2>::new();
    let workers = [pool.worker(0), pool.worker(1)];
    pool.try_submit(1).unwrap();
    pool.close();
    workers[1].try_run_one(|job| job).unwrap();
    assert_eq!(pool.try_collect().unwrap().result, Ok(1));
    for worker in workers {
        assert_eq!(pool.try_collect(), Err(RecvError::Empty), "a worker is left");
        drop(worker);
    }
    assert_eq!(pool.try_collect(), Err(RecvError::Closed));
}

#[test]
fn a_pool_that_nobody_works_for_is_over_once_it_is_drained_and_not_before() {
    let pool = StaticPool::<u32, u32, 2>::new();
    pool.try_submit(1).unwrap();
    drop(pool.worker(0));
    pool.close();
    assert_eq!(pool.try_collect(), Err(RecvError::Empty), "a job waits");
    pool.worker(0).try_run_one(|job| job).unwrap();
    assert_eq!(pool.try_collect().unwrap().result, Ok(1));
    assert_eq!(pool.try_collect(), Err(RecvError::Closed));
}

#[test]
fn a_job_that_panics_has_its_outcome_and_the_panic_goes_on() {
    let pool = StaticPool::<u32, u32, 1>::new();
    let worker = pool.worker(3);
    let name = pool.try_submit(1).unwrap();
    let unwound = catch_unwind(AssertUnwindSafe(|| worker.try_run_one(|_| panic!("the job"))));
    assert_eq!(unwound.unwrap_err().downcast_ref(), Some(&"the job"));
    let outcome = pool.try_collect().unwrap();
    assert_eq!((outcome.job, outcome.worker), (name, worker.id()));
    assert!(matches!(outcome.result, Err(JobError::Panicked(message)) if &*message == "(no message)"));
    pool.try_submit(2).unwrap();
    worker.try_run_one(|job| job).unwrap();
    assert_eq!(pool.try_collect().unwrap().result, Ok(2), "the worker lives on");
}

#[test]
fn cancelling_gives_waiting_jobs_back_and_closes() {
    let pool = StaticPool::<String, usize, 3>::new();
    let jobs = ["run", "back", "too"];
    let names = jobs.map(|job| pool.try_submit(job.to_owned()).unwrap());
    pool.worker(0).try_run_one(|job| job.len()).unwrap();
    pool.cancel();
    assert!(pool.is_closed());
    assert_eq!(pool.try_collect().unwrap().result, Ok(3));
    for turn in [1, 2] {
        let back = Err(JobError::Cancelled(jobs[turn].to_owned()));
        assert_eq!(pool.try_collect(), Ok(Outcome { job: names[turn], worker: WorkerId::NONE, result: back }));
    }
    assert_eq!(pool.try_collect(), Err(RecvError::Closed));
}

#[test]
fn a_name_is_known_from_submission_to_collection_and_never_again() {
    let pool = StaticPool::<u32, Option<JobStatus>, 1>::new();
    let mut names = HashSet::new();
    for turn in 0..100 {
        let name = pool.try_submit(turn).unwrap();
        assert!(names.insert(name));
        assert_eq!(pool.status(name), Some(JobStatus::Queued));
        pool.worker(0).try_run_one(|_| pool.status(name)).unwrap();
        assert_eq!(pool.status(name), Some(JobStatus::Finished));
        assert_eq!(pool.try_collect().unwrap().result, Ok(Some(JobStatus::Running)));
        assert_eq!(pool.status(name), None);
    }
}

#[test]
fn what_nobody_ran_or_collected_is_dropped_with_the_pool() {
    let payload = Rc::new(());
    let pool = StaticPool::<Rc<()>, Rc<()>, 3>::new();
    for _ in 0..3 {
        pool.try_submit(payload.clone()).unwrap();
    }
    pool.worker(0).try_run_one(|job| job).unwrap();
    assert_eq!(Rc::strong_count(&payload), 4);
    drop(pool);
    assert_eq!(Rc::strong_count(&payload), 1);
}

/// 8-bit words have 8 laps of 4 slots.
#[test]
fn narrow_words_go_round_and_round() {
    let pool = StaticPool::<u32, u32, 4, u8>::with_words();
    let worker = pool.worker(0);
    for turn in 0..1000 {
        for job in 0..1 + turn % 4 {
            pool.try_submit(job).unwrap();
        }
        for job in 0..1 + turn % 4 {
            worker.try_run_one(|job| job).unwrap();
            assert_eq!(pool.try_collect().unwrap().result, Ok(job));
        }
        assert_eq!(worker.try_run_one(|job| job), Err(PopError::Empty));
        assert_eq!(pool.try_collect(), Err(RecvError::Empty));
    }
}

#[test]
fn many_threads_lose_and_double_nothing() {
    const JOBS: usize = 3_000;
    let pool = StaticPool::<usize, usize, 4>::new();
    let seen: Vec<_> = (0..JOBS).map(|_| AtomicBool::new(false)).collect();
    thread::scope(|scope| {
        for number in 0..2 {
            let worker = pool.worker(number);
            scope.spawn(move || {
                while !matches!(worker.try_run_one(|job| job), Err(PopError::Closed)) {
                    thread::yield_now();
                }
            });
        }
        scope.spawn(|| {
            for job in 0..JOBS {
                while pool.try_submit(job).is_err() {
                    thread::yield_now();
                }
            }
            pool.close();
        });
        loop {
            match pool.try_collect() {
                Ok(outcome) => assert!(!seen[outcome.result.unwrap()].swap(true, Ordering::Relaxed)),
                Err(RecvError::Closed) => break,
                Err(_) => thread::yield_now(),
            }
        }
    });
    assert!(seen.iter().all(|seen| seen.load(Ordering::Relaxed)));
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<StaticPool<Box<u8>, String, 2>>();
    shared::<StaticWorker<'static, Box<u8>, String, 2>>();
    // A payload is only ever with one thread: it need not be Sync.
    shared::<StaticPool<Cell<u8>, Cell<u8>, 2>>();
};

/// What must not cross threads keeps the pool from it too: were the pool `Sync`, the call would be ambiguous.
#[test]
fn a_pool_of_what_is_not_send_is_not_shared() {
    trait Unshared<Mark> {
        fn holds() {}
    }
    impl<T: ?Sized> Unshared<()> for T {}
    impl<T: ?Sized + Sync> Unshared<u8> for T {}
    <StaticPool<Rc<u8>, u8, 1> as Unshared<_>>::holds();
    <StaticPool<u8, Rc<u8>, 1> as Unshared<_>>::holds();
    #[cfg(feature = "std")]
    {
        <jobring::Pool<Rc<u8>, u8> as Unshared<_>>::holds();
        <jobring::Collector<u8, Rc<u8>> as Unshared<_>>::holds();
    }
}
