//! parkring's queues: a Vyukov ring and an SCQ.

use parkring::{LockFreeQueue, ScqQueue};

use super::{Queue, SLOTS};

pub struct Vyukov(LockFreeQueue<u64>);

impl Queue for Vyukov {
    const NAME: &'static str = "parkring";

    fn new() -> Self {
        Self(LockFreeQueue::new(SLOTS))
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

pub struct Scq(ScqQueue<u64>);

impl Queue for Scq {
    const NAME: &'static str = "parkring SCQ";

    fn new() -> Self {
        Self(ScqQueue::new(SLOTS))
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
