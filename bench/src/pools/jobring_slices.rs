//! jobring by its batch calls, from a slice and into one, as a program in C has it.

use std::ops::Range;

use jobring::{Outcome, Pool};

use super::{Batch, Size};
use crate::harness::Kind;
use crate::work::Work;
use crate::workloads::IN_FLIGHT;

pub struct JobringSlices {
    pool: Pool<u64, u64>,
    jobs: Box<[u64]>,
    outcomes: Box<[Option<Outcome<u64, u64>>]>,
}

impl Batch for JobringSlices {
    const NAME: &'static str = "jobring-slices";
    const KIND: Kind = Kind::Ours;

    fn start(size: Size, work: impl Work) -> Self {
        let builder = Pool::builder().workers(size.workers).capacity(size.in_flight);
        let pool = builder.build(move |_, job| work(job)).expect("the pool starts");
        // Not zeros, for which memory would be got later, when it is filled.
        let jobs = vec![u64::MAX; size.in_flight].into_boxed_slice();
        Self { pool, jobs, outcomes: vec![None; IN_FLIGHT].into_boxed_slice() }
    }

    #[inline]
    fn submit(&mut self, jobs: Range<u64>) -> u64 {
        let some = &mut self.jobs[..(jobs.end - jobs.start) as usize];
        some.iter_mut().zip(jobs).for_each(|(place, job)| *place = job);
        self.pool.submit_batch(&mut some.iter().copied()).expect("not closed") as u64
    }

    #[inline]
    fn recv(&mut self) -> (u64, u64) {
        let received = self.pool.recv_batch(&mut *self.outcomes).expect("outcomes are to come");
        let results = self.outcomes[..received].iter().flatten().map(|outcome| match outcome.result {
            Ok(result) => result,
            Err(_) => panic!("jobs do not fail"),
        });
        (received as u64, results.fold(0, u64::wrapping_add))
    }

    fn close(&mut self) {
        self.pool.close();
    }
}
