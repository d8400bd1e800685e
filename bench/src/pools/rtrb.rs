//! rtrb: for each worker two rings of one producer and one consumer, by chunks. No pool, whose workers would sleep while
//! nothing is to be done and share what there is: what is left of one if all that is taken away but the handing over.

use std::ops::Range;
use std::thread;

use rtrb::{Consumer, Producer, RingBuffer};

use super::{Batch, Size};
use crate::harness::Kind;
use crate::work::Work;

/// As many as a worker of jobring takes at once.
const CHUNK: usize = 128;

struct Pair {
    jobs: Producer<u64>,
    outcomes: Consumer<u64>,
}

pub struct RtrbPairs {
    pairs: Vec<Pair>,
    /// Whose turn it is to get jobs.
    next: usize,
}

fn serve(mut jobs: Consumer<u64>, mut outcomes: Producer<u64>, work: impl Work) {
    loop {
        let ended = jobs.is_abandoned();
        let some = jobs.slots().min(CHUNK);
        if some > 0 {
            let taken = jobs.read_chunk(some).expect("so many are there");
            let space = outcomes.write_chunk_uninit(some).expect("there is room for all that are in flight");
            space.fill_from_iter(taken.into_iter().map(&work));
        } else if ended {
            return;
        } else {
            thread::yield_now();
        }
    }
}

impl Batch for RtrbPairs {
    const NAME: &'static str = "rtrb pairs";
    const KIND: Kind = Kind::Limit;

    fn start(size: Size, work: impl Work) -> Self {
        let start = |_| {
            let (jobs, given) = RingBuffer::new(size.in_flight);
            let (finished, outcomes) = RingBuffer::new(size.in_flight);
            thread::spawn(move || serve(given, finished, work));
            Pair { jobs, outcomes }
        };
        Self { pairs: (0..size.workers).map(start).collect(), next: 0 }
    }

    #[inline]
    fn submit(&mut self, mut jobs: Range<u64>) -> u64 {
        let all = jobs.end - jobs.start;
        while !jobs.is_empty() {
            let pair = &mut self.pairs[self.next];
            let room = jobs.clone().count().min(CHUNK);
            let space = pair.jobs.write_chunk_uninit(room).expect("there is room for all that are in flight");
            space.fill_from_iter(jobs.by_ref().take(room));
            self.next = (self.next + 1) % self.pairs.len();
        }
        all
    }

    #[inline]
    fn recv(&mut self) -> (u64, u64) {
        let (mut received, mut sum) = (0, 0u64);
        loop {
            for pair in &mut self.pairs {
                let some = pair.outcomes.slots();
                let taken = pair.outcomes.read_chunk(some).expect("so many are there");
                received += some as u64;
                sum = taken.into_iter().fold(sum, u64::wrapping_add);
            }
            if received > 0 {
                return (received, sum);
            }
            thread::yield_now();
        }
    }

    /// The workers see it by what is gone.
    fn close(&mut self) {
        for pair in &mut self.pairs {
            pair.jobs = RingBuffer::new(1).0;
        }
    }
}
