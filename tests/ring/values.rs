//! Values that count their drops.

use alloc::sync::Arc;
use core::mem::take;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::panic::catch_unwind;
use std::sync::Mutex;

use jobring::Ring;

use super::threads::in_threads;

/// Counts its drops at its own index; panics if told to.
pub(crate) struct Counted {
    index: usize,
    drops: Arc<[AtomicUsize]>,
    panics: bool,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.drops[self.index].fetch_add(1, Relaxed);
        assert!(!self.panics, "a drop that panics");
    }
}

/// `n` values that count their drops, the one at `panicking` with a panic.
pub(crate) fn counted(n: usize, panicking: Option<usize>) -> (Arc<[AtomicUsize]>, impl Iterator<Item = Counted>) {
    let drops: Arc<[AtomicUsize]> = (0..n).map(|_| AtomicUsize::new(0)).collect();
    let of = drops.clone();
    (drops, (0..n).map(move |index| Counted { index, drops: of.clone(), panics: panicking == Some(index) }))
}

pub(crate) fn assert_each_dropped_once(drops: &[AtomicUsize]) {
    assert!(drops.iter().all(|count| count.load(Relaxed) == 1), "{drops:?}");
}

#[test]
fn every_value_is_dropped_once_popped_refused_or_left_behind() {
    for popped in 0..=4 {
        for close in [false, true] {
            let (drops, mut values) = counted(12, None);
            let ring = Ring::<Counted, 3>::new();
            for _ in 0..popped {
                assert!(ring.try_push(values.next().unwrap()).is_ok());
                assert!(ring.try_pop().is_ok());
            }
            if close {
                assert!(ring.try_push(values.next().unwrap()).is_ok());
                ring.close();
            }
            for value in values {
                let _ = ring.try_push(value);
            }
            drop(ring);
            assert_each_dropped_once(&drops);
        }
    }
}

#[test]
fn a_drop_that_panics_does_not_keep_the_others_from_theirs() {
    for panicking in 0..4 {
        let (drops, values) = counted(4, Some(panicking));
        let ring = Ring::<Counted, 4>::new();
        values.for_each(|value| assert!(ring.try_push(value).is_ok()));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(ring))).is_err());
        assert_each_dropped_once(&drops);
    }
}

#[test]
fn threads_drop_every_value_once() {
    const THREADS: usize = 4;
    const EACH: usize = 5_000;
    let (drops, mut values) = counted(THREADS * EACH, None);
    let stacks: Vec<_> = (0..THREADS).map(|_| Mutex::new(values.by_ref().take(EACH).collect::<Vec<_>>())).collect();
    let ring = Ring::<Counted, 5>::new();
    in_threads(THREADS, |index| {
        for (turn, value) in take(&mut *stacks[index].lock().unwrap()).into_iter().enumerate() {
            let _ = ring.try_push(value);
            if turn % 3 > 0 {
                let _ = ring.try_pop();
            }
        }
    });
    drop(ring);
    assert_each_dropped_once(&drops);
}

#[test]
fn values_without_size_are_counted_like_others() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    struct Nothing;
    impl Drop for Nothing {
        fn drop(&mut self) {
            DROPS.fetch_add(1, Relaxed);
        }
    }

    let ring = Ring::<Nothing, 3>::new();
    (0..3).for_each(|_| assert!(ring.try_push(Nothing).is_ok()));
    assert!(ring.try_push(Nothing).is_err_and(|refused| refused.is_full()));
    assert_eq!(DROPS.load(Relaxed), 1);
    assert!(ring.try_pop().is_ok());
    assert_eq!((ring.len(), DROPS.load(Relaxed)), (2, 2));
    drop(ring);
    assert_eq!(DROPS.load(Relaxed), 4);
}
