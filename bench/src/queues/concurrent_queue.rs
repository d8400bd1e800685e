//! concurrent-queue.

use concurrent_queue::ConcurrentQueue;

use super::{Queue, SLOTS};

pub struct Concurrent(ConcurrentQueue<u64>);

impl Queue for Concurrent {
    const NAME: &'static str = "concurrent-queue";

    fn new() -> Self {
        Self(ConcurrentQueue::bounded(SLOTS))
    }

    #[inline]
    fn push(&self, item: u64) -> bool {
        self.0.push(item).is_ok()
    }

    #[inline]
    fn pop(&self) -> Option<u64> {
        self.0.pop().ok()
    }
}
