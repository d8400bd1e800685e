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
//! published, and it does not sleep. If E2 comes first, the publisher sees the sleeper announced, and gives it a
//! signal unless all that are announced have one already, each of which will look after this publication or has
//! a publication of its own to look at. A signal is a count in the same word as the waiters, so one given between the
//! sleeper's second look and its sleep is found there; the kernel compares the word again before it suspends.
//!
//! **No herd.** One publication wakes at most one sleeper. With nobody waiting a notification is a fence and a load, and
//! on Linux the fence costs nothing (`barrier`).
//!
//! **Nobody depends on one who is suspended.** A signal is given to whoever of the waiting takes it first; one that is
//! suspended after it was woken keeps one signal from the others, and the next publication gives the next one. One that
//! is suspended between giving a signal and the wake-up keeps nobody asleep either: a publication that finds signals for
//! which it is not known that all wake-ups have been made (`rung`) makes them, as many as there are signals, and only then
//! says so. It says it by an exchange of what it found: one that wakes up late has nothing to say any more. (Unless whole
//! rounds of 2^32 signals were given meanwhile.) What nobody can do for another is its own publication: one that is suspended
//! between its publication and its notification is, for those who sleep, one that has not published yet, until somebody else
//! publishes.
//!
//! **No call of the kernel for nothing.** Where more threads are awake than there are cores, one that was woken takes a while
//! to run, and until then its announcement stands. Those who publish meanwhile find a signal for each who waits, and that it
//! is rung for.
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
