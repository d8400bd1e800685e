//! Two words that are exchanged together, in models: halves of one, which are loaded one after the other.

use core::mem::MaybeUninit;

use crate::sync::{AtomicU64, Ordering};

/// The second half.
pub(super) type Bits = MaybeUninit<u32>;

/// A tag and what it tags.
pub(super) struct Pair(AtomicU64);

impl Pair {
    /// The bytes of the smallest value that it holds, and of the largest: each bit must be initialised.
    pub(super) const HOLDS: (usize, usize) = (4, 4);

    pub(super) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    pub(super) fn is_usable() -> bool {
        true
    }

    pub(super) fn tag(&self) -> u64 {
        // D1
        self.0.load(Ordering::Acquire) >> 32
    }

    /// The second half; read after any tag that was read before.
    pub(super) fn bits(&self) -> Bits {
        Bits::new(self.0.load(Ordering::Relaxed) as u32)
    }

    /// Exchanges both halves, if they are still these.
    pub(super) fn replace(&self, (tag, bits): (u64, Bits), (new_tag, new_bits): (u64, Bits)) -> bool {
        // SAFETY: values have four bytes here, and a ring begins with zeros.
        let word = |tag: u64, bits: Bits| tag << 32 | u64::from(unsafe { bits.assume_init() });
        // D2
        let (ok, err) = (Ordering::Release, Ordering::Relaxed);
        self.0.compare_exchange(word(tag, bits), word(new_tag, new_bits), ok, err).is_ok()
    }
}
