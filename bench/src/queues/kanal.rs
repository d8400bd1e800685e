//! kanal's channel, by its try operations.

use kanal::{Receiver, Sender, bounded};

use super::{Queue, SLOTS};

pub struct Kanal(Sender<u64>, Receiver<u64>);

impl Queue for Kanal {
    const NAME: &'static str = "kanal";

    fn new() -> Self {
        let (sender, receiver) = bounded(SLOTS);
        Self(sender, receiver)
    }

    #[inline]
    fn push(&self, item: u64) -> bool {
        self.0.try_send(item).expect("the receiver is there")
    }

    #[inline]
    fn pop(&self) -> Option<u64> {
        self.1.try_recv().expect("the sender is there")
    }
}
