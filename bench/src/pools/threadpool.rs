//! The threadpool crate.

use threadpool::ThreadPool;

use super::spawning::{Spawner, Spawning};

pub type Threadpool = Spawning<ThreadPool>;

impl Spawner for ThreadPool {
    const NAME: &'static str = "threadpool";

    fn with_workers(workers: usize) -> Self {
        ThreadPool::new(workers)
    }

    #[inline]
    fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        self.execute(job);
    }
}
