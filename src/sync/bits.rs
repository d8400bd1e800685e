//! Words of bits that several threads set.

use super::{AtomicU32, Ordering};

/// Changes a word by `change`, until it fits or `change` gives up; gives the word before. Relaxed where it does not change.
pub(crate) fn update(word: &AtomicU32, ok: Ordering, change: impl Fn(u32) -> Option<u32>) -> Option<u32> {
    let mut now = word.load(Ordering::Relaxed);
    loop {
        match word.compare_exchange(now, change(now)?, ok, Ordering::Relaxed) {
            Ok(_) => return Some(now),
            Err(other) => now = other,
        }
    }
}

/// Sets the lowest bit that is not set, and gives its number, if that is below `count`.
pub(crate) fn take_lowest(word: &AtomicU32, count: usize, ok: Ordering) -> Option<usize> {
    let lowest = |word: u32| Some(word.trailing_ones() as usize).filter(|number| *number < count);
    update(word, ok, |word| lowest(word).map(|number| word | 1 << number)).and_then(lowest)
}
