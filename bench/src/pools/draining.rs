//! The usual pool, of channels that give all that is there by one call, which has no limit. They are sent one by one.

use std::ops::Range;

use super::channel::{Channel, ChannelPool, Rx, Tx};
use super::{Batch, Pool, Size};
use crate::work::Work;

pub trait RxBatch: Rx {
    /// Waits for values and has `each` take all that are there. False once all senders are gone and the channel is
    /// empty. The space is empty before and after.
    fn recv_batch(&self, space: &mut Vec<u64>, each: impl FnMut(u64)) -> bool;
}

pub struct Draining<C: Channel> {
    pool: ChannelPool<C>,
    space: Vec<u64>,
}

impl<C: Channel<JobRx: RxBatch, OutcomeRx: RxBatch>> Batch for Draining<C> {
    const NAME: &'static str = C::NAME;

    fn start(size: Size, work: impl Work) -> Self {
        let pool = ChannelPool::with_workers(size, move |jobs: &C::JobRx, outcomes: &C::OutcomeTx| {
            let mut space = Vec::with_capacity(size.queue);
            while jobs.recv_batch(&mut space, |job| outcomes.send(work(job))) {}
        });
        Self { pool, space: Vec::with_capacity(size.queue) }
    }

    #[inline]
    fn submit(&mut self, jobs: Range<u64>) -> u64 {
        jobs.take_while(|&job| self.pool.try_submit(job)).count() as u64
    }

    #[inline]
    fn recv(&mut self) -> (u64, u64) {
        let (mut received, mut sum) = (0, 0u64);
        let there = self.pool.outcomes().recv_batch(&mut self.space, |outcome| {
            received += 1;
            sum = sum.wrapping_add(outcome);
        });
        assert!(there, "outcomes are to come");
        (received, sum)
    }

    fn close(&mut self) {
        self.pool.close();
    }
}
