//! Wake-ups that several threads need.
//!
//! Submitters look for a slot: at the common ones, then at those that others have at hand. In between a thread moves all that
//! it has at hand to the common ones, so that none of them finds any of it. It gives back some slots then, but those are not
//! the only ones that they have missed.

use alloc::vec::Vec;
use core::time::Duration;
use std::sync::Barrier as Meeting;
use std::time::Instant;

use super::*;
use crate::host::patience::Patience;
use crate::wait::Look;

type Pool = Shared<u32, u32>;

/// Slots in the hands of this thread, and some at hand where the pool has more of them than asked for.
fn claim(shared: &Pool, limit: usize) -> Option<Held<'_, u32, u32>> {
    let hand = shared.hand();
    let run = shared.claim(hand, Patience::None, limit).ok()?;
    Some(Held { shared, hand, run: ManuallyDrop::new(run) })
}

/// Whether all `submitters`, which have looked at the common ones before `given` goes back, find a slot.
fn all_find_one(shared: &Pool, submitters: usize, given: Held<'_, u32, u32>) -> bool {
    let (announced, moved) = (Meeting::new(submitters + 1), Meeting::new(submitters + 1));
    let end = Instant::now() + Duration::from_secs(20);
    let submit = || {
        let mut is_announced = false;
        let mut look = |look| match look {
            // The first thorough look is the one before the sleep.
            Look::Thorough if !is_announced => {
                is_announced = true;
                announced.wait();
                moved.wait();
                None
            }
            Look::Quick if !is_announced => None,
            // Not for the look of a submitter that was never woken.
            _ if Instant::now() >= end => None,
            _ => shared.table.claim(1),
        };
        wait_for(&shared.slots_event, Some(end), &mut look).is_some()
    };
    std::thread::scope(|scope| {
        let submitters: Vec<_> = (0..submitters).map(|_| scope.spawn(submit)).collect();
        announced.wait();
        drop(given);
        moved.wait();
        submitters.into_iter().all(|submitter| submitter.join().unwrap())
    })
}

/// Without asymmetric barriers nobody has anything at hand.
fn stashes_are_used() -> bool {
    Barrier::expect_asymmetric().is_some()
}

#[test]
fn whoever_misses_slots_that_move_is_woken_for_them() {
    if stashes_are_used() {
        let shared = Pool::new(16, 1).ok().unwrap();
        let mut claims: Vec<_> = (0..16).map(|_| claim(&shared, 1).unwrap()).collect();
        assert!(claim(&shared, 1).is_none());
        // One is at hand.
        let given = claims.remove(0);
        drop(claims.remove(0));
        assert!(all_find_one(&shared, 2, given));
    }
}

#[test]
fn whoever_misses_slots_that_move_after_a_long_run_is_woken_for_them() {
    if stashes_are_used() {
        let shared = Pool::new(64, 1).ok().unwrap();
        // All slots, but seven that are at hand with the last one.
        let mut claims = [17, 15, 24, 1].map(|limit| claim(&shared, limit)).into_iter().flatten();
        let long = claims.next().unwrap();
        let others: Vec<_> = claims.collect();
        assert!(shared.table.claim(1).is_none());
        assert_eq!(long.run.len() + others.iter().map(|held| held.run.len()).sum::<usize>(), 64 - 7);
        assert!(all_find_one(&shared, 17 + 7, long));
    }
}

/// A receiver gives back all that it has at hand, some at a time, and is stopped before each of its steps; a submitter has just
/// missed them, stopped between its two looks.
#[cfg(all(jobring_steps, target_os = "linux"))]
mod stopped {
    use alloc::boxed::Box;
    use alloc::format;
    use alloc::sync::Arc;
    use core::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
    use std::thread;

    use super::*;
    use crate::pool::WorkerId;
    use crate::sync::steps::watch;

    const CAPACITY: usize = 64;
    const SHARE: usize = CAPACITY / 8;

    /// This thread says that it is before its step `k` from now, and waits there.
    fn stop_at(k: usize, at: Sender<bool>, on: Receiver<()>) {
        watch(Some(Box::new(move |step| {
            if step == k {
                let _ = at.send(true);
                let _ = on.recv();
            }
        })));
    }

    /// Whether it sleeps, in the kernel.
    fn is_asleep(thread: libc::pid_t) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).unwrap_or_default();
        // After the name, which is in parentheses.
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('S'))
    }

    /// What the thread says, false if it has ended; `None` once it sleeps without a word. It sleeps nowhere but where it stops,
    /// which it says before, and in the event: no other thread of the test is awake, to hold a lock or to wake it.
    fn settles(thread: libc::pid_t, says: &Receiver<bool>) -> Option<bool> {
        loop {
            // In this order: a thread that has said something may sleep after it.
            let asleep = is_asleep(thread);
            match says.try_recv() {
                Ok(said) => return Some(said),
                Err(TryRecvError::Disconnected) => return Some(false),
                Err(TryRecvError::Empty) if asleep => return None,
                Err(TryRecvError::Empty) => thread::yield_now(),
            }
        }
    }

    /// Does as a worker would.
    fn work(shared: &Pool) {
        while let Ok(run) = shared.table.take_jobs(1) {
            for slot in shared.table.slots(&run) {
                let (running, job) = slot.take();
                slot.finish(running, WorkerId(0), Ok(job));
            }
            shared.publish(run);
        }
    }

    /// Whether the receiver was stopped, the submitter, and how many slots the submitter sleeps beside.
    fn stop(submitter_at: usize, receiver_at: usize) -> (bool, bool, usize) {
        let shared = Arc::new(Pool::new(CAPACITY, 1).ok().unwrap());
        let (ready, is_ready) = channel();
        let (begin, begins) = channel::<()>();
        let (at, receiver_is_at) = channel();
        let (receiver_on, on) = channel();
        let theirs = shared.clone();
        let receiver = thread::spawn(move || {
            for job in 0..CAPACITY as u32 {
                theirs.submit(Patience::None, job).unwrap();
            }
            work(&theirs);
            (1..CAPACITY / 2).for_each(|_| drop(theirs.recv(Patience::None).unwrap()));
            ready.send(()).unwrap();
            begins.recv().unwrap();
            stop_at(receiver_at, at.clone(), on);
            drop(theirs.recv(Patience::None).unwrap());
            watch(None);
            let _ = at.send(false);
        });
        is_ready.recv().unwrap();
        let (at, submitter_is_at) = channel();
        let (submitter_on, on) = channel();
        let (begun, has_begun) = channel();
        let (theirs, is_judged) = (shared.clone(), Arc::new(AtomicBool::new(false)));
        let judged = is_judged.clone();
        let submitter = thread::spawn(move || {
            // SAFETY: takes nothing and cannot fail.
            begun.send(unsafe { libc::gettid() }).unwrap();
            let mut stop = Some((at.clone(), on));
            let hand = theirs.hand();
            let mut look = |look| {
                // What came later than that is not for it.
                if is_judged.load(SeqCst) {
                    return Some(None);
                }
                if look == Look::Thorough
                    && let Some((at, on)) = stop.take()
                {
                    stop_at(submitter_at, at, on);
                }
                let found = hand.claim_anywhere(&theirs.table, 1, &theirs.slots_event, look);
                watch(None);
                found.map(Some)
            };
            let found = wait_for(&theirs.slots_event, None, &mut look).flatten();
            let _ = at.send(false);
            found.into_iter().for_each(|run| theirs.give_back(hand, run));
        });
        let thread = has_begun.recv().unwrap();
        let submitter_stopped = settles(thread, &submitter_is_at).expect("what is at hand is there for it");
        begin.send(()).unwrap();
        let receiver_stopped = receiver_is_at.recv().unwrap();
        let _ = submitter_on.send(());
        let asleep = submitter_stopped && settles(thread, &submitter_is_at).is_none();
        judged.store(true, SeqCst);
        shared.slots_event.notify_all();
        submitter.join().unwrap();
        let free = if asleep { (0..).take_while(|job| shared.submit(Patience::None, *job).is_ok()).count() } else { 0 };
        let _ = receiver_on.send(());
        receiver.join().unwrap();
        (submitter_stopped, receiver_stopped, free)
    }

    #[test]
    fn a_submitter_sleeps_beside_no_more_slots_than_a_receiver_may_have_in_its_hands() {
        if !stashes_are_used() {
            return;
        }
        let mut stops = 0;
        for submitter_at in 1.. {
            for receiver_at in 1.. {
                let (submitter_stopped, receiver_stopped, free) = stop(submitter_at, receiver_at);
                // What it was about to give back, and one that it has just given.
                assert!(free <= SHARE + 1, "{free}: before {submitter_at} and {receiver_at}");
                if !submitter_stopped {
                    assert!(stops > 0, "nobody was stopped");
                    return;
                }
                if !receiver_stopped {
                    break;
                }
                stops += 1;
            }
        }
    }
}
