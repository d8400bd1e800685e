//! Handles of a ring of swaps, and the cells that come and go with them.

use jobring::SwapRing;
use loom::sync::Arc;

use super::*;

#[test]
fn the_one_handle_goes_to_one_of_two_threads() {
    model(3, || {
        let ring = Arc::new(SwapRing::<u32, 1, 1>::new());
        // Whoever has it keeps it.
        let take = |ring: &SwapRing<u32, 1, 1>| ring.handle().map(core::mem::forget).is_some();
        let other = {
            let ring = ring.clone();
            thread::spawn(move || take(&ring))
        };
        assert!(take(&ring) != other.join().unwrap());
        assert!(ring.handle().is_none());
    });
}

/// Each brings its cell to the next owner with all that was done there: loom reports it if not.
#[test]
fn threads_that_take_and_drop_handles_lose_nothing() {
    model(3, || {
        let ring = Arc::new(SwapRing::<u32, 2, 2>::new());
        let push_and_pop = |ring: &SwapRing<u32, 2, 2>, value| {
            ring.handle().unwrap().try_push(value).unwrap();
            ring.handle().unwrap().try_pop().unwrap()
        };
        let other = {
            let ring = ring.clone();
            thread::spawn(move || push_and_pop(&ring, 1))
        };
        let mine = push_and_pop(&ring, 2);
        assert_eq!(mine + other.join().unwrap(), 3);
        // All four cells are there, and each is somewhere else.
        let mut handles = [(); 2].map(|()| ring.handle().unwrap());
        for (value, handle) in handles.iter_mut().enumerate() {
            handle.try_push(value as u32).unwrap();
        }
        assert_eq!(handles.each_mut().map(|handle| handle.try_pop()), [Ok(0), Ok(1)]);
    });
}

/// What one thread had in its hands another one has next, with no order between them but the handle's.
#[test]
fn a_handle_that_is_dropped_hands_over_its_cell() {
    model(3, || {
        let ring = Arc::new(SwapRing::<u32, 2, 1>::new());
        ring.handle().unwrap().try_push(1).unwrap();
        let popping = {
            let ring = ring.clone();
            thread::spawn(move || ring.handle().and_then(|mut handle| handle.try_pop().ok()))
        };
        let pushed = ring.handle().is_some_and(|mut handle| handle.try_push(2).is_ok());
        let popped = popping.join().unwrap();
        assert!(pushed || popped.is_some(), "one of them had the handle");
        let mut handle = ring.handle().unwrap();
        let left: Vec<u32> = core::iter::from_fn(|| handle.try_pop().ok()).collect();
        let all: Vec<u32> = popped.into_iter().chain(left).collect();
        assert_eq!(all, if pushed { vec![1, 2] } else { vec![1] });
    });
}

/// As many threads as handles: whenever one comes for a handle, one is free.
#[test]
fn whoever_comes_for_a_handle_that_must_be_free_gets_one() {
    model(2, || {
        let ring = Arc::new(SwapRing::<u32, 1, 3>::new());
        let take_twice = |ring: &SwapRing<u32, 1, 3>| (0..2).for_each(|_| drop(ring.handle().unwrap()));
        let others = [(); 2].map(|()| {
            let ring = ring.clone();
            thread::spawn(move || take_twice(&ring))
        });
        take_twice(&ring);
        others.into_iter().for_each(|other| other.join().unwrap());
    });
}
