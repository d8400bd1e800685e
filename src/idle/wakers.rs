//! Tasks of an async executor that wait: their wakers, in a fixed number of places.
//!
//! ```text
//!     publisher                          waiting task, polled
//!     publish (into a ring)              attempt: nothing
//!     fence              W3              take a place (once), leave the waker in it    W1
//!     for each place that is taken:      fence                                         W2
//!         wake its task         W4       attempt again
//!                                            nothing: pending
//! ```
//!
//! **No wake-up is lost.** The two fences are in one order. If W3 comes first, the second attempt sees what was published.
//! If W2 comes first, the publisher sees the place taken and the waker in it, and wakes the task unless somebody else has done
//! so since it left the waker: then it looks again, and W3 comes first.
//!
//! **No task depends on a suspended publisher.** Publishers use the waker where it is, so one that is suspended before it has
//! woken the task, or while it does so, leaves that to the next publisher ([`waker_cell`](super::waker_cell)).
//!
//! **Cancel-safe.** A notification wakes all waiting tasks, so it belongs to none: a task that is dropped after it was woken
//! takes nothing from the others. It takes its waker out and gives its place back; if a publisher is at the waker just then,
//! the publisher does so.
//!
//! **No task is refused.** A task that finds all places taken wakes itself: it is polled again and again, slow as that is. So
//! does a task whose waker has changed while a publisher is at the old one.

use core::future::poll_fn;
use core::task::{Poll, Waker};

use super::waker_cell::{Vacated, WakerCell};
use crate::sync::{AtomicU32, Ordering, const_unless_loom, fence, take_lowest};

/// What up to `K` tasks wait for.
#[derive(Debug)]
pub(crate) struct WakerSet<const K: usize> {
    /// One bit for each place.
    taken: AtomicU32,
    places: [WakerCell; K],
}

impl<const K: usize> WakerSet<K> {
    const FITS: () = assert!(K >= 1 && K <= 32, "from 1 to 32 tasks can leave their wakers");

    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        const { Self::FITS }
        Self { taken: AtomicU32::new(0), places: [const { WakerCell::new() }; K] }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        const { Self::FITS }
        Self { taken: AtomicU32::new(0), places: core::array::from_fn(|_| WakerCell::new()) }
    }

    fn take_place(&self) -> Option<usize> {
        // Acquire, pairs with the release in `give_place_back`: the waker before is out.
        take_lowest(&self.taken, K, Ordering::Acquire)
    }

    fn give_place_back(&self, index: usize, vacated: Vacated) {
        self.taken.fetch_and(!(1 << index), Ordering::Release);
        drop(vacated);
    }

    /// Wakes all tasks that wait; called after the publication. With nobody waiting it is a fence and a load.
    #[inline]
    pub(crate) fn notify(&self) {
        // W3, pairs with W2
        fence(Ordering::SeqCst);
        let taken = self.taken.load(Ordering::Relaxed);
        if taken != 0 {
            self.wake(taken);
        }
    }

    #[cold]
    fn wake(&self, taken: u32) {
        for (index, place) in self.places.iter().enumerate() {
            // W4
            if taken & 1 << index != 0 && place.go_in() {
                let mut inside = Inside { set: self, index, woken: false };
                // SAFETY: inside.
                unsafe { place.wake() };
                inside.woken = true;
            }
        }
    }

    /// Calls `attempt` until it has an answer, and is pending in between until the set is notified.
    pub(crate) async fn until<T>(&self, mut attempt: impl FnMut() -> Option<T>) -> T {
        let mut place = Place { set: self, index: None };
        poll_fn(move |context| {
            if let Some(answer) = attempt() {
                return Poll::Ready(answer);
            }
            if !place.register(context.waker()) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            // W2, pairs with W3
            fence(Ordering::SeqCst);
            attempt().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

/// A task's place, given back when its future goes.
struct Place<'a, const K: usize> {
    set: &'a WakerSet<K>,
    index: Option<usize>,
}

impl<const K: usize> Place<'_, K> {
    /// Leaves the waker in the place; false if there is none, or a publisher is at the old waker.
    fn register(&mut self, waker: &Waker) -> bool {
        if self.index.is_none() {
            self.index = self.set.take_place();
        }
        // W1
        self.index.is_some_and(|index| self.set.places[index].register(waker))
    }
}

impl<const K: usize> Drop for Place<'_, K> {
    fn drop(&mut self) {
        if let Some(index) = self.index
            && let Some(vacated) = self.set.places[index].go()
        {
            self.set.give_place_back(index, vacated);
        }
    }
}

/// A publisher at the waker of a place. It goes out when this goes, also by a panic.
struct Inside<'a, const K: usize> {
    set: &'a WakerSet<K>,
    index: usize,
    woken: bool,
}

impl<const K: usize> Drop for Inside<'_, K> {
    fn drop(&mut self) {
        // SAFETY: inside until now.
        if let Some(vacated) = unsafe { self.set.places[self.index].go_out(self.woken) } {
            self.set.give_place_back(self.index, vacated);
        }
    }
}

/// Room for the wakers of tasks that wait for a [`StaticPool`](crate::StaticPool): up to `K` (1 to 32) for each of jobs,
/// outcomes and free slots. See [`StaticPool::with_wakers`](crate::StaticPool::with_wakers).
///
/// More tasks may wait, but those that find no room are polled again and again; on a core with priorities that keeps tasks of
/// lower priority from going on. A task that goes while a notifier wakes it leaves its room to be given back by that notifier.
#[derive(Debug)]
pub struct Wakers<const K: usize> {
    pub(crate) jobs: WakerSet<K>,
    pub(crate) outcomes: WakerSet<K>,
    pub(crate) slots: WakerSet<K>,
}

impl<const K: usize> Wakers<K> {
    const_unless_loom! {
        /// No task waits.
        pub fn new() -> Self {
            Self { jobs: WakerSet::new(), outcomes: WakerSet::new(), slots: WakerSet::new() }
        }
    }
}

impl<const K: usize> Default for Wakers<K> {
    fn default() -> Self {
        Self::new()
    }
}
