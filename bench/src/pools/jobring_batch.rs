//! jobring by its batch calls.

use std::time::{Duration, Instant};

use jobring::{Each, Outcome, Pool};

use crate::harness::{Figure, Task, one};
use crate::work::{Work, nap, tiny};
use crate::workloads::{BUDGET, IN_FLIGHT, POOLS, check, each, lengths};

/// Submits what fits, without waiting, and says how many that were.
fn submit(pool: &Pool<u64, u64>, jobs: &mut impl Iterator<Item = u64>) -> u64 {
    pool.submit_batch(jobs).expect("not closed") as u64
}

/// Waits for outcomes, takes those that are there, and gives their number and sum.
fn recv(pool: &Pool<u64, u64>) -> (u64, u64) {
    let mut sum = 0u64;
    let add = |outcome: Outcome<u64, u64>| sum = sum.wrapping_add(outcome.result.expect("jobs do not fail"));
    let received = pool.recv_batch(&mut Each::new(IN_FLIGHT, add)).expect("outcomes are to come");
    (received as u64, sum)
}

fn start(workers: usize, capacity: usize, work: impl Work) -> Pool<u64, u64> {
    Pool::builder().workers(workers).capacity(capacity).build(move |_, job| work(job)).expect("the pool starts")
}

pub fn sample(task: &Task) -> Vec<Figure> {
    match task.shape.as_str() {
        "seed" => one(seed(task)),
        _ => one(bounded(task)),
    }
}

/// As `feed` does it with single jobs.
fn feed(pool: &Pool<u64, u64>, jobs: u64) -> u64 {
    let (mut sent, mut got, mut sum) = (0, 0, 0u64);
    while got < jobs {
        if sent < jobs {
            sent += submit(pool, &mut (sent..jobs));
        }
        if got == sent {
            continue;
        }
        let (received, more) = recv(pool);
        got += received;
        sum = sum.wrapping_add(more);
    }
    sum
}

fn bounded(task: &Task) -> f64 {
    let pool = start(task.workers, IN_FLIGHT, tiny);
    feed(&pool, task.jobs as u64 / 20);
    let start = Instant::now();
    let sum = feed(&pool, task.jobs as u64);
    let took = start.elapsed();
    check(sum, task.jobs, tiny);
    each(took, task.jobs)
}

fn seed(task: &Task) -> f64 {
    let jobs = task.jobs / POOLS;
    let (mut took, mut pools) = (Duration::ZERO, 0);
    while pools < POOLS && took < BUDGET {
        pools += 1;
        let pool = start(task.workers, jobs, tiny);
        let start = Instant::now();
        assert_eq!(submit(&pool, &mut (0..jobs as u64)), jobs as u64, "there is room for all");
        pool.close();
        let (mut got, mut sum) = (0, 0u64);
        while got < jobs as u64 {
            let (received, more) = recv(&pool);
            got += received;
            sum = sum.wrapping_add(more);
        }
        took += start.elapsed();
        check(sum, jobs, tiny);
    }
    each(took, jobs * pools)
}

/// The workload `balance`: all jobs in one batch.
pub fn balance(task: &Task) -> Vec<Figure> {
    let (lengths, spins) = (lengths(task), task.spins);
    let pool = start(task.workers, IN_FLIGHT, move |micros| nap(spins, micros));
    let start = Instant::now();
    assert_eq!(submit(&pool, &mut lengths.iter().copied()), lengths.len() as u64, "there is room for all");
    let (mut got, mut sum) = (0, 0);
    while got < lengths.len() as u64 {
        let (received, more) = recv(&pool);
        got += received;
        sum += more;
    }
    let took = start.elapsed();
    assert_eq!(sum, lengths.iter().sum::<u64>(), "the sum of the outcomes");
    one(each(took, lengths.len()))
}
