//! The worker-pool pattern: numbered jobs go in at one end, a fixed number of workers share them, and the results come
//! out at the other end, each with the number of the worker that ran it.
//!
//! ```text
//! cargo run --release --example worker_pool
//! cargo run --release --example worker_pool -- --jobs 1000 --workers 50 --work-ms 20 --capacity 100
//! ```

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use jobring::Pool;

const HELP: &str = "\
Runs numbered jobs, each of which sleeps, on a pool of workers, and says who ran what.

Usage: worker_pool [OPTIONS]

Options:
      --jobs N      how many jobs (default: 100)
      --workers N   how many workers (default: 10)
      --work-ms N   how long each job takes, in milliseconds (default: 50)
      --capacity N  how many jobs may be in flight; with fewer than there are workers, some of
                    these have nothing to do (default: as many as there are jobs)
  -h, --help        this text
";

/// A pool has at least one slot, even for no jobs, and refuses to have more than this.
const MAX_CAPACITY: usize = 1 << 24;

struct Options {
    jobs: usize,
    workers: usize,
    work: Duration,
    capacity: usize,
}

fn main() -> ExitCode {
    match options() {
        Ok(Some(options)) => run(&options),
        Ok(None) => quiet_if_nobody_reads(io::stdout().write_all(HELP.as_bytes())),
        Err(error) => refuse(&error.to_string()),
    }
}

fn run(options: &Options) -> ExitCode {
    // Every worker calls this for every job that it takes.
    let work = options.work;
    let simulate = move |_: &jobring::Worker<'_>, job: usize| {
        thread::sleep(work);
        job
    };
    let pool = match Pool::builder().workers(options.workers).capacity(options.capacity).build(simulate) {
        Ok(pool) => pool,
        Err(error) => {
            let source = error.source().map(|source| format!(": {source}"));
            return refuse(&format!("{error}{}", source.unwrap_or_default()));
        }
    };

    let start = Instant::now();
    let mut by_worker = vec![Vec::new(); pool.workers()];
    thread::scope(|scope| {
        // Jobs are submitted in a thread of their own: with a capacity below the number of jobs, `submit` waits until
        // this thread has received an outcome.
        let submitter = pool.submitter();
        scope.spawn(move || {
            for job in 0..options.jobs {
                submitter.submit(job).expect("nobody else closes the pool");
            }
            submitter.close();
        });

        // Ends when the pool is closed and the last outcome has been received.
        for outcome in progress_bar(options.jobs).wrap_iter(pool.outcomes()) {
            let job = outcome.result.expect("sleeping neither panics nor is it cancelled");
            by_worker[outcome.worker.index()].push(job);
        }
    });
    quiet_if_nobody_reads(report(options, &by_worker, start.elapsed()))
}

fn report(options: &Options, by_worker: &[Vec<usize>], elapsed: Duration) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (worker, jobs) in by_worker.iter().enumerate() {
        writeln!(out, "Worker {worker} processed jobs: {jobs:?}")?;
    }
    let total: usize = by_worker.iter().map(Vec::len).sum();
    let rounds = u32::try_from(total.div_ceil(by_worker.len())).unwrap_or(u32::MAX);
    let ideal = options.work.saturating_mul(rounds);
    writeln!(out, "Total: {total} jobs by {} workers", by_worker.len())?;
    writeln!(out, "Wall time: {:.3} s (ideal: {:.3} s)", elapsed.as_secs_f64(), ideal.as_secs_f64())
}

/// On stderr, and only if that is a terminal.
fn progress_bar(jobs: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} jobs, {eta} left").expect("the template is valid");
    ProgressBar::new(jobs as u64).with_style(style)
}

/// `None` asks for help.
fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;

    let (mut jobs, mut workers, mut work_ms, mut capacity) = (100, 10, 50, None);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("jobs") => jobs = number(&mut parser, "--jobs")?,
            Long("workers") => workers = number(&mut parser, "--workers")?,
            Long("work-ms") => work_ms = number(&mut parser, "--work-ms")?,
            Long("capacity") => capacity = Some(number(&mut parser, "--capacity")?),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    let capacity = capacity.unwrap_or(jobs.clamp(1, MAX_CAPACITY));
    Ok(Some(Options { jobs, workers, work: Duration::from_millis(work_ms), capacity }))
}

fn number<N: FromStr<Err: Display>>(parser: &mut lexopt::Parser, option: &str) -> Result<N, lexopt::Error> {
    let value = parser.value()?;
    let text = value.to_string_lossy();
    text.parse().map_err(|error| format!("{option} {text:?}: {error}").into())
}

/// Says in one line what is wrong with the options.
fn refuse(reason: &str) -> ExitCode {
    eprintln!("worker_pool: {reason}");
    ExitCode::from(2)
}

/// `worker_pool | head -1` is no error.
fn quiet_if_nobody_reads(written: io::Result<()>) -> ExitCode {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("worker_pool: standard output: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
