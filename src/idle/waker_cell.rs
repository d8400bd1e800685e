//! The waker of one task, for notifiers to use where it is.
//!
//! A notifier that took the waker out to use it could be suspended with it in its hand, and nobody else could wake the task.
//! So it stays in the cell, and notifiers go in and out:
//!
//! ```text
//!     notifier                                     task
//!     a waker, and no WOKEN: go in          N1     register: leave a waker, or say that the one there     R1
//!     wake the task                                     is still right: no WOKEN, and AGAIN if any is inside
//!     go out: WOKEN, unless AGAIN           N2     go: take the waker out, or say GONE if any is inside   R2
//!     last one out: no AGAIN; if GONE, clean up
//! ```
//!
//! **One wake-up is enough, and none is relied on.** WOKEN says that a wake-up has been made since the task registered, and
//! other notifiers need not make it. It is set afterwards, so notifiers that come meanwhile make it themselves. It is not set
//! by a notifier that went in before the task registered again: its wake-up may be for the earlier registration. AGAIN
//! remembers that there is such a notifier.
//!
//! **The waker outlives its use.** While any notifier is inside nobody takes it out. A task that has another waker by then
//! cannot leave it, and has to look again by itself. A task that goes leaves the rest to the last one out.

use core::task::Waker;

use crate::sync::{AtomicU32, Ordering, UnsafeCell, const_unless_loom, update};

/// There is a waker.
const SET: u32 = 1;
/// The task has been woken since it registered.
const WOKEN: u32 = 2;
/// The task has registered while notifiers were inside, and since then some have always been.
const AGAIN: u32 = 4;
/// The task has gone while notifiers were inside.
const GONE: u32 = 8;
/// So much for each notifier inside.
const INSIDE: u32 = 16;

#[derive(Debug)]
pub(super) struct WakerCell {
    state: AtomicU32,
    /// Written by the task without SET, and by the last one out with GONE; read by all with SET.
    waker: UnsafeCell<Option<Waker>>,
}

// SAFETY: wakers may be used and dropped by any thread, and the state says who may touch the one here.
unsafe impl Sync for WakerCell {}

/// That the cell is empty, and free for another task. The waker that was in it is to be dropped when the place has been given
/// back: a drop may panic.
#[must_use]
pub(super) struct Vacated(#[expect(dead_code, reason = "to be dropped")] Option<Waker>);

impl WakerCell {
    const_unless_loom! {
        pub(super) fn new() -> Self {
            Self { state: AtomicU32::new(0), waker: UnsafeCell::new(None) }
        }
    }

    /// Leaves the task's waker. False if it cannot, since others use the one from before: then the task must look again by
    /// itself. For the task that has the cell.
    pub(super) fn register(&self, waker: &Waker) -> bool {
        let set = self.state.load(Ordering::Relaxed) & SET != 0;
        if set && self.holds(waker) {
            self.register_again();
            return true;
        }
        // Calls of the task's, which may panic, before anything changes. A clone may be the same as the one here, which is a
        // clone too, where what it was made of is not: compilers have been seen to give them two tables of the same functions.
        let waker = waker.clone();
        if set && self.holds(&waker) {
            self.register_again();
            return true;
        }
        // Acquire, pairs with N2: the notifiers that used it have gone.
        if set && update(&self.state, Ordering::Acquire, |state| (state < INSIDE).then_some(0)).is_none() {
            return false;
        }
        // SAFETY: without SET it is this task's alone.
        let before = self.waker.with_mut(|place| unsafe { (*place).replace(waker) });
        // R1, Release, pairs with N1
        self.state.store(SET, Ordering::Release);
        drop(before);
        true
    }

    /// Says that the waker is still right.
    fn register_again(&self) {
        // Exchanged also where nothing changes: a load might miss a WOKEN that was said long ago.
        let again = |state| Some(state & !WOKEN | if state >= INSIDE { AGAIN } else { 0 });
        // R1. Relaxed: what it orders is ordered by the fences of W2 and W3.
        update(&self.state, Ordering::Relaxed, again);
    }

    /// Whether it holds this waker. For the task that has the cell, which has set it.
    fn holds(&self, waker: &Waker) -> bool {
        // SAFETY: only this task writes, as long as it has not gone; others read.
        self.waker.with(|place| unsafe { (*place).as_ref().is_some_and(|ours| ours.will_wake(waker)) })
    }

    /// Takes the waker out, for the task that has the cell. `None` if others use it: the last of them
    /// [cleans up](Self::go_out).
    pub(super) fn go(&self) -> Option<Vacated> {
        let going = |state| Some(if state < INSIDE { 0 } else { state | GONE });
        // R2, Acquire, pairs with N2: the notifiers that used it have gone. Release, pairs with N2, for the one that cleans up.
        let before = update(&self.state, Ordering::AcqRel, going)?;
        // SAFETY: nobody is inside, and nobody goes in without SET.
        (before < INSIDE).then(|| unsafe { self.vacate() })
    }

    /// Goes in, if there is one to wake. Whoever did must [go out](Self::go_out).
    pub(super) fn go_in(&self) -> bool {
        let wakes = |state: u32| (state & (SET | WOKEN | GONE) == SET).then(|| state + INSIDE);
        // N1, Acquire, pairs with R1
        update(&self.state, Ordering::Acquire, wakes).is_some()
    }

    /// Wakes the task.
    ///
    /// # Safety
    /// The caller is inside.
    pub(super) unsafe fn wake(&self) {
        // SAFETY: nobody writes while a notifier is inside.
        self.waker.with(|place| unsafe {
            if let Some(waker) = &*place {
                waker.wake_by_ref();
            }
        });
    }

    /// Goes out, and says whether the task was woken. Cleans up after a task that has gone, if this is the last one inside.
    ///
    /// # Safety
    /// The caller is inside, once less afterwards.
    pub(super) unsafe fn go_out(&self, woken: bool) -> Option<Vacated> {
        let is_last_after_all = |state| state & GONE != 0 && state & !(INSIDE - 1) == INSIDE;
        let leaving = |state: u32| {
            let says = if woken && state & AGAIN == 0 { WOKEN } else { 0 };
            let left = (state - INSIDE) | says;
            if is_last_after_all(state) {
                None
            } else if left < INSIDE {
                Some(left & !AGAIN)
            } else {
                Some(left)
            }
        };
        // N2, Release, pairs with the next thread that has the waker for itself.
        if update(&self.state, Ordering::Release, leaving).is_some() {
            return None;
        }
        // Acquire, pairs with R2 and N2: the task and all others have gone. Nobody goes in any more, so it stays as it is.
        self.state.load(Ordering::Acquire);
        // SAFETY: alone.
        let vacated = unsafe { self.vacate() };
        // Relaxed: the place is given back by a release.
        self.state.store(0, Ordering::Relaxed);
        Some(vacated)
    }

    /// # Safety
    /// Nobody else is at the cell.
    unsafe fn vacate(&self) -> Vacated {
        // SAFETY: the caller's.
        Vacated(self.waker.with_mut(|place| unsafe { (*place).take() }))
    }
}
