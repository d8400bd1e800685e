//! What a pool costs that has nothing to do. The figure is CPU time, in nanoseconds a second.

use std::thread;
use std::time::Duration;

use super::cpu::cpu_time;
use super::feed::{IN_FLIGHT, check, feed};
use super::{Cell, Columns, Workload};
use crate::harness::{Figure, Peer, Task, one};
use crate::pools::{Pool, Size, all_pools};
use crate::work::tiny;

pub const WORKLOAD: Workload = Workload { name: "idle", columns: Columns::Workers, cells, peers };

/// Work to wake all workers with, and time for them to find out that there is no more.
const JOBS: usize = 1_000;
const SETTLE: Duration = Duration::from_millis(100);

/// The `jobs` are milliseconds.
fn cells() -> Vec<Cell> {
    vec![Cell::new("3s", 10, 3_000)]
}

fn peers() -> Vec<Peer> {
    all_pools!(sample)
}

fn sample<P: Pool>(task: &Task) -> Vec<Figure> {
    let pool = P::start(Size::ample(task.workers, IN_FLIGHT), tiny);
    check(feed(&pool, JOBS as u64), JOBS, tiny);
    thread::sleep(SETTLE);
    let time = Duration::from_millis(task.jobs as u64);
    let before = cpu_time();
    thread::sleep(time);
    let used = cpu_time() - before;
    one(used.as_nanos() as f64 / time.as_secs_f64())
}
