//! Tiny jobs from submit to outcome: what the pool itself costs.

use std::time::{Duration, Instant};

use super::feed::{BUDGET, check, each, time};
use super::roundtrip_batch::peer as batch;
use super::{Cell, Columns, Workload};
use crate::go;
use crate::harness::{Figure, Kind, Peer, Task, one};
use crate::pools::partition::{self, Partition};
use crate::pools::{FlumeBatch, JobringBatch, KanalBatch, Pool, RayonIter, RtrbPairs, Size, all_pools};
use crate::work::tiny;

pub const WORKLOAD: Workload = Workload { name: "roundtrip", columns: Columns::Workers, cells, peers };

/// Pools that one sample of the shape `seed` makes and fills.
pub const POOLS: usize = 10;

pub fn cells() -> Vec<Cell> {
    let shapes = ["bounded", "seed"].into_iter();
    shapes.flat_map(|shape| [1, 2, 4, 10].map(|workers| Cell::new(shape, workers, 1_000_000))).collect()
}

fn peers() -> Vec<Peer> {
    let mut peers = all_pools!(sample);
    peers.insert(1, batch::<JobringBatch>());
    peers.extend([batch::<FlumeBatch>(), batch::<KanalBatch>()]);
    #[cfg(feature = "cpp-peers")]
    peers.extend(crate::pools::cpp::peers());
    peers.push(Peer::program("go channels", Kind::Peer, go::program, &[]));
    peers.push(batch::<RtrbPairs>());
    peers.push(Peer::here(RayonIter::NAME, Kind::Limit, par_iter));
    peers.push(Peer::here(partition::NAME, Kind::Limit, static_partition));
    peers
}

pub fn sample<P: Pool>(task: &Task) -> Vec<Figure> {
    match task.shape.as_str() {
        "seed" => one(seed::<P>(task)),
        _ => one(time::<P>(task.workers, task.jobs, tiny, tiny)),
    }
}

/// The pattern of the Go tutorials: room for all jobs; submit all, close, collect all. Only the time between the first submit
/// and the last outcome counts.
fn seed<P: Pool>(task: &Task) -> f64 {
    several_pools(task, |jobs| {
        let mut pool = P::start(Size::ample(task.workers, jobs), tiny);
        let start = Instant::now();
        for job in 0..jobs as u64 {
            pool.submit(job);
        }
        pool.close();
        let sum = (0..jobs).fold(0u64, |sum, _| sum.wrapping_add(pool.recv()));
        (start.elapsed(), sum)
    })
}

/// Nanoseconds a job. A pool serves once, so several are filled; `fill` does it with so many jobs, and gives the time that
/// counts and the sum of the outcomes.
pub fn several_pools(task: &Task, mut fill: impl FnMut(usize) -> (Duration, u64)) -> f64 {
    let jobs = task.jobs / POOLS;
    let (mut took, mut pools) = (Duration::ZERO, 0);
    while pools < POOLS && took < BUDGET {
        pools += 1;
        let (time, sum) = fill(jobs);
        took += time;
        check(sum, jobs, tiny);
    }
    each(took, jobs * pools)
}

/// Those who need no queue are too quick to be timed once.
const TIMES: usize = 10;

fn par_iter(task: &Task) -> Vec<Figure> {
    let (pool, mut space) = (RayonIter::start(task.workers), vec![0; task.jobs]);
    several(task, || pool.run(&mut space, tiny))
}

fn static_partition(task: &Task) -> Vec<Figure> {
    let pool = Partition::start(task.workers, tiny);
    let mut space = pool.space(task.jobs);
    several(task, || pool.run(&mut space))
}

fn several(task: &Task, mut run: impl FnMut() -> u64) -> Vec<Figure> {
    run();
    let start = Instant::now();
    let sums = [(); TIMES].map(|()| run());
    let took = start.elapsed();
    sums.iter().for_each(|&sum| check(sum, task.jobs, tiny));
    one(each(took, TIMES * task.jobs))
}
