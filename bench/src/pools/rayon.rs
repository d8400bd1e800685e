//! rayon: `spawn` with a channel for outcomes, and a parallel iterator.

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::spawning::{Spawner, Spawning};
use crate::work::Work;

pub type RayonSpawn = Spawning<ThreadPool>;

impl Spawner for ThreadPool {
    const NAME: &'static str = "rayon spawn";

    fn with_workers(workers: usize) -> Self {
        ThreadPoolBuilder::new().num_threads(workers).build().expect("the pool starts")
    }

    #[inline]
    fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        ThreadPool::spawn(self, job);
    }
}

/// A pool whose jobs are a range, known from the start.
pub struct RayonIter(ThreadPool);

impl RayonIter {
    pub const NAME: &'static str = "rayon par_iter";

    pub fn start(workers: usize) -> Self {
        Self(ThreadPool::with_workers(workers))
    }

    /// Runs as many jobs as there is space for outcomes, and gives the sum of these. They are written down first: the
    /// compiler knows a formula for the sum alone.
    pub fn run(&self, space: &mut Vec<u64>, work: impl Work) -> u64 {
        let jobs = 0..space.len();
        self.0.install(|| jobs.into_par_iter().map(|job| work(job as u64)).collect_into_vec(space));
        space.iter().fold(0, |sum, &outcome| sum.wrapping_add(outcome))
    }
}
