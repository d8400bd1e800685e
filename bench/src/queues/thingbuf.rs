//! thingbuf.

use thingbuf::ThingBuf;

use super::{Queue, SLOTS};

pub struct Thing(ThingBuf<u64>);

impl Queue for Thing {
    const NAME: &'static str = "thingbuf";

    fn new() -> Self {
        Self(ThingBuf::new(SLOTS))
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
