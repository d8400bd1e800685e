//! rayon: `spawn` with a channel for outcomes, and a parallel iterator.

use crossbeam_channel::{Receiver, Sender, bounded};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use super::{Pool, Size};
use crate::work::Work;

/// A type that hides the closure's, as a job must be told it.
type Spawn = Box<dyn Fn(&rayon::ThreadPool, u64)>;

pub struct RayonSpawn {
    pool: rayon::ThreadPool,
    spawn: Spawn,
    outcomes: Receiver<u64>,
}

fn pool(workers: usize) -> rayon::ThreadPool {
    ThreadPoolBuilder::new().num_threads(workers).build().expect("the pool starts")
}

impl Pool for RayonSpawn {
    const NAME: &'static str = "rayon spawn";

    fn start(size: Size, work: impl Work) -> Self {
        let (sender, outcomes) = bounded(size.queue);
        // Leaked, so that no job pays for a count of references.
        let sender: &'static Sender<u64> = Box::leak(Box::new(sender));
        let spawn: Spawn = Box::new(move |pool, job| {
            pool.spawn(move || sender.send(work(job)).expect("the receiver is there"));
        });
        Self { pool: pool(size.workers), spawn, outcomes }
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

/// A pool whose jobs are a range, known from the start.
pub struct RayonIter(rayon::ThreadPool);

impl RayonIter {
    pub const NAME: &'static str = "rayon par_iter";

    pub fn start(workers: usize) -> Self {
        Self(pool(workers))
    }

    /// Runs as many jobs as there is space for outcomes, and gives the sum of these. They are written down first: the
    /// compiler knows a formula for the sum alone.
    pub fn run(&self, space: &mut Vec<u64>, work: impl Work) -> u64 {
        let jobs = 0..space.len();
        self.0.install(|| jobs.into_par_iter().map(|job| work(job as u64)).collect_into_vec(space));
        space.iter().fold(0, |sum, &outcome| sum.wrapping_add(outcome))
    }
}
