//! Values that count their drops.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::mem::{forget, take};
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::panic::catch_unwind;
use std::sync::Mutex;

use jobring::{Ring, SwapRing};

use super::fifo::Fifo;
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

/// `n` values that count their drops, the one at `panicking` with a panic. In boxes they are small enough to ride in words.
pub(crate) fn counted<V: From<Counted>>(
    n: usize,
    panicking: Option<usize>,
) -> (Arc<[AtomicUsize]>, impl Iterator<Item = V>) {
    let drops: Arc<[AtomicUsize]> = (0..n).map(|_| AtomicUsize::new(0)).collect();
    let of = drops.clone();
    let value = move |index| Counted { index, drops: of.clone(), panics: panicking == Some(index) };
    (drops, (0..n).map(move |index| V::from(value(index))))
}

pub(crate) fn assert_each_dropped_once(drops: &[AtomicUsize]) {
    assert!(drops.iter().all(|count| count.load(Relaxed) == 1), "{drops:?}");
}

#[test]
fn every_value_is_dropped_once_popped_refused_or_left_behind() {
    fn counts<V: From<Counted>, Q: Fifo<V>>() {
        for popped in 0..=4 {
            for close in [false, true] {
                let (drops, mut values) = counted::<V>(12, None);
                let ring = Q::new();
                for _ in 0..popped {
                    assert!(ring.push(values.next().unwrap()).is_ok());
                    assert!(ring.pop().is_ok());
                }
                if close {
                    assert!(ring.push(values.next().unwrap()).is_ok());
                    ring.close();
                }
                for value in values {
                    let _ = ring.push(value);
                }
                drop(ring);
                assert_each_dropped_once(&drops);
            }
        }
    }
    counts::<Counted, Ring<Counted, 3>>();
    counts::<Box<Counted>, Ring<Box<Counted>, 3>>();
    counts::<Counted, SwapRing<Counted, 3, 1>>();
}

#[test]
fn values_are_dropped_also_when_a_handle_was_leaked() {
    let (drops, mut values) = counted(5, None);
    let ring = SwapRing::<Counted, 3, 2>::new();
    let mut leaked = ring.handle().unwrap();
    let mut other = ring.handle().unwrap();
    for _ in 0..2 {
        assert!(leaked.try_push(values.next().unwrap()).is_ok());
        assert!(other.try_pop().is_ok());
        assert!(other.try_push(values.next().unwrap()).is_ok());
    }
    // In its cell is what it popped last: a value that has gone.
    assert!(leaked.try_pop().is_ok());
    forget(leaked);
    assert!(other.try_push(values.next().unwrap()).is_ok());
    drop(other);
    drop(ring);
    assert_each_dropped_once(&drops);
}

#[test]
fn a_drop_that_panics_does_not_keep_the_others_from_theirs() {
    fn goes_on<V: From<Counted>, Q: Fifo<V>>() {
        for panicking in 0..4 {
            let (drops, values) = counted::<V>(4, Some(panicking));
            let ring = Q::new();
            values.for_each(|value| assert!(ring.push(value).is_ok()));
            assert!(catch_unwind(AssertUnwindSafe(|| drop(ring))).is_err());
            assert_each_dropped_once(&drops);
        }
    }
    goes_on::<Counted, Ring<Counted, 4>>();
    goes_on::<Box<Counted>, Ring<Box<Counted>, 4>>();
    goes_on::<Counted, SwapRing<Counted, 4, 2>>();
}

#[test]
fn threads_drop_every_value_once() {
    const THREADS: usize = 4;
    const EACH: usize = 5_000;

    fn drop_all<V: From<Counted> + Send, Q: Fifo<V>>() {
        let (drops, mut values) = counted::<V>(THREADS * EACH, None);
        let stacks: Vec<_> = (0..THREADS).map(|_| Mutex::new(values.by_ref().take(EACH).collect::<Vec<_>>())).collect();
        let ring = Q::new();
        in_threads(THREADS, |index| {
            for (turn, value) in take(&mut *stacks[index].lock().unwrap()).into_iter().enumerate() {
                let _ = ring.push(value);
                if turn % 3 > 0 {
                    let _ = ring.pop();
                }
            }
        });
        drop(ring);
        assert_each_dropped_once(&drops);
    }
    drop_all::<Counted, Ring<Counted, 5>>();
    drop_all::<Box<Counted>, Ring<Box<Counted>, 5>>();
    drop_all::<Counted, SwapRing<Counted, 5, THREADS>>();
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

    fn counts<Q: Fifo<Nothing>>() {
        let before = DROPS.load(Relaxed);
        let drops = || DROPS.load(Relaxed) - before;
        let ring = Q::new();
        (0..3).for_each(|_| assert!(ring.push(Nothing).is_ok()));
        assert!(ring.push(Nothing).is_err_and(|refused| refused.is_full()));
        assert_eq!(drops(), 1);
        assert!(ring.pop().is_ok());
        assert_eq!((ring.state().0, drops()), (2, 2));
        drop(ring);
        assert_eq!(drops(), 4);
    }
    counts::<Ring<Nothing, 3>>();
    counts::<SwapRing<Nothing, 3, 1>>();
}
