//! crossbeam's `ArrayQueue`.

use crossbeam_queue::ArrayQueue;

use super::{Queue, SLOTS};

pub struct Array(ArrayQueue<u64>);

impl Queue for Array {
    const NAME: &'static str = "ArrayQueue";

    fn new() -> Self {
        Self(ArrayQueue::new(SLOTS))
    }

    #[inline]
    fn push(&self, item: u64) -> bool {
        self.0.push(item).is_ok()
    }

    #[inline]
    fn pop(&self) -> Option<u64> {
        self.0.pop()
    }
}
