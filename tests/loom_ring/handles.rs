//! Handles of a ring of swaps, and the cells that come and go with them.

use jobring::{SwapHandle, SwapRing};
use loom::sync::Arc;

use super::*;

type Two = SwapRing<u32, 2, 2>;

/// One comes free: of two threads each has one at most.
fn wait_for_handle(ring: &Two) -> SwapHandle<'_, u32, 2, 2> {
    loop {
        match ring.handle() {
            Some(handle) => return handle,
            None => thread::yield_now(),
        }
    }
}

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
        let ring = Arc::new(Two::new());
        let push_and_pop = |ring: &Two, value| {
            wait_for_handle(ring).try_push(value).unwrap();
            wait_for_handle(ring).try_pop().unwrap()
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
