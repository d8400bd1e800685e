//! A ring of small integers.

use core::fmt;

use super::layout::Span;
use super::raw::{Inline, RawRing};
use super::word::{Native, Word};
use super::{PopError, PushError};
use crate::sync::const_unless_loom;

/// A lock-free FIFO ring of tickets: integers below `N`, such as indices into a table of `N` things.
///
/// Any number of threads and interrupt handlers may push and pop. It is the ring under the
/// pools, and under a [`Ring`](crate::Ring) whose values do not ride in its words; it is public because slabs, free lists and
/// schedulers are made of it.
///
/// | call | progress | from an interrupt |
/// |---|---|---|
/// | [`try_push`](Self::try_push), [`try_pop`](Self::try_pop), [`close`](Self::close) | lock-free: one compare-exchange, and a retry only when another one succeeded or, on processors with LL/SC, an interrupt or a write close by came between | yes; in the highest priority on a core nothing can come between, so it is bounded |
/// | the others | loads; and a store or, with words of less than 64 bits, an exchange of a hint that lags | yes |
///
/// A thread suspended at any instruction of any call holds up nobody and takes nothing with it.
///
/// The method is that of words tagged with laps: Shann, Huang and Chen (ICPADS 2000), corrected and proved by Colvin and
/// Groves (ICECCS 2005), brought to one compare-exchange by NBLFQ (Denis and Goedefroit, IPDPS 2025).
///
/// ```
/// use jobring::{PopError, PushError, TicketRing};
///
/// static RING: TicketRing<3> = TicketRing::new();
///
/// for ticket in 0..3 {
///     RING.try_push(ticket).unwrap();
/// }
/// assert_eq!(RING.try_push(0), Err(PushError::Full(0)));
/// assert_eq!(RING.try_pop(), Ok(0));
/// RING.close();
/// assert_eq!(RING.try_push(0), Err(PushError::Closed(0)));
/// assert_eq!((RING.try_pop(), RING.try_pop(), RING.try_pop()), (Ok(1), Ok(2), Err(PopError::Closed)));
/// ```
pub struct TicketRing<const N: usize, W: Word = Native> {
    ring: RawRing<Inline<W, N>>,
}

impl<const N: usize> TicketRing<N> {
    const_unless_loom! {
        /// An empty ring; in a `static` it is all zeros. `N` is any number from 1 up to what leaves enough lap
        /// bits in a word (2^31, and 2^27 where atomics have 32 bits); anything else does not compile.
        pub fn new() -> Self {
            Self::with_words()
        }
    }
}

impl<const N: usize, W: Word> TicketRing<N, W> {
    const_unless_loom! {
        /// An empty ring whose words have another width than the target's own.
        pub fn with_words() -> Self {
            Self { ring: RawRing::over(Inline::zeros()) }
        }
    }

    /// Appends a ticket.
    ///
    /// # Errors
    /// [`PushError::Full`] exactly when `N` tickets are in the ring, [`PushError::Closed`] after [`close`](Self::close).
    ///
    /// # Panics
    /// If `ticket >= N`: it would not fit the word.
    #[inline]
    pub fn try_push(&self, ticket: u32) -> Result<(), PushError<u32>> {
        assert!((ticket as usize) < N, "a ticket must be below the ring's capacity");
        self.ring.push(Span::one(ticket)).map_err(|refusal| PushError::new(refusal, ticket))
    }

    /// Takes the oldest ticket.
    ///
    /// # Errors
    /// [`PopError::Empty`] exactly when nothing is in the ring, [`PopError::Closed`] once it is closed and drained.
    #[inline]
    pub fn try_pop(&self) -> Result<u32, PopError> {
        Ok(self.ring.pop(1)?.start)
    }

    /// Closes the ring: every push that succeeded before is still popped, every later one is refused. Returns
    /// whether it was this call that closed it.
    pub fn close(&self) -> bool {
        self.ring.close()
    }

    /// Whether pushes are refused for ever.
    pub fn is_closed(&self) -> bool {
        self.ring.is_closed()
    }

    /// Tickets in the ring: exact while nobody pushes or pops.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether there was nothing to pop.
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// Whether there was no room to push.
    pub fn is_full(&self) -> bool {
        self.ring.is_full()
    }

    /// `N`.
    pub const fn capacity(&self) -> usize {
        N
    }
}

impl<const N: usize> Default for TicketRing<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize, W: Word> fmt::Debug for TicketRing<N, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketRing")
            .field("len", &self.len())
            .field("capacity", &N)
            .field("closed", &self.is_closed())
            .finish()
    }
}
