//! Whether taking several jobs at once leaves a worker with too many while others idle.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use super::feed::{IN_FLIGHT, each};
use super::{Cell, Columns, Workload};
use crate::harness::{Figure, Kind, Peer, Task, one};
use crate::pools::{self, Batch, JobringBatch, Pool, Size, all_pools};
use crate::work::nap;

pub const WORKLOAD: Workload = Workload { name: "balance", columns: Columns::Workers, cells, peers };

fn cells() -> Vec<Cell> {
    vec![Cell::new("20ms", 10, 100), Cell::new("mixed", 10, 1_000)]
}

fn peers() -> Vec<Peer> {
    let mut peers = all_pools!(sample);
    peers.insert(1, Peer::here(JobringBatch::NAME, Kind::Ours, pools::balance));
    peers.push(Peer::here("ideal", Kind::Limit, ideal));
    peers
}

/// The length of each job, in microseconds.
pub fn lengths(task: &Task) -> Vec<u64> {
    match task.shape.as_str() {
        "mixed" => mixed(task.jobs),
        _ => vec![20_000; task.jobs],
    }
}

/// 1 µs to 10 ms, each power of ten as often as the others, in an order that is random and always the same.
fn mixed(jobs: usize) -> Vec<u64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..jobs).map(|_| 10f64.powf(4.0 * random()) as u64).collect()
}

/// Submits all at once, as singles.
fn sample<P: Pool>(task: &Task) -> Vec<Figure> {
    let (lengths, spins) = (lengths(task), task.spins);
    let pool = P::start(Size::ample(task.workers, IN_FLIGHT), move |micros| nap(spins, micros));
    let start = Instant::now();
    for &micros in &lengths {
        pool.submit(micros);
    }
    let sum: u64 = lengths.iter().map(|_| pool.recv()).sum();
    let took = start.elapsed();
    assert_eq!(sum, lengths.iter().sum::<u64>(), "the sum of the outcomes");
    one(each(took, lengths.len()))
}

/// Each job goes, in order, to the worker that is free first. Reckoned, not run.
fn ideal(task: &Task) -> Vec<Figure> {
    let lengths = lengths(task);
    let mut free: BinaryHeap<_> = (0..task.workers).map(|_| Reverse(0)).collect();
    let mut end = 0;
    for micros in &lengths {
        let Reverse(start) = free.pop().expect("workers");
        end = end.max(start + micros);
        free.push(Reverse(start + micros));
    }
    one(end as f64 * 1e3 / lengths.len() as f64)
}
