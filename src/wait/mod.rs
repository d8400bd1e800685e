//! Waiting, on hosts: how threads sleep until somebody publishes something, and why no wake-up is lost.
//!
//! The rings never block. A thread that found nothing sleeps on an [`Event`]; a thread that published something
//! notifies it. Both sides first write and then look at what the other one writes:
//!
//! ```text
//!     publisher                               sleeper
//!     publish (into a ring)                   announce: waiters + 1       E1
//!     fence                   E3              fence                       E2
//!     any waiter without a signal?            look at the ring again
//!         no: done                                something there: withdraw
//!         yes: signals + 1    E4                  nothing: sleep until a signal is there, take it   E5
//!              wake one, and say so   E6
//! ```
//!
//! **No wake-up is lost.** The two fences are in one order. If E3 comes first, the sleeper's second look sees what was
//! published, and it does not sleep. If E2 comes first, the publisher sees the sleeper announced, and gives it a signal unless
//! every announced waiter has one already; each of those will look after this publication or has a publication of its own to
//! look at. A signal is a count in the same word as the waiters, so one given between the sleeper's second look and its sleep
//! is found there; the kernel compares the word again before it suspends.
//!
//! **No herd.** One publication wakes at most one sleeper. With nobody waiting a notification is a fence and a load, and
//! on Linux the fence costs nothing (`barrier`).
//!
//! **No thread depends on a suspended one.** A signal is not addressed; whichever waiter gets there first takes it. A thread
//! suspended after it was woken withholds only one signal, and the next publication gives another. A notifier may also be
//! suspended after giving a signal (E4) but before waking anyone. `rung` records how many of the given signals are known to
//! have been followed by a wake-up. A later notifier that finds `rung` behind wakes as many threads as there are untaken
//! signals and only then advances it (E6), by compare-exchange from the value it read, so a notifier that resumes after that
//! leaves it alone (unless exactly a multiple of 2^32 signals was given meanwhile). The notification itself cannot be taken
//! over: to the sleepers, a thread suspended between publication and notification has not published yet, until another thread
//! publishes.
//!
//! **No needless system call.** Where more threads are awake than there are cores, a woken thread takes some time to run, and
//! until then its announcement stands. Notifiers meanwhile find a signal for each waiter, and that all of these are rung for.
//!
//! Nobody holds a lock: the word changes by compare-exchange, and the kernel's own queue does the rest (elsewhere than
//! on Linux a mutex around the sleep, which is not held while anything else happens).
//!
//! This is an eventcount (Vyukov) whose epoch is a count of signals, as in Eigen's.

mod barrier;
mod event;
mod parking;
mod state;

pub(crate) use barrier::{Asymmetric, Barrier};
pub(crate) use event::{Event, Look, wait_for};
