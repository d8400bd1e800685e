//! `roundtrip` for pools that take and give many by one call.

use std::time::Instant;

use super::feed::{IN_FLIGHT, pace};
use super::roundtrip::several_pools;
use crate::harness::{Figure, Peer, Task, one};
use crate::pools::{Batch, Size};
use crate::work::tiny;

pub fn peer<B: Batch>() -> Peer {
    Peer::here(B::NAME, B::KIND, sample::<B>)
}

fn sample<B: Batch>(task: &Task) -> Vec<Figure> {
    match task.shape.as_str() {
        "seed" => one(seed::<B>(task)),
        _ => one(bounded::<B>(task)),
    }
}

/// As `feed` does it with single jobs.
fn feed(pool: &mut impl Batch, jobs: u64) -> u64 {
    let (mut sent, mut got, mut sum) = (0, 0, 0u64);
    while got < jobs {
        let fit = jobs.min(got + IN_FLIGHT as u64);
        if sent < fit {
            sent += pool.submit(sent..fit);
        }
        if got == sent {
            continue;
        }
        let (received, more) = pool.recv();
        got += received;
        sum = sum.wrapping_add(more);
    }
    sum
}

fn bounded<B: Batch>(task: &Task) -> f64 {
    let mut pool = B::start(Size::ample(task.workers, IN_FLIGHT), tiny);
    pace(task.jobs, |jobs| feed(&mut pool, jobs), tiny)
}

fn seed<B: Batch>(task: &Task) -> f64 {
    several_pools(task, |jobs| {
        let mut pool = B::start(Size::ample(task.workers, jobs), tiny);
        let start = Instant::now();
        assert_eq!(pool.submit(0..jobs as u64), jobs as u64, "there is room for all");
        pool.close();
        let (mut got, mut sum) = (0, 0u64);
        while got < jobs as u64 {
            let (received, more) = pool.recv();
            got += received;
            sum = sum.wrapping_add(more);
        }
        (start.elapsed(), sum)
    })
}
