//! jobring by its batch calls.

use std::ops::Range;
use std::time::Instant;

use jobring::{Each, Outcome, Pool};

use super::{Batch, Size};
use crate::harness::{Figure, Kind, Task, one};
use crate::work::{Work, nap};
use crate::workloads::{IN_FLIGHT, each, lengths};

pub struct JobringBatch(Pool<u64, u64>);

impl JobringBatch {
    #[inline]
    fn submit_some(&self, jobs: &mut impl Iterator<Item = u64>) -> u64 {
        self.0.submit_batch(jobs).expect("not closed") as u64
    }
}

impl Batch for JobringBatch {
    const NAME: &'static str = "jobring-batch";
    const KIND: Kind = Kind::Ours;

    fn start(size: Size, work: impl Work) -> Self {
        let builder = Pool::builder().workers(size.workers).capacity(size.in_flight);
        Self(builder.build(move |_, job| work(job)).expect("the pool starts"))
    }

    #[inline]
    fn submit(&mut self, mut jobs: Range<u64>) -> u64 {
        self.submit_some(&mut jobs)
    }

    #[inline]
    fn recv(&mut self) -> (u64, u64) {
        let mut sum = 0u64;
        let add = |outcome: Outcome<u64, u64>| sum = sum.wrapping_add(outcome.result.expect("jobs do not fail"));
        let received = self.0.recv_batch(&mut Each::new(IN_FLIGHT, add)).expect("outcomes are to come");
        (received as u64, sum)
    }

    fn close(&mut self) {
        self.0.close();
    }
}

/// The workload `balance`: all jobs in one batch.
pub fn balance(task: &Task) -> Vec<Figure> {
    let (lengths, spins) = (lengths(task), task.spins);
    let mut pool = JobringBatch::start(Size::ample(task.workers, IN_FLIGHT), move |micros| nap(spins, micros));
    let start = Instant::now();
    assert_eq!(pool.submit_some(&mut lengths.iter().copied()), lengths.len() as u64, "there is room for all");
    let (mut got, mut sum) = (0, 0);
    while got < lengths.len() as u64 {
        let (received, more) = pool.recv();
        got += received;
        sum += more;
    }
    let took = start.elapsed();
    assert_eq!(sum, lengths.iter().sum::<u64>(), "the sum of the outcomes");
    one(each(took, lengths.len()))
}
