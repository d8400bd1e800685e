//! How one thread keeps a pool busy.

use std::time::{Duration, Instant};

use crate::pools::{Pool, Size};
use crate::work::Work;

/// Jobs in flight, in all workloads.
pub const IN_FLIGHT: usize = 1024;

/// What one sample should not exceed by much.
pub const BUDGET: Duration = Duration::from_millis(200);

/// Submits the jobs `0..jobs` and collects their outcomes: submits until the pool is full, waits for an outcome, takes
/// what else there is. Gives the sum of the outcomes.
pub fn feed(pool: &impl Pool, jobs: u64) -> u64 {
    let (mut sent, mut got, mut sum) = (0, 0, 0u64);
    while got < jobs {
        while sent < jobs && sent - got < IN_FLIGHT as u64 && pool.try_submit(sent) {
            sent += 1;
        }
        if got == sent {
            continue;
        }
        sum = sum.wrapping_add(pool.recv());
        got += 1;
        while let Some(outcome) = pool.try_recv() {
            sum = sum.wrapping_add(outcome);
            got += 1;
        }
    }
    sum
}

/// Nanoseconds a job by [`feed`]. `outcome` says what `work` must give.
pub fn time<P: Pool>(workers: usize, jobs: usize, work: impl Work, outcome: impl Fn(u64) -> u64) -> f64 {
    let pool = P::start(Size::ample(workers, IN_FLIGHT), work);
    pace(jobs, |jobs| feed(&pool, jobs), outcome)
}

/// Nanoseconds a job by a way to feed a pool, after a twentieth of the jobs to warm up. A pool that is slow gets fewer
/// jobs.
pub fn pace(jobs: usize, mut feed: impl FnMut(u64) -> u64, outcome: impl Fn(u64) -> u64) -> f64 {
    let first = jobs / 20;
    let start = Instant::now();
    feed(first as u64);
    let affordable = BUDGET.as_nanos() as f64 / each(start.elapsed(), first);
    let jobs = jobs.min(affordable as usize).max(first);
    let start = Instant::now();
    let sum = feed(jobs as u64);
    let took = start.elapsed();
    check(sum, jobs, outcome);
    each(took, jobs)
}

/// Nanoseconds a job.
pub fn each(took: Duration, jobs: usize) -> f64 {
    took.as_nanos() as f64 / jobs as f64
}

/// Every job must have run, once.
pub fn check(sum: u64, jobs: usize, outcome: impl Fn(u64) -> u64) {
    assert_eq!(sum, (0..jobs as u64).map(outcome).fold(0, u64::wrapping_add), "the sum of the outcomes");
}
