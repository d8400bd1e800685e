//! Handles of a ring of swaps.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use jobring::{PopError, PushError, SwapRing, Word};

use super::threads::in_threads;

#[test]
fn a_handle_comes_free_when_it_is_dropped_and_none_comes_while_all_are_taken() {
    let ring = SwapRing::<u32, 2, 3>::new();
    let mut handles: Vec<_> = (0..3).map(|_| ring.handle().unwrap()).collect();
    assert!(ring.handle().is_none());
    // In any order, and with whatever cells they have come to by then.
    for turn in 0..30 {
        handles[turn % 3].try_push(turn as u32).unwrap();
        assert_eq!(handles[(turn + 1) % 3].try_pop(), Ok(turn as u32));
        drop(handles.swap_remove(turn * 7 % 3));
        handles.push(ring.handle().unwrap());
        assert!(ring.handle().is_none());
    }
    drop(handles);
    assert_eq!([(); 3].map(|()| ring.handle()).iter().flatten().count(), 3);
}

#[test]
fn a_handle_that_is_leaked_is_gone_and_the_ring_holds_as_many_values_as_before() {
    let ring = SwapRing::<u32, 2, 2>::new();
    core::mem::forget(ring.handle());
    let mut handle = ring.handle().unwrap();
    assert!(ring.handle().is_none());
    for value in 0..20 {
        handle.try_push(value).unwrap();
        handle.try_push(value + 1).unwrap();
        assert_eq!(handle.try_push(9), Err(PushError::Full(9)));
        assert_eq!((handle.try_pop(), handle.try_pop()), (Ok(value), Ok(value + 1)));
    }
}

/// Whoever has handles, and whatever they have done.
#[test]
fn a_ring_of_swaps_is_full_with_exactly_n_values() {
    fn fills<const N: usize, const HANDLES: usize, W: Word>() {
        let ring = SwapRing::<usize, N, HANDLES, W>::with_words();
        let mut handles: Vec<_> = (0..HANDLES).map(|_| ring.handle().unwrap()).collect();
        for turn in 0..200 {
            // At another place each time, and each time others push and pop.
            handles[turn % HANDLES].try_push(turn).unwrap();
            assert_eq!(handles[turn / 3 % HANDLES].try_pop(), Ok(turn));
            (0..N).for_each(|value| handles[(turn + value) % HANDLES].try_push(value).unwrap());
            assert!(handles.iter_mut().all(|handle| handle.try_push(N) == Err(PushError::Full(N))));
            (0..N).for_each(|value| assert_eq!(handles[(turn + 2 * value) % HANDLES].try_pop(), Ok(value)));
            assert!(handles.iter_mut().all(|handle| handle.try_pop() == Err(PopError::Empty)));
        }
    }
    fills::<1, 1, u64>();
    fills::<1, 7, u8>();
    fills::<2, 6, u8>();
    fills::<3, 5, u8>();
    fills::<7, 1, u8>();
    fills::<4, 8, u64>();
    fills::<8, 3, u32>();
}

/// There are as many handles as threads, so each gets one whenever it wants one.
#[test]
fn threads_that_take_and_drop_handles_all_the_time_lose_nothing() {
    fn churns<const N: usize, const HANDLES: usize>() {
        const EACH: usize = 20_000;
        let ring = SwapRing::<Box<usize>, N, HANDLES>::new();
        let counts: Vec<AtomicUsize> = (0..HANDLES * EACH).map(|_| AtomicUsize::new(0)).collect();
        let came_out = |value: Box<usize>| counts[*value].fetch_add(1, Relaxed);
        in_threads(HANDLES, |index| {
            for turn in 0..EACH {
                let mut refused = ring.handle().unwrap().try_push(Box::new(index * EACH + turn));
                while let Err(value) = refused {
                    let _ = ring.handle().unwrap().try_pop().map(&came_out);
                    refused = ring.handle().unwrap().try_push(value.into_inner());
                }
                // With one handle for two calls, now and then.
                let mut handle = ring.handle().unwrap();
                for _ in 0..=turn % 2 {
                    let _ = handle.try_pop().map(&came_out);
                }
            }
        });
        let mut handles: Vec<_> = (0..HANDLES).map(|_| ring.handle().unwrap()).collect();
        while let Ok(value) = handles[0].try_pop() {
            came_out(value);
        }
        assert!(counts.iter().all(|count| count.load(Relaxed) == 1));
        // Each handle has a cell of its own.
        for (index, handle) in handles.iter_mut().enumerate().take(N) {
            handle.try_push(Box::new(index)).unwrap();
        }
        let popped: Vec<_> = handles.iter_mut().flat_map(|handle| handle.try_pop()).map(|value| *value).collect();
        assert!(popped.into_iter().eq(0..N.min(HANDLES)));
    }
    churns::<1, 2>();
    churns::<3, 4>();
    churns::<8, 4>();
}

/// More threads than values: who finds one has room for it.
#[test]
fn whoever_has_popped_from_a_full_ring_of_swaps_can_push() {
    const THREADS: usize = 4;

    fn circulates<const N: usize>() {
        let ring = SwapRing::<usize, N, THREADS>::new();
        (0..N).for_each(|value| ring.handle().unwrap().try_push(value).unwrap());
        in_threads(THREADS, |_| {
            let mut handle = ring.handle().unwrap();
            for _ in 0..20_000 {
                match handle.try_pop() {
                    Ok(value) => handle.try_push(value).unwrap(),
                    Err(_) => thread::yield_now(),
                }
            }
        });
        let mut handle = ring.handle().unwrap();
        let mut left: Vec<_> = core::iter::from_fn(|| handle.try_pop().ok()).collect();
        left.sort_unstable();
        assert!(left.into_iter().eq(0..N));
    }
    circulates::<1>();
    circulates::<2>();
    circulates::<3>();
    circulates::<4>();
}
