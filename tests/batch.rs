//! Batches: many jobs and many outcomes in one call.
#![cfg(not(loom))]

#[cfg(target_os = "linux")]
#[path = "freeze/membarrier.rs"]
mod membarrier;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jobring::{Each, Outcome, Pool, RecvError, Space};

fn pool(workers: usize, capacity: usize) -> Pool<u64, u64> {
    Pool::builder().workers(workers).capacity(capacity).build(|_, job: u64| job * 2).unwrap()
}

#[test]
fn a_batch_takes_as_many_jobs_as_fit_and_leaves_the_others_in_the_iterator() {
    let pool = pool(1, 50);
    let mut jobs = 0..200u64;
    let accepted = pool.submit_batch(&mut jobs).unwrap();
    assert_eq!(accepted, 50);
    assert_eq!(jobs.next(), Some(50));
    assert_eq!(pool.submit_batch(&mut jobs).unwrap(), 0);
}

#[test]
fn submit_all_waits_for_slots_and_gives_every_job_exactly_one_outcome() {
    for (workers, capacity) in [(1, 1), (2, 3), (3, 64), (2, 100)] {
        let pool = pool(workers, capacity);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                assert_eq!(pool.submit_all(0..1000).unwrap(), 1000);
                assert_eq!(pool.submit_all((1000..2000).filter(|job| job % 2 == 0)).unwrap(), 500);
                pool.close();
            });
            let mut seen = HashSet::new();
            let mut space = Vec::with_capacity(37);
            while let Ok(count) = pool.recv_batch(&mut space) {
                assert_eq!(count, space.len());
                for outcome in space.drain(..) {
                    assert!(seen.insert(outcome.result.unwrap() / 2));
                }
            }
            assert_eq!(seen.len(), 1500);
        });
        let stats = pool.join();
        assert_eq!((stats.accepted, stats.done, stats.in_flight), (1500, 1500, 0));
    }
}

#[test]
fn slots_that_a_thread_has_at_hand_serve_batches_of_its_own_and_of_others() {
    #[cfg(target_os = "linux")]
    membarrier::expect();
    // At hand are up to 64; a word of the ring has room for 32 in a pool of less than 512, and else for as many.
    for capacity in [40, 100, 511, 512, 1023] {
        for by_another in [false, true] {
            let pool = pool(1, capacity);
            let all = 0..capacity as u64;
            assert_eq!(pool.submit_batch(&mut all.clone()).unwrap(), capacity);
            // One by one: they stay with this thread, as many as it may have.
            all.clone().for_each(|_| drop(pool.recv().unwrap()));
            let submit = || assert_eq!(pool.submit_batch(&mut all.clone()).unwrap(), capacity);
            if by_another {
                std::thread::scope(|scope| drop(scope.spawn(submit)));
            } else {
                submit();
            }
            pool.close();
            let results = pool.outcomes().map(|outcome| outcome.result.unwrap());
            assert!(results.eq(all.map(|job| job * 2)), "one worker, one receiver: in order");
        }
    }
}

#[test]
fn an_iterator_of_unknown_length_that_ends_does_not_wait_for_a_slot_it_does_not_need() {
    let pool = pool(1, 4);
    assert_eq!(pool.submit_all((0..8u64).filter(|job| *job < 4)).unwrap(), 4);
}

#[test]
fn an_iterator_without_end_is_submitted_until_the_pool_is_closed() {
    let pool = pool(2, 5);
    std::thread::scope(|scope| {
        let submitting = scope.spawn(|| pool.submit_all(core::iter::repeat(7)));
        for _ in 0..1000 {
            assert_eq!(pool.recv().unwrap().result, Ok(14));
        }
        pool.close();
        let rest = pool.outcomes().count();
        let error = submitting.join().unwrap().unwrap_err();
        assert_eq!(error.accepted, 1000 + rest);
    });
    let mut endless = core::iter::repeat(7);
    let other = self::pool(1, 5);
    assert_eq!(other.submit_batch(&mut endless).unwrap(), 5);
}

#[test]
fn a_closed_pool_refuses_a_batch_and_loses_none_of_it() {
    let pool = pool(1, 8);
    pool.close();
    let mut jobs = 0..5u64;
    let error = pool.submit_batch(&mut jobs).unwrap_err();
    assert_eq!((error.accepted, error.refused.len() + jobs.count()), (0, 5));
    let error = pool.submit_all(vec![7]).unwrap_err();
    assert_eq!(error.refused.first(), Some(&7));
}

#[test]
fn outcomes_go_into_a_slice_or_a_vector_of_fixed_capacity() {
    let pool = pool(2, 16);
    pool.submit_all(0..10).unwrap();
    pool.close();
    let mut slice: [Option<Outcome<u64, u64>>; 3] = [None, None, None];
    #[cfg(feature = "heapless")]
    let mut fixed: heapless::Vec<Outcome<u64, u64>, 4> = heapless::Vec::new();
    let mut all = Vec::new();
    loop {
        match pool.recv_batch(&mut slice[..]) {
            Ok(count) => all.extend(slice[..count].iter_mut().filter_map(Option::take)),
            Err(RecvError::Closed) => break,
            Err(error) => panic!("{error}"),
        }
        #[cfg(feature = "heapless")]
        if pool.recv_batch(&mut fixed).is_ok() {
            all.extend(core::mem::take(&mut fixed));
        }
        let mut seen = 0;
        let mut each = Each::new(2, |outcome| {
            seen += 1;
            all.push(outcome);
        });
        let received = pool.recv_batch(&mut each).unwrap_or(0);
        assert!(received == seen && seen <= 2);
    }
    let mut results: Vec<u64> = all.into_iter().map(|outcome| outcome.result.unwrap()).collect();
    results.sort_unstable();
    assert_eq!(results, (0..10).map(|job| job * 2).collect::<Vec<_>>());
    assert_eq!(pool.recv_batch(&mut Vec::new()), Ok(0), "no room, no wait");
}

#[test]
fn an_outcome_for_which_there_is_no_room_is_refused_and_not_lost_in_silence() {
    fn refuses(space: &mut (impl Space<u64, u64> + ?Sized), at: usize) -> bool {
        let pool = pool(1, 1);
        pool.submit(1).unwrap();
        let outcome = pool.recv().unwrap();
        catch_unwind(AssertUnwindSafe(|| space.put(at, outcome))).is_err()
    }
    let mut array = [const { None }; 1];
    assert!(!refuses(&mut array, 0) && refuses(&mut array, 1));
    assert!(refuses(&mut array[..], 1));
    let mut vec = Vec::with_capacity(1);
    assert!(!refuses(&mut vec, 0) && refuses(&mut vec, 1) && vec.len() == 1);
    #[cfg(feature = "heapless")]
    {
        let mut fixed = heapless::Vec::<_, 1>::new();
        assert!(!refuses(&mut fixed, 0) && refuses(&mut fixed, 1) && fixed.len() == 1);
    }
}

#[test]
fn a_slice_that_is_filled_again_drops_what_was_in_it_once() {
    let pool = Pool::builder().workers(1).capacity(4).build(|_, job: Arc<()>| job).unwrap();
    let (mut space, shared) = ([const { None }; 2], Arc::new(()));
    for _ in 0..3 {
        pool.submit_all([shared.clone(), shared.clone()]).unwrap();
        let mut received = pool.recv_batch(&mut space).unwrap();
        while received < 2 {
            received += pool.recv_batch(&mut space[received..]).unwrap();
        }
        assert_eq!(Arc::strong_count(&shared), 3);
    }
    drop(space);
    assert_eq!(Arc::strong_count(&shared), 1);
}

#[test]
fn an_iterator_that_panics_costs_no_slot() {
    let pool = pool(1, 8);
    for _ in 0..20 {
        let jobs = (0..6u64).map(|job| if job == 3 { panic!("the iterator") } else { job });
        let unwound = catch_unwind(AssertUnwindSafe(|| pool.submit_all(jobs)));
        assert!(unwound.is_err());
    }
    assert_eq!(pool.submit_batch(&mut (0..8)).unwrap(), 8);
}

#[test]
fn a_batch_of_long_jobs_spreads_over_all_workers() {
    let barrier = std::sync::Arc::new(std::sync::Barrier::new(4));
    let inside = barrier.clone();
    let pool = Pool::builder().workers(4).capacity(4).build(move |_, ()| inside.wait().is_leader()).unwrap();
    pool.submit_all([(), (), (), ()]).unwrap();
    pool.close();
    assert_eq!(pool.outcomes().count(), 4, "each of four workers waits for the other three");
}

/// Space that panics when something is put into it.
struct Trap;

impl Space<u64, u64> for Trap {
    fn room(&self) -> usize {
        1
    }

    fn put(&mut self, _: usize, _: Outcome<u64, u64>) {
        panic!("the trap");
    }
}

#[test]
fn a_receiver_that_panics_frees_its_slots_and_wakes_a_submitter_that_waits() {
    let pool = pool(1, 1);
    for job in 0..50 {
        pool.submit(job).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.submit_timeout(job, std::time::Duration::from_secs(60)));
            let receiving = || pool.recv_batch(&mut Trap);
            assert!(catch_unwind(AssertUnwindSafe(receiving)).is_err());
            assert!(waiting.join().unwrap().is_ok());
        });
        assert!(pool.recv().is_ok());
    }
}

#[test]
fn outcomes_that_a_reader_has_not_seen_when_it_panics_are_dropped() {
    use std::sync::Arc;

    struct Trap;

    impl Space<(), Arc<()>> for Trap {
        fn room(&self) -> usize {
            usize::MAX
        }

        fn put(&mut self, _: usize, _: Outcome<(), Arc<()>>) {
            panic!("no");
        }
    }

    let payload = Arc::new(());
    let ours = payload.clone();
    let pool = Pool::builder().workers(1).capacity(8).build(move |_, ()| ours.clone()).unwrap();
    pool.submit_all([(); 8]).unwrap();
    pool.close();
    while pool.stats().done < 8 {
        std::thread::yield_now();
    }
    let mut panics = 0;
    while catch_unwind(AssertUnwindSafe(|| pool.recv_batch(&mut Trap))).is_err() {
        panics += 1;
    }
    assert!(panics >= 1);
    // The threads are gone, and the function with them. The pool is not: what it still had would count.
    pool.join();
    assert_eq!(Arc::strong_count(&payload), 1, "dropped, once each");
}

#[test]
fn a_reader_that_panics_ends_no_process_where_the_payloads_panic_too() {
    struct Mine;

    impl Drop for Mine {
        fn drop(&mut self) {
            panic!("as it is dropped");
        }
    }

    let pool = Pool::builder().workers(1).capacity(16).build(|_, ()| Mine).unwrap();
    pool.submit_all([(); 10]).unwrap();
    pool.join();
    let mut each = Each::new(16, |outcome: Outcome<(), Mine>| {
        core::mem::forget(outcome);
        panic!("the reader");
    });
    let receiving = AssertUnwindSafe(|| pool.recv_batch(&mut each));
    let panic = catch_unwind(receiving).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the reader"));
    assert_eq!(pool.stats().in_flight, 0);
}

#[test]
fn an_iterator_that_does_not_say_how_much_it_has_holds_32_slots_at_most() {
    for all in [true, false] {
        let pool = pool(1, 1024);
        let (mut calls, mut free) = (0, 0);
        let mut jobs = core::iter::from_fn(|| {
            calls += 1;
            if calls == 2 {
                free = (0..).take_while(|job| pool.try_submit(*job).is_ok()).count();
            }
            (calls == 1).then_some(0)
        });
        let accepted = if all { pool.submit_all(jobs) } else { pool.submit_batch(&mut jobs) };
        assert_eq!((accepted, 1024 - free), (Ok(1), 32));
    }
}

/// The sizes of the caller are not those of the pool, whose numbers have 32 bits.
#[cfg(target_pointer_width = "64")]
#[test]
fn as_much_as_2_to_the_32nd_at_once_is_as_much_as_there_is() {
    struct Wide(Vec<Outcome<u64, u64>>);

    impl Space<u64, u64> for Wide {
        fn room(&self) -> usize {
            (1 << 32) - self.0.len()
        }

        fn put(&mut self, _: usize, outcome: Outcome<u64, u64>) {
            self.0.push(outcome);
        }
    }

    let pool = pool(1, 64);
    // From the first one on some slots are at hand, and below some outcomes.
    pool.submit(0).unwrap();
    assert_eq!(pool.submit_batch(&mut (0..1u64 << 32)).unwrap(), 63);
    pool.join();
    assert!(pool.recv().is_ok());
    let mut space = Wide(Vec::new());
    assert_eq!(pool.recv_batch(&mut space).unwrap(), 63);
}
