//! Slots and words on the heap, in as many as the builder was told.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::pool::slot::Slot;
use crate::pool::table::{Storage, Table};
use crate::ring::free::FreeSet;
use crate::ring::layout::Layout;
use crate::ring::raw::{RawRing, Words, neighbours};
use crate::ring::{Native, Word};
use crate::sync::AtomicUsize;

/// The most slots a pool may have. More than fits any use, and few enough to find out about it before memory is full.
pub(crate) const MAX_CAPACITY: usize = 1 << 24;

pub(crate) struct OnHeap;

impl Storage for OnHeap {
    type Words = HeapWords;
    type Slots<J, R> = Box<[Slot<J, R>]>;
}

pub(crate) struct HeapWords {
    layout: Layout,
    words: Box<[<Native as Word>::Atomic]>,
}

impl Words for HeapWords {
    type Word = Native;

    #[inline(always)]
    fn word(&self, index: u32) -> &<Native as Word>::Atomic {
        &self.words[index as usize]
    }

    #[inline(always)]
    fn neighbours(&self, first: u32) -> Option<[&<Native as Word>::Atomic; 2]> {
        neighbours(&self.words, first)
    }

    #[inline(always)]
    fn layout(&self) -> Layout {
        self.layout
    }
}

pub(crate) type HeapTable<J, R> = Table<J, R, OnHeap>;

/// Not enough memory.
pub(crate) struct OutOfMemory;

fn filled<T>(len: usize, new: impl FnMut() -> T) -> Result<Box<[T]>, OutOfMemory> {
    let mut items = Vec::new();
    items.try_reserve_exact(len).map_err(|_| OutOfMemory)?;
    items.resize_with(len, new);
    Ok(items.into_boxed_slice())
}

fn words(count: usize, capacity: usize) -> Result<HeapWords, OutOfMemory> {
    let words = filled(count, || <Native as Word>::Atomic::new(0))?;
    Ok(HeapWords { layout: Layout::with_spans(capacity, Native::BITS), words })
}

/// A table of `capacity` slots, 1 to [`MAX_CAPACITY`], with a crew of `crew`.
pub(crate) fn table<J, R>(capacity: usize, crew: usize) -> Result<HeapTable<J, R>, OutOfMemory> {
    Ok(Table::over(
        FreeSet::over(words(FreeSet::<HeapWords>::blocks(capacity), capacity)?),
        RawRing::over(words(capacity, capacity)?),
        RawRing::over(words(capacity, capacity)?),
        AtomicUsize::new(crew),
        filled(capacity, Slot::new)?,
    ))
}

#[cfg(all(test, target_os = "linux", not(loom)))]
mod tests {
    use super::{Slot, Words, filled, words};
    use crate::sync::Ordering;
    use crate::sync::host::pages_first_touched;

    #[test]
    fn the_memory_of_slots_and_words_is_there_once_they_are_made() {
        let count = 1 << 14;
        let (Ok(words), Ok(slots)) = (words(count, count), filled(count, Slot::<u64, u64>::new)) else {
            panic!("there is memory")
        };
        let before = pages_first_touched();
        for word in 0..count {
            words.word(word as u32).store(1, Ordering::Relaxed);
        }
        for slot in &slots {
            slot.put(1);
        }
        let pages = count * (8 + 16) / 4096;
        assert!(pages_first_touched() - before < pages as libc::c_long / 10, "pages were touched for the first time");
    }
}
