//! Peers in C++ and C. The whole workload is on their side: see `cpp/roundtrip.hpp`.

use crate::harness::{Figure, Kind, Peer, Task, one};
use crate::work::tiny;
use crate::workloads::{POOLS, check};

unsafe extern "C" {
    safe fn has_bs_thread_pool() -> bool;
    fn roundtrip_bs(seed: bool, workers: usize, jobs: *mut u64, sum: *mut u64) -> f64;
    fn roundtrip_glib(seed: bool, workers: usize, jobs: *mut u64, sum: *mut u64) -> f64;
    fn roundtrip_moodycamel(seed: bool, workers: usize, jobs: *mut u64, sum: *mut u64) -> f64;
    fn roundtrip_moodycamel_batch(seed: bool, workers: usize, jobs: *mut u64, sum: *mut u64) -> f64;
    fn roundtrip_rvaser(seed: bool, workers: usize, jobs: *mut u64, sum: *mut u64) -> f64;
    fn roundtrip_tbb(seed: bool, workers: usize, jobs: *mut u64, sum: *mut u64) -> f64;
}

/// Has one of these functions do the task, and checks it.
macro_rules! sample {
    ($function:ident) => {
        |task: &Task| -> Vec<Figure> {
            let seed = task.shape == "seed";
            let mut jobs = (if seed { task.jobs / POOLS } else { task.jobs }) as u64;
            let mut sum = 0;
            // SAFETY: it reads and writes one number of jobs, writes one sum, and keeps neither.
            let nanos = unsafe { $function(seed, task.workers, &raw mut jobs, &raw mut sum) };
            check(sum, jobs as usize, tiny);
            assert!(nanos > 0.0, "one of the pools had another sum");
            one(nanos)
        }
    };
}

pub fn peers() -> Vec<Peer> {
    let mut peers = vec![
        Peer::here("moodycamel", Kind::Peer, sample!(roundtrip_moodycamel)),
        Peer::here("moodycamel-batch", Kind::Peer, sample!(roundtrip_moodycamel_batch)),
        // Its bounded queue, not its scheduler.
        Peer::here("tbb", Kind::Peer, sample!(roundtrip_tbb)),
        Peer::here("GThreadPool", Kind::Peer, sample!(roundtrip_glib)),
        Peer::here("rvaser thread_pool", Kind::Peer, sample!(roundtrip_rvaser)),
    ];
    if has_bs_thread_pool() {
        peers.push(Peer::here("BS::thread_pool", Kind::Peer, sample!(roundtrip_bs)));
    }
    peers
}
