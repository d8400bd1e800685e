//! Many more threads than cores: four submitters, ten workers, one collector.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use quanta::Clock;

use super::feed::{IN_FLIGHT, each};
use super::latency::percentile;
use super::{Cell, Columns, Workload};
use crate::harness::{Figure, Peer, Task};
use crate::pools::{Shared, Size, Submit, shared_pools};
use crate::work::tiny;

pub const WORKLOAD: Workload = Workload { name: "oversubscribed", columns: Columns::Workers, cells, peers };

const SUBMITTERS: usize = 4;

/// The shapes under which it is reported are `throughput` and `p99.9`.
fn cells() -> Vec<Cell> {
    vec![Cell::new("4 submitters", 10, 1_000_000)]
}

fn peers() -> Vec<Peer> {
    shared_pools!(sample)
}

/// A job is the time of its submission, and so is its outcome.
fn sample<P: Shared>(task: &Task) -> Vec<Figure> {
    // A pool of two queues gets half of what may be in flight for each: else its jobs would wait twice as long.
    let size = Size { workers: task.workers, in_flight: IN_FLIGHT, queue: IN_FLIGHT / 2 };
    let pool = P::start(size, |time| {
        black_box(tiny(time));
        time
    });
    let share = task.jobs / SUBMITTERS;
    // Read twice for each job, so the processor's own counter: the system's clock would take as long as the pool does.
    let clock = Clock::new();
    let zero = clock.raw();
    let submit = |submitter: P::Submitter| {
        let clock = clock.clone();
        thread::spawn(move || {
            let mut sum = 0u64;
            for _ in 0..share {
                let time = clock.raw();
                submitter.submit(time);
                sum = sum.wrapping_add(time);
            }
            sum
        })
    };
    let submitters: Vec<_> = (0..SUBMITTERS).map(|_| submit(pool.submitter())).collect();
    let jobs = share * SUBMITTERS;
    let (mut times, mut collected) = (Vec::with_capacity(jobs), 0u64);
    for _ in 0..jobs {
        let submitted = pool.recv();
        times.push(clock.raw().saturating_sub(submitted));
        collected = collected.wrapping_add(submitted);
    }
    let took = clock.delta_as_nanos(zero, clock.raw());
    let sums = submitters.into_iter().map(|submitter| submitter.join().expect("no panic"));
    assert_eq!(collected, sums.fold(0, u64::wrapping_add), "the sum of the outcomes");
    times.sort_unstable();
    let p999 = clock.delta_as_nanos(0, percentile(&times, 0.999) as u64);
    vec![("throughput", each(Duration::from_nanos(took), jobs)), ("p99.9", p999 as f64)]
}
