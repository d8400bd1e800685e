//! No queue at all: each thread has its share from the start. What is left is the work and the machine.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use crate::work::Work;

pub const NAME: &str = "static partition";

/// What a thread is to do: this range of jobs, with their outcomes in this vector, which is long enough.
type Share = (u64, Vec<u64>);

pub struct Partition {
    shares: Vec<Sender<Share>>,
    done: Receiver<Share>,
    threads: Vec<JoinHandle<()>>,
}

impl Partition {
    pub fn start(workers: usize, work: impl Work) -> Self {
        let (finished, done) = channel::<Share>();
        let (mut shares, mut threads) = (Vec::new(), Vec::new());
        for _ in 0..workers {
            let (share, given) = channel::<Share>();
            let finished = finished.clone();
            shares.push(share);
            threads.push(thread::spawn(move || {
                for (first, mut outcomes) in given {
                    for (job, outcome) in (first..).zip(&mut outcomes) {
                        *outcome = work(job);
                    }
                    finished.send((first, outcomes)).expect("the receiver is there");
                }
            }));
        }
        Self { shares, done, threads }
    }

    /// Space for the outcomes of `jobs` jobs, to hand to [`run`](Self::run).
    pub fn space(&self, jobs: usize) -> Vec<Vec<u64>> {
        let workers = self.shares.len();
        (0..workers).map(|worker| vec![0; (jobs * (worker + 1) / workers) - jobs * worker / workers]).collect()
    }

    /// Runs the jobs and gives the sum of their outcomes, and the space back.
    pub fn run(&self, space: &mut Vec<Vec<u64>>) -> u64 {
        let mut first = 0;
        for (outcomes, share) in space.drain(..).zip(&self.shares) {
            let next = first + outcomes.len() as u64;
            share.send((first, outcomes)).expect("the worker is there");
            first = next;
        }
        let mut sum = 0u64;
        for (_, outcomes) in self.done.iter().take(self.shares.len()) {
            sum = outcomes.iter().fold(sum, |sum, &outcome| sum.wrapping_add(outcome));
            space.push(outcomes);
        }
        sum
    }
}

impl Drop for Partition {
    fn drop(&mut self) {
        self.shares.clear();
        for thread in self.threads.drain(..) {
            thread.join().expect("workers do not panic");
        }
    }
}
