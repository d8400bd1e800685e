//! How late things are on this machine with nothing to wait for: now and then a core is away, for the host of a virtual
//! machine or for the system.

use std::thread;
use std::time::{Duration, Instant};

/// How long the cores are watched, about as long as one sample of a pool takes.
const WATCH: Duration = Duration::from_millis(50);

/// No look at the clock takes as long.
const AWAY: Duration = Duration::from_micros(1);

/// Watches all cores, by a thread each that only looks at the clock. In `part` of the time one of them is away, and stays away
/// for longer than this, in nanoseconds.
pub fn away(part: f64) -> f64 {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut times: Vec<f64> = thread::scope(|scope| {
        let watchers: Vec<_> = (0..cores).map(|core| scope.spawn(move || watch(core))).collect();
        watchers.into_iter().flat_map(|watcher| watcher.join().expect("no panic")).collect()
    });
    times.sort_by(|a, b| f64::total_cmp(b, a));
    longer_than(&times, part * WATCH.as_nanos() as f64)
}

/// The times that this core was away.
fn watch(core: usize) -> Vec<f64> {
    stay_on(core);
    let mut times = Vec::new();
    let start = Instant::now();
    let mut last = start;
    while last.duration_since(start) < WATCH {
        let now = Instant::now();
        let time = now.duration_since(last);
        if time > AWAY {
            times.push(time.as_nanos() as f64);
        }
        last = now;
    }
    times
}

/// What is above this line in `times`, of which the longest come first, adds up to `sum`.
fn longer_than(times: &[f64], sum: f64) -> f64 {
    let (mut total, mut line) = (0.0, 0.0);
    for (count, time) in times.iter().enumerate() {
        if *time <= line {
            break;
        }
        total += time;
        line = (total - sum) / (count + 1) as f64;
    }
    f64::max(line, 0.0)
}

/// Else two threads might share a core, and each take the other's turn for its own core's being away.
fn stay_on(core: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: a set of cores is plain bits, zeros are none; the call only reads it. One that fails leaves the thread where it is.
    unsafe {
        let mut cores: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut cores);
        libc::sched_setaffinity(0, size_of_val(&cores), &raw const cores);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = core;
}

#[cfg(test)]
mod tests {
    use super::longer_than;

    #[test]
    fn what_is_above_the_line_adds_up_to_the_sum() {
        assert_eq!(longer_than(&[90.0, 70.0, 20.0], 40.0), 60.0);
        assert_eq!(longer_than(&[90.0, 70.0, 20.0], 10.0), 80.0);
        assert_eq!(longer_than(&[90.0, 70.0, 20.0], 500.0), 0.0);
        assert_eq!(longer_than(&[], 10.0), 0.0);
    }
}
