//! The word of an event: `[ given | signals | waiters ]`, 32, 16 and 16 bits.
//!
//! Never more signals than waiters. `given` counts all signals that ever were, so that a notifier can tell whether the wake-ups
//! for those still in the word have been made. Without 64-bit words it is not counted.

use crate::sync::Ordering;

#[cfg(not(any(loom, target_has_atomic = "64")))]
pub(super) use crate::sync::AtomicU32 as State;
#[cfg(any(loom, target_has_atomic = "64"))]
pub(super) use crate::sync::AtomicU64 as State;

#[cfg(any(loom, target_has_atomic = "64"))]
pub(super) type Bits = u64;
#[cfg(not(any(loom, target_has_atomic = "64")))]
pub(super) type Bits = u32;

pub(super) const COUNTS_SIGNALS: bool = Bits::BITS > 32;

const WAITER: Bits = 1;
const SIGNAL: Bits = 1 << 16;
/// No bit at all in the short word.
const GIVEN: Bits = (1u64 << 32) as Bits;
const MOST: u32 = 0xffff;

#[inline(always)]
pub(super) fn waiters(state: Bits) -> u32 {
    state as u32 & MOST
}

pub(super) fn signals(state: Bits) -> u32 {
    state as u32 >> 16
}

pub(super) fn given(state: Bits) -> u32 {
    state.checked_shr(32).unwrap_or(0) as u32
}

pub(super) fn with_waiter(state: Bits) -> Option<Bits> {
    (waiters(state) < MOST).then(|| state + WAITER)
}

/// One waiter less, and one signal if all waiters have one.
pub(super) fn without_waiter(state: Bits) -> Bits {
    let surplus = signals(state).saturating_sub(waiters(state) - 1);
    state - WAITER - Bits::from(surplus) * SIGNAL
}

pub(super) fn with_signal_taken(state: Bits) -> Option<Bits> {
    (signals(state) > 0).then(|| state - SIGNAL - WAITER)
}

/// Up to `wanted` signals more, no more than there are waiters without one.
pub(super) fn with_signals(state: Bits, wanted: u32) -> Option<Bits> {
    let more = wanted.min(waiters(state) - signals(state));
    (more > 0).then(|| state.wrapping_add(Bits::from(more) * (SIGNAL + GIVEN)))
}

/// Changes the word by `change`, and says what it was and is; what it is, if `change` gives up.
pub(super) fn update(word: &State, ok: Ordering, change: impl Fn(Bits) -> Option<Bits>) -> Result<(Bits, Bits), Bits> {
    let mut now = word.load(Ordering::Relaxed);
    loop {
        let Some(new) = change(now) else { return Err(now) };
        match word.compare_exchange(now, new, ok, Ordering::Relaxed) {
            Ok(_) => return Ok((now, new)),
            Err(other) => now = other,
        }
    }
}

/// The half with signals and waiters, where the kernel looks at it.
#[cfg(all(target_os = "linux", not(loom)))]
pub(super) fn low_half(word: &State) -> *const u32 {
    let second = cfg!(target_endian = "big") && COUNTS_SIGNALS;
    core::ptr::from_ref(word).cast::<u32>().wrapping_add(usize::from(second))
}
