//! What these tests are to notice: Vyukov's bounded queue, with the same steps.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};

use jobring::steps::step;
use jobring::{PopError, PushError};

use crate::queue::{Call, Op, Queue};

const N: usize = 2;

#[derive(Default)]
struct Slot {
    turn: AtomicUsize,
    value: AtomicU32,
}

/// Claims a position, then fills or empties its slot, then publishes. One who comes to a slot in the middle of that
/// waits for it (as `ArrayQueue` does) or says Full or Empty (as `heapless::mpmc` does).
pub(crate) struct Vyukov<const WAITS: bool> {
    tail: AtomicUsize,
    head: AtomicUsize,
    slots: [Slot; N],
}

impl<const WAITS: bool> Vyukov<WAITS> {
    /// A position and its slot, once the slot's turn is `pos + lead`; `None` if the slot is a lap behind.
    fn claim(&self, from: &AtomicUsize, other: &AtomicUsize, lead: usize) -> Option<(usize, &Slot)> {
        loop {
            let pos = load(from);
            let slot = &self.slots[pos % N];
            let turn = load(&slot.turn);
            if turn == pos + lead {
                step();
                if from.compare_exchange(pos, pos + 1, SeqCst, SeqCst).is_ok() {
                    return Some((pos, slot));
                }
            } else if turn < pos + lead {
                let done = if lead == 0 { load(other) + N == pos } else { load(other) == pos };
                if done || !WAITS {
                    return None;
                }
            }
        }
    }
}

fn load(atomic: &AtomicUsize) -> usize {
    step();
    atomic.load(SeqCst)
}

fn publish(slot: &Slot, turn: usize) {
    step();
    slot.turn.store(turn, SeqCst);
}

impl<const WAITS: bool> Queue for Vyukov<WAITS> {
    const NAME: &'static str = "Vyukov";
    const N: usize = N;
    const BITS: u32 = usize::BITS;
    const FULL_IS_EXACT: bool = false;
    const CLOSES: bool = false;

    fn new() -> Self {
        let slots = [0, 1].map(|turn| Slot { turn: turn.into(), value: 0.into() });
        Self { tail: 0.into(), head: 0.into(), slots }
    }

    fn call(&self, op: Op, value: u32) -> Call {
        match op {
            Op::Push => {
                let Some((pos, slot)) = self.claim(&self.tail, &self.head, 0) else {
                    return Call::Push(value, Err(PushError::Full(value)));
                };
                slot.value.store(value, SeqCst);
                publish(slot, pos + 1);
                Call::Push(value, Ok(()))
            }
            Op::Pop => {
                let Some((pos, slot)) = self.claim(&self.head, &self.tail, 1) else {
                    return Call::Pop(Err(PopError::Empty));
                };
                let value = slot.value.load(SeqCst);
                publish(slot, pos + N);
                Call::Pop(Ok(value))
            }
            // It is not asked for what it cannot say.
            _ => Call::AnyLen,
        }
    }
}
