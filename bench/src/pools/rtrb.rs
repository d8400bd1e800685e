//! rtrb: for each worker two rings of one producer and one consumer, by chunks. No pool, whose workers sleep while nothing is
//! to be done and share what there is; the handing over alone.

use std::ops::Range;
use std::sync::atomic::{Ordering, fence};
use std::thread::{self, JoinHandle};

use rtrb::{Consumer, Producer, RingBuffer};

use super::{Batch, Size};
use crate::harness::Kind;
use crate::work::Work;

/// As many as a worker of jobring takes at once, where there are few.
const CHUNK: usize = 128;

struct Pair {
    jobs: Producer<u64>,
    outcomes: Consumer<u64>,
}

pub struct RtrbPairs {
    pairs: Vec<Pair>,
    workers: Vec<JoinHandle<()>>,
    /// Whose turn it is to get jobs.
    next: usize,
}

/// A ring whose memory has been touched, as that of the pools is when they are made.
fn ring(capacity: usize) -> (Producer<u64>, Consumer<u64>) {
    let (mut producer, mut consumer) = RingBuffer::new(capacity);
    producer.write_chunk(capacity).expect("it is empty").commit_all();
    consumer.read_chunk(capacity).expect("it is full").commit_all();
    (producer, consumer)
}

fn serve(mut jobs: Consumer<u64>, mut outcomes: Producer<u64>, work: impl Work) {
    loop {
        let ended = jobs.is_abandoned();
        // What was pushed before the end is visible after it.
        fence(Ordering::Acquire);
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
    const NAME: &'static str = "rtrb pairs, spinning";
    const KIND: Kind = Kind::Spin;

    fn start(size: Size, work: impl Work) -> Self {
        let start = |_| {
            // A worker gives back the places of a chunk's jobs when all their outcomes are there already.
            let (jobs, given) = ring(size.in_flight + CHUNK);
            let (finished, outcomes) = ring(size.in_flight);
            (Pair { jobs, outcomes }, thread::spawn(move || serve(given, finished, work)))
        };
        let (pairs, workers) = (0..size.workers).map(start).unzip();
        Self { pairs, workers, next: 0 }
    }

    #[inline]
    fn submit(&mut self, mut jobs: Range<u64>) -> u64 {
        let all = jobs.end - jobs.start;
        while !jobs.is_empty() {
            let pair = &mut self.pairs[self.next];
            let some = (jobs.end - jobs.start).min(CHUNK as u64) as usize;
            let space = pair.jobs.write_chunk_uninit(some).expect("there is room for all that are in flight");
            space.fill_from_iter(jobs.by_ref().take(some));
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
                if some > 0 {
                    received += some as u64;
                    let taken = pair.outcomes.read_chunk(some).expect("so many are there");
                    sum = taken.into_iter().fold(sum, u64::wrapping_add);
                }
            }
            if received > 0 {
                return (received, sum);
            }
            thread::yield_now();
        }
    }

    /// A worker ends once the other side of its ring of jobs is gone: another ring takes its place.
    fn close(&mut self) {
        for pair in &mut self.pairs {
            pair.jobs = RingBuffer::new(1).0;
        }
    }
}

impl Drop for RtrbPairs {
    fn drop(&mut self) {
        self.close();
        for worker in self.workers.drain(..) {
            worker.join().expect("workers do not panic");
        }
    }
}
