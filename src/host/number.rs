//! A number of each thread's own, the one thing that a call has to know of its thread.

use core::cell::Cell;

use crate::sync::host::per_thread;

/// Of a thread that has never set it.
pub(super) const UNKNOWN: usize = usize::MAX;

per_thread! {
    static NUMBER: Cell<usize> = Cell::new(UNKNOWN);
}

#[inline(always)]
pub(super) fn get() -> usize {
    NUMBER.with(Cell::get)
}

pub(super) fn set(number: usize) {
    NUMBER.with(|mine| mine.set(number));
}
