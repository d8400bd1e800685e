//! Bursts of all sizes from several threads, each job with content that others would tear.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use jobring::{Outcome, Pool};

/// More than one word, so that a mixture of two shows.
type Content = [u32; 5];

fn content(number: u32, turn: u32) -> Content {
    core::array::from_fn(|at| number.wrapping_mul(2_654_435_761).rotate_left(at as u32) ^ turn ^ at as u32)
}

#[test]
fn bursts_of_every_size_bring_every_content_whole_and_once() {
    const SUBMITTERS: u32 = 3;
    const EACH: u32 = 3_000;
    for capacity in [1, 7, 33, 128, 1024] {
        let pool = Pool::builder()
            .workers(2)
            .capacity(capacity)
            .build(|_, (number, job): (u32, Content)| {
                assert_eq!(job, content(number, 0));
                (number, content(number, 1))
            })
            .unwrap();
        let seen: Vec<_> = (0..SUBMITTERS * EACH).map(|_| AtomicUsize::new(0)).collect();
        let check = |outcome: Outcome<_, (u32, Content)>| {
            let (number, result) = outcome.result.unwrap();
            assert_eq!(result, content(number, 1));
            seen[number as usize].fetch_add(1, Relaxed);
        };
        let submitting = AtomicUsize::new(SUBMITTERS as usize);
        thread::scope(|scope| {
            for submitter in 0..SUBMITTERS {
                let (pool, submitting) = (&pool, &submitting);
                scope.spawn(move || {
                    let numbers = submitter * EACH..(submitter + 1) * EACH;
                    let mut jobs = numbers.map(|number| (number, content(number, 0)));
                    // 1, 2, ... 40, 1, 2, ...; at most so many, or exactly.
                    for size in (1..=40).cycle() {
                        let mut burst = jobs.by_ref().take(size).collect::<Vec<_>>().into_iter();
                        if burst.len() == 0 {
                            break;
                        }
                        if size % 2 == 0 {
                            assert!(pool.submit_batch(&mut burst).unwrap() <= size);
                        }
                        let left = burst.len();
                        assert_eq!(pool.submit_all(burst).unwrap(), left);
                    }
                    if submitting.fetch_sub(1, Relaxed) == 1 {
                        pool.close();
                    }
                });
            }
            for _ in 0..2 {
                scope.spawn(|| {
                    for size in (1..=40).cycle() {
                        let mut space = Vec::with_capacity(size);
                        let Ok(count) = pool.recv_batch(&mut space) else { break };
                        assert!((1..=size).contains(&count) && count == space.len());
                        space.into_iter().for_each(check);
                    }
                });
            }
        });
        assert!(seen.iter().all(|count| count.load(Relaxed) == 1));
    }
}
