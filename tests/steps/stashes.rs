//! What a stopped thread leaves to the others of a pool in which threads keep slots at hand.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use jobring::steps::watch;
use jobring::{JobStatus, SubmitError};

use crate::host::{Job, Pool};
use crate::membarrier;
use crate::stop::{Gate, News, Watchdog, stop_at};

/// The smallest with stashes, and the smallest with the largest: a thread takes an eighth of it at once.
const CAPACITIES: [usize; 2] = [16, 512];

/// A thread that keeps most slots at hand is stopped in each step of a call that gives them back.
pub(crate) fn stop_keepers() -> usize {
    membarrier::expect();
    let watchdog = &Watchdog::new();
    let stops = |capacity| {
        (1..).take_while(move |k| {
            watchdog.case(format!("a keeper of {capacity} slots stopped before step {k}"));
            stop_keeper(capacity, *k)
        })
    };
    CAPACITIES.map(|capacity| stops(capacity).count()).iter().sum()
}

/// False if the call has fewer steps.
fn stop_keeper(capacity: usize, k: usize) -> bool {
    // One worker: then slots come back in the order in which they were claimed, as neighbours.
    let run = |_: &jobring::Worker<'_>, job: Job| job.number;
    let pool: Arc<Pool> = Arc::new(jobring::Pool::builder().workers(1).capacity(capacity).build(run).unwrap());
    let (gate, (send, news)) = (Arc::new(Gate::default()), channel());
    let keeper = thread::spawn({
        let (pool, gate) = (pool.clone(), gate.clone());
        move || {
            for number in 0..capacity as u64 {
                pool.try_submit(Job::new(number)).unwrap();
            }
            for _ in 0..capacity {
                let _ = pool.recv().unwrap();
            }
            let last = pool.submit(Job::new(100)).unwrap();
            while pool.status(last) != Some(JobStatus::Finished) {
                thread::yield_now();
            }
            stop_at(k, gate, send.clone());
            // The first slot comes back, which is no neighbour of the last one.
            let _ = pool.recv().unwrap();
            watch(None);
            let _ = send.send(News::Done(()));
        }
    });
    let stopped = matches!(news.recv().unwrap(), News::Stopped);
    let accepted = (0..).take_while(|number| match pool.try_submit(Job::new(*number)) {
        Ok(_) => true,
        Err(error) => {
            assert!(matches!(error, SubmitError::Full(_)));
            false
        }
    });
    // It may have the one outcome, and besides that a share between taking and giving back.
    let left = accepted.count();
    assert!(left >= capacity - 1 - capacity / 8, "{left} slots are left to the others");
    gate.open();
    keeper.join().unwrap();
    stopped
}
