//! jobring by its batch calls, from a slice and into one, as a program in C has it.

use std::ops::Range;

use heapless::Vec;
use jobring::{Outcome, Pool};

use super::{Batch, Size};
use crate::harness::Kind;
use crate::work::Work;
use crate::workloads::IN_FLIGHT;

pub struct JobringSlices {
    pool: Pool<u64, u64>,
    outcomes: Box<[Option<Outcome<u64, u64>>]>,
}

impl Batch for JobringSlices {
    const NAME: &'static str = "jobring-slices";
    const KIND: Kind = Kind::Ours;

    fn start(size: Size, work: impl Work) -> Self {
        let builder = Pool::builder().workers(size.workers).capacity(size.in_flight);
        let pool = builder.build(move |_, job| work(job)).expect("the pool starts");
        Self { pool, outcomes: vec![None; IN_FLIGHT].into_boxed_slice() }
    }

    #[inline]
    fn submit(&mut self, mut jobs: Range<u64>) -> u64 {
        let mut sent = 0;
        while !jobs.is_empty() {
            let some: Vec<u64, IN_FLIGHT> = jobs.by_ref().take(IN_FLIGHT).collect();
            let accepted = self.pool.submit_batch(&mut some.iter().copied()).expect("not closed");
            sent += accepted as u64;
            if accepted < some.len() {
                break;
            }
        }
        sent
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
