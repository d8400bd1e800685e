//! Exponential backoff (Agarwal and Cherian, ISCA 1989).

/// Lets others go ahead, twice as long each time, after they have been faster.
///
/// They have the cache lines, and now do many operations on them in a row instead of one. Nobody is waited for: the pauses
/// have fixed lengths, the first about a microsecond and none more than 50. What was seen before a pause is old after it:
/// look again, then try.
pub(super) struct Backoff {
    pauses: u32,
}

/// The first pause and the longest, as powers of two of the processor's own, which takes some 10 to 50 nanoseconds.
const FIRST: u32 = 5;
const LONGEST: u32 = 10;

impl Backoff {
    /// Not on small cores: mostly they are alone, and whoever came between was an interrupt, which has returned. Loom has no
    /// caches.
    const USED: bool = cfg!(all(target_has_atomic = "64", not(loom)));

    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { pauses: FIRST }
    }

    /// Whether it did pause.
    #[inline(always)]
    pub(super) fn pause(&mut self) -> bool {
        if Self::USED {
            spin(self.pauses);
            self.pauses = (self.pauses + 1).min(LONGEST);
        }
        Self::USED
    }
}

#[cold]
#[inline(never)]
fn spin(pauses: u32) {
    for _ in 0..1u32 << pauses {
        crate::sync::spin_once();
    }
}
