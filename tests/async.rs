//! Tasks that wait for a pool without threads of its own.
#![cfg(not(loom))]

mod tasks;

use std::collections::HashSet;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread;

use jobring::{JobError, PopError, RecvError, StaticPool, SubmitError, Wakers};
use pollster::block_on;
use tasks::{Count, poll};

type Pool<const N: usize> = StaticPool<u32, u32, N>;

/// Polls for the first time; it must wait, and must have found a place for its waker.
fn wait<F: Future>(future: Pin<&mut F>, woken: &Arc<Count>) {
    assert!(poll(future, woken).is_pending());
    assert_eq!(woken.take(), 0, "it found no place for its waker");
}

#[test]
fn an_outcome_wakes_the_one_who_waits_for_it() {
    let (pool, wakers, woken) = (Pool::<2>::new(), Wakers::<1>::new(), Arc::default());
    let pool = pool.with_wakers(&wakers);
    let mut outcome = pin!(pool.recv());
    wait(outcome.as_mut(), &woken);
    let id = pool.try_submit(1).unwrap();
    assert_eq!(woken.take(), 0, "a job is nothing for a receiver");
    let worker = pool.worker(5);
    worker.try_run_one(|job| job + 1).unwrap();
    assert_eq!(woken.take(), 1);
    let Poll::Ready(Ok(outcome)) = poll(outcome, &woken) else { panic!("the outcome is there") };
    assert_eq!((outcome.job, outcome.worker, outcome.result), (id, worker.id(), Ok(2)));
}

#[test]
fn a_job_wakes_a_worker_and_a_collected_outcome_a_submitter() {
    let (pool, wakers) = (Pool::<1>::new(), Wakers::<1>::new());
    let pool = pool.with_wakers(&wakers);
    let [working, submitting]: [Arc<Count>; 2] = Default::default();
    let worker = pool.worker(0);
    let mut ran = pin!(worker.run_one(|job| job));
    wait(ran.as_mut(), &working);
    block_on(pool.submit(1)).unwrap();
    assert_eq!(working.take(), 1);
    let mut second = pin!(pool.submit(2));
    wait(second.as_mut(), &submitting);
    assert_eq!(poll(ran, &working), Poll::Ready(Ok(())));
    assert_eq!(submitting.take(), 0, "the slot is not free yet");
    assert_eq!(block_on(pool.recv()).unwrap().result, Ok(1));
    assert_eq!(submitting.take(), 1);
    assert!(poll(second, &submitting).is_ready());
    assert_eq!(pool.pool().stats().accepted, 2);
}

#[test]
fn a_close_wakes_all() {
    let (pool, wakers) = (Pool::<1>::new(), Wakers::<2>::new());
    let pool = pool.with_wakers(&wakers);
    let woken = Arc::default();
    pool.try_submit(1).unwrap();
    let worker = pool.worker(0);
    let mut submits = [Box::pin(pool.submit(2)), Box::pin(pool.submit(3))];
    submits.iter_mut().for_each(|submit| wait(submit.as_mut(), &woken));
    let mut outcome = pin!(pool.recv());
    wait(outcome.as_mut(), &woken);
    worker.try_run_one(|job| job).unwrap();
    assert_eq!(woken.take(), 1);
    let mut ran = pin!(worker.run(|job| job));
    wait(ran.as_mut(), &woken);
    assert!(pool.close() && !pool.close());
    assert_eq!(woken.take(), 3, "each once, and not the receiver, who has been woken already");
    for (submit, job) in submits.iter_mut().zip([2, 3]) {
        assert_eq!(poll(submit.as_mut(), &woken), Poll::Ready(Err(SubmitError::Closed(job))));
    }
    assert!(poll(ran, &woken).is_ready());
}

#[test]
fn the_last_worker_that_leaves_wakes_the_receivers() {
    let (pool, wakers) = (Pool::<1>::new(), Wakers::<2>::new());
    let pool = pool.with_wakers(&wakers);
    let woken = Arc::default();
    let worker = pool.worker(0);
    let mut outcome = pin!(pool.recv());
    wait(outcome.as_mut(), &woken);
    pool.close();
    assert_eq!(woken.take(), 1);
    wait(outcome.as_mut(), &woken);
    drop(worker);
    assert_eq!(woken.take(), 1);
    assert_eq!(poll(outcome, &woken), Poll::Ready(Err(RecvError::Closed)));
}

#[test]
fn a_job_that_panics_wakes_a_receiver() {
    let (pool, wakers) = (Pool::<1>::new(), Wakers::<1>::new());
    let pool = pool.with_wakers(&wakers);
    let woken = Arc::default();
    let mut outcome = pin!(pool.recv());
    wait(outcome.as_mut(), &woken);
    pool.try_submit(1).unwrap();
    let worker = pool.worker(0);
    catch_unwind(AssertUnwindSafe(|| worker.try_run_one(|_| panic!("the job")))).unwrap_err();
    assert_eq!(woken.take(), 1);
    assert!(matches!(poll(outcome, &woken), Poll::Ready(Ok(outcome)) if outcome.result.is_err()));
}

#[test]
fn a_cancelled_pool_wakes_its_receivers_with_the_jobs() {
    let (pool, wakers) = (Pool::<1>::new(), Wakers::<1>::new());
    let pool = pool.with_wakers(&wakers);
    let woken = Arc::default();
    pool.try_submit(7).unwrap();
    let mut outcome = pin!(pool.recv());
    wait(outcome.as_mut(), &woken);
    pool.cancel();
    assert_eq!(woken.take(), 1);
    assert!(matches!(poll(outcome, &woken), Poll::Ready(Ok(outcome)) if outcome.result == Err(JobError::Cancelled(7))));
}

#[test]
fn a_dropped_future_loses_neither_an_outcome_nor_the_wake_up_of_another_one() {
    let (pool, wakers) = (Pool::<2>::new(), Wakers::<2>::new());
    let pool = pool.with_wakers(&wakers);
    let [first, second]: [Arc<Count>; 2] = Default::default();
    let mut dropped = Box::pin(pool.recv());
    let mut outcome = pin!(pool.recv());
    wait(dropped.as_mut(), &first);
    wait(outcome.as_mut(), &second);
    pool.try_submit(1).unwrap();
    pool.worker(0).try_run_one(|job| job).unwrap();
    assert_eq!(first.take(), 1);
    drop(dropped);
    assert_eq!(second.take(), 1);
    assert!(matches!(poll(outcome, &second), Poll::Ready(Ok(outcome)) if outcome.result == Ok(1)));
}

#[test]
fn a_dropped_submit_leaves_its_job_with_the_caller() {
    let (pool, wakers) = (StaticPool::<String, usize, 1>::new(), Wakers::<1>::new());
    let pool = pool.with_wakers(&wakers);
    let woken = Arc::default();
    pool.try_submit("first".to_owned()).unwrap();
    let mut job = Some("second".to_owned());
    wait(pin!(pool.submit_from(&mut job)).as_mut(), &woken);
    assert_eq!(job.as_deref(), Some("second"));
    pool.close();
    assert_eq!(block_on(pool.submit_from(&mut job)), None);
    assert_eq!(job.as_deref(), Some("second"), "also if the pool is closed");
}

#[test]
fn places_come_back_and_whoever_finds_none_wakes_itself() {
    let (pool, wakers) = (Pool::<1>::new(), Wakers::<3>::new());
    let pool = pool.with_wakers(&wakers);
    let woken = Arc::<Count>::default();
    for _ in 0..100 {
        let mut futures = [(); 3].map(|()| Box::pin(pool.recv()));
        for future in &mut futures {
            wait(future.as_mut(), &woken);
            wait(future.as_mut(), &woken);
        }
        let mut fourth = Box::pin(pool.recv());
        assert!(poll(fourth.as_mut(), &woken).is_pending());
        assert_eq!(woken.take(), 1);
        drop(futures);
        wait(fourth.as_mut(), &woken);
    }
    assert_eq!(Arc::strong_count(&woken), 1, "those who left took their wakers along");
    pool.close();
    assert_eq!(woken.take(), 0, "those who left are not woken");
}

#[test]
fn a_worker_lets_other_tasks_run_between_two_jobs() {
    let (pool, wakers) = (Pool::<2>::new(), Wakers::<1>::new());
    let pool = pool.with_wakers(&wakers);
    let (woken, ran) = (Arc::default(), AtomicUsize::new(0));
    pool.try_submit(1).unwrap();
    pool.try_submit(2).unwrap();
    pool.close();
    let worker = pool.worker(0);
    let mut working = pin!(worker.run(|job| {
        ran.fetch_add(1, Ordering::Relaxed);
        job
    }));
    for turn in 1..=2 {
        assert!(poll(working.as_mut(), &woken).is_pending());
        assert_eq!((woken.take(), ran.load(Ordering::Relaxed)), (1, turn));
    }
    assert!(poll(working, &woken).is_ready());
    assert_eq!(block_on(worker.run_one(|job| job)), Err(PopError::Closed));
}

/// Everyone waits for everyone, with places for some only, and futures that are dropped while they wait.
#[test]
fn many_tasks_on_threads_lose_nothing_and_all_end() {
    const JOBS: u32 = 2_000;
    static POOL: Pool<2> = StaticPool::new();
    static WAKERS: Wakers<2> = Wakers::new();
    let pool = POOL.with_wakers(&WAKERS);
    let seen = Mutex::new(HashSet::new());
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for number in 0..2 {
            let worker = pool.worker(number);
            scope.spawn(move || block_on(worker.run(|job| job)));
        }
        for _ in 0..3 {
            scope.spawn(|| {
                while let Ok(outcome) = block_on(pool.recv()) {
                    assert!(seen.lock().unwrap().insert(outcome.result.unwrap()));
                }
            });
        }
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let (mut outcome, woken) = (Box::pin(pool.recv()), Arc::default());
                for _ in 0..2 {
                    if let Poll::Ready(answer) = poll(outcome.as_mut(), &woken) {
                        let Ok(outcome) = answer else { return };
                        assert!(seen.lock().unwrap().insert(outcome.result.unwrap()));
                        break;
                    }
                    thread::yield_now();
                }
            }
        });
        let submitters: Vec<_> = (0..2)
            .map(|half| {
                scope.spawn(move || {
                    for job in 0..JOBS / 2 {
                        block_on(pool.submit(2 * job + half)).unwrap();
                    }
                })
            })
            .collect();
        submitters.into_iter().for_each(|submitter| submitter.join().unwrap());
        pool.close();
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!(seen.into_inner().unwrap().len() as u32, JOBS);
}

const _: () = {
    const fn shared<T: Send + Sync>(_: &T) {}
    static POOL: Pool<2> = StaticPool::new();
    static WAKERS: Wakers<2> = Wakers::new();
    shared(&POOL.with_wakers(&WAKERS));
};

#[test]
fn futures_may_move_to_other_threads() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    let (pool, wakers) = (Pool::<1>::new(), Wakers::<1>::new());
    let pool = pool.with_wakers(&wakers);
    block_on(sent(pool.submit(1))).unwrap();
    let worker = pool.worker(0);
    block_on(sent(worker.run_one(|job| job))).unwrap();
    assert_eq!(block_on(sent(pool.recv())).unwrap().result, Ok(1));
}
