//! What one who is stopped while it cancels leaves to a receiver that sleeps.

use std::sync::Arc;

use crate::host::{Job, Pool};
use crate::stop::{Gate, Victim, Watchdog};

const CAPACITY: usize = 128;
const JOBS: usize = CAPACITY - 8;

/// Jobs that are cancelled at once in a pool of that capacity.
const AT_ONCE: usize = 32;

/// Whoever cancels is stopped before each step in turn, while a receiver sleeps.
pub(crate) fn stop_cancellers() -> usize {
    let watchdog = Watchdog::new();
    (1..)
        .take_while(|k| {
            watchdog.case(format!("a canceller stopped before step {k}"));
            stop_canceller(*k)
        })
        .count()
}

/// False if the call has fewer steps.
fn stop_canceller(k: usize) -> bool {
    let run = |_: &jobring::Worker<'_>, job: Job| {
        (job.first)();
        job.number
    };
    let pool: Arc<Pool> = Arc::new(jobring::Pool::builder().workers(1).capacity(CAPACITY).build(run).unwrap());
    let gate = Arc::new(Gate::default());
    pool.try_submit(Job::gated(0, &gate)).unwrap();
    for number in 1..JOBS as u64 {
        pool.try_submit(Job::new(number)).unwrap();
    }
    let ours = pool.clone();
    let mut receiver = Victim::start(usize::MAX, move || drop(ours.recv().unwrap()));
    assert!(!receiver.settles(), "the worker is at the gate");
    let ours = pool.clone();
    let canceller = Victim::stop(k, move || ours.cancel());
    let mut received = Vec::with_capacity(CAPACITY);
    if canceller.is_ok() && !receiver.settles() {
        let _ = pool.try_recv_batch(&mut received);
        assert!(received.len() <= AT_ONCE, "a receiver sleeps beside {} outcomes", received.len());
    }
    let stopped = canceller.map(Victim::resume).is_ok();
    gate.open();
    assert!(receiver.stopped().is_err(), "it was not to be stopped");
    assert_eq!(pool.join().accepted, JOBS as u64);
    while pool.recv_batch(&mut received).is_ok() {}
    assert_eq!(received.len() + 1, JOBS);
    stopped
}
