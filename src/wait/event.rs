//! One condition that threads wait for. The protocol is in the module's prose.

use core::ops::RangeInclusive;
use core::time::Duration;
use std::time::Instant;

use super::barrier::{Asymmetric, Barrier};
use super::parking::Parking;
use super::state::{self, State, given, signals, waiters};
use crate::sync::{AtomicU32, Ordering};

/// Threads sleep here until something is published.
#[derive(Debug)]
pub(crate) struct Event {
    state: State,
    /// How many signals had been given when the wake-ups for all of them were last known to have been made.
    rung: AtomicU32,
    /// How often in a row a thread has stayed awake for it in vain. Relaxed: nothing but its pace follows from it.
    in_vain: AtomicU32,
    barrier: Barrier,
    parking: Parking,
}

impl Event {
    pub(crate) fn new(barrier: Barrier) -> Self {
        Self {
            state: State::new(0),
            rung: AtomicU32::new(0),
            in_vain: AtomicU32::new(0),
            barrier,
            parking: Parking::new(),
        }
    }

    /// Says that this thread is about to sleep. False if 65,535 threads do so already.
    fn announce(&self) -> bool {
        // E1
        let announced = state::update(&self.state, Ordering::Relaxed, state::with_waiter);
        // E2, pairs with E3
        self.barrier.heavy();
        announced.is_ok()
    }

    /// Takes the announcement back. If every announced waiter has a signal, one of the signals goes with it.
    fn withdraw(&self) {
        // E5, Acquire, pairs with E4: that signal is taken, too, and a look follows.
        let _ = state::update(&self.state, Ordering::Acquire, |state| Some(state::without_waiter(state)));
    }

    /// Sleeps until a signal is there and takes it; false if the deadline came first. Withdrawn either way.
    fn sleep(&self, deadline: Option<Instant>) -> bool {
        let mut in_time = true;
        loop {
            // E5, Acquire, pairs with E4: what was published before the signal is visible after it.
            match state::update(&self.state, Ordering::Acquire, state::with_signal_taken) {
                Ok(_) => return true,
                Err(_) if !in_time => {
                    self.withdraw();
                    return false;
                }
                Err(state) => in_time = self.parking.park(&self.state, state, deadline),
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

    /// Whether a thread sleeps, or is about to, to which what was published before may be news.
    #[inline(always)]
    pub(crate) fn has_waiters(&self) -> bool {
        // E3, pairs with E2
        self.barrier.light();
        waiters(self.state.load(Ordering::Relaxed)) != 0
    }

    /// The same, where the barrier is known to be of that kind.
    #[inline(always)]
    pub(crate) fn has_waiters_by(&self, barrier: Asymmetric) -> bool {
        // E3, as above
        barrier.light();
        waiters(self.state.load(Ordering::Relaxed)) != 0
    }

    /// How many signals were ever given.
    #[cfg(loom)]
    pub(crate) fn given(&self) -> u32 {
        given(self.state.load(Ordering::Relaxed))
    }

    /// Wakes all sleepers, for something that concerns each of them.
    pub(crate) fn notify_all(&self) {
        self.notify(usize::MAX);
    }

    /// [`notify`](Self::notify), where there are [waiters](Self::has_waiters).
    #[cold]
    pub(crate) fn signal(&self, count: usize) {
        let wanted = u32::try_from(count).unwrap_or(u32::MAX);
        // E4, Release, pairs with E5
        let update = state::update(&self.state, Ordering::Release, |state| state::with_signals(state, wanted));
        let (before, after) = update.unwrap_or_else(|state| (state, state));
        // Relaxed: an outdated value costs a wake-up that nobody needs.
        let rung = self.rung.load(Ordering::Relaxed);
        let all_are_rung_for = |state| state::COUNTS_SIGNALS && given(state) == rung;
        if all_are_rung_for(after) {
            return;
        }
        // Include waiters signalled by another notifier, which may have been suspended before waking them.
        let sleepers = if all_are_rung_for(before) { signals(after) - signals(before) } else { signals(after) };
        if sleepers > 0 {
            self.parking.unpark(&self.state, sleepers);
        }
        // E6, Release: not before the wake-up. A notifier suspended here fails when it resumes, if others have rung since.
        let _ = self.rung.compare_exchange(rung, given(after), Ordering::Release, Ordering::Relaxed);
    }
}

/// An announcement that is withdrawn when it is dropped, also by a panic.
struct Announced<'a>(&'a Event);

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        self.0.withdraw();
    }
}

/// How long a thread stays awake, lets others run and looks again: several times as long as it takes to wake another thread,
/// so a thread that waits for what a woken one will do is still awake then.
const AWAKE: Duration = Duration::from_micros(100);

/// How often it does so: at least (however long that takes where others want the core too), and at most.
const YIELDS: RangeInclusive<u32> = 32..=256;

fn is_over(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

/// How hard to look for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Where it disturbs no other thread. It may miss what others have at hand, so no thread sleeps or gives up after it.
    Quick,
    /// Everywhere.
    Thorough,
}

/// After so many waits in a row in which nothing came within [`AWAKE`], threads stay awake only for the fewest yields.
const OFTEN: u32 = 8;

/// Even then each wait whose number is a multiple of this lasts for [`AWAKE`]: the pace may have changed.
const AGAIN: u32 = 64;

fn is_worth_it(in_vain: u32) -> bool {
    in_vain < OFTEN || in_vain.is_multiple_of(AGAIN)
}

/// Calls `attempt` for a while, without sleep, until it has an answer.
fn stay_awake<T>(event: &Event, deadline: Option<Instant>, attempt: &mut dyn FnMut(Look) -> Option<T>) -> Option<T> {
    if cfg!(loom) {
        return None;
    }
    let (start, in_vain) = (Instant::now(), event.in_vain.load(Ordering::Relaxed));
    let awake = if is_worth_it(in_vain) { AWAKE } else { Duration::ZERO };
    for yields in 1..=*YIELDS.end() {
        crate::sync::host::thread::yield_now();
        if let Some(answer) = attempt(Look::Quick) {
            if in_vain != 0 {
                event.in_vain.store(0, Ordering::Relaxed);
            }
            return Some(answer);
        }
        let now = Instant::now();
        if deadline.is_some_and(|deadline| now >= deadline) {
            return None;
        }
        if yields >= *YIELDS.start() && now.duration_since(start) >= awake {
            break;
        }
    }
    event.in_vain.store(in_vain.wrapping_add(1), Ordering::Relaxed);
    None
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
        if let Some(answer) = stay_awake(event, deadline, attempt) {
            return Some(answer);
        }
        if !event.announce() {
            crate::sync::host::thread::yield_now();
            let answer = attempt(Look::Thorough);
            if answer.is_some() || is_over(deadline) {
                return answer;
            }
            continue;
        }
        let announced = Announced(event);
        if let Some(answer) = attempt(Look::Thorough) {
            return Some(answer);
        }
        core::mem::forget(announced);
        let in_time = event.sleep(deadline) && !is_over(deadline);
        // Look again after the deadline, too: a signal may have arrived together with it and been consumed by `withdraw`.
        let answer = attempt(if in_time { Look::Quick } else { Look::Thorough });
        if answer.is_some() || !in_time {
            return answer;
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn staying_awake_in_vain_again_and_again_is_not_worth_it_until_it_is_of_use_once() {
        let event = Event::new(Barrier::new());
        let worth_it = || is_worth_it(event.in_vain.load(Ordering::Relaxed));
        let mut times = 0;
        for _ in 0..3 * AGAIN {
            times += u32::from(worth_it());
            assert_eq!(stay_awake::<()>(&event, None, &mut |_| None), None);
        }
        assert_eq!(times, OFTEN + 2);
        assert_eq!(stay_awake(&event, None, &mut |_| Some(7)), Some(7));
        assert!(worth_it());
    }

    #[test]
    fn whose_time_is_over_gives_up_also_if_signals_go_on_coming_for_what_others_take() {
        let (event, mut looks) = (Event::new(Barrier::new()), 0);
        let mut attempt = |_| -> Option<()> {
            looks += 1;
            assert!(looks < 10, "the time is over");
            event.notify(1);
            None
        };
        assert_eq!(wait_for(&event, Some(Instant::now()), &mut attempt), None);
    }

    #[test]
    fn whose_time_is_over_looks_once_more_quickly_and_thoroughly_and_does_not_stay_awake() {
        let (event, mut looks) = (Event::new(Barrier::new()), Vec::new());
        let mut attempt = |look| -> Option<()> {
            looks.push(look);
            None
        };
        assert_eq!(wait_for(&event, Some(Instant::now()), &mut attempt), None);
        assert_eq!(looks, [Look::Quick, Look::Thorough, Look::Thorough]);
    }
}
