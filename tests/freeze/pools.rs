//! The pool: a submitter, a worker or a collector is frozen, and all jobs but those in its hands come through.

use core::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;
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
/// Jobs of one round that are given before the freeze, at most.
const BEFORE: usize = 128;
/// A job that is not looked at; the others have numbers from 0 in each round.
const ANY: usize = usize::MAX;

/// Who ran which job of this round, as its outcome said: 0 while there is none.
struct Seen {
    by: Vec<AtomicU8>,
    count: AtomicUsize,
}

impl Seen {
    fn set(&self, job: usize, worker: usize) {
        assert_eq!(self.by[job].swap(worker as u8 + 1, SeqCst), 0, "job {job} came out twice");
        self.count.fetch_add(1, SeqCst);
    }
}

pub(crate) fn freeze_in_pool(name: &str, victim: Victim, capacity: usize) -> Verdict {
    let freezer = Freezer::new();
    let mut rng = Rng::seeded(name);
    // As few of each kind as leaves one besides the victim: then the outcomes' order tells what the victim holds.
    let workers = if victim == Victim::Collector { 1 } else { 2 };
    let threads: Arc<Vec<AtomicUsize>> = Arc::new((0..workers).map(|_| AtomicUsize::new(0)).collect());
    // What the victim has done: each freeze comes after a step of its own.
    let steps = Arc::new(AtomicUsize::new(0));
    let (registered, stepped) = (threads.clone(), steps.clone());
    let pool = Pool::builder()
        .workers(workers)
        .capacity(capacity)
        .build(move |worker, job: usize| {
            registered[worker.id().index()].store(Target::me().0, SeqCst);
            if victim == Victim::Worker && worker.id().index() == 0 {
                stepped.fetch_add(1, SeqCst);
            }
            // Not so quick that the workers sleep all the time.
            (0..job % 16).for_each(|_| core::hint::spin_loop());
            job
        })
        .unwrap();
    let jobs = BEFORE + 8 * capacity + 1;
    let seen = Seen { by: (0..jobs).map(|_| AtomicU8::new(0)).collect(), count: AtomicUsize::new(0) };
    let over = AtomicBool::new(false);
    let (mut verdict, mut most, mut several) = (Verdict::default(), 0, 0);
    thread::scope(|scope| {
        let _end = Finally(|| {
            over.store(true, SeqCst);
            pool.close();
        });
        let (send, receive) = channel();
        let collect = |step: usize| {
            for outcome in pool.outcomes() {
                steps.fetch_add(step, SeqCst);
                match outcome.result.unwrap() {
                    ANY => {}
                    job => seen.set(job, outcome.worker.index()),
                }
            }
        };
        scope.spawn(move || collect(0));
        let target = match victim {
            Victim::Submitter => {
                let (pool, over, steps) = (&pool, &over, &steps);
                scope.spawn(move || {
                    send.send(Target::me()).unwrap();
                    while !over.load(SeqCst) && pool.submit(ANY).is_ok() {
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
                wait("each worker has run a job", || {
                    pool.submit(ANY).unwrap();
                    threads.iter().all(|thread| thread.load(SeqCst) != 0)
                });
                Target(threads[0].load(SeqCst))
            }
        };
        let allowed = match victim {
            Victim::Submitter => 0,
            Victim::Worker => BATCH,
            Victim::Collector => 1,
        };
        for _ in 0..freezes() {
            seen.by.iter().for_each(|by| by.store(0, SeqCst));
            seen.count.store(0, SeqCst);
            let later = steps.load(SeqCst) + 1 + rng.below(16) as usize;
            wait("the victim has gone on", || {
                if victim != Victim::Submitter {
                    pool.submit(ANY).unwrap();
                }
                steps.load(SeqCst) >= later
            });
            let before = rng.below(BEFORE as u64) as usize;
            for job in 0..before {
                pool.submit(job).unwrap();
            }
            (0..rng.below(64)).for_each(|_| core::hint::spin_loop());
            let ice = freezer.freeze(target);
            verdict.frozen += 1;
            // The last one shows that all before it have been taken: by the others, who have published them before
            // it, or by the victim. It also makes good a wake-up that the victim was given.
            let total = before + 8 * capacity + 1;
            let mut accepted = before;
            while accepted < total {
                match pool.submit_timeout(accepted, LONG) {
                    Ok(_) => accepted += 1,
                    Err(SubmitError::Timeout(_)) => break,
                    Err(error) => panic!("{error}"),
                }
            }
            let last = &seen.by[total - 1];
            let through = accepted == total
                && comes_true(|| last.load(SeqCst) != 0)
                && comes_true(|| total - seen.count.load(SeqCst) <= allowed);
            if !through {
                verdict.stalled += 1;
            }
            let missing: Vec<usize> = (0..accepted).filter(|&job| seen.by[job].load(SeqCst) == 0).collect();
            drop(ice);
            wait("all arrive after the thaw", || seen.count.load(SeqCst) == accepted);
            if through && victim == Victim::Worker {
                let others = missing.iter().filter(|&&job| seen.by[job].load(SeqCst) != 1).count();
                assert_eq!(others, 0, "missing outcomes that the frozen worker did not hold");
            }
            most = most.max(missing.len());
            several += usize::from(missing.len() > 1);
        }
    });
    verdict.print(name);
    println!("{name}: the frozen thread held up to {most} jobs, more than one of them {several} times");
    verdict
}
