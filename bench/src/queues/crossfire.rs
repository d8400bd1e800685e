//! crossfire's channel, by its try operations.

use crossfire::{MRx, MTx, mpmc};

use super::{Queue, SLOTS};

pub struct Crossfire(MTx<mpmc::Array<u64>>, MRx<mpmc::Array<u64>>);

impl Queue for Crossfire {
    const NAME: &'static str = "crossfire";

    fn new() -> Self {
        let (tx, rx) = mpmc::bounded_blocking(SLOTS);
        Self(tx, rx)
    }

    #[inline]
    fn push(&self, item: u64) -> bool {
        self.0.try_send(item).is_ok()
    }

    #[inline]
    fn pop(&self) -> Option<u64> {
        self.1.try_recv().ok()
    }
}
