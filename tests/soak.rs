//! Conservation under fire: pools come and go while 16 submitters, 16 workers and 8 collectors do everything at once.
//! Each accepted job gives one outcome, each payload is dropped once, no thread stays behind.
//!
//! `JOBRING_SOAK_SECS` sets how long (3), `JOBRING_SEED` in what order, as far as one thread decides.
#![cfg(all(not(loom), target_os = "linux"))]

#[path = "freeze/rng.rs"]
mod rng;

use core::sync::atomic::{AtomicU64, Ordering::SeqCst};
use core::time::Duration;
use std::panic::panic_any;
use std::thread;
use std::time::Instant;

use jobring::{Collector, JobError, Outcome, Pool, RecvError, Submitter};
use rng::{Rng, mix};

const SUBMITTERS: u64 = 16;
const WORKERS: usize = 16;
const COLLECTORS: u64 = 8;

static MADE: AtomicU64 = AtomicU64::new(0);
static DROPPED: AtomicU64 = AtomicU64::new(0);
/// Sum over all made less sum over all dropped: not 0 if one is dropped twice in another's stead.
static SUM: AtomicU64 = AtomicU64::new(0);

/// Counts itself. The second number is torn if it is not the first one's.
struct Payload(u64, u64);

impl Payload {
    fn new() -> Self {
        let number = MADE.fetch_add(1, SeqCst);
        SUM.fetch_add(mix(number), SeqCst);
        Self(number, mix(number))
    }

    /// Not a panic: a worker would catch that.
    fn check(&self) {
        if self.1 != mix(self.0) {
            eprintln!("a payload is torn");
            std::process::abort();
        }
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.check();
        DROPPED.fetch_add(1, SeqCst);
        SUM.fetch_sub(self.1, SeqCst);
    }
}

/// What a thread or a generation counted.
#[derive(Debug, Default)]
struct Counts {
    accepted: u64,
    done: u64,
    panicked: u64,
    cancelled: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.done += other.done;
        self.panicked += other.panicked;
        self.cancelled += other.cancelled;
    }

    fn count(&mut self, outcome: Outcome<Payload, Payload>) {
        match outcome.result {
            Ok(value) => {
                value.check();
                self.done += 1;
            }
            Err(JobError::Panicked(_)) => self.panicked += 1,
            Err(JobError::Cancelled(job)) => {
                job.check();
                self.cancelled += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn outcomes(&self) -> u64 {
        self.done + self.panicked + self.cancelled
    }
}

fn work(job: Payload) -> Payload {
    job.check();
    match job.1 % 64 {
        0 => panic!("a message"),
        1 => panic!("a message of job {}", job.0),
        2 => panic_any(Payload::new()),
        3 => thread::sleep(Duration::from_micros(job.1 >> 8 & 127)),
        4..16 => return job,
        _ => {}
    }
    Payload::new()
}

/// Until the pool is closed, and sometimes gives up earlier.
fn submit(mut submitter: Submitter<Payload, Payload>, mut rng: Rng) -> Counts {
    let mut counts = Counts::default();
    loop {
        let job = Payload::new();
        let result = match rng.below(4) {
            0 => submitter.try_submit(job),
            1 => submitter.submit_timeout(job, Duration::from_micros(rng.below(100))),
            _ => submitter.submit(job),
        };
        match result {
            Ok(_) => counts.accepted += 1,
            Err(error) if error.is_closed() => return counts,
            Err(error) => error.into_job().check(),
        }
        match rng.below(4096) {
            0 => return counts,
            1..64 => submitter = submitter.clone(),
            64 if rng.below(8) == 0 => {
                submitter.close();
            }
            _ => {}
        }
    }
}

/// Until the pool is closed and drained, and sometimes gives up earlier.
fn collect(mut collector: Collector<Payload, Payload>, mut rng: Rng) -> Counts {
    let mut counts = Counts::default();
    loop {
        let result = match rng.below(4) {
            0 => collector.try_recv(),
            1 => collector.recv_timeout(Duration::from_micros(rng.below(100))),
            _ => collector.recv(),
        };
        match result {
            Ok(outcome) => counts.count(outcome),
            Err(RecvError::Closed) => return counts,
            Err(_) => {}
        }
        match rng.below(4096) {
            0 if rng.below(4) == 0 => return counts,
            1..64 => collector = collector.clone(),
            _ => {}
        }
    }
}

/// One pool, from its making to the last handle.
fn generation(rng: &mut Rng) -> Counts {
    let capacity = 1 << rng.below(12) as usize;
    let pool = Pool::builder().workers(WORKERS).capacity(capacity).build(|_, job| work(job)).unwrap();
    let (submitter, collector) = (pool.submitter(), pool.collector());
    let mut counts = Counts::default();
    thread::scope(|scope| {
        let submitters = (0..SUBMITTERS).map(|_| (pool.submitter(), Rng::new(rng.next())));
        let submitters = submitters.map(|(submitter, rng)| scope.spawn(move || submit(submitter, rng)));
        let mut threads: Vec<_> = submitters.collect();
        let collectors = (0..COLLECTORS).map(|_| (pool.collector(), Rng::new(rng.next())));
        threads.extend(collectors.map(|(collector, rng)| scope.spawn(move || collect(collector, rng))));
        thread::sleep(Duration::from_micros(rng.below(40_000)));
        let stats = match rng.below(4) {
            0 => {
                drop(pool);
                None
            }
            1 => {
                pool.cancel();
                Some(pool.join())
            }
            2 => {
                pool.close();
                thread::yield_now();
                pool.cancel();
                Some(pool.join())
            }
            _ => Some(pool.join()),
        };
        for thread in threads {
            counts.add(&thread.join().unwrap());
        }
        assert!(submitter.is_closed());
        if rng.below(8) == 0 {
            // What is left is dropped with the last handle.
            assert!(counts.outcomes() <= counts.accepted);
            return;
        }
        collector.outcomes().for_each(|outcome| counts.count(outcome));
        assert_eq!(counts.outcomes(), counts.accepted, "accepted jobs and outcomes: {counts:?}");
        if let Some(stats) = stats {
            let of_pool = (stats.accepted, stats.done, stats.panicked, stats.cancelled);
            assert_eq!(of_pool, (counts.accepted, counts.done, counts.panicked, counts.cancelled));
        }
    });
    drop((submitter, collector));
    assert_eq!(DROPPED.load(SeqCst), MADE.load(SeqCst), "payloads dropped");
    assert_eq!(SUM.load(SeqCst), 0, "one dropped twice, another not at all");
    counts
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn nothing_is_lost_doubled_or_left_behind_by_many_pools_under_fire() {
    let seconds = std::env::var("JOBRING_SOAK_SECS").map_or(3, |secs| secs.parse().expect("a number of seconds"));
    let mut rng = Rng::seeded("soak");
    let hook = std::panic::take_hook();
    // The panics of jobs are meant.
    std::panic::set_hook(Box::new(move |info| {
        if !thread::current().name().is_some_and(|name| name.starts_with("jobring-")) {
            hook(info);
        }
    }));
    let before = threads();
    let start = Instant::now();
    let (mut pools, mut total) = (0, Counts::default());
    while pools == 0 || start.elapsed() < Duration::from_secs(seconds) {
        total.add(&generation(&mut rng));
        pools += 1;
    }
    println!("soak: {pools} pools in {:.1} s: {total:?}", start.elapsed().as_secs_f32());
    // A joined thread may be on its way out of the kernel's list still.
    let patience = Instant::now() + Duration::from_secs(10);
    while threads() > before && Instant::now() < patience {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(threads(), before, "threads left behind");
}
