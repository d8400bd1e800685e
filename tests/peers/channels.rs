//! What channels are asked to do, of pools and rings.

use std::thread;
use std::time::Duration;

use jobring::{Pool, PopError, PushError, RecvError, Ring, SubmitError};

use crate::in_threads;

fn echo<T: Send + 'static>(workers: usize, capacity: usize) -> Pool<T, T> {
    Pool::builder().workers(workers).capacity(capacity).build(|_, job| job).unwrap()
}

#[test]
fn one_producer_and_one_consumer_keep_the_order_whole() {
    const COUNT: usize = 50_000;
    let ring = Ring::<usize, 3>::new();
    in_threads(2, |index| {
        for expected in 0..COUNT {
            loop {
                let done = match index {
                    0 => ring.try_push(expected).is_ok(),
                    _ => ring.try_pop().is_ok_and(|value| {
                        assert_eq!(value, expected);
                        true
                    }),
                };
                if done {
                    break;
                }
                thread::yield_now();
            }
        }
    });
    assert!(ring.is_empty());
}

#[test]
fn pools_of_one_job_come_and_go() {
    for turn in 0..1_000 {
        let pool = echo(1, 1);
        let (submitter, collector) = (pool.submitter(), pool.collector());
        thread::scope(|scope| {
            scope.spawn(move || submitter.submit(turn).unwrap());
            scope.spawn(move || assert_eq!(collector.recv().unwrap().result, Ok(turn)));
        });
        drop(pool);
    }
}

/// Times that are too short give up, with the job or without an outcome, and nothing is lost.
#[test]
fn two_threads_with_little_patience_pass_every_job() {
    const COUNT: u32 = 2_000;
    let pool = echo(1, 1);
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..COUNT {
                let mut job = number;
                while let Err(error) = pool.submit_timeout(job, Duration::from_nanos(u64::from(number % 3) * 1_000)) {
                    assert!(matches!(error, SubmitError::Timeout(_)));
                    job = error.into_job();
                    assert_eq!(job, number);
                }
            }
        });
        for number in 0..COUNT {
            let outcome = loop {
                match pool.recv_timeout(Duration::from_nanos(u64::from(number % 5) * 1_000)) {
                    Ok(outcome) => break outcome,
                    Err(error) => assert_eq!(error, RecvError::Timeout),
                }
            };
            assert_eq!(outcome.result, Ok(number));
        }
    });
}

#[test]
fn a_submit_may_receive_what_it_submits() {
    let pool = echo(1, 2);
    pool.submit(0).unwrap();
    for _ in 0..100 {
        // A batch has its slots before it asks for its jobs: here it receives between the two.
        let again = core::iter::once_with(|| pool.recv().unwrap().result.unwrap() + 1);
        assert_eq!(pool.submit_all(again).unwrap(), 1);
        pool.submit(pool.recv().unwrap().result.unwrap() + 1).unwrap();
    }
    assert_eq!(pool.recv().unwrap().result, Ok(200));
}

#[test]
fn pools_travel_through_pools() {
    let outer = echo::<Pool<u32, u32>>(1, 1);
    let mut inner = echo::<u32>(1, 2);
    for turn in 0..50 {
        inner.submit(turn).unwrap();
        outer.submit(inner).unwrap();
        inner = outer.recv().unwrap().result.unwrap();
        assert_eq!(inner.recv().unwrap().result, Ok(turn));
    }
}

#[test]
fn jobs_may_be_closures_that_carry_handles_to_their_own_pool() {
    type Work = Box<dyn FnOnce() -> usize + Send>;
    let pool = Pool::builder().workers(2).capacity(4).build(|_, work: Work| work()).unwrap();
    let submitter = pool.submitter();
    pool.submit(Box::new(move || {
        let own = submitter.clone();
        submitter.try_submit(Box::new(move || usize::from(own.is_closed()) + 7)).map_or(0, |_| 1)
    }))
    .unwrap();
    let mut results = [pool.recv(), pool.recv()].map(|outcome| outcome.unwrap().result.ok());
    results.sort_unstable();
    assert_eq!(results, [Some(1), Some(7)]);
}

/// A close makes an answer certain: what was pushed before, or Closed.
#[test]
fn one_who_looks_while_another_closes_never_finds_a_ring_empty_that_is_not() {
    for _ in 0..2_000 {
        let ring = Ring::<u8, 1>::new();
        ring.try_push(1).unwrap();
        in_threads(2, |index| {
            if index == 0 {
                assert_ne!(ring.try_pop(), Err(PopError::Empty));
            } else {
                ring.close();
                assert_ne!(ring.try_pop(), Err(PopError::Empty));
            }
        });
        assert_eq!((ring.try_pop(), ring.try_push(2)), (Err(PopError::Closed), Err(PushError::Closed(2))));
    }
}

#[test]
fn a_chain_of_rings_sieves_primes() {
    const PRIMES: [u32; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    fn push(ring: &Ring<u32, 1>, mut value: u32) -> bool {
        loop {
            match ring.try_push(value) {
                Ok(()) => return true,
                Err(PushError::Closed(_)) => return false,
                Err(PushError::Full(back)) => value = back,
            }
            thread::yield_now();
        }
    }
    fn pop(ring: &Ring<u32, 1>) -> Option<u32> {
        loop {
            match ring.try_pop() {
                Ok(value) => return Some(value),
                Err(PopError::Closed) => return None,
                Err(PopError::Empty) => thread::yield_now(),
            }
        }
    }
    let rings: Vec<_> = PRIMES.iter().map(|_| Ring::<u32, 1>::new()).collect();
    in_threads(PRIMES.len() + 1, |index| {
        let Some(from) = rings.get(index) else {
            let _ = (2..).find(|number| !push(&rings[0], *number));
            return;
        };
        let prime = pop(from).unwrap();
        assert_eq!(prime, PRIMES[index]);
        if let Some(to) = rings.get(index + 1) {
            while let Some(number) = pop(from) {
                if !number.is_multiple_of(prime) && !push(to, number) {
                    from.close();
                }
            }
        } else {
            // Enough: the end goes up the chain.
            from.close();
        }
    });
}
