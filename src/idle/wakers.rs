//! Tasks of an async executor that wait: their wakers, in a fixed number of places.
//!
//! ```text
//!     publisher                          waiting task, polled
//!     publish (into a ring)              attempt: nothing
//!     fence              W3              take a place (once), leave the waker in it    W1
//!     for each place that is taken:      fence                                         W2
//!         wake what is in it    W4       attempt again
//!                                            nothing: pending
//! ```
//!
//! **No wake-up is lost.** The two fences are in one order. If W3 comes first, the second attempt sees what was published.
//! If W2 comes first, the publisher sees the place taken. Then either it finds the waker there and the task is polled
//! again, or the waker was on its way, and registering it after W4 acquires what W4 released (both exchange the same
//! state inside of `AtomicWaker`), so that the second attempt sees what was published.
//!
//! **Cancel-safe.** A notification wakes all who wait, so it is given to nobody: a task that is dropped after it was woken
//! takes nothing from the others. It takes its waker out and gives its place back.
//!
//! **Nobody is refused.** One who finds all places taken wakes itself: it is polled again and again, as slow as that is.
//!
//! Nothing blocks: a notification in an interrupt that comes in the middle of a registration leaves a mark, and the
//! registering task, when it goes on, wakes itself (`AtomicWaker`).

use core::future::poll_fn;
use core::task::{Poll, Waker};

#[cfg(not(loom))]
use atomic_waker::AtomicWaker;
#[cfg(loom)]
use loom::future::AtomicWaker;

use crate::sync::{AtomicU32, Ordering, const_unless_loom, fence, take_lowest};

/// What up to `K` tasks wait for.
#[derive(Debug)]
pub(crate) struct WakerSet<const K: usize> {
    /// One bit for each place.
    taken: AtomicU32,
    places: [AtomicWaker; K],
}

impl<const K: usize> WakerSet<K> {
    const FITS: () = assert!(K >= 1 && K <= 32, "from 1 to 32 tasks can leave their wakers");

    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        const { Self::FITS }
        Self { taken: AtomicU32::new(0), places: [const { AtomicWaker::new() }; K] }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        const { Self::FITS }
        Self { taken: AtomicU32::new(0), places: core::array::from_fn(|_| AtomicWaker::new()) }
    }

    fn take_place(&self) -> Option<usize> {
        // Acquire, pairs with the release in `give_place_back`: the waker before is out.
        take_lowest(&self.taken, K, Ordering::Acquire)
    }

    fn give_place_back(&self, index: usize) {
        #[cfg(not(loom))]
        drop(self.places[index].take());
        #[cfg(loom)]
        drop(self.places[index].take_waker());
        self.taken.fetch_and(!(1 << index), Ordering::Release);
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
            if taken & 1 << index != 0 {
                // W4
                place.wake();
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
    /// Leaves the waker in the place; false if there is none.
    fn register(&mut self, waker: &Waker) -> bool {
        if self.index.is_none() {
            self.index = self.set.take_place();
        }
        let Some(index) = self.index else { return false };
        // W1
        #[cfg(not(loom))]
        self.set.places[index].register(waker);
        #[cfg(loom)]
        self.set.places[index].register_by_ref(waker);
        true
    }
}

impl<const K: usize> Drop for Place<'_, K> {
    fn drop(&mut self) {
        if let Some(index) = self.index {
            self.set.give_place_back(index);
        }
    }
}

/// Room for the wakers of tasks that wait for a [`StaticPool`](crate::StaticPool): up to `K` (1 to 32) for each of jobs,
/// outcomes and free slots. See [`StaticPool::with_wakers`](crate::StaticPool::with_wakers).
///
/// More may wait, but those that find no room are polled again and again.
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
