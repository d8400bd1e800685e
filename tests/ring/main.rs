//! The rings from outside: call by call beside a `VecDeque`, from many threads, and with values that mind their drop.
#![cfg(not(loom))]

extern crate alloc;

mod fifo;

mod calls;
mod handles;
mod threads;
mod types;
mod values;
