//! The variations of the worker-pool pattern, one short function for each.
//!
//! ```text
//! cargo run --release --example variations
//! ```

use std::thread::sleep;
use std::time::Duration;

use jobring::{BuildError, JobError, Pool, Worker};

fn main() -> Result<(), BuildError> {
    an_error_for_each_job_that_fails()?;
    wait_for_all_workers()?;
    cancel_half_way()?;
    progress_every_ten_jobs()?;
    one_slow_worker()
}

/// A job that returns `Err` has failed: it counts as such, and the error arrives with the job's outcome.
fn an_error_for_each_job_that_fails() -> Result<(), BuildError> {
    println!("== An error for each job that fails");
    let pool = Pool::builder().workers(3).build_fallible(|_, text: &str| text.parse::<i32>())?;
    let texts = ["17", "four", "25", "", "99999999999"];
    for text in texts {
        pool.submit(text).expect("the pool is open");
    }
    for _ in texts {
        let outcome = pool.recv().expect("one outcome for each job");
        match outcome.result {
            Ok(Ok(number)) => println!("{number}"),
            Ok(Err(error)) => println!("failed: {error}"),
            Err(error) => println!("not run to its end: {error}"),
        }
    }
    let stats = pool.join();
    println!("{} done, {} failed\n", stats.done, stats.failed);
    Ok(())
}

/// Go's `wg.Wait()` before `close(results)`: `join` returns when every worker has ended. The outcomes stay for later, so
/// there must be room for all of them.
fn wait_for_all_workers() -> Result<(), BuildError> {
    println!("== Wait for all workers, then look at the outcomes");
    const JOBS: u64 = 40;
    let pool = Pool::builder().workers(4).capacity(JOBS as usize).build(|_, n: u64| n * n)?;
    for n in 1..=JOBS {
        pool.submit(n).expect("the pool is open");
    }
    let stats = pool.join();
    let sum: u64 = pool.outcomes().filter_map(|outcome| outcome.result.ok()).sum();
    println!("{} workers have ended after {} jobs; the sum of the squares is {sum}\n", stats.workers.len(), stats.done);
    Ok(())
}

/// Go's `ctx.Done()`: waiting jobs come back untouched, running jobs can look at `is_cancelled`.
fn cancel_half_way() -> Result<(), BuildError> {
    println!("== Cancel half-way");
    let pool = Pool::builder().workers(3).build(|worker: &Worker<'_>, job: u32| {
        for step in 1..=10 {
            if worker.is_cancelled() {
                return format!("{job} (stopped at step {step})");
            }
            sleep(Duration::from_millis(5));
        }
        format!("{job}")
    })?;
    for job in 0..20 {
        pool.submit(job).expect("the pool is open");
    }
    let mut outcomes = pool.outcomes();
    let (mut ran, mut never_began) = (Vec::new(), Vec::new());
    ran.extend(outcomes.by_ref().take(10).filter_map(|outcome| outcome.result.ok()));
    pool.cancel();
    for outcome in outcomes {
        match outcome.result {
            Ok(text) => ran.push(text),
            Err(JobError::Cancelled(job)) => never_began.push(job),
            Err(error) => println!("{error}"),
        }
    }
    println!("ran: {}", ran.join(", "));
    println!("never began: {never_began:?}\n");
    Ok(())
}

/// Outcomes can be counted as they come.
fn progress_every_ten_jobs() -> Result<(), BuildError> {
    println!("== Progress every 10 jobs");
    const JOBS: usize = 50;
    let pool = Pool::builder().workers(5).capacity(JOBS).build(|_, ()| sleep(Duration::from_millis(10)))?;
    for _ in 0..JOBS {
        pool.submit(()).expect("the pool is open");
    }
    pool.close();
    for (count, _outcome) in (1..).zip(pool.outcomes()) {
        if count % 10 == 0 {
            println!("{count} of {JOBS} jobs");
        }
    }
    println!();
    Ok(())
}

/// Nobody deals jobs out: each worker takes the next one when it is free, so that a slow worker just does fewer.
fn one_slow_worker() -> Result<(), BuildError> {
    println!("== One slow worker, whose share the others take");
    let pool = Pool::builder().workers(4).build(|worker: &Worker<'_>, ()| {
        let slow = worker.id().index() == 0;
        sleep(Duration::from_millis(if slow { 80 } else { 10 }));
    })?;
    for _ in 0..100 {
        pool.submit(()).expect("the pool is open");
    }
    for (number, worker) in pool.join().workers.iter().enumerate() {
        println!("worker {number}: {:3} jobs {}", worker.done, "#".repeat(worker.done as usize));
    }
    Ok(())
}
