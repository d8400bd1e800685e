//! Models of the pool: what its threads may do to each other, tried in every order.
//!
//! ```sh
//! RUSTFLAGS="--cfg loom" cargo test --release --test loom_pool
//! LOOM_MAX_PREEMPTIONS=3 RUSTFLAGS="--cfg loom" cargo test --release --test loom_pool -- cancel --nocapture
//! ```
//!
//! Five layers, from the inside out:
//!
//! - `slots`: the slot table, its free set and its two rings, as `StaticPool`: nobody waits, and the threads are the
//!   model's own. Scripts of submitters, workers, collectors, closers and cancellers race; afterwards the books must
//!   balance.
//! - `stash`: what a thread keeps at hand, and others take from it. Each ticket has one owner.
//! - `hand`: the stashes of the threads of a pool. What one keeps another can have, and it is not forgotten at the end.
//! - `event`: what threads wait for. A wake-up that is lost is a deadlock, and loom reports those.
//! - `pool`: `Pool` itself, on loom's threads.
//!
//! Payloads are tracked: one that is leaked or dropped twice fails the model. Every model says how many preemptions it
//! tries, as many as take a few seconds; `LOOM_MAX_PREEMPTIONS` overrides it, and `--nocapture` shows the runs made.
#![cfg(loom)]

mod event;
mod hand;
mod pool;
mod slots;
mod stash;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize as Count, Ordering::Relaxed};
use std::time::Instant;

use jobring::{JobError, JobId, Outcome};
use loom::alloc::Track;
use loom::thread;

fn model(preemptions: usize, check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(preemptions));
    builder.max_branches = 20_000;
    let (runs, start) = (Arc::new(Count::new(0)), Instant::now());
    let count = runs.clone();
    builder.check(move || {
        count.fetch_add(1, Relaxed);
        check();
    });
    let this = std::thread::current();
    println!("{}: {} runs, {:.1?}", this.name().unwrap_or_default(), runs.load(Relaxed), start.elapsed());
}

type Payload = Track<u32>;

/// What workers do to a job.
fn doubled(job: Payload) -> Payload {
    Track::new(2 * job.into_inner())
}

/// The accepted jobs and the outcomes must match one to one, each with the payload that is its own.
fn assert_balanced(mut accepted: Vec<(JobId, u32)>, outcomes: Vec<Outcome<Payload, Payload>>) {
    let mut came: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| match outcome.result {
            Ok(value) => (outcome.job, value.into_inner() / 2),
            Err(JobError::Cancelled(job)) => (outcome.job, job.into_inner()),
            Err(error) => panic!("{error}"),
        })
        .collect();
    accepted.sort();
    came.sort();
    assert_eq!(accepted, came, "what was accepted is not what came back");
}
