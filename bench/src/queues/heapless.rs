//! heapless's `mpmc::Queue`, deprecated for not being lock-free; embedded Rust has used it for years.
#![expect(deprecated)]

use heapless::mpmc;

use super::{Queue, SLOTS};

pub struct Heapless(mpmc::Queue<u64, SLOTS>);

impl Queue for Heapless {
    const NAME: &'static str = "heapless";

    fn new() -> Self {
        Self(mpmc::Queue::new())
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
