//! Many jobs, or many outcomes, in one call.

use alloc::vec::Vec;
use core::fmt;

use crate::pool::Outcome;

/// The pool was closed before all jobs of a batch were accepted.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchError<J> {
    /// How many were accepted, the first ones.
    pub accepted: usize,
    /// Those that had been taken from the iterator already, at most 128. The others are still in it, if the caller has kept it:
    /// `pool.submit_all(&mut jobs)` rather than `pool.submit_all(jobs)`.
    pub refused: Vec<J>,
}

impl<J> fmt::Debug for BatchError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchError").field("accepted", &self.accepted).field("refused", &self.refused.len()).finish()
    }
}

impl<J> fmt::Display for BatchError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pool is closed; {} jobs of the batch were accepted", self.accepted)
    }
}

impl<J> core::error::Error for BatchError<J> {}

/// Where a batch of outcomes goes: space that the caller provides, and that never grows.
///
/// For a slice or an array of `Option`s the room is all of it, from its beginning on; for the vectors it is what is left of
/// their capacity, none for one that was not cleared; [`Each`] keeps nothing and shows the outcomes to a function.
pub trait Space<J, R> {
    /// How many outcomes fit.
    fn room(&self) -> usize;
    /// Puts the `at`th outcome of this call, with `at` below the room that there was. (A slice, an array or a vector that has
    /// no room for it panics.)
    fn put(&mut self, at: usize, outcome: Outcome<J, R>);
}

// How an outcome is stored decides how fast it is. Where what was in its place is dropped before it is stored, or a vector may
// grow, the compiler puts it together in memory, by pieces, since it would have to be dropped if that unwinds; and it is read
// from there as a whole, for which the processor waits.

#[cold]
#[inline(never)]
fn no_room() -> ! {
    panic!("more outcomes than there was room for");
}

impl<J, R> Space<J, R> for [Option<Outcome<J, R>>] {
    fn room(&self) -> usize {
        self.len()
    }

    #[inline]
    fn put(&mut self, at: usize, outcome: Outcome<J, R>) {
        match self.get_mut(at) {
            Some(place) => drop(place.replace(outcome)),
            None => no_room(),
        }
    }
}

impl<J, R, const N: usize> Space<J, R> for [Option<Outcome<J, R>>; N] {
    fn room(&self) -> usize {
        N
    }

    #[inline]
    fn put(&mut self, at: usize, outcome: Outcome<J, R>) {
        self.as_mut_slice().put(at, outcome);
    }
}

impl<J, R> Space<J, R> for Vec<Outcome<J, R>> {
    fn room(&self) -> usize {
        self.capacity() - self.len()
    }

    #[inline]
    fn put(&mut self, _: usize, outcome: Outcome<J, R>) {
        if self.len() < self.capacity() {
            self.push(outcome);
        } else {
            no_room();
        }
    }
}

#[cfg(feature = "heapless")]
impl<J, R, const N: usize> Space<J, R> for heapless::Vec<Outcome<J, R>, N> {
    fn room(&self) -> usize {
        N - self.len()
    }

    #[inline]
    fn put(&mut self, _: usize, outcome: Outcome<J, R>) {
        if self.push(outcome).is_err() {
            no_room();
        }
    }
}

/// For outcomes that are used at once: shows each to a function, up to `room` in one call, and stores none of them.
///
/// The slots of up to 128 outcomes count as in flight until the function has seen these. If it panics, those of them that it
/// has not seen are dropped.
///
/// ```
/// let pool = jobring::Pool::builder().workers(2).capacity(64).build(|_, job: u64| job * job)?;
/// pool.submit_all(0..10)?;
/// pool.close();
/// let mut sum = 0;
/// let mut adding = jobring::Each::new(64, |outcome| sum += outcome.result.unwrap());
/// while pool.recv_batch(&mut adding).is_ok() {}
/// assert_eq!(sum, 285);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Each<F> {
    room: usize,
    see: F,
}

impl<F> Each<F> {
    /// Shows up to `room` outcomes a call to `see`.
    pub fn new<J, R>(room: usize, see: F) -> Self
    where
        F: FnMut(Outcome<J, R>),
    {
        Self { room, see }
    }
}

impl<F> fmt::Debug for Each<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Each").field("room", &self.room).finish_non_exhaustive()
    }
}

impl<J, R, F: FnMut(Outcome<J, R>)> Space<J, R> for Each<F> {
    fn room(&self) -> usize {
        self.room
    }

    #[inline]
    fn put(&mut self, _: usize, outcome: Outcome<J, R>) {
        (self.see)(outcome);
    }
}
