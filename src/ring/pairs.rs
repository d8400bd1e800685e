//! The algorithm where a word has room for a value beside its tag: a ring of values that needs neither tickets nor cells.
//!
//! ```text
//!     [ how often filled | CLOSED ][ value ]        one word of 128 bits: a pair
//!
//!     push    exchange the pair at the tail for one that was filled once more, with the value
//!     pop     read the pair at the head, and move the head on
//! ```
//!
//! Positions are counted from 0 on, in 64 bits, which do not wrap. The pair at position `p` was filled `p / N` times before its
//! turn comes. A pop leaves it as it is: the head alone says what was popped, and one compare-exchange on the head is the whole
//! pop. If that succeeds the value that was read before is this position's, as nobody fills the pair again before the head has
//! gone past it. One compare-exchange on the pair is the whole push.
//!
//! The tail is a hint, as in `raw`: it may lag behind, and whoever finds the pair filled goes on to the next. (A thread that
//! was suspended can set it back by any number of positions: the next one walks a lap at most, and sets it right if it was off
//! by more than a few.) So a thread that is suspended at any instruction leaves behind a ring that is whole.
//!
//! - *Full*: the pair at the tail is not yet filled in this lap, and the head has not passed its previous filling. The tag is
//!   read before the head; the head never moves back, so if it has not passed now, it had not passed then, and both conditions
//!   held when the tag was read.
//! - *Empty*: the pair at the head is not yet filled. A position that has not been filled cannot have been popped, so the head
//!   was still there.
//! - *Closed*: the mark is set in the tag of the pair that the next push would fill, whether or not its previous value was
//!   popped. Hence every push precedes the close or is refused, and a pop that finds the mark at the head comes after the
//!   close.
//!
//! # Orderings
//!
//! | label | access | pairs with |
//! |---|---|---|
//! | D1 | tag load, Acquire | D2: what was done before the value was pushed is visible; and the value is read after the tag |
//! | D2 | pair exchange, Release | D1 |
//! | D3 | head exchange, Release; what is after one of them is after those before it, too, as all are exchanges | D4 |
//! | D4 | head load, Acquire | D3: a pair is filled again after it was read |
//! | D5 | store of the tail or of the room, Release | D6 |
//! | D6 | load of the tail or of the room, Acquire | D5: what is before the tail was filled; and as D4 |

use super::backoff::Backoff;
pub(super) use super::entry::Entries;
use super::pair::{Bits, Pair};
use super::raw::Refusal;
use super::word::Word;
use crate::sync::{AtomicU64, Ordering, Padded, prefetch_later_to_write};

/// Where a ring of pairs begins and ends. All zeros in the beginning.
pub(super) struct Ends {
    head: Padded<AtomicU64>,
    tail: Padded<Tail>,
}

struct Tail {
    /// The next position to push, or an earlier one.
    next: AtomicU64,
    /// Up to where, at least, the pairs have been popped: for pushers, so that not each of them looks at the head.
    room: AtomicU64,
}

impl Ends {
    crate::sync::const_unless_loom! {
        pub(super) fn new() -> Self {
            Self {
                head: Padded::new(AtomicU64::new(0)),
                tail: Padded::new(Tail { next: AtomicU64::new(0), room: AtomicU64::new(0) }),
            }
        }
    }

    /// The ring that these entries are, if they are pairs, and this processor exchanges them. It is the same in each call.
    #[inline(always)]
    pub(super) fn of<'a, T, W: Word, const N: usize>(
        &'a self,
        entries: &'a Entries<T, W, N>,
    ) -> Option<Pairs<'a, T, W, N>> {
        (Entries::<T, W, N>::ARE_PAIRS && Pair::is_usable()).then_some(Pairs { ends: self, entries })
    }
}

/// In the tag of the pair that the next push would fill: it must not.
const CLOSED: u64 = 1;
/// One filling more.
const FILLED: u64 = 2;

/// By how much the tail may lag behind before a thread that has walked from it sets it right: mostly a thread that pushed is
/// about to.
const LAG: u64 = if cfg!(any(loom, jobring_steps)) { 0 } else { 8 };

/// Positions up to the end of the second cache line after any pair's, and some more.
const FAR: u64 = 16;

// Invariants that the SAFETY comments name:
//
// D   Entries that are pairs are used as pairs only, if the processor exchanges them. A pair that was filled holds a value until
//     the head goes past that filling; and that value goes to the thread whose exchange moved the head. (Nobody fills it again
//     before, and each exchange moves the head from one position to the next.)

pub(super) struct Pairs<'a, T, W: Word, const N: usize> {
    ends: &'a Ends,
    entries: &'a Entries<T, W, N>,
}

impl<T, W: Word, const N: usize> Pairs<'_, T, W, N> {
    const N: u64 = N as u64;

    #[inline(always)]
    fn pair(&self, pos: u64) -> &Pair {
        // SAFETY: `Ends::of` has looked.
        unsafe { self.entries.pair((pos % Self::N) as usize) }
    }

    /// The tag of a position's pair before that is filled, in an open ring.
    #[inline(always)]
    fn free(pos: u64) -> u64 {
        pos / Self::N * FILLED
    }

    /// Whether a tag is that of a position that was pushed and whose pair has not been filled again.
    #[inline(always)]
    fn is_filled(tag: u64, pos: u64) -> bool {
        tag & !CLOSED == Self::free(pos) + FILLED
    }

    #[inline(always)]
    fn head(&self) -> u64 {
        // D4
        self.ends.head.load(Ordering::Acquire)
    }

    #[inline(always)]
    fn tail_hint(&self) -> u64 {
        // D6
        self.ends.tail.next.load(Ordering::Acquire)
    }

    /// The first position that has not been pushed, and its tag.
    #[inline(always)]
    fn seek_tail(&self) -> (u64, u64) {
        let hint = self.tail_hint();
        let mut pos = hint;
        loop {
            let tag = self.pair(pos).tag();
            if tag & !CLOSED == Self::free(pos) {
                if pos - hint > LAG {
                    // D5
                    self.ends.tail.next.store(pos, Ordering::Release);
                }
                return (pos, tag);
            }
            // Go on after the last position that was pushed to this pair. There is one: D5 and D6 show what is before the tail, and
            // among that is the filling before this one.
            pos = (tag / FILLED - 1) * Self::N + pos % Self::N + 1;
        }
    }

    /// Whether the last filling of the pair at a position that has not been pushed has been popped.
    #[inline(always)]
    fn has_room(&self, pos: u64) -> bool {
        // D6
        if pos < self.ends.tail.room.load(Ordering::Acquire) {
            return true;
        }
        let room = self.head() + Self::N;
        if pos >= room {
            return false;
        }
        // D5. A slower thread may set it back, and then the next one looks at the head.
        self.ends.tail.room.store(room, Ordering::Release);
        true
    }

    #[inline(always)]
    pub(super) fn push(&self, value: T) -> Result<(), (Refusal, T)> {
        let bits = into_bits(value);
        let pos = self.tail_hint();
        let tag = self.pair(pos).tag();
        let free = tag == Self::free(pos) && self.has_room(pos);
        if free && self.fill(pos, tag, bits) {
            return Ok(());
        }
        // SAFETY: they are this value's, which was not pushed.
        self.push_apart(bits, free).map_err(|refusal| (refusal, unsafe { from_bits(bits) }))
    }

    /// Fills the pair of a position that is free, if it is that still.
    #[inline(always)]
    fn fill(&self, pos: u64, tag: u64, bits: Bits) -> bool {
        let pair = self.pair(pos);
        let filled = pair.replace((tag, pair.bits()), (tag + FILLED, bits));
        let tail = &self.ends.tail;
        if filled && tail.next.load(Ordering::Relaxed) <= pos {
            // D5
            tail.next.store(pos + 1, Ordering::Release);
            // Pairs that will be filled soon, unless they are still to be popped: poppers are not to be disturbed.
            if pos + FAR < tail.room.load(Ordering::Relaxed) {
                prefetch_later_to_write(pair, 2);
            }
        }
        filled
    }

    /// A push that has not found the free pair at once or, if it `lost`, has found that somebody else was faster.
    #[cold]
    #[inline(never)]
    fn push_apart(&self, bits: Bits, mut lost: bool) -> Result<(), Refusal> {
        let mut backoff = Backoff::new();
        loop {
            if lost {
                backoff.pause();
            }
            let (pos, tag) = self.seek_tail();
            if tag & CLOSED != 0 {
                return Err(Refusal::ForEver);
            } else if !self.has_room(pos) {
                return Err(Refusal::Now);
            } else if self.fill(pos, tag, bits) {
                return Ok(());
            }
            lost = true;
        }
    }

    #[inline(always)]
    pub(super) fn pop(&self) -> Result<T, Refusal> {
        let pos = self.head();
        let tag = self.pair(pos).tag();
        let full = Self::is_filled(tag, pos);
        let taken = if full { self.take(pos) } else { None };
        let bits = match taken {
            Some(bits) => bits,
            None => self.pop_apart(full)?,
        };
        // SAFETY: by D they are those of a value, which is ours.
        Ok(unsafe { from_bits(bits) })
    }

    /// The value of a position that was filled, popped, if that is still the head.
    #[inline(always)]
    fn take(&self, pos: u64) -> Option<Bits> {
        let bits = self.pair(pos).bits();
        // D3
        let taken = self.ends.head.compare_exchange_weak(pos, pos + 1, Ordering::Release, Ordering::Relaxed);
        taken.is_ok().then_some(bits)
    }

    /// A pop that has not found a filled pair at once or, if it `lost`, has found that somebody else was faster.
    #[cold]
    #[inline(never)]
    fn pop_apart(&self, mut lost: bool) -> Result<Bits, Refusal> {
        let mut backoff = Backoff::new();
        loop {
            if lost {
                backoff.pause();
            }
            let pos = self.head();
            let tag = self.pair(pos).tag();
            if Self::is_filled(tag, pos) {
                if let Some(bits) = self.take(pos) {
                    return Ok(bits);
                }
                lost = true;
            } else if tag & !CLOSED <= Self::free(pos) {
                return Err(if tag & CLOSED != 0 { Refusal::ForEver } else { Refusal::Now });
            }
            // Or else the pair was filled again between the two looks, and the head is farther.
        }
    }

    pub(super) fn close(&self) -> bool {
        loop {
            let (pos, tag) = self.seek_tail();
            if tag & CLOSED != 0 {
                return false;
            }
            let pair = self.pair(pos);
            let bits = pair.bits();
            if pair.replace((tag, bits), (tag | CLOSED, bits)) {
                return true;
            }
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.seek_tail().1 & CLOSED != 0
    }

    pub(super) fn is_full(&self) -> bool {
        let (tail, _) = self.seek_tail();
        tail >= self.head() + Self::N
    }

    pub(super) fn is_empty(&self) -> bool {
        let pos = self.head();
        self.pair(pos).tag() & !CLOSED <= Self::free(pos)
    }

    pub(super) fn len(&self) -> usize {
        let (tail, _) = self.seek_tail();
        tail.saturating_sub(self.head()).min(Self::N) as usize
    }
}

#[inline(always)]
fn into_bits<T>(value: T) -> Bits {
    let mut bits = Bits::uninit();
    debug_assert!(size_of::<T>() <= size_of::<Bits>(), "values that fit");
    // SAFETY: it fits, as the entries are pairs.
    unsafe { bits.as_mut_ptr().cast::<T>().write_unaligned(value) };
    bits
}

/// # Safety
/// They are those of a `T`, and no other value is made of them.
#[inline(always)]
unsafe fn from_bits<T>(bits: Bits) -> T {
    // SAFETY: the caller's.
    unsafe { bits.as_ptr().cast::<T>().read_unaligned() }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Ends, Entries, Ordering, Pair, Refusal};

    #[test]
    fn a_tail_that_was_set_back_is_set_right_by_whoever_looks() {
        if !Pair::is_usable() {
            return;
        }
        for capacity in 1..=40 {
            let (ends, entries) = (Ends::new(), Entries::<u32, u64, 40>::zeros());
            let ring = ends.of(&entries).expect("they are pairs");
            let next = || ends.tail.next.load(Ordering::Relaxed);
            for turn in 0..100 {
                ring.push(turn).unwrap();
                assert_eq!(ring.pop(), Ok(turn));
            }
            (0..capacity).for_each(|value| ring.push(value).unwrap());
            for back in [1, 8, 9, 41, 100, 100 + u64::from(capacity)] {
                let right = next();
                ends.tail.next.store(right - back.min(right), Ordering::Relaxed);
                assert_eq!((ring.is_full(), ring.len()), (capacity == 40, capacity as usize));
                assert!(!ring.is_closed());
                assert!((0..=super::LAG).contains(&(right - next())));
                assert_eq!(ring.push(7).is_err(), capacity == 40);
                assert_eq!(ring.pop(), Ok(0));
                // As it was.
                (1..capacity).for_each(|value| assert_eq!(ring.pop(), Ok(value)));
                if capacity < 40 {
                    assert_eq!(ring.pop(), Ok(7));
                }
                (0..capacity).for_each(|value| ring.push(value).unwrap());
            }
            assert!(ring.close());
            assert_eq!(ring.push(7), Err((Refusal::ForEver, 7)));
            (0..capacity).for_each(|value| assert_eq!(ring.pop(), Ok(value)));
            assert_eq!(ring.pop(), Err(Refusal::ForEver));
        }
    }
}
