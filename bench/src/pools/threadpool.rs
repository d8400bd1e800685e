//! The threadpool crate, with a channel for outcomes.

use crossbeam_channel::{Receiver, Sender, bounded};
use threadpool::ThreadPool;

use super::{Pool, Size};
use crate::work::Work;

/// A type that hides the closure's, as a job must be told it.
type Execute = Box<dyn Fn(&ThreadPool, u64)>;

pub struct Threadpool {
    pool: ThreadPool,
    execute: Execute,
    outcomes: Receiver<u64>,
}

impl Pool for Threadpool {
    const NAME: &'static str = "threadpool";

    fn start(size: Size, work: impl Work) -> Self {
        let (sender, outcomes) = bounded(size.queue);
        // Leaked, so that no job pays for a count of references.
        let sender: &'static Sender<u64> = Box::leak(Box::new(sender));
        let execute: Execute = Box::new(move |pool, job| {
            pool.execute(move || sender.send(work(job)).expect("the receiver is there"));
        });
        Self { pool: ThreadPool::new(size.workers), execute, outcomes }
    }

    #[inline]
    fn submit(&self, job: u64) {
        (self.execute)(&self.pool, job);
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
