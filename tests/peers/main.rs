//! Scenarios that broke other queues, channels and pools, or that their suites hold dear, as far as no other test here has
//! them; docs/verification.md lists all of them.
#![cfg(not(loom))]

mod bursts;
mod channels;
mod ends;
mod never_fail;
mod sizes;

use std::thread;

/// Runs `work` in so many threads at once.
fn in_threads(threads: usize, work: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        for index in 0..threads {
            let work = &work;
            scope.spawn(move || work(index));
        }
    });
}
