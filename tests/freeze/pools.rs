//! The pool: a submitter, a worker or a collector is frozen, and all jobs but those in its hands come through.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU8, AtomicUsize, Ordering::SeqCst};
use core::time::Duration;
use std::sync::mpsc::channel;
use std::thread;

use jobring::{Pool, SubmitError};

use crate::ice::{Finally, Freezer, LONG, Target, comes_true, wait};
use crate::rng::Rng;
use crate::{Verdict, freezes};

/// Who is frozen.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Victim {
    Submitter,
    Worker,
    Collector,
}

/// The most jobs that a worker takes at once.
const BATCH: usize = 32;
/// A job that is only counted; the others have numbers from 0 in each round.
const ANY: usize = usize::MAX;

/// What has come out.
struct Seen {
    /// Who ran which job of this round: 0 while it has not come.
    by: Vec<AtomicU8>,
    /// How many jobs of this round.
    count: AtomicUsize,
    any: AtomicUsize,
    /// Set while only the victim's jobs are missing.
    late: AtomicBool,
    /// Late ones that somebody else had.
    strangers: AtomicUsize,
}

impl Seen {
    fn set(&self, job: usize, worker: usize) {
        if self.late.load(SeqCst) && worker != 0 {
            self.strangers.fetch_add(1, SeqCst);
        }
        if job == ANY {
            self.any.fetch_add(1, SeqCst);
        } else {
            assert_eq!(self.by[job].swap(worker as u8 + 1, SeqCst), 0, "job {job} came out twice");
            self.count.fetch_add(1, SeqCst);
        }
    }
}

/// Keeps the pool busy until a freeze, so that it meets threads that work.
#[derive(Default)]
struct Feeder {
    accepted: AtomicUsize,
    pause: AtomicBool,
    paused: AtomicBool,
}

impl Feeder {
    fn feed(&self, submit: impl Fn() -> bool) {
        loop {
            while self.pause.load(SeqCst) {
                self.paused.store(true, SeqCst);
                thread::yield_now();
            }
            self.paused.store(false, SeqCst);
            if !submit() {
                return;
            }
            self.accepted.fetch_add(1, SeqCst);
        }
    }

    fn stop(&self) -> bool {
        self.pause.store(true, SeqCst);
        comes_true(|| self.paused.load(SeqCst))
    }

    fn go_on(&self) {
        self.pause.store(false, SeqCst);
        wait("the feeder has gone on", || !self.paused.load(SeqCst));
    }
}

pub(crate) fn freeze_in_pool(name: &str, victim: Victim, capacity: usize) -> Verdict {
    let freezer = Freezer::new();
    let mut rng = Rng::seeded(name);
    // As few of each kind as leaves one besides the victim: then the outcomes' order tells what the victim holds.
    let workers = if victim == Victim::Collector { 1 } else { 2 };
    let threads: Arc<Vec<AtomicI32>> = Arc::new((0..workers).map(|_| AtomicI32::new(0)).collect());
    // What the victim has done: each freeze comes after a step of its own.
    let steps = Arc::new(AtomicUsize::new(0));
    // How long jobs take. Quick ones leave the workers asleep most of the time, slow ones let nobody else wait.
    let effort = Arc::new(AtomicUsize::new(0));
    let (registered, stepped, spins) = (threads.clone(), steps.clone(), effort.clone());
    let pool = Pool::builder()
        .workers(workers)
        .capacity(capacity)
        .build(move |worker, job: usize| {
            registered[worker.id().index()].store(Target::me().0, SeqCst);
            if victim == Victim::Worker && worker.id().index() == 0 {
                stepped.fetch_add(1, SeqCst);
            }
            (0..spins.load(SeqCst)).for_each(|_| core::hint::spin_loop());
            job
        })
        .unwrap();
    let total = 8 * capacity + 1;
    let seen = Seen {
        by: (0..total).map(|_| AtomicU8::new(0)).collect(),
        count: AtomicUsize::new(0),
        any: AtomicUsize::new(0),
        late: AtomicBool::new(false),
        strangers: AtomicUsize::new(0),
    };
    let feeder = Feeder::default();
    let (mut verdict, mut most, mut several) = (Verdict::default(), 0, 0);
    thread::scope(|scope| {
        let _end = Finally(|| {
            pool.close();
            feeder.pause.store(false, SeqCst);
        });
        let (send, receive) = channel();
        let (pool, seen, feeder, steps) = (&pool, &seen, &feeder, &steps);
        let collect = move |step: usize| {
            for outcome in pool.outcomes() {
                steps.fetch_add(step, SeqCst);
                seen.set(outcome.result.unwrap(), outcome.worker.index());
            }
        };
        scope.spawn(move || collect(0));
        if victim != Victim::Submitter {
            scope.spawn(move || feeder.feed(|| pool.submit(ANY).is_ok()));
        }
        let target = match victim {
            Victim::Submitter => {
                scope.spawn(move || {
                    send.send(Target::me()).unwrap();
                    while pool.submit(ANY).is_ok() {
                        feeder.accepted.fetch_add(1, SeqCst);
                        steps.fetch_add(1, SeqCst);
                    }
                });
                receive.recv().unwrap()
            }
            Victim::Collector => {
                scope.spawn(move || {
                    send.send(Target::me()).unwrap();
                    collect(1);
                });
                receive.recv().unwrap()
            }
            Victim::Worker => {
                wait("the worker has run a job", || threads[0].load(SeqCst) != 0);
                Target(threads[0].load(SeqCst))
            }
        };
        let allowed = match victim {
            Victim::Submitter => 0,
            Victim::Worker => BATCH,
            // What it takes at once: one, unless the pool is large.
            Victim::Collector => (capacity / 8).clamp(1, BATCH),
        };
        for _ in 0..freezes() {
            seen.by.iter().for_each(|by| by.store(0, SeqCst));
            seen.count.store(0, SeqCst);
            let later = steps.load(SeqCst) + 1 + rng.below(64) as usize;
            effort.store([0, 8, 64][rng.below(3) as usize], SeqCst);
            wait("the victim has gone on", || steps.load(SeqCst) >= later);
            let ice = freezer.freeze_in(target, Duration::from_nanos(1_000 + rng.below(100_000)));
            verdict.frozen += 1;
            let mut through = victim == Victim::Submitter || feeder.stop();
            // The last one shows that all before it have been taken: by the others, who have published them before
            // it, or by the victim. It also makes good a wake-up that the victim was given.
            let mut accepted = 0;
            while through && accepted < total {
                match pool.submit_timeout(accepted, LONG) {
                    Ok(_) => accepted += 1,
                    Err(SubmitError::Timeout(_)) => through = false,
                    Err(error) => panic!("{error}"),
                }
            }
            // What a frozen submitter gave is its own affair.
            let any_missing = || match victim {
                Victim::Submitter => 0,
                _ => feeder.accepted.load(SeqCst) - seen.any.load(SeqCst),
            };
            let missing = || accepted - seen.count.load(SeqCst) + any_missing();
            through =
                through && comes_true(|| seen.by[total - 1].load(SeqCst) != 0) && comes_true(|| missing() <= allowed);
            let held = missing();
            seen.late.store(through && victim == Victim::Worker, SeqCst);
            verdict.stalled += usize::from(!through);
            drop(ice);
            wait("all arrive after the thaw", || missing() == 0);
            seen.late.store(false, SeqCst);
            if victim != Victim::Submitter {
                feeder.go_on();
            }
            most = most.max(held);
            several += usize::from(held > 1);
        }
    });
    assert_eq!(seen.strangers.load(SeqCst), 0, "missing outcomes that the frozen worker did not hold");
    assert_eq!(seen.any.load(SeqCst), feeder.accepted.load(SeqCst), "accepted jobs and outcomes");
    verdict.print(name);
    println!("{name}: the frozen thread held up to {most} jobs, more than one of them {several} times");
    verdict
}
