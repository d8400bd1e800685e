//! Rings of all kinds behind one trait.

use jobring::{PopError, PushError, Ring, SwapHandle, SwapRing, TicketRing, Word};

/// What all kinds of ring do with values of their type; for the ring of integers, small numbers.
pub(crate) trait Fifo<T = u32>: Sync {
    const N: usize;

    fn new() -> Self;
    fn push(&self, value: T) -> Result<(), PushError<T>>;
    fn pop(&self) -> Result<T, PopError>;
    fn close(&self) -> bool;
    /// `len`, `is_empty`, `is_full`, `is_closed`.
    fn state(&self) -> (usize, bool, bool, bool);
}

macro_rules! fifo {
    ($value:ty: [$($generic:tt)*] $ring:ty, $($hand:tt)*) => {
        impl<$($generic)* const N: usize, W: Word> Fifo<$value> for $ring {
            const N: usize = N;

            fn new() -> Self {
                let ring = Self::with_words();
                assert_eq!(ring.capacity(), N);
                ring
            }

            fn push(&self, value: $value) -> Result<(), PushError<$value>> {
                self$($hand)*.try_push(value)
            }

            fn pop(&self) -> Result<$value, PopError> {
                self$($hand)*.try_pop()
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

fifo!(u32: [] TicketRing<N, W>,);
fifo!(T: [T: Send,] Ring<T, N, W>,);
// With a handle for each call. There are enough of them: of the threads in a call each has one at most.
fifo!(T: [T: Send, const HANDLES: usize,] SwapRing<T, N, HANDLES, W>, .handle().unwrap());

/// What one thread pushes and pops with.
pub(crate) trait Hand<T> {
    fn push(&mut self, value: T) -> Result<(), PushError<T>>;
    fn pop(&mut self) -> Result<T, PopError>;
}

impl<T, Q: Fifo<T>> Hand<T> for &Q {
    fn push(&mut self, value: T) -> Result<(), PushError<T>> {
        Q::push(self, value)
    }

    fn pop(&mut self) -> Result<T, PopError> {
        Q::pop(self)
    }
}

impl<T, const N: usize, const HANDLES: usize, W: Word> Hand<T> for SwapHandle<'_, T, N, HANDLES, W> {
    fn push(&mut self, value: T) -> Result<(), PushError<T>> {
        self.try_push(value)
    }

    fn pop(&mut self) -> Result<T, PopError> {
        self.try_pop()
    }
}

/// Calls a generic function for rings of all kinds and several capacities and words.
macro_rules! for_rings {
    ($function:ident $arguments:tt: $($n:tt $word:ident),+) => { $(
        $function::<jobring::TicketRing<$n, $word>>$arguments;
        $function::<jobring::Ring<u32, $n, $word>>$arguments;
        for_rings!(@swaps $function $arguments: $n $word);
    )+ };
    // Eight values and a handle are more cells than words of eight bits can name.
    (@swaps $function:ident $arguments:tt: 8 u8) => {};
    (@swaps $function:ident $arguments:tt: $n:tt u8) => { $function::<jobring::SwapRing<u32, $n, 1, u8>>$arguments; };
    (@swaps $function:ident $arguments:tt: $n:tt $word:ident) => {
        $function::<jobring::SwapRing<u32, $n, 8, $word>>$arguments;
    };
}
pub(crate) use for_rings;
