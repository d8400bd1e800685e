//! A wake-up that two threads need.

use alloc::vec::Vec;
use core::time::Duration;
use std::sync::Barrier as Meeting;
use std::time::Instant;

use super::*;
use crate::wait::YIELDS;

/// Two submitters look for a slot: at the common ones, then at those that others have at hand. In between a thread
/// moves all that it has at hand to the common ones, so that neither finds any of them. It gives back one slot then,
/// but it is not one only that they have missed.
#[test]
fn whoever_misses_slots_that_move_is_woken_for_them() {
    if crate::wait::Barrier::new().asymmetric().is_none() {
        // Then nobody has anything at hand.
        return;
    }
    let shared = Shared::<u32, u32>::new(16, 1).ok().unwrap();
    let claim = || {
        let hand = shared.lanes.mine();
        let run = ManuallyDrop::new(shared.claim(hand, Patience::None, 1).ok()?);
        Some(Held { shared: &shared, hand, run })
    };
    let mut claims: Vec<_> = (0..16).map(|_| claim().unwrap()).rev().collect();
    assert!(claim().is_none());
    let (announced, moved) = (Meeting::new(3), Meeting::new(3));
    let end = Instant::now() + Duration::from_secs(20);
    std::thread::scope(|scope| {
        let submitters = [(); 2].map(|()| {
            scope.spawn(|| {
                let mut looks = 0;
                let mut look = |_| {
                    looks += 1;
                    match looks.cmp(&(YIELDS + 1)) {
                        core::cmp::Ordering::Less => None,
                        core::cmp::Ordering::Equal => {
                            announced.wait();
                            moved.wait();
                            None
                        }
                        // Not for the look of one who was never woken.
                        core::cmp::Ordering::Greater if Instant::now() >= end => None,
                        core::cmp::Ordering::Greater => shared.table.claim(1),
                    }
                };
                wait_for(&shared.slots, Some(end), &mut look)
            })
        });
        for wait in [false, true] {
            if wait {
                announced.wait();
            }
            claims.pop();
        }
        moved.wait();
        let found = submitters.map(|submitter| submitter.join().unwrap().is_some());
        assert_eq!(found, [true, true]);
    });
}
