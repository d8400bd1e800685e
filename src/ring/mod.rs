//! The lock-free rings: [`TicketRing`] of small integers, [`Ring`] of any values, and [`SwapRing`] for those with a handle.

mod backoff;
mod cells;
#[cfg(has_pairs)]
mod entry;
pub(crate) mod free;
pub(crate) mod layout;
#[cfg(has_pairs)]
#[cfg_attr(not(loom), path = "pair_x86_64.rs")]
#[cfg_attr(loom, path = "pair_loom.rs")]
mod pair;
#[cfg_attr(not(has_pairs), path = "no_pairs.rs")]
mod pairs;
pub(crate) mod raw;
mod swap;
mod ticket;
mod word;

use core::fmt;

pub use cells::Ring;
pub use swap::{SwapHandle, SwapRing};
pub use ticket::TicketRing;
pub use word::{Native, Word};

/// A push was refused; the value comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PushError<T> {
    /// Every place holds a value or, in a [`Ring`], is in the hands of a call that has not returned. The next pop makes room.
    Full(T),
    /// The ring is closed and stays so.
    Closed(T),
}

impl<T> PushError<T> {
    /// Why this value was refused.
    #[inline(always)]
    fn new(refusal: raw::Refusal, value: T) -> Self {
        match refusal {
            raw::Refusal::Now => Self::Full(value),
            raw::Refusal::ForEver => Self::Closed(value),
        }
    }

    /// The value that was not pushed.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(value) | Self::Closed(value) => value,
        }
    }

    /// Whether the ring was full.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether the ring was closed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

impl<T> fmt::Debug for PushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Display for PushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "push to a full ring",
            Self::Closed(_) => "push to a closed ring",
        })
    }
}

impl<T> core::error::Error for PushError<T> {}

/// A pop found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PopError {
    /// Nothing is in the ring now.
    Empty,
    /// The ring is closed, and everything that was ever pushed has been popped.
    Closed,
}

impl fmt::Display for PopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "pop from an empty ring",
            Self::Closed => "pop from a closed and drained ring",
        })
    }
}

impl core::error::Error for PopError {}

impl From<raw::Refusal> for PopError {
    #[inline(always)]
    fn from(refusal: raw::Refusal) -> Self {
        match refusal {
            raw::Refusal::Now => Self::Empty,
            raw::Refusal::ForEver => Self::Closed,
        }
    }
}

/// Calls `drop_next` until it finds nothing to drop. Where that unwinds, goes on with the rest.
fn drop_all(drop_next: impl FnMut() -> bool) {
    struct Rest<F: FnMut() -> bool>(F);

    impl<F: FnMut() -> bool> Drop for Rest<F> {
        fn drop(&mut self) {
            while (self.0)() {}
        }
    }

    let mut rest = Rest(drop_next);
    while (rest.0)() {}
}
