//! Models of tasks that wait for a pool in a `static`: every order in which a wake-up could get lost.
//!
//! ```sh
//! RUSTFLAGS="--cfg loom" cargo test --release --features async --test loom_async
//! ```
//!
//! A wake-up that is lost is a task that is never polled again, which loom reports as a deadlock.
#![cfg(loom)]

mod tasks;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use jobring::{Functions, JobId, Outcome, RecvError, StaticPool, Wait, Wakers};
use loom::future::block_on;
use loom::thread;
use tasks::{Count, poll};

fn model(preemptions: usize, check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(preemptions));
    builder.max_branches = 20_000;
    builder.check(check);
}

type Pool<const N: usize> = StaticPool<u32, u32, N>;

/// One room for wakers more than any model has tasks that wait for the same.
struct Both<const N: usize> {
    pool: Pool<N>,
    wakers: Wakers<2>,
}

type With<'a, const N: usize> = jobring::WithWakers<'a, u32, u32, N, 2>;

impl<const N: usize> Both<N> {
    fn new() -> Arc<Self> {
        Arc::new(Self { pool: Pool::new(), wakers: Wakers::new() })
    }

    fn with(&self) -> With<'_, N> {
        self.pool.with_wakers(&self.wakers)
    }
}

fn spawn<const N: usize, T: 'static>(
    both: &Arc<Both<N>>,
    f: impl FnOnce(With<'_, N>) -> T + 'static,
) -> thread::JoinHandle<T> {
    let both = both.clone();
    thread::spawn(move || f(both.with()))
}

fn run_one<const N: usize, const K: usize>(pool: jobring::WithWakers<'_, u32, u32, N, K>) {
    pool.worker(0).try_run_one(|job| job).unwrap();
}

fn submit<const N: usize>(pool: With<'_, N>, job: u32) -> JobId {
    pool.try_submit(job).unwrap()
}

fn value(outcome: Outcome<u32, u32>) -> u32 {
    outcome.result.unwrap()
}

#[test]
fn a_receiver_is_woken_by_an_outcome() {
    model(3, || {
        let both = Both::<1>::new();
        submit(both.with(), 7);
        let receiver = spawn(&both, |pool| block_on(pool.recv()).map(value));
        run_one(both.with());
        assert_eq!(receiver.join().unwrap(), Ok(7));
    });
}

#[test]
fn two_receivers_are_woken_by_two_outcomes() {
    model(1, || {
        let both = Both::<2>::new();
        submit(both.with(), 1);
        submit(both.with(), 2);
        let receiver = spawn(&both, |pool| block_on(pool.recv()).map(value).unwrap());
        let worker = spawn(&both, |pool| {
            run_one(pool);
            run_one(pool);
        });
        let got = block_on(both.with().recv()).map(value).unwrap();
        worker.join().unwrap();
        assert_eq!(got + receiver.join().unwrap(), 3);
    });
}

#[test]
fn a_worker_is_woken_by_a_job_and_by_the_close() {
    model(2, || {
        let both = Both::<1>::new();
        let worker = spawn(&both, |pool| {
            let mut ran = 0;
            let worker = pool.worker(0);
            while block_on(worker.run_one(|job| job)).is_ok() {
                ran += 1;
            }
            ran
        });
        submit(both.with(), 1);
        both.with().close();
        assert_eq!(worker.join().unwrap(), 1);
    });
}

#[test]
fn a_submitter_is_woken_by_a_slot() {
    model(3, || {
        let both = Both::<1>::new();
        submit(both.with(), 1);
        run_one(both.with());
        let submitter = spawn(&both, |pool| block_on(pool.submit(2)).is_ok());
        assert_eq!(both.with().try_collect().map(value), Ok(1));
        assert!(submitter.join().unwrap());
    });
}

#[test]
fn a_submitter_and_a_receiver_are_woken_by_the_close() {
    model(2, || {
        let both = Both::<1>::new();
        submit(both.with(), 1);
        let submitter = spawn(&both, |pool| block_on(pool.submit(2)).is_err());
        both.with().close();
        assert!(submitter.join().unwrap());
        run_one(both.with());
        assert_eq!(block_on(both.with().recv()).map(value), Ok(1));
    });
    model(2, || {
        let both = Both::<1>::new();
        let receiver = spawn(&both, |pool| block_on(pool.recv()).map(value));
        let worker = both.with().worker(0);
        both.with().close();
        drop(worker);
        assert_eq!(receiver.join().unwrap(), Err(RecvError::Closed));
    });
}

/// A future is polled once and dropped, as by a `select`, while the outcome is published: another one gets it.
#[test]
fn a_future_that_is_dropped_takes_no_wake_up_along() {
    model(1, || {
        let both = Both::<1>::new();
        submit(both.with(), 7);
        let hasty = spawn(&both, |pool| {
            let mut context = Context::from_waker(Waker::noop());
            match pin!(pool.recv()).poll(&mut context) {
                Poll::Ready(outcome) => outcome.map(value).ok(),
                Poll::Pending => None,
            }
        });
        let worker = spawn(&both, |pool| {
            run_one(pool);
            // So that the other receiver ends if the hasty one got the outcome.
            pool.close();
        });
        let got = block_on(both.with().recv()).map(value).ok();
        worker.join().unwrap();
        let hasty = hasty.join().unwrap();
        assert_eq!(got.or(hasty), Some(7));
        assert!(got.is_none() || hasty.is_none());
    });
}

/// A place is taken by one, given back, and taken by the next, while it is notified.
#[test]
fn a_place_that_changes_hands_wakes_its_new_owner() {
    model(2, || {
        let both = Both::<1>::new();
        submit(both.with(), 7);
        let receiver = spawn(&both, |pool| {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(outcome) = pin!(pool.recv()).poll(&mut context) {
                return outcome.map(value);
            }
            block_on(pool.recv()).map(value)
        });
        run_one(both.with());
        assert_eq!(receiver.join().unwrap(), Ok(7));
    });
}

/// One notifier is still at the task's waker when the task has looked again and found what it was told of taken. The next one
/// must wake it once more.
#[test]
fn a_receiver_that_looked_too_late_is_woken_by_the_next_outcome() {
    model(3, || {
        let both = Both::<2>::new();
        submit(both.with(), 1);
        submit(both.with(), 2);
        let (pool, woken) = (both.with(), Arc::default());
        let mut outcome = pin!(pool.recv());
        assert!(poll(outcome.as_mut(), &woken).is_pending());
        let worker = spawn(&both, run_one);
        let early = pool.try_collect().is_ok();
        woken.take();
        let is_pending = poll(outcome.as_mut(), &woken).is_pending();
        worker.join().unwrap();
        run_one(pool);
        let told = woken.take() > 0;
        assert!(early || !is_pending || told, "nobody told it of the first outcome");
        assert!(!early || told, "nobody told it of the second outcome");
        assert!(!is_pending || poll(outcome, &woken).is_ready());
    });
}

/// The task looks again with another waker while a notifier may be at the one before. It leaves the new one when nobody is, or
/// looks again by itself.
#[test]
fn a_receiver_whose_waker_changes_is_woken_by_the_new_one() {
    model(3, || {
        let both = Both::<1>::new();
        submit(both.with(), 1);
        let [before, woken]: [Arc<Count>; 2] = Default::default();
        let pool = both.with();
        let mut outcome = pin!(pool.recv());
        assert!(poll(outcome.as_mut(), &before).is_pending());
        let worker = spawn(&both, run_one);
        let is_pending = poll(outcome.as_mut(), &woken).is_pending();
        worker.join().unwrap();
        if is_pending {
            assert!(woken.take() > 0, "nobody told it of the outcome");
            assert!(poll(outcome, &woken).is_ready());
        }
    });
}

/// The task goes while a notifier is at its waker, which cleans up then: the place is for the next task.
#[test]
fn a_place_whose_task_goes_is_given_back_by_the_last_one_at_its_waker() {
    model(3, || {
        let both = Arc::new(One { pool: Pool::<1>::new(), wakers: Wakers::new() });
        both.pool.try_submit(1).unwrap();
        let theirs = both.clone();
        let worker = thread::spawn(move || run_one(theirs.with()));
        {
            // The second time, with nothing there and as another task, it looks at the waker that the notifier perhaps uses.
            let (pool, [first, second]) = (both.with(), Default::default());
            let mut outcome = pin!(pool.recv());
            if poll(outcome.as_mut(), &first).is_pending() {
                let _ = pool.try_collect();
                let _ = poll(outcome, &second);
            }
        }
        worker.join().unwrap();
        let _ = both.pool.try_collect();
        let woken = Arc::default();
        assert!(poll(pin!(both.with().recv()), &woken).is_pending());
        assert_eq!(woken.take(), 0, "the place was not given back");
    });
}

/// With room for one waker.
struct One {
    pool: Pool<1>,
    wakers: Wakers<1>,
}

impl One {
    fn with(&self) -> jobring::WithWakers<'_, u32, u32, 1, 1> {
        self.pool.with_wakers(&self.wakers)
    }
}

/// Not async, but the other way to wait: by functions that remember one notification.
#[test]
fn a_worker_that_waits_by_functions_is_woken_by_a_job_and_by_the_close() {
    model(2, || {
        let pool = Arc::new(Pool::<1>::new());
        let theirs = pool.clone();
        let worker = thread::spawn(move || {
            let doze = Functions::new((), |()| thread::park(), |()| {});
            let mut ran = 0;
            theirs.worker(0).run(&doze, |job| {
                ran += 1;
                job
            });
            ran
        });
        let bell = Functions::new(worker.thread().clone(), |_| {}, thread::Thread::unpark);
        pool.try_submit(1).unwrap();
        bell.notify();
        pool.close();
        bell.notify();
        assert_eq!(worker.join().unwrap(), 1);
    });
}
