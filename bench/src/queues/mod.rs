//! The rings to compare, one a file, behind one trait.

mod array_queue;
mod concurrent_queue;
mod crossfire;
mod heapless;
mod jobring;
mod kanal;
mod lfqueue;
mod parkring;
mod thingbuf;

pub use self::array_queue::Array;
pub use self::concurrent_queue::Concurrent;
pub use self::crossfire::Crossfire;
pub use self::heapless::Heapless;
pub use self::jobring::{LargeSwaps, Larger, Swaps, Tickets, Values};
pub use self::kanal::Kanal;
pub use self::lfqueue::Lfqueue;
pub use self::parkring::{Scq, Vyukov};
pub use self::thingbuf::Thing;

use std::hint;
use std::thread;

use crate::harness::Kind;

/// Slots in each ring.
pub const SLOTS: usize = 1024;

/// The most threads of a kind, those that push or those that pop, in a shape that is asked for.
pub const MOST_THREADS: usize = 1024;

/// A ring of [`SLOTS`] slots. The items are below that, so that they are good for a ring of tickets too.
pub trait Queue: Send + Sync + Sized + 'static {
    const NAME: &'static str;
    const KIND: Kind = Kind::Peer;

    fn new() -> Self;

    /// False if the ring is full, or says so.
    fn push(&self, item: u64) -> bool;

    /// None if the ring is empty, or says so.
    fn pop(&self) -> Option<u64>;
}

/// A ring as threads use it: each has an end of its own, which for most rings is nothing but a reference.
pub trait Ends: Send + Sync + Sized + 'static {
    const NAME: &'static str;
    const KIND: Kind;
    type End<'a>: End;

    fn new() -> Self;
    fn end(&self) -> Self::End<'_>;
}

pub trait End {
    fn push(&mut self, item: u64) -> bool;
    fn pop(&mut self) -> Option<u64>;
}

impl<Q: Queue> Ends for Q {
    const NAME: &'static str = Q::NAME;
    const KIND: Kind = Q::KIND;
    type End<'a> = &'a Q;

    fn new() -> Self {
        Q::new()
    }

    fn end(&self) -> &Q {
        self
    }
}

impl<Q: Queue> End for &Q {
    #[inline(always)]
    fn push(&mut self, item: u64) -> bool {
        Q::push(self, item)
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<u64> {
        Q::pop(self)
    }
}

/// How a thread waits that may not sleep: it spins a little, then lets others run. The same for all.
pub struct Patience(u32);

impl Patience {
    const SPINS: u32 = 16;

    #[inline(always)]
    pub fn new() -> Self {
        Self(0)
    }

    #[inline]
    pub fn wait(&mut self) {
        if self.0 < Self::SPINS {
            self.0 += 1;
            hint::spin_loop();
        } else {
            thread::yield_now();
        }
    }
}
