//! After construction nothing allocates.
#![cfg(not(loom))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use jobring::Pool;

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// One test in this file: others would allocate beside it.
#[test]
fn submitting_running_and_receiving_allocate_nothing() {
    let pool = Pool::builder().workers(3).capacity(16).build(|worker, job: u64| (worker.id(), job)).unwrap();
    let mut space = Vec::with_capacity(16);
    // Threads start, and the standard library sets up what it needs for each, in a first round.
    for round in 0..3 {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        for job in 0..1000 {
            pool.submit(job).unwrap();
            let _ = pool.recv().unwrap();
            pool.try_submit(job).unwrap();
            let _ = pool.recv_timeout(Duration::from_secs(60)).unwrap();
            assert!(pool.try_recv().is_err());
            assert!(pool.recv_timeout(Duration::ZERO).is_err());
            assert_eq!(pool.submit_batch(&mut (0..16)).unwrap(), 16);
            assert!(pool.try_submit(job).is_err());
            let mut received = 0;
            while received < 16 {
                received += pool.recv_batch(&mut space).unwrap();
                space.clear();
            }
        }
        if round > 0 {
            assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - before, 0);
        }
    }

    // Two that wait for each other: one for slots, the other for outcomes.
    let round = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..3 {
                round.wait();
                for _ in 0..10_000 {
                    let _ = pool.recv().unwrap();
                }
                round.wait();
            }
        });
        for first in [true, false, false] {
            round.wait();
            let before = ALLOCATIONS.load(Ordering::Relaxed);
            for job in 0..9_000 {
                pool.submit(job).unwrap();
            }
            pool.submit_all(0..1_000).unwrap();
            round.wait();
            assert!(first || ALLOCATIONS.load(Ordering::Relaxed) == before);
        }
    });

    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for job in 0..16 {
        pool.submit(job).unwrap();
    }
    pool.cancel();
    while pool.recv().is_ok() {}
    assert!(pool.submit(0).is_err());
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed), before);
}
