//! How far the cores are from each other. On a virtual machine that changes, and everything that two threads do together
//! changes with it.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU32, Ordering::Acquire, Ordering::Release};
use std::thread;
use std::time::Instant;

/// Times that a cache line goes there and back.
const TRIPS: u32 = 4_000;

/// Attempts, the best of which counts: in the others the threads may have shared a core.
const ATTEMPTS: usize = 5;

/// Nanoseconds for a cache line from one core to another. None if there is only one.
pub fn distance() -> Option<f64> {
    if thread::available_parallelism().ok()?.get() < 2 {
        return None;
    }
    (0..ATTEMPTS).map(|_| attempt()).min_by(f64::total_cmp)
}

fn attempt() -> f64 {
    let ball = AtomicU32::new(0);
    // Takes the ball when it is `mine`, and passes it on.
    let play = |mine: u32| {
        for trip in 0..TRIPS {
            while ball.load(Acquire) != 2 * trip + mine {
                spin_loop();
            }
            ball.store(2 * trip + mine + 1, Release);
        }
    };
    thread::scope(|scope| {
        let start = Instant::now();
        let other = scope.spawn(|| play(1));
        play(0);
        other.join().expect("no panic");
        start.elapsed().as_nanos() as f64 / f64::from(2 * TRIPS)
    })
}
