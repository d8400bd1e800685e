//! Rings of both kinds behind one trait.

use jobring::{PopError, PushError, Ring, TicketRing, Word};

/// What both kinds of ring do with small numbers.
pub(crate) trait Fifo: Sync {
    const N: usize;

    fn new() -> Self;
    fn push(&self, value: u32) -> Result<(), PushError<u32>>;
    fn pop(&self) -> Result<u32, PopError>;
    fn close(&self) -> bool;
    /// `len`, `is_empty`, `is_full`, `is_closed`.
    fn state(&self) -> (usize, bool, bool, bool);
}

macro_rules! fifo {
    ($ring:ident [$($value:ty)?]) => {
        impl<const N: usize, W: Word> Fifo for $ring<$($value,)? N, W> {
            const N: usize = N;

            fn new() -> Self {
                let ring = Self::with_words();
                assert_eq!(ring.capacity(), N);
                ring
            }

            fn push(&self, value: u32) -> Result<(), PushError<u32>> {
                self.try_push(value)
            }

            fn pop(&self) -> Result<u32, PopError> {
                self.try_pop()
            }

            fn close(&self) -> bool {
                self.close()
            }

            fn state(&self) -> (usize, bool, bool, bool) {
                (self.len(), self.is_empty(), self.is_full(), self.is_closed())
            }
        }
    };
}

fifo!(TicketRing []);
fifo!(Ring[u32]);

/// Calls a generic function for rings of both kinds and several capacities and words.
macro_rules! for_rings {
    ($function:ident $arguments:tt: $($n:literal $word:ident),+) => { $(
        $function::<jobring::TicketRing<$n, $word>>$arguments;
        $function::<jobring::Ring<u32, $n, $word>>$arguments;
    )+ };
}
pub(crate) use for_rings;
