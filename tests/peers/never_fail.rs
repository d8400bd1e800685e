//! As many threads as places. Each gives before it takes, so whoever gives finds a place and whoever takes finds something:
//! one failure in the midst of others would show that Full or Empty was said and not true.

use jobring::{Pool, Ring, StaticPool, TicketRing};

use crate::in_threads;

#[test]
fn n_threads_that_push_and_then_pop_never_fail_on_a_ring_of_n() {
    fn cycles<const N: usize>(turns: usize) {
        let (tickets, values) = (TicketRing::<N>::new(), Ring::<usize, N>::new());
        in_threads(N, |index| {
            for _ in 0..turns {
                tickets.try_push(index as u32).unwrap();
                tickets.try_pop().unwrap();
                values.try_push(index).unwrap();
                values.try_pop().unwrap();
            }
        });
        assert!(tickets.is_empty() && values.is_empty() && !values.is_full());
    }
    cycles::<1>(10_000);
    cycles::<2>(20_000);
    cycles::<4>(20_000);
    cycles::<70>(300);
}

#[test]
fn n_threads_that_submit_run_and_collect_never_fail_on_a_pool_of_n() {
    fn cycles<const N: usize>(turns: usize) {
        let pool = StaticPool::<usize, usize, N>::new();
        in_threads(N, |index| {
            let worker = pool.worker(index as u32);
            for _ in 0..turns {
                pool.try_submit(index).unwrap();
                worker.try_run_one(|job| job).unwrap();
                let outcome = pool.try_collect().unwrap();
                assert!(outcome.result.unwrap() < N);
            }
        });
        assert_eq!(pool.in_flight(), 0);
    }
    cycles::<1>(5_000);
    cycles::<2>(10_000);
    cycles::<4>(10_000);
    // More slots than one word has bits.
    cycles::<70>(300);
}

#[test]
fn n_threads_that_submit_and_then_receive_never_find_a_pool_of_n_full() {
    for (capacity, turns) in [(1, 2_000), (3, 2_000), (70, 100)] {
        let pool = Pool::builder().workers(2).capacity(capacity).build(|_, job: usize| job).unwrap();
        in_threads(capacity, |index| {
            for _ in 0..turns {
                pool.try_submit(index).unwrap();
                assert!(pool.recv().unwrap().result.unwrap() < capacity);
            }
        });
        assert_eq!(pool.join().in_flight, 0);
    }
}
