//! One job at a time through an idle pool: how long it takes to wake a worker, run, and wake the collector.

use std::thread;
use std::time::{Duration, Instant};

use super::cpu::cpu_time;
use super::feed::IN_FLIGHT;
use super::{Cell, Columns, Workload};
use crate::harness::{Figure, Peer, Task};
use crate::pools::{Pool, Size, all_pools};
use crate::work::tiny;

pub const WORKLOAD: Workload = Workload { name: "latency", columns: Columns::Workers, cells, peers };

const PERIOD: Duration = Duration::from_micros(500);

/// The shapes under which it is reported are `p50`, `p99` and `p99.9`, and `cpu`: the CPU time of all threads for a job.
fn cells() -> Vec<Cell> {
    [1, 10].map(|workers| Cell::new("500us", workers, 2_000)).into()
}

fn peers() -> Vec<Peer> {
    all_pools!(sample)
}

fn sample<P: Pool>(task: &Task) -> Vec<Figure> {
    let pool = P::start(Size::ample(task.workers, IN_FLIGHT), tiny);
    let mut times = Vec::with_capacity(task.jobs);
    let (mut next, before) = (Instant::now(), cpu_time());
    for job in 0..task.jobs as u64 {
        next += PERIOD;
        thread::sleep(next.saturating_duration_since(Instant::now()));
        let start = Instant::now();
        pool.submit(job);
        let outcome = pool.recv();
        times.push(start.elapsed().as_nanos() as u64);
        assert_eq!(outcome, tiny(job));
    }
    let cpu = (cpu_time() - before).as_nanos() as f64 / task.jobs as f64;
    times.sort_unstable();
    vec![
        ("p50", percentile(&times, 0.5)),
        ("p99", percentile(&times, 0.99)),
        ("p99.9", percentile(&times, 0.999)),
        ("cpu", cpu),
    ]
}

/// Of sorted times, the one that `part` of them do not exceed.
pub fn percentile(times: &[u64], part: f64) -> f64 {
    let rank = (times.len() as f64 * part).ceil() as usize;
    times[rank.clamp(1, times.len()) - 1] as f64
}
