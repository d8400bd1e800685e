//! jobring's rings.

use jobring::{Ring, TicketRing};

use super::{Queue, SLOTS};
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
pub struct Cells(Ring<u64, SLOTS>);

impl Queue for Cells {
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
