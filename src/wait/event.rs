//! One condition that threads wait for. The protocol is in the module's prose.

use std::time::Instant;

use super::barrier::Barrier;
use super::parking::Parking;
use crate::sync::{AtomicU32, Ordering, update};

/// `[ signals | waiters ]`, 16 bits each; never more signals than waiters.
const WAITER: u32 = 1;
const SIGNAL: u32 = 1 << 16;
const MOST: u32 = SIGNAL - 1;

fn waiters(state: u32) -> u32 {
    state & MOST
}

fn signals(state: u32) -> u32 {
    state >> 16
}

/// Threads sleep here until something is published.
#[derive(Debug)]
pub(crate) struct Event {
    state: AtomicU32,
    barrier: Barrier,
    parking: Parking,
}

impl Event {
    pub(crate) fn new(barrier: Barrier) -> Self {
        Self { state: AtomicU32::new(0), barrier, parking: Parking::new() }
    }

    fn update(&self, ok: Ordering, change: impl Fn(u32) -> Option<u32>) -> Option<u32> {
        update(&self.state, ok, change)
    }

    /// Says that this thread is about to sleep. False if 65,535 threads do so already.
    fn announce(&self) -> bool {
        // E1
        let announced = self.update(Ordering::Relaxed, |state| (waiters(state) < MOST).then_some(state + WAITER));
        // E2, pairs with E3
        self.barrier.heavy();
        announced.is_some()
    }

    /// Takes the announcement back. If all who are announced have a signal, one of the signals goes with it.
    fn withdraw(&self) {
        self.update(Ordering::Relaxed, |state| {
            let left = waiters(state) - 1;
            Some(signals(state).min(left) * SIGNAL + left)
        });
    }

    /// Sleeps until a signal is there and takes it; false if the deadline came first. Withdrawn either way.
    fn sleep(&self, deadline: Option<Instant>) -> bool {
        let mut in_time = true;
        loop {
            // E5, Acquire, pairs with E4: what was published before the signal is visible after it.
            let taken = self.update(Ordering::Acquire, |state| (signals(state) > 0).then(|| state - SIGNAL - WAITER));
            if taken.is_some() {
                return true;
            }
            if !in_time {
                self.withdraw();
                return false;
            }
            let state = self.state.load(Ordering::Relaxed);
            if signals(state) == 0 {
                in_time = self.parking.park(&self.state, state, deadline);
            }
        }
    }

    /// Wakes up to `count` sleepers, for as many things published before. A fence and a load if nobody sleeps.
    #[inline(always)]
    pub(crate) fn notify(&self, count: usize) {
        if self.has_waiters() {
            self.signal(count);
        }
    }

    /// Whether somebody sleeps, or is about to, for whom what was published before may be news.
    #[inline(always)]
    pub(crate) fn has_waiters(&self) -> bool {
        // E3, pairs with E2
        self.barrier.light();
        self.state.load(Ordering::Relaxed) != 0
    }

    /// Wakes all sleepers, for something that concerns each of them.
    pub(crate) fn notify_all(&self) {
        self.notify(usize::MAX);
    }

    /// [`notify`](Self::notify), where there are [waiters](Self::has_waiters).
    #[cold]
    pub(crate) fn signal(&self, count: usize) {
        let wanted = u32::try_from(count).unwrap_or(u32::MAX);
        let given = |state| wanted.min(waiters(state) - signals(state));
        // E4, Release, pairs with E5
        self.update(Ordering::Release, |state| {
            let given = given(state);
            (given > 0).then(|| state + given * SIGNAL)
        });
        // Not only those who got their signal here: whoever gave the others theirs may be suspended before the wake-up.
        self.parking.unpark(&self.state, wanted);
    }
}

/// An announcement that is taken back when it goes, also by a panic.
struct Announced<'a>(&'a Event);

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        self.0.withdraw();
    }
}

/// How often a thread lets others run and looks again before it sleeps: about as long as a sleep and a wake-up take, so
/// that at worst it loses as much as that, and an idle thread some 15 microseconds, once.
pub(crate) const YIELDS: usize = if cfg!(loom) { 0 } else { 32 };

/// How hard to look for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Where it disturbs nobody. It may miss what others have at hand, so nobody sleeps or gives up after it.
    Quick,
    /// Everywhere.
    Thorough,
}

/// Calls `attempt`, which has just found nothing, until it has an answer, and sleeps in between until `event` is notified.
/// `None` once the deadline is over.
#[cold]
pub(crate) fn wait_for<T>(
    event: &Event,
    deadline: Option<Instant>,
    attempt: &mut dyn FnMut(Look) -> Option<T>,
) -> Option<T> {
    loop {
        for _ in 0..YIELDS {
            crate::sync::host::thread::yield_now();
            if let Some(answer) = attempt(Look::Quick) {
                return Some(answer);
            }
        }
        if !event.announce() {
            crate::sync::host::thread::yield_now();
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return attempt(Look::Thorough);
            }
            continue;
        }
        let announced = Announced(event);
        if let Some(answer) = attempt(Look::Thorough) {
            return Some(answer);
        }
        core::mem::forget(announced);
        let in_time = event.sleep(deadline);
        // Also at the end of the time: a signal may have come with it, and gone with the withdrawal.
        let answer = attempt(if in_time { Look::Quick } else { Look::Thorough });
        if answer.is_some() || !in_time {
            return answer;
        }
    }
}
