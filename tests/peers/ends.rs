//! Pools and handles that come and go, thousands of times.

use std::sync::Arc;
use std::thread;

use jobring::Pool;

#[test]
fn pools_are_made_and_dropped_thousands_of_times_idle_busy_full_or_waited_for() {
    let payload = Arc::new(());
    for turn in 0..3_000 {
        let pool = Pool::builder().workers(1 + turn % 3).capacity(2).build(|_, job: Arc<()>| job).unwrap();
        for _ in 0..turn % 4 {
            let _ = pool.try_submit(payload.clone());
        }
        match turn % 5 {
            0 => drop(pool),
            1 => {
                pool.cancel();
                drop(pool);
            }
            2 => {
                pool.join();
                drop(pool);
            }
            3 => {
                // The handle is the last one, and has outcomes left.
                let collector = pool.collector();
                drop(pool);
                let _ = collector.try_recv();
            }
            _ => {
                thread::scope(|scope| {
                    // They wait for a slot or for an outcome, or are about to.
                    scope.spawn(|| drop(pool.submit(payload.clone())));
                    scope.spawn(|| drop(pool.recv()));
                    pool.close();
                });
                drop(pool);
            }
        }
        assert_eq!(Arc::strong_count(&payload), 1, "turn {turn}");
    }
}

#[test]
fn a_close_wakes_every_one_of_many_who_wait() {
    for turn in 0..200 {
        // Some sleep by then, some are about to, some have not begun.
        let late = || (0..turn).for_each(|_| thread::yield_now());
        let pool = Pool::builder().workers(2).capacity(1).build(|_, job: u8| job).unwrap();
        thread::scope(|scope| {
            // Nobody submits: these wait for ever, or until it is closed.
            for _ in 0..4 {
                scope.spawn(|| assert!(pool.recv().is_err()));
            }
            late();
            pool.close();
        });
        let pool = Pool::builder().workers(2).capacity(1).build(|_, job: u8| job).unwrap();
        pool.submit(1).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert!(pool.submit(2).is_err()));
            }
            late();
            pool.close();
        });
        assert_eq!(pool.outcomes().count(), 1);
    }
}
