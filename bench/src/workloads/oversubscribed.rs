//! Many more threads than cores: four submitters, ten workers, one collector.

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use quanta::Clock;

use super::away::away;
use super::feed::{IN_FLIGHT, each};
use super::latency::percentile;
use super::{Cell, Columns, Workload};
use crate::harness::{Figure, Kind, Peer, Task};
use crate::pools::{Shared, Size, Submit, shared_pools};
use crate::work::tiny;

pub const WORKLOAD: Workload = Workload { name: "oversubscribed", columns: Columns::Workers, cells, peers };

const SUBMITTERS: usize = 4;

/// One job of so many is timed. Two looks at the clock for each would take as long as the pool does. No divisor of what
/// threads take at once: else it might be the first of them each time.
const TIMED: usize = 17;

/// One part of so many comes first and is not timed. Else the largest thousandth of the times would be those of the jobs
/// that were submitted before all threads ran.
const WARM_UP: usize = 20;

/// The shapes under which it is reported are `throughput` and `p99.9`.
fn cells() -> Vec<Cell> {
    vec![Cell::new("4 submitters", 10, 1_000_000)]
}

fn peers() -> Vec<Peer> {
    let mut peers = shared_pools!(sample);
    peers.push(Peer::here("the machine alone", Kind::Limit, machine));
    peers
}

/// For comparison, of the time and not of jobs.
fn machine(_: &Task) -> Vec<Figure> {
    away(0.001).map(|time| ("p99.9", time)).into_iter().collect()
}

/// A job is its number, below that of all jobs, or the time of its submission, later than `zero`; and so is its outcome.
fn sample<P: Shared>(task: &Task) -> Vec<Figure> {
    // A pool of two queues gets half of what may be in flight for each: else its jobs would wait twice as long.
    let size = Size { workers: task.workers, in_flight: IN_FLIGHT, queue: IN_FLIGHT / 2 };
    let pool = P::start(size, |job| {
        black_box(tiny(job));
        job
    });
    let share = task.jobs / SUBMITTERS;
    // The processor's own counter: quickly read, and its count is larger than any job's number.
    let clock = Clock::new();
    let start = Arc::new(Barrier::new(SUBMITTERS + 1));
    let submit = |at: usize, submitter: P::Submitter| {
        let (clock, start) = (clock.clone(), start.clone());
        thread::spawn(move || {
            start.wait();
            let mut sum = 0u64;
            for number in 0..share {
                let timed = number >= share / WARM_UP && number.is_multiple_of(TIMED);
                let job = if timed { clock.raw() } else { (at * share + number) as u64 };
                submitter.submit(job);
                sum = sum.wrapping_add(job);
            }
            sum
        })
    };
    let submitters: Vec<_> = (0..SUBMITTERS).map(|at| submit(at, pool.submitter())).collect();
    let jobs = share * SUBMITTERS;
    let (mut times, mut collected) = (Vec::with_capacity(jobs / TIMED + SUBMITTERS), 0u64);
    let zero = clock.raw();
    assert!(zero > jobs as u64, "a time is not taken for a number");
    start.wait();
    let begin = clock.raw();
    for _ in 0..jobs {
        let job = pool.recv();
        if job >= zero {
            times.push(clock.raw().saturating_sub(job));
        }
        collected = collected.wrapping_add(job);
    }
    let took = clock.delta_as_nanos(begin, clock.raw());
    let sums = submitters.into_iter().map(|submitter| submitter.join().expect("no panic"));
    assert_eq!(collected, sums.fold(0, u64::wrapping_add), "the sum of the outcomes");
    times.sort_unstable();
    let p999 = clock.delta_as_nanos(0, percentile(&times, 0.999) as u64);
    vec![("throughput", each(Duration::from_nanos(took), jobs)), ("p99.9", p999 as f64)]
}
