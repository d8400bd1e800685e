//! What a job does.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

/// A job, as every pool runs it.
pub trait Work: Fn(u64) -> u64 + Copy + Send + Sync + 'static {}

impl<F: Fn(u64) -> u64 + Copy + Send + Sync + 'static> Work for F {}

/// The job that costs nothing.
#[inline(always)]
pub fn tiny(v: u64) -> u64 {
    v.wrapping_mul(v).wrapping_add(1)
}

/// A chain of multiplications: busy, and the same on every core at the same clock. Gives `v` back.
#[inline(never)]
pub fn busy(spins: u64, v: u64) -> u64 {
    let mut x = v | 1;
    for _ in 0..spins {
        x = black_box(x.wrapping_mul(6_364_136_223_846_793_005) | 1);
    }
    black_box(x);
    v
}

/// Spins of [`busy`] that take a microsecond, as the quickest of some tries has it.
pub fn calibrate() -> u64 {
    const SPINS: u64 = 200_000;
    let time = |_| {
        let start = Instant::now();
        busy(SPINS, 1);
        start.elapsed()
    };
    let quickest = (0..50).map(time).min().unwrap_or_default();
    (SPINS as f64 * 1e3 / quickest.as_nanos().max(1) as f64) as u64
}

/// A job of this many microseconds that leaves the core to others, as far as the scheduler keeps such short times.
pub fn nap(spins: u64, micros: u64) -> u64 {
    /// Shorter than this the kernel's own timer slack would be most of it.
    const SHORT: u64 = 200;
    if micros < SHORT {
        busy(spins * micros, micros);
    } else {
        thread::sleep(Duration::from_micros(micros));
    }
    micros
}
