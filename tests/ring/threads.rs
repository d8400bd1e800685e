//! Many threads, in the schedules that chance offers; the models in `loom_ring` go through all of fewer calls.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use jobring::{PopError, PushError, Ring, TicketRing, Word};

use super::fifo::{Fifo, for_rings};

/// Runs `work` in `threads` threads and returns what each came back with.
pub(crate) fn in_threads<R: Send>(threads: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let work = &work;
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|index| scope.spawn(move || work(index))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    })
}

const PRODUCERS: usize = 3;
const CONSUMERS: usize = 3;

/// Each producer pushes its index and a count; each consumer returns what it popped until the ring was closed.
fn stream<const N: usize, W: Word>(ring: &Ring<(usize, usize), N, W>, each: usize) -> Vec<Vec<(usize, usize)>> {
    let producing = AtomicUsize::new(PRODUCERS);
    let popped = in_threads(PRODUCERS + CONSUMERS, |index| {
        let mut popped = Vec::new();
        if index < PRODUCERS {
            for count in 0..each {
                while ring.try_push((index, count)).is_err() {
                    thread::yield_now();
                }
            }
            if producing.fetch_sub(1, Relaxed) == 1 {
                assert!(ring.close());
            }
        } else {
            loop {
                match ring.try_pop() {
                    Ok(value) => popped.push(value),
                    Err(PopError::Empty) => thread::yield_now(),
                    Err(PopError::Closed) => break,
                }
            }
        }
        popped
    });
    popped.into_iter().skip(PRODUCERS).collect()
}

#[test]
fn threads_pass_every_value_once_and_keep_each_producers_order() {
    fn passes<const N: usize, W: Word>(each: usize) {
        let consumers = stream(&Ring::<_, N, W>::with_words(), each);
        for popped in &consumers {
            let mut next = [0; PRODUCERS];
            for &(producer, count) in popped {
                assert!(count >= next[producer], "{count} of producer {producer} came late");
                next[producer] = count + 1;
            }
        }
        let mut all: Vec<_> = consumers.concat();
        all.sort_unstable();
        let expected: Vec<_> =
            (0..PRODUCERS).flat_map(|producer| (0..each).map(move |count| (producer, count))).collect();
        assert!(all == expected, "{} values instead of {}", all.len(), expected.len());
    }
    passes::<1, u64>(5_000);
    passes::<3, u32>(20_000);
    passes::<64, u64>(20_000);
}

#[test]
fn a_close_amid_pushes_and_pops_loses_and_invents_nothing() {
    for round in 0..100 {
        let ring = Ring::<usize, 3>::new();
        let sums = in_threads(4, |index| {
            let mut sum = 0usize;
            match index {
                0 | 1 => {
                    for value in 1.. {
                        match ring.try_push(value) {
                            Ok(()) => sum += value,
                            Err(PushError::Full(_)) => thread::yield_now(),
                            Err(PushError::Closed(_)) => break,
                        }
                    }
                    // What was pushed counts against what was popped.
                    sum = sum.wrapping_neg();
                }
                2 => loop {
                    match ring.try_pop() {
                        Ok(value) => sum += value,
                        Err(PopError::Empty) => thread::yield_now(),
                        Err(PopError::Closed) => break,
                    }
                },
                _ => {
                    (0..round).for_each(|_| thread::yield_now());
                    assert!(ring.close());
                    assert_eq!(ring.try_push(0), Err(PushError::Closed(0)));
                }
            }
            sum
        });
        assert_eq!(sums.into_iter().fold(0, usize::wrapping_add), 0);
        assert_eq!(ring.try_pop(), Err(PopError::Closed));
    }
}

/// As many threads as items: whoever pops finds one, whoever has popped finds room (heapless issue 583).
#[test]
fn a_full_ring_gives_each_of_n_threads_an_item_and_takes_it_back() {
    fn circulates<Q: Fifo>() {
        let ring = Q::new();
        (0..Q::N as u32).for_each(|item| ring.push(item).unwrap());
        let taken: Vec<AtomicBool> = (0..Q::N).map(|_| AtomicBool::new(false)).collect();
        in_threads(Q::N, |_| {
            for _ in 0..20_000 {
                let item = ring.pop().unwrap();
                assert!(!taken[item as usize].swap(true, Relaxed), "item {item} is in two hands");
                assert!(taken[item as usize].swap(false, Relaxed));
                ring.push(item).unwrap();
            }
        });
        assert_eq!(ring.state(), (Q::N, false, true, false));
    }
    for_rings!(circulates(): 2 u64, 3 u32, 4 u64);
}

#[test]
fn rings_in_statics_serve_all_threads() {
    static FREE: TicketRing<4> = TicketRing::new();
    static WORDS: Ring<&str, 4> = Ring::new();

    in_threads(4, |index| {
        FREE.try_push(index as u32).unwrap();
        WORDS.try_push(["a", "b", "c", "d"][index]).unwrap();
    });
    let mut popped: Vec<_> = in_threads(4, |_| (FREE.try_pop().unwrap(), WORDS.try_pop().unwrap()));
    popped.sort_unstable();
    assert_eq!(popped.iter().map(|(ticket, _)| *ticket).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert!(FREE.is_empty() && WORDS.is_empty());
}
