//! How late things are on this machine with nothing to wait for: now and then a core is away, for the host of a virtual
//! machine or for the system.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use core_affinity::CoreId;

/// How long the cores are watched, about as long as one sample of a pool takes.
const WATCH: Duration = Duration::from_millis(50);

/// A look at the clock that takes longer was interrupted.
const AWAY: Duration = Duration::from_micros(1);

/// Watches all cores that this process may use, by a thread each that only looks at the clock. In `part` of the time one of
/// them is away, and stays away for longer than this, in nanoseconds. None where a thread cannot be kept on a core: two on
/// one would each take the other's turn for its own core's being away.
pub fn away(part: f64) -> Option<f64> {
    let cores = core_affinity::get_core_ids()?;
    let start = &Barrier::new(cores.len());
    let times: Option<Vec<_>> = thread::scope(|scope| {
        let watchers: Vec<_> = cores.into_iter().map(|core| scope.spawn(move || watch(core, start))).collect();
        watchers.into_iter().map(|watcher| watcher.join().expect("no panic")).collect()
    });
    let mut times = times?.concat();
    times.sort_by(|a, b| f64::total_cmp(b, a));
    Some(longer_than(&times, part * WATCH.as_nanos() as f64))
}

/// The times that this core was away.
fn watch(core: CoreId, start: &Barrier) -> Option<Vec<f64>> {
    let stays = core_affinity::set_for_current(core);
    let mut times = Vec::with_capacity((WATCH.as_nanos() / AWAY.as_nanos()) as usize);
    start.wait();
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
    stays.then_some(times)
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
