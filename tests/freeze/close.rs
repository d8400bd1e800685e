//! Close: the victim closes one fresh ring after the other and is frozen on the way; two others push, pop and close.

use core::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::SeqCst};
use std::thread;

use jobring::{PopError, PushError, TicketRing};

use crate::ice::{Finally, Freezer, Target, comes_true, wait};
use crate::queues::CAPACITY;
use crate::rng::Rng;
use crate::{Verdict, freezes};

type Fresh = TicketRing<CAPACITY>;

/// Enough that the signal arrives before the last is closed.
const RINGS: usize = 1024;
const OTHERS: usize = 2;

/// Pushes and pops 8 times the capacity, or until refused for ever, then closes. Gives what it pushed less what it
/// popped, and whether it was the one who closed.
fn use_up(ring: &Fresh) -> (i64, bool) {
    let (mut balance, mut moved) = (0, 0);
    while moved < 8 * CAPACITY {
        match ring.try_push(0) {
            Ok(()) => balance += 1,
            Err(PushError::Full(_)) => {}
            Err(PushError::Closed(_)) => break,
        }
        if ring.try_pop().is_ok() {
            (balance, moved) = (balance - 1, moved + 1);
        }
    }
    let closed = ring.close();
    assert!(ring.is_closed());
    assert_eq!(ring.try_push(0), Err(PushError::Closed(0)));
    loop {
        match ring.try_pop() {
            Ok(_) => balance -= 1,
            Err(PopError::Closed) => return (balance, closed),
            Err(PopError::Empty) => panic!("empty for now after the close"),
        }
    }
}

/// One freeze; `None` if all rings were closed before the signal came.
fn round(freezer: &Freezer, rings: &mut [Fresh], rng: &mut Rng) -> Option<bool> {
    for ring in &mut *rings {
        *ring = Fresh::new();
    }
    // Empty, full and in between, and at any slot.
    for (number, ring) in rings.iter().enumerate() {
        (0..number % 7).for_each(|_| {
            ring.try_push(0).unwrap();
            ring.try_pop().unwrap();
        });
        (0..number % (CAPACITY + 1)).for_each(|_| ring.try_push(0).unwrap());
    }
    let rings = &*rings;
    let (ready, at, over) = (AtomicI32::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let by_victim: Vec<AtomicBool> = (0..rings.len()).map(|_| AtomicBool::new(false)).collect();
    thread::scope(|scope| {
        let _end = Finally(|| over.store(true, SeqCst));
        scope.spawn(|| {
            ready.store(Target::me().0, SeqCst);
            for (number, ring) in rings.iter().enumerate() {
                at.store(number, SeqCst);
                let closed = ring.close();
                by_victim[number].store(closed, SeqCst);
            }
            at.store(rings.len(), SeqCst);
            // Alive for as long as it may be signalled.
            while !over.load(SeqCst) {
                thread::yield_now();
            }
        });
        let from = rng.below(RINGS as u64 / 2) as usize;
        wait("the victim closes", || at.load(SeqCst) >= from && ready.load(SeqCst) != 0);
        let ice = freezer.freeze(Target(ready.load(SeqCst)));
        let number = at.load(SeqCst);
        let ring = rings.get(number)?;
        let others: Vec<_> = (0..OTHERS).map(|_| scope.spawn(move || use_up(ring))).collect();
        let done = comes_true(|| others.iter().all(thread::ScopedJoinHandle::is_finished));
        drop(ice);
        let mut closed = 0;
        let mut balance = (number % (CAPACITY + 1)) as i64;
        for other in others {
            let (moved, closer) = other.join().unwrap();
            balance += moved;
            closed += i32::from(closer);
        }
        wait("the victim closed the rest", || at.load(SeqCst) == rings.len());
        closed += i32::from(by_victim[number].load(SeqCst));
        assert_eq!((closed, balance), (1, 0), "closed by one, and nothing lost or doubled");
        Some(!done)
    })
}

pub(crate) fn freeze_close(name: &str) -> Verdict {
    let freezer = Freezer::new();
    let mut rng = Rng::seeded(name);
    let mut rings: Vec<Fresh> = (0..RINGS).map(|_| Fresh::new()).collect();
    let mut verdict = Verdict::default();
    while verdict.frozen < freezes() {
        if let Some(stalled) = round(&freezer, &mut rings, &mut rng) {
            verdict.frozen += 1;
            verdict.stalled += usize::from(stalled);
        }
    }
    verdict.print(name);
    verdict
}
