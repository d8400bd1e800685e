//! parkring: its channel, and its pool.

use parkring::ThreadPool;
use parkring::channel::{Receiver, Sender, bounded};

use super::channel::{ChannelPool, one_kind_of_channel, usual_rx, usual_tx};
use super::spawning::{Spawner, Spawning};

pub struct Kind;
pub type Parkring = ChannelPool<Kind>;

usual_tx!(Sender<u64>);
usual_rx!(Receiver<u64>);
one_kind_of_channel!(Kind, "parkring", Sender<u64>, Receiver<u64>, bounded);

pub type ParkringPool = Spawning<ThreadPool>;

impl Spawner for ThreadPool {
    const NAME: &'static str = "parkring pool";

    fn with_workers(workers: usize) -> Self {
        ThreadPool::new(workers)
    }

    #[inline]
    fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        ThreadPool::spawn(self, job);
    }
}
