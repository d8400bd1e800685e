//! jobring, one job a call.

use jobring::{Outcome, Submitter};

use super::{Pool, Shared, Size, Submit};
use crate::harness::Kind;
use crate::work::Work;

pub struct Jobring(jobring::Pool<u64, u64>);

#[inline(always)]
fn value(outcome: Outcome<u64, u64>) -> u64 {
    outcome.result.expect("jobs do not fail")
}

impl Pool for Jobring {
    const NAME: &'static str = "jobring";
    const KIND: Kind = Kind::Ours;

    fn start(size: Size, work: impl Work) -> Self {
        let builder = jobring::Pool::builder().workers(size.workers).capacity(size.in_flight);
        Self(builder.build(move |_, job| work(job)).expect("the pool starts"))
    }

    #[inline]
    fn submit(&self, job: u64) {
        self.0.submit(job).expect("not closed");
    }

    #[inline]
    fn try_submit(&self, job: u64) -> bool {
        self.0.try_submit(job).is_ok()
    }

    #[inline]
    fn recv(&self) -> u64 {
        value(self.0.recv().expect("an outcome is to come"))
    }

    #[inline]
    fn try_recv(&self) -> Option<u64> {
        self.0.try_recv().ok().map(value)
    }

    fn close(&mut self) {
        self.0.close();
    }
}

impl Shared for Jobring {
    type Submitter = Submitter<u64, u64>;

    fn submitter(&self) -> Self::Submitter {
        self.0.submitter()
    }
}

impl Submit for Submitter<u64, u64> {
    #[inline]
    fn submit(&self, job: u64) {
        Submitter::submit(self, job).expect("not closed");
    }
}
