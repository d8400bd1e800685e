//! jobring
#![no_std]

#[cfg(feature = "std")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod ring;
mod sync;

pub use ring::{Native, PopError, PushError, Ring, TicketRing, Word};
