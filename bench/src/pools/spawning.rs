//! Pools that run closures and give nothing back: a channel brings the outcomes.

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{Pool, Size};
use crate::work::Work;

/// A pool that runs closures.
pub trait Spawner: Sized {
    const NAME: &'static str;
    fn with_workers(workers: usize) -> Self;
    fn spawn(&self, job: impl FnOnce() + Send + 'static);
}

/// A type that hides the closure's, as a job must be told it.
type Spawn<S> = Box<dyn Fn(&S, u64)>;

pub struct Spawning<S> {
    pool: S,
    spawn: Spawn<S>,
    outcomes: Receiver<u64>,
}

impl<S: Spawner> Pool for Spawning<S> {
    const NAME: &'static str = S::NAME;

    fn start(size: Size, work: impl Work) -> Self {
        let (sender, outcomes) = bounded(size.queue);
        // Leaked, so that no job pays for a count of references.
        let sender: &'static Sender<u64> = Box::leak(Box::new(sender));
        let spawn: Spawn<S> = Box::new(move |pool, job| {
            pool.spawn(move || sender.send(work(job)).expect("the receiver is there"));
        });
        Self { pool: S::with_workers(size.workers), spawn, outcomes }
    }

    #[inline]
    fn submit(&self, job: u64) {
        (self.spawn)(&self.pool, job);
    }

    #[inline]
    fn try_submit(&self, job: u64) -> bool {
        self.submit(job);
        true
    }

    #[inline]
    fn recv(&self) -> u64 {
        self.outcomes.recv().expect("an outcome is to come")
    }

    #[inline]
    fn try_recv(&self) -> Option<u64> {
        self.outcomes.try_recv().ok()
    }

    fn close(&mut self) {}
}
