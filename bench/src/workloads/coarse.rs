//! Jobs long enough to hide the pool, if it lets them: how near to the ideal it comes.

use std::time::Instant;

use super::feed::{check, each, time};
use super::{Cell, Columns, Workload};
use crate::harness::{Figure, Kind, Peer, Task, one};
use crate::pools::partition::{self, Partition};
use crate::pools::{Pool, all_pools};
use crate::work::{Work, busy};

pub const WORKLOAD: Workload = Workload { name: "coarse", columns: Columns::Workers, cells, peers };

fn cells() -> Vec<Cell> {
    let cell = |shape, jobs| [1, 2].map(|workers| Cell::new(shape, workers, jobs));
    [cell("1us", 100_000), cell("10us", 10_000)].into_iter().flatten().collect()
}

fn peers() -> Vec<Peer> {
    let mut peers = all_pools!(sample);
    // Not the nominal time of the jobs: two workers on one core's two threads would never reach it.
    peers.push(Peer::here(partition::NAME, Kind::Limit, ideal));
    peers
}

fn work(task: &Task) -> impl Work + use<> {
    let spins = match task.shape.as_str() {
        "10us" => 10 * task.spins,
        _ => task.spins,
    };
    move |job| busy(spins, job)
}

fn sample<P: Pool>(task: &Task) -> Vec<Figure> {
    one(time::<P>(task.workers, task.jobs, work(task), |job| job))
}

fn ideal(task: &Task) -> Vec<Figure> {
    let pool = Partition::start(task.workers, work(task));
    let mut space = pool.space(task.jobs / 20);
    pool.run(&mut space);
    let mut space = pool.space(task.jobs);
    let start = Instant::now();
    let sum = pool.run(&mut space);
    let took = start.elapsed();
    check(sum, task.jobs, |job| job);
    one(each(took, task.jobs))
}
