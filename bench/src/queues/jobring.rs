//! jobring's rings.

use jobring::{Ring, SwapHandle, SwapRing, TicketRing};

use super::{End, Ends, MOST_THREADS, Queue, SLOTS};
use crate::harness::Kind;

/// The ring of tickets.
pub struct Tickets(TicketRing<SLOTS>);

impl Queue for Tickets {
    const NAME: &'static str = "jobring-ticket";
    const KIND: Kind = Kind::Ours;

    fn new() -> Self {
        Self(TicketRing::new())
    }

    #[inline]
    fn push(&self, item: u64) -> bool {
        self.0.try_push(item as u32).is_ok()
    }

    #[inline]
    fn pop(&self) -> Option<u64> {
        self.0.try_pop().ok().map(u64::from)
    }
}

/// The ring of values.
pub struct Values(Ring<u64, SLOTS>);

impl Queue for Values {
    const NAME: &'static str = "jobring-ring";
    const KIND: Kind = Kind::Ours;

    fn new() -> Self {
        Self(Ring::new())
    }

    #[inline]
    fn push(&self, item: u64) -> bool {
        self.0.try_push(item).is_ok()
    }

    #[inline]
    fn pop(&self) -> Option<u64> {
        self.0.try_pop().ok()
    }
}

/// The same with values that are too large to ride in words. They are twice as large as those of the other rings.
pub struct Larger(Ring<[u64; 2], SLOTS>);

impl Queue for Larger {
    const NAME: &'static str = "jobring-larger";
    const KIND: Kind = Kind::Ours;

    fn new() -> Self {
        Self(Ring::new())
    }

    #[inline]
    fn push(&self, item: u64) -> bool {
        self.0.try_push([item; 2]).is_ok()
    }

    #[inline]
    fn pop(&self) -> Option<u64> {
        self.0.try_pop().ok().map(|[item, _]| item)
    }
}

/// For each thread, and for one that fills the ring before.
const HANDLES: usize = 2 * MOST_THREADS + 1;

/// The ring of values for those with a handle.
pub struct Swaps(SwapRing<u64, SLOTS, HANDLES>);

impl Ends for Swaps {
    const NAME: &'static str = "jobring-swap";
    const KIND: Kind = Kind::Ours;
    type End<'a> = SwapHandle<'a, u64, SLOTS, HANDLES>;

    fn new() -> Self {
        Self(SwapRing::new())
    }

    fn end(&self) -> Self::End<'_> {
        self.0.handle().expect("there are as many as threads")
    }
}

impl End for SwapHandle<'_, u64, SLOTS, HANDLES> {
    #[inline]
    fn push(&mut self, item: u64) -> bool {
        self.try_push(item).is_ok()
    }

    #[inline]
    fn pop(&mut self) -> Option<u64> {
        self.try_pop().ok()
    }
}

/// The same with the values of [`Larger`].
pub struct LargeSwaps(SwapRing<[u64; 2], SLOTS, HANDLES>);

impl Ends for LargeSwaps {
    const NAME: &'static str = "jobring-swap-large";
    const KIND: Kind = Kind::Ours;
    type End<'a> = SwapHandle<'a, [u64; 2], SLOTS, HANDLES>;

    fn new() -> Self {
        Self(SwapRing::new())
    }

    fn end(&self) -> Self::End<'_> {
        self.0.handle().expect("there are as many as threads")
    }
}

impl End for SwapHandle<'_, [u64; 2], SLOTS, HANDLES> {
    #[inline]
    fn push(&mut self, item: u64) -> bool {
        self.try_push([item; 2]).is_ok()
    }

    #[inline]
    fn pop(&mut self) -> Option<u64> {
        self.try_pop().ok().map(|[item, _]| item)
    }
}
