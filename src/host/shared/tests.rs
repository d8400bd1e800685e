//! Wake-ups that several threads need.
//!
//! Submitters look for a slot: at the common ones, then at those that others have at hand. In between a thread moves all that
//! it has at hand to the common ones, so that none of them finds any of it. It gives back some slots then, but those are not
//! the only ones that they have missed.

use alloc::vec::Vec;
use core::time::Duration;
use std::sync::Barrier as Meeting;
use std::time::Instant;

use super::*;
use crate::host::patience::Patience;
use crate::wait::Look;

type Pool = Shared<u32, u32>;

/// Slots in the hands of this thread, and some at hand where the pool has more of them than asked for.
fn claim(shared: &Pool, limit: usize) -> Option<Held<'_, u32, u32>> {
    let hand = shared.hand();
    let run = shared.claim(hand, Patience::None, limit).ok()?;
    Some(Held { shared, hand, run: ManuallyDrop::new(run) })
}

/// Whether all `submitters` find a slot, who have looked at the common ones before `given` goes back.
fn all_find_one(shared: &Pool, submitters: usize, given: Held<'_, u32, u32>) -> bool {
    let (announced, moved) = (Meeting::new(submitters + 1), Meeting::new(submitters + 1));
    let end = Instant::now() + Duration::from_secs(20);
    let submit = || {
        let mut is_announced = false;
        let mut look = |look| match look {
            // The first thorough look is the one before the sleep.
            Look::Thorough if !is_announced => {
                is_announced = true;
                announced.wait();
                moved.wait();
                None
            }
            Look::Quick if !is_announced => None,
            // Not for the look of one who was never woken.
            _ if Instant::now() >= end => None,
            _ => shared.table.claim(1),
        };
        wait_for(&shared.slots, Some(end), &mut look).is_some()
    };
    std::thread::scope(|scope| {
        let submitters: Vec<_> = (0..submitters).map(|_| scope.spawn(submit)).collect();
        announced.wait();
        drop(given);
        moved.wait();
        submitters.into_iter().all(|submitter| submitter.join().unwrap())
    })
}

/// Without asymmetric barriers nobody has anything at hand.
fn stashes_are_used() -> bool {
    Barrier::new().asymmetric().is_some()
}

#[test]
fn whoever_misses_slots_that_move_is_woken_for_them() {
    if stashes_are_used() {
        let shared = Pool::new(16, 1).ok().unwrap();
        let mut claims: Vec<_> = (0..16).map(|_| claim(&shared, 1).unwrap()).collect();
        assert!(claim(&shared, 1).is_none());
        // One is at hand.
        let given = claims.remove(0);
        drop(claims.remove(0));
        assert!(all_find_one(&shared, 2, given));
    }
}

#[test]
fn whoever_misses_slots_that_move_after_a_long_run_is_woken_for_them() {
    if stashes_are_used() {
        let shared = Pool::new(64, 1).ok().unwrap();
        // All slots, but seven that are at hand with the last one.
        let mut claims = [17, 15, 24, 1].map(|limit| claim(&shared, limit)).into_iter().flatten();
        let long = claims.next().unwrap();
        let others: Vec<_> = claims.collect();
        assert!(shared.table.claim(1).is_none());
        assert_eq!(long.run.len() + others.iter().map(|held| held.run.len()).sum::<usize>(), 64 - 7);
        assert!(all_find_one(&shared, 17 + 7, long));
    }
}
