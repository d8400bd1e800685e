//! lfqueue's bounded queue, an SCQ.

use lfqueue::AllocBoundedQueue;

use super::{Queue, SLOTS};

pub struct Lfqueue(AllocBoundedQueue<u64>);

impl Queue for Lfqueue {
    const NAME: &'static str = "lfqueue";

    fn new() -> Self {
        Self(AllocBoundedQueue::new(SLOTS))
    }

    #[inline]
    fn push(&self, item: u64) -> bool {
        self.0.enqueue(item).is_ok()
    }

    #[inline]
    fn pop(&self) -> Option<u64> {
        self.0.dequeue()
    }
}
