//! Models of the rings: loom runs each through every interleaving, and every stale read, that its bounds allow.
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test --release --test loom_ring
//! ```
//!
//! A model is a race: items that are in the ring before, and for each thread a script of pushes, pops and closes,
//! each tried once. What a run answered must be what a plain queue answers, called in *some* order that keeps each
//! thread's own: so every item comes out once and in FIFO order, a close falls between two pushes, and Full, Empty
//! and Closed are true when they are said. Afterwards the ring is drained, filled and overfilled: nothing may be lost.
//!
//! Refusals are held against that order one at a time. Two threads that are refused at the same moment may each be
//! right and yet not agree on one order, as neither has to have seen the other's last success.
//!
//! Every model says how many preemptions it explores; `LOOM_MAX_PREEMPTIONS` sets one number for all. With
//! `CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true` the crate's own assertions are checked too.
#![cfg(loom)]

extern crate alloc;

mod free_tickets;
mod handles;
mod horizon;
mod plain;
mod race;

use alloc::sync::Arc;
use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::Relaxed;

use jobring::model::{Remembered, Spans};
use jobring::{Native, Ring, SwapRing, TicketRing};
use loom::thread;

use race::Op::{Close, Pop, Push};
use race::Refusals::{Explained, Never};
use race::{Large, Queue, model, race};

fn producers_and_consumers_agree_on_one_order<Q: Queue>() {
    let [a, b, c] = Q::ITEMS;
    if Q::SHALLOWER == 0 {
        race::<Q>(1, &[a], &[&[Push(b)], &[Push(c)], &[Pop], &[Pop]], Explained);
    } else {
        // Four threads would take hours where each call takes more steps, and without a preemption prove nothing.
        race::<Q>(1 + Q::SHALLOWER, &[a], &[&[Push(b), Pop], &[Push(c)], &[Pop]], Explained);
    }
}

fn each_producers_items_come_out_in_its_order<Q: Queue>() {
    let [a, b, c] = Q::ITEMS;
    race::<Q>(2, &[], &[&[Push(a), Push(b)], &[Push(c)], &[Pop, Pop]], Explained);
}

fn a_close_falls_between_two_pushes<Q: Queue>() {
    let [a, b, c] = Q::ITEMS;
    race::<Q>(2, &[], &[&[Push(a)], &[Push(b)], &[Close]], Explained);
    race::<Q>(3, &[], &[&[Push(a), Push(b)], &[Close, Push(c)]], Explained);
}

fn a_consumer_meets_the_close_after_the_last_item<Q: Queue>() {
    let [a, b, _] = Q::ITEMS;
    race::<Q>(2, &[], &[&[Push(a), Push(b)], &[Pop, Pop], &[Close]], Explained);
}

fn a_full_ring_closes_while_others_pop_and_push<Q: Queue>() {
    let a = Q::ITEMS[0];
    race::<Q>(2, &Q::full(), &[&[Close, Push(a)], &[Pop], &[Push(a)]], Explained);
    race::<Q>(3, &Q::full(), &[&[Close], &[Pop, Push(a)]], Explained);
}

fn one_of_two_closers_has_closed_the_ring<Q: Queue>() {
    let a = Q::ITEMS[0];
    race::<Q>(2, &[], &[&[Close], &[Close], &[Push(a), Pop]], Explained);
}

/// rust-embedded/heapless issue 583.
fn whoever_pops_from_a_full_ring_can_push<Q: Queue>() {
    let [a, b, _] = Q::ITEMS;
    race::<Q>(2, &Q::full(), &[&[Pop, Push(a)], &[Pop, Push(b)]], Never);
}

fn whoever_popped_can_push_though_others_popped_before<Q: Queue>() {
    let a = Q::ITEMS[0];
    race::<Q>(3, &Q::full(), &[&[Pop, Push(a)], &[Pop]], Never);
}

fn whoever_pushed_can_pop_though_others_pushed_before<Q: Queue>() {
    let [a, b, _] = Q::ITEMS;
    race::<Q>(3, &[], &[&[Push(a), Pop], &[Push(b)]], Never);
}

/// Counts its drops at its own index.
struct Counted(usize, Arc<[AtomicUsize; 3]>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.1[self.0].fetch_add(1, Relaxed);
    }
}

/// Threads push and pop them, and the last one takes the ring along.
fn leave_a_ring_of<T: Send + 'static>([a, b, c]: [T; 3]) {
    let ring = loom::sync::Arc::new(Ring::<T, 2>::new());
    ring.try_push(a).unwrap();
    let pushing = thread::spawn({
        let ring = ring.clone();
        move || drop((ring.try_push(b), ring.try_push(c)))
    });
    let popping = thread::spawn(move || drop(ring.try_pop()));
    pushing.join().unwrap();
    popping.join().unwrap();
}

#[test]
fn each_value_is_dropped_once_whoever_is_the_last_to_leave_the_ring() {
    model(2, || {
        let drops = Arc::new([const { AtomicUsize::new(0) }; 3]);
        leave_a_ring_of([0, 1, 2].map(|index| Counted(index, drops.clone())));
        assert_eq!(drops.each_ref().map(|count| count.load(Relaxed)), [1; 3]);
    });
}

#[test]
fn each_value_is_dropped_once_whoever_is_the_last_to_leave_the_ring_of_swaps() {
    model(2, || {
        let drops = Arc::new([const { AtomicUsize::new(0) }; 3]);
        let [a, b, c] = [0, 1, 2].map(|index| Counted(index, drops.clone()));
        let ring = loom::sync::Arc::new(SwapRing::<Counted, 2, 2>::new());
        assert!(ring.handle().unwrap().try_push(a).is_ok());
        let pushing = thread::spawn({
            let ring = ring.clone();
            move || {
                let mut handle = ring.handle().unwrap();
                drop((handle.try_push(b), handle.try_push(c)));
            }
        });
        let popping = thread::spawn(move || drop(ring.handle().unwrap().try_pop()));
        pushing.join().unwrap();
        popping.join().unwrap();
        assert_eq!(drops.each_ref().map(|count| count.load(Relaxed)), [1; 3]);
    });
}

/// Counts its drops at its own index, of one model only: it is no larger than what rides in a word.
struct Small(u32);

static DROPS: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];

impl Drop for Small {
    fn drop(&mut self) {
        DROPS[self.0 as usize].fetch_add(1, Relaxed);
    }
}

#[test]
fn each_value_that_rides_in_a_word_is_dropped_once_whoever_is_the_last_to_leave_the_ring() {
    model(3, || {
        DROPS.iter().for_each(|drops| drops.store(0, Relaxed));
        leave_a_ring_of([0, 1, 2].map(Small));
        assert_eq!(DROPS.each_ref().map(|count| count.load(Relaxed)), [1; 3]);
    });
}

/// The values say where: loom notices if somebody else could still be writing there.
#[test]
fn what_comes_before_the_push_of_a_value_that_rides_in_a_word_is_seen_after_its_pop() {
    model(3, || {
        let places = loom::sync::Arc::new([(); 3].map(|()| loom::cell::UnsafeCell::new(0)));
        let ring = loom::sync::Arc::new(Ring::<u32, 2>::new());
        let push = |value: u32| {
            let (places, ring) = (places.clone(), ring.clone());
            move || {
                // SAFETY: nobody else knows of the place before the push.
                places[value as usize].with_mut(|place| unsafe { *place = value + 1 });
                ring.try_push(value).unwrap();
            }
        };
        let pushing = [thread::spawn(push(0)), thread::spawn(push(1))];
        for _ in 0..2 {
            if let Ok(value) = ring.try_pop() {
                // SAFETY: whoever pushed it has left the place to whoever pops it.
                places[value as usize].with(|place| assert_eq!(unsafe { *place }, value + 1));
            }
        }
        pushing.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

macro_rules! models {
    (any: $queue:ty) => { models! { $queue;
        producers_and_consumers_agree_on_one_order
        each_producers_items_come_out_in_its_order
        a_close_falls_between_two_pushes
        a_consumer_meets_the_close_after_the_last_item
        a_full_ring_closes_while_others_pop_and_push
        one_of_two_closers_has_closed_the_ring
    } };
    (two_or_more: $queue:ty) => {
        models! { any: $queue }
        models! { $queue;
            whoever_pops_from_a_full_ring_can_push
            whoever_popped_can_push_though_others_popped_before
            whoever_pushed_can_pop_though_others_pushed_before
        }
    };
    (spans: $queue:ty) => { models! { $queue;
        producers_and_consumers_agree_on_one_order
        each_producers_items_come_out_in_its_order
        a_close_falls_between_two_pushes
        a_consumer_meets_the_close_after_the_last_item
        one_of_two_closers_has_closed_the_ring
        whoever_pushed_can_pop_though_others_pushed_before
    } };
    ($queue:ty; $($model:ident)+) => { $(
        #[test]
        fn $model() {
            super::$model::<$queue>();
        }
    )+ };
}

mod one_ticket {
    use super::*;

    models! { any: TicketRing<1> }
}

mod two_tickets {
    use super::*;

    models! { two_or_more: TicketRing<2> }
}

mod three_tickets {
    use super::*;

    models! { two_or_more: TicketRing<3> }
}

mod narrow_tickets {
    use super::*;

    models! { two_or_more: TicketRing<2, u8> }
}

mod one_value {
    use super::*;

    models! { any: Large<1, Native> }
}

mod two_values {
    use super::*;

    models! { two_or_more: Large<2, Native> }
}

/// Five free cells in words of eight bits are two blocks: that none is free takes two looks.
mod values_of_two_blocks {
    use super::*;

    models! { Ring<u32, 5, u8>;
        whoever_pops_from_a_full_ring_can_push
        whoever_popped_can_push_though_others_popped_before
        a_full_ring_closes_while_others_pop_and_push
    }

    /// The two oldest values lie in different blocks. Each thread frees one cell and may find it taken by the other.
    #[test]
    fn none_is_free_is_said_of_all_blocks_at_once() {
        model(2, || {
            let ring = loom::sync::Arc::new(Ring::<u32, 5, u8>::with_words());
            (0..5).for_each(|value| ring.try_push(value).unwrap());
            for value in 0..3 {
                ring.try_pop().unwrap();
                ring.try_push(value).unwrap();
            }
            let pop_and_push = |ring: &Ring<u32, 5, u8>| {
                ring.try_pop().unwrap();
                ring.try_push(9).unwrap();
            };
            let other = thread::spawn({
                let ring = ring.clone();
                move || pop_and_push(&ring)
            });
            pop_and_push(&ring);
            other.join().unwrap();
        });
    }
}

mod spans {
    use super::*;

    models! { spans: Spans<4, Native> }

    /// Whoever takes several gets them in order, and nobody else gets them.
    #[test]
    fn whoever_takes_many_gets_neighbours_in_order() {
        model(3, || {
            let ring = loom::sync::Arc::new(Spans::<4, Native>::with_words());
            ring.try_push(0).unwrap();
            let pushing = thread::spawn({
                let ring = ring.clone();
                move || [1, 2].map(|ticket| ring.try_push(ticket).unwrap())
            });
            let popping = thread::spawn({
                let ring = ring.clone();
                move || ring.try_pop_many(2).ok()
            });
            let first = ring.try_pop_many(2).ok();
            pushing.join().unwrap();
            let second = popping.join().unwrap();
            let rest: Vec<u32> = core::iter::from_fn(|| ring.try_pop_many(9).ok()).flatten().collect();
            let mut all: Vec<u32> = first.into_iter().chain(second).flatten().chain(rest.iter().copied()).collect();
            all.sort();
            assert_eq!(all, [0, 1, 2]);
            assert!(rest.is_sorted());
        });
    }
}

/// A push joins the last one of its thread by what that remembers, though others have pushed or popped since.
mod remembered_spans {
    use super::*;

    models! { spans: Remembered<4, Native> }

    /// That the other push came first only the flag can tell: whoever pops sees one order or the other.
    #[test]
    fn a_push_does_not_overtake_one_that_returned_before_it_began() {
        model(3, || {
            let ring = loom::sync::Arc::new(Remembered::<4, Native>::with_words());
            let returned = loom::sync::Arc::new(loom::sync::atomic::AtomicBool::new(false));
            let other = thread::spawn({
                let (ring, returned) = (ring.clone(), returned.clone());
                move || {
                    ring.try_push(3).unwrap();
                    returned.store(true, loom::sync::atomic::Ordering::Release);
                }
            });
            ring.try_push(0).unwrap();
            let before = returned.load(loom::sync::atomic::Ordering::Acquire);
            ring.try_push(1).unwrap();
            other.join().unwrap();
            let all: Vec<u32> = core::iter::from_fn(|| ring.try_pop().ok()).collect();
            let place = |ticket| all.iter().position(|popped| *popped == ticket).unwrap();
            assert!(
                place(0) < place(1) && (!before || place(3) < place(1)),
                "{all:?}, 3 was pushed before 1: {before}"
            );
        });
    }
}

mod narrow_spans {
    use super::*;

    models! { spans: Spans<4, u8> }
}

mod three_values {
    use super::*;

    models! { two_or_more: Large<3, Native> }
}

mod one_riding_value {
    use super::*;

    models! { any: Ring<u32, 1> }
}

mod two_riding_values {
    use super::*;

    models! { two_or_more: Ring<u32, 2> }
}

mod three_riding_values {
    use super::*;

    models! { two_or_more: Ring<u32, 3> }
}

mod one_swap {
    use super::*;

    models! { any: SwapRing<u32, 1, 4> }
}

mod two_swaps {
    use super::*;

    models! { two_or_more: SwapRing<u32, 2, 4> }
}

mod narrow_swaps {
    use super::*;

    models! { two_or_more: SwapRing<u32, 2, 4, u8> }
}
