//! The pools to compare, one a file, behind one trait.

mod async_channel;
mod channel;
mod crossbeam;
mod crossfire;
mod draining;
mod flume;
mod jobring;
mod jobring_batch;
mod jobring_slices;
mod kanal;
mod parkring;
mod rayon;
mod rtrb;
mod spawning;
mod spin;
mod threadpool;

#[cfg(feature = "cpp-peers")]
pub mod cpp;
pub mod partition;

pub use self::async_channel::AsyncChannel;
pub use self::crossbeam::Crossbeam;
pub use self::crossfire::{Crossfire, CrossfireBackoff};
pub use self::flume::{Flume, FlumeBatch};
pub use self::jobring::Jobring;
pub use self::jobring_batch::{JobringBatch, balance};
pub use self::jobring_slices::JobringSlices;
pub use self::kanal::{Kanal, KanalBatch};
pub use self::parkring::{Parkring, ParkringPool};
pub use self::rayon::{RayonIter, RayonSpawn};
pub use self::rtrb::RtrbPairs;
pub use self::spin::ArrayQueueSpin;
pub use self::threadpool::Threadpool;

use std::ops::Range;

use crate::harness::Kind;
use crate::work::Work;

/// How large a pool is to be.
#[derive(Clone, Copy)]
pub struct Size {
    pub workers: usize,
    /// Jobs that may be in flight. Who submits them keeps to that number too.
    pub in_flight: usize,
    /// What each queue holds, in a pool that is made of two.
    pub queue: usize,
}

impl Size {
    /// Either of two queues can hold all that may be in flight, so that no worker ever waits to be rid of an outcome.
    pub fn ample(workers: usize, in_flight: usize) -> Self {
        Self { workers, in_flight, queue: in_flight }
    }
}

/// A pool of threads, fed and emptied by the thread that has it.
pub trait Pool: Sized {
    const NAME: &'static str;
    const KIND: Kind = Kind::Peer;

    fn start(size: Size, work: impl Work) -> Self;

    /// Waits while the pool is full.
    fn submit(&self, job: u64);

    /// False if the pool is full.
    fn try_submit(&self, job: u64) -> bool;

    /// Waits for an outcome; there must be one to come.
    fn recv(&self) -> u64;

    fn try_recv(&self) -> Option<u64>;

    /// No jobs will follow. Outcomes can still be received.
    fn close(&mut self);
}

/// A pool that takes and gives many by one call, fed and emptied by the thread that has it.
pub trait Batch: Sized {
    const NAME: &'static str;
    const KIND: Kind = Kind::Peer;

    fn start(size: Size, work: impl Work) -> Self;

    /// Submits what fits of these jobs, without waiting, and says how many that were.
    fn submit(&mut self, jobs: Range<u64>) -> u64;

    /// Waits for outcomes, takes those that are there, and gives their number and sum.
    fn recv(&mut self) -> (u64, u64);

    /// No jobs will follow. Outcomes can still be received.
    fn close(&mut self);
}

/// A pool that several threads can feed, and that makes them wait when it is full.
pub trait Shared: Pool {
    type Submitter: Submit;

    fn submitter(&self) -> Self::Submitter;
}

pub trait Submit: Send + 'static {
    fn submit(&self, job: u64);
}

/// A list of peers: `$sample` for each pool that is [`Shared`].
macro_rules! shared_pools {
    ($sample:ident) => {
        $crate::pools::peers!(
            $sample: Jobring, Crossbeam, Crossfire, CrossfireBackoff, Flume, Kanal, Parkring, AsyncChannel,
            ArrayQueueSpin
        )
    };
}

/// A list of peers: `$sample` for each pool.
macro_rules! all_pools {
    ($sample:ident) => {{
        let mut peers = $crate::pools::shared_pools!($sample);
        peers.extend($crate::pools::peers!($sample: RayonSpawn, Threadpool, ParkringPool));
        peers
    }};
}

macro_rules! peers {
    ($sample:ident: $($pool:ident),*) => {
        vec![$(
            $crate::harness::Peer::here(
                <$crate::pools::$pool as $crate::pools::Pool>::NAME,
                <$crate::pools::$pool as $crate::pools::Pool>::KIND,
                $sample::<$crate::pools::$pool>,
            )
        ),*]
    };
}

pub(crate) use {all_pools, peers, shared_pools};
