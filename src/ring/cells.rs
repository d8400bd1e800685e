//! A ring of any values: cells, a set of free tickets and a ring of ready ones, which say who may touch which; or, for small
//! values where words are exchanged in pairs, neither cells nor tickets (`pairs`).

use core::fmt;

use super::free::FreeSet;
use super::layout::Span;
use super::pairs::{Ends, Entries, Pairs};
use super::raw::{Inline, RawRing};
use super::word::{Native, Word};
use super::{PopError, PushError, drop_all};
use crate::sync::const_unless_loom;

/// A lock-free FIFO ring of up to `N` values, for any number of producers and consumers.
///
/// ```text
///              push                       pop
///     free ───────────▶ cell ready ───────────▶ free
///        a ticket from `free` owns its cell, one in `ready` offers it
/// ```
///
/// | call | progress | from an interrupt |
/// |---|---|---|
/// | [`try_push`](Self::try_push), [`try_pop`](Self::try_pop), [`close`](Self::close) | lock-free: two read-modify-writes where nobody comes between, and one for values that ride in words | yes |
/// | the others | loads; and a store or, with words of less than 64 bits, an exchange of a hint that lags | yes |
///
/// A thread suspended inside of a call holds at most the one cell it works on, and blocks nobody. So
/// [`Full`](PushError::Full) means: all `N` cells hold a value or are in the hands of a call that has not returned.
/// Whoever pops first and then pushes always finds a cell: `k` threads that each pop and then push on a full ring
/// never see `Full`.
///
/// **Values of up to eight bytes ride in words** on x86-64, whose processors exchange sixteen bytes at once (but for the first
/// ones, until 2006: they are asked). There a push and a pop are one compare-exchange each, no call holds a cell, and `Full`
/// means that `N` values are in the ring. (Not with narrow words, nor under ThreadSanitizer, MemorySanitizer or Miri, which do
/// not see that instruction, nor in an SGX enclave.) For that a place takes a multiple of 16 bytes on x86-64 whatever its value
/// is, besides 8 or less to say whether its cell is free. Pairs of a tag and a value are exchanged by CRQ, too (Morrison and
/// Afek, PPoPP 2013); here the tail is a hint, as in [`TicketRing`](crate::TicketRing), and the head is moved by a
/// compare-exchange.
///
/// For larger values a [`SwapRing`](crate::SwapRing) is faster, for those who can keep a handle.
///
/// ```
/// use jobring::{PopError, PushError, Ring};
///
/// static MESSAGES: Ring<&str, 2> = Ring::new();
///
/// MESSAGES.try_push("first").unwrap();
/// MESSAGES.try_push("second").unwrap();
/// assert_eq!(MESSAGES.try_push("third"), Err(PushError::Full("third")));
/// MESSAGES.close();
/// assert_eq!(MESSAGES.try_push("fourth"), Err(PushError::Closed("fourth")));
/// assert_eq!(MESSAGES.try_pop(), Ok("first"));
/// assert_eq!(MESSAGES.try_pop(), Ok("second"));
/// assert_eq!(MESSAGES.try_pop(), Err(PopError::Closed));
/// ```
pub struct Ring<T, const N: usize, W: Word = Native> {
    free: FreeSet<Inline<W, N>, true>,
    ready: RawRing<Entries<T, W, N>>,
    ends: Ends,
}

// Invariants that the SAFETY comments name:
//
// V1  A ticket is in exactly one place: in `free`, in `ready`, or in the hands of one call. (A ticket leaves either
//     by a compare-exchange that succeeds for one caller only, and each caller puts it into one of them.)
// V2  Whoever holds ticket i alone touches cell i.
// V3  Cell i is initialised while ticket i is in `ready`, and between that and the read of the thread that popped it.

// A ring of pairs, if it is one, is that from its first call to its last, and none of these is used (D in `pairs`).

// SAFETY: by V1 and V2, or by D, the ring hands each value from one thread to one other; nobody gets a reference to a cell.
unsafe impl<T: Send, const N: usize, W: Word> Sync for Ring<T, N, W> {}
// SAFETY: it owns its values.
unsafe impl<T: Send, const N: usize, W: Word> Send for Ring<T, N, W> {}

impl<T, const N: usize> Ring<T, N> {
    const_unless_loom! {
        /// An empty ring; in a `static` it is all zeros. `N` is any number from 1 up to what leaves enough lap
        /// bits in a word (2^31, and 2^27 where atomics have 32 bits); anything else does not compile.
        pub fn new() -> Self {
            Self::with_words()
        }
    }
}

impl<T, const N: usize, W: Word> Ring<T, N, W> {
    const_unless_loom! {
        /// An empty ring whose words have another width than the target's own.
        pub fn with_words() -> Self {
            Self {
                free: FreeSet::over(Inline::zeros()),
                ready: RawRing::over(Entries::zeros()),
                ends: Ends::new(),
            }
        }
    }

    /// The ring of pairs, if there is one for such values: then always.
    #[inline(always)]
    fn pairs(&self) -> Option<Pairs<'_, T, W, N>> {
        self.ends.of(self.ready.storage())
    }

    /// Appends a value.
    ///
    /// # Errors
    /// The value comes back: [`PushError::Full`] while no cell is free or, where values ride in words, exactly when `N` values
    /// are in the ring; [`PushError::Closed`] after [`close`](Self::close).
    #[inline]
    pub fn try_push(&self, value: T) -> Result<(), PushError<T>> {
        match self.pairs() {
            Some(pairs) => pairs.push(value).map_err(|(refusal, value)| PushError::new(refusal, value)),
            None if Entries::<T, W, N>::ARE_PAIRS => apart(|| self.push_ticket(value)),
            None => self.push_ticket(value),
        }
    }

    #[inline(always)]
    fn push_ticket(&self, value: T) -> Result<(), PushError<T>> {
        // If all tickets are ready none is free.
        let Some(ticket) = self.free.claim_near(|| self.ready.next_index(), || self.ready.is_full()) else {
            return Err(if self.ready.is_closed() { PushError::Closed(value) } else { PushError::Full(value) });
        };
        let cells = self.ready.storage();
        // SAFETY: V2, the ticket is ours.
        unsafe { cells.write(ticket, value) };
        match self.ready.push(Span::one(ticket)) {
            Ok(()) => Ok(()),
            Err(refusal) => {
                // SAFETY: V2, the ticket is still ours; and the cell was written above.
                let value = unsafe { cells.read(ticket) };
                self.free.release(Span::one(ticket));
                Err(PushError::new(refusal, value))
            }
        }
    }

    /// Takes the oldest value.
    ///
    /// # Errors
    /// [`PopError::Empty`] exactly when nothing is in the ring, [`PopError::Closed`] once it is closed and drained.
    #[inline]
    pub fn try_pop(&self) -> Result<T, PopError> {
        match self.pairs() {
            Some(pairs) => Ok(pairs.pop()?),
            None if Entries::<T, W, N>::ARE_PAIRS => apart(|| self.pop_ticket()),
            None => self.pop_ticket(),
        }
    }

    #[inline(always)]
    fn pop_ticket(&self) -> Result<T, PopError> {
        let ticket = self.ready.pop(1)?.start;
        // SAFETY: V2, the ticket is ours; V3, it came from `ready`.
        let value = unsafe { self.ready.storage().read(ticket) };
        self.free.release(Span::one(ticket));
        Ok(value)
    }

    /// Closes the ring: every push that succeeded before is still popped, every later one is refused. Returns
    /// whether it was this call that closed it.
    pub fn close(&self) -> bool {
        self.pairs().map_or_else(|| self.ready.close(), |pairs| pairs.close())
    }

    /// Whether pushes are refused for ever.
    pub fn is_closed(&self) -> bool {
        self.pairs().map_or_else(|| self.ready.is_closed(), |pairs| pairs.is_closed())
    }

    /// Values in the ring: exact while nobody pushes or pops.
    pub fn len(&self) -> usize {
        self.pairs().map_or_else(|| self.ready.len(), |pairs| pairs.len())
    }

    /// Whether there was nothing to pop.
    pub fn is_empty(&self) -> bool {
        self.pairs().map_or_else(|| self.ready.is_empty(), |pairs| pairs.is_empty())
    }

    /// Whether `N` values were in the ring. Where values lie in cells, a push may find none free also when this says no: a call
    /// that has not returned has one in its hands.
    pub fn is_full(&self) -> bool {
        self.pairs().map_or_else(|| self.ready.is_full(), |pairs| pairs.is_full())
    }

    /// `N`.
    pub const fn capacity(&self) -> usize {
        N
    }
}

/// What is done only by processors that exchange no pairs, though others of their kind do.
#[cold]
#[inline(never)]
fn apart<X>(call: impl FnOnce() -> X) -> X {
    call()
}

impl<T, const N: usize> Default for Ring<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize, W: Word> fmt::Debug for Ring<T, N, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ring")
            .field("len", &self.len())
            .field("capacity", &N)
            .field("closed", &self.is_closed())
            .finish()
    }
}

impl<T, const N: usize, W: Word> Drop for Ring<T, N, W> {
    fn drop(&mut self) {
        if core::mem::needs_drop::<T>() {
            drop_all(|| self.try_pop().map(drop).is_ok());
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{PopError, PushError, Ring};

    /// As processors do that exchange no pairs.
    #[test]
    fn small_values_go_by_tickets_as_well() {
        let ring = Ring::<u64, 3>::new();
        for turn in 0..10 {
            (0..3).for_each(|value| ring.push_ticket(turn + value).unwrap());
            assert_eq!(ring.push_ticket(9), Err(PushError::Full(9)));
            assert_eq!((ring.ready.len(), ring.ready.is_full()), (3, true));
            (0..3).for_each(|value| assert_eq!(ring.pop_ticket(), Ok(turn + value)));
            assert_eq!(ring.pop_ticket(), Err(PopError::Empty));
        }
        ring.push_ticket(1).unwrap();
        assert!(ring.ready.close());
        assert_eq!(ring.push_ticket(2), Err(PushError::Closed(2)));
        assert_eq!((ring.pop_ticket(), ring.pop_ticket()), (Ok(1), Err(PopError::Closed)));
    }
}
