//! Many threads, in the schedules that chance offers; the models in `loom_ring` go through all of fewer calls.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

use jobring::{PopError, PushError, Ring, SwapRing, TicketRing};

use super::fifo::{Fifo, Hand, for_rings};

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

/// A producer and a count.
type Item = (usize, usize);

/// Each producer pushes its index and a count; each consumer returns what it popped until the ring was closed.
fn stream<'a, Q: Fifo<Item>, H: Hand<Item>>(
    ring: &'a Q,
    hand: impl Fn(&'a Q) -> H + Sync,
    each: usize,
) -> Vec<Vec<Item>> {
    let producing = AtomicUsize::new(PRODUCERS);
    let popped = in_threads(PRODUCERS + CONSUMERS, |index| {
        let (mut hand, mut popped) = (hand(ring), Vec::new());
        if index < PRODUCERS {
            for count in 0..each {
                while hand.push((index, count)).is_err() {
                    thread::yield_now();
                }
            }
            if producing.fetch_sub(1, Relaxed) == 1 {
                assert!(ring.close());
            }
        } else {
            loop {
                match hand.pop() {
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
    fn passes<'a, Q: Fifo<Item>, H: Hand<Item>>(ring: &'a Q, hand: impl Fn(&'a Q) -> H + Sync, each: usize) {
        let consumers = stream(ring, hand, each);
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
    passes(&Ring::<_, 1, u64>::with_words(), |ring| ring, 5_000);
    passes(&Ring::<_, 3, u32>::with_words(), |ring| ring, 20_000);
    passes(&Ring::<_, 64, u64>::with_words(), |ring| ring, 20_000);
    // With a handle for each call, and with one for each thread.
    passes(&SwapRing::<_, 1, 6, u64>::with_words(), |ring| ring, 5_000);
    passes(&SwapRing::<_, 3, 6, u32>::with_words(), |ring| ring, 20_000);
    passes(&SwapRing::<_, 64, 6, u64>::with_words(), |ring| ring, 20_000);
    passes(&SwapRing::<_, 1, 6, u64>::with_words(), |ring| ring.handle().unwrap(), 5_000);
    passes(&SwapRing::<_, 3, 6, u32>::with_words(), |ring| ring.handle().unwrap(), 20_000);
    passes(&SwapRing::<_, 64, 6, u64>::with_words(), |ring| ring.handle().unwrap(), 20_000);
}

#[test]
fn a_close_amid_pushes_and_pops_loses_and_invents_nothing() {
    fn closes<'a, Q: Fifo<usize>, H: Hand<usize>>(ring: &'a Q, hand: impl Fn(&'a Q) -> H + Sync, round: usize) {
        let sums = in_threads(4, |index| {
            let (mut hand, mut sum) = (hand(ring), 0usize);
            match index {
                0 | 1 => {
                    for value in 1.. {
                        match hand.push(value) {
                            Ok(()) => sum += value,
                            Err(PushError::Full(_)) => thread::yield_now(),
                            Err(PushError::Closed(_)) => break,
                        }
                    }
                    // What was pushed counts against what was popped.
                    sum = sum.wrapping_neg();
                }
                2 => loop {
                    match hand.pop() {
                        Ok(value) => sum += value,
                        Err(PopError::Empty) => thread::yield_now(),
                        Err(PopError::Closed) => break,
                    }
                },
                _ => {
                    (0..round).for_each(|_| thread::yield_now());
                    assert!(ring.close());
                    assert_eq!(hand.push(0), Err(PushError::Closed(0)));
                }
            }
            sum
        });
        assert_eq!(sums.into_iter().fold(0, usize::wrapping_add), 0);
        assert_eq!(ring.pop(), Err(PopError::Closed));
    }
    for round in 0..100 {
        closes(&Ring::<_, 3>::new(), |ring| ring, round);
        closes(&SwapRing::<_, 3, 4>::new(), |ring| ring, round);
        closes(&SwapRing::<_, 3, 4>::new(), |ring| ring.handle().unwrap(), round);
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
    static SWAPS: SwapRing<&str, 4, 4> = SwapRing::new();

    in_threads(4, |index| {
        let word = ["a", "b", "c", "d"][index];
        FREE.try_push(index as u32).unwrap();
        WORDS.try_push(word).unwrap();
        SWAPS.handle().unwrap().try_push(word).unwrap();
    });
    let popped =
        in_threads(4, |_| (FREE.try_pop().unwrap(), WORDS.try_pop().unwrap(), SWAPS.handle().unwrap().try_pop()));
    let mut tickets: Vec<_> = popped.iter().map(|(ticket, ..)| *ticket).collect();
    tickets.sort_unstable();
    assert_eq!(tickets, [0, 1, 2, 3]);
    let mut swapped: Vec<_> = popped.iter().map(|(.., word)| word.unwrap()).collect();
    swapped.sort_unstable();
    assert_eq!(swapped, ["a", "b", "c", "d"]);
    assert!(FREE.is_empty() && WORDS.is_empty() && SWAPS.is_empty());
}
