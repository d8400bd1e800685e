//! Instead of `pairs` where none are exchanged: no ring is one of pairs, and words and cells lie in arrays of their own.

use core::convert::Infallible;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::layout::Layout;
use super::raw::{Inline, Refusal, Words};
use super::word::Word;
use crate::sync::UnsafeCell;

/// Words and cells, as many of both as the ring has places. Cells first: it saves a few bytes of code on small cores.
#[repr(C)]
pub(super) struct Entries<T, W: Word, const N: usize> {
    cells: [UnsafeCell<MaybeUninit<T>>; N],
    words: Inline<W, N>,
}

impl<T, W: Word, const N: usize> Entries<T, W, N> {
    /// Whether they are pairs.
    pub(super) const ARE_PAIRS: bool = false;

    /// All zeros but for the cells, which hold nothing.
    pub(super) const fn zeros() -> Self {
        Self { words: Inline::zeros(), cells: [const { UnsafeCell::new(MaybeUninit::uninit()) }; N] }
    }

    /// Puts a value into a cell.
    ///
    /// # Safety
    /// Nobody else touches the cell.
    #[inline(always)]
    pub(super) unsafe fn write(&self, cell: u32, value: T) {
        // SAFETY: the caller's.
        self.cells[cell as usize].with_mut(|cell| unsafe { (*cell).write(value) });
    }

    /// Takes the value out of a cell.
    ///
    /// # Safety
    /// Nobody else touches the cell, and it holds a value, which nobody takes again.
    #[inline(always)]
    pub(super) unsafe fn read(&self, cell: u32) -> T {
        // SAFETY: the caller's.
        self.cells[cell as usize].with_mut(|cell| unsafe { (*cell).assume_init_read() })
    }
}

impl<T, W: Word, const N: usize> Words for Entries<T, W, N> {
    type Word = W;
    const SPANS: bool = false;

    #[inline(always)]
    fn word(&self, index: u32) -> &W::Atomic {
        self.words.word(index)
    }

    /// None: a word holds one ticket.
    fn neighbours(&self, _: u32) -> Option<[&W::Atomic; 2]> {
        None
    }

    #[inline(always)]
    fn layout(&self) -> Layout {
        self.words.layout()
    }
}

pub(super) struct Ends;

impl Ends {
    pub(super) const fn new() -> Self {
        Self
    }

    #[inline(always)]
    pub(super) fn of<T, W: Word, const N: usize>(&self, _: &Entries<T, W, N>) -> Option<Pairs<'_, T, W, N>> {
        None
    }
}

pub(super) struct Pairs<'a, T, W, const N: usize> {
    never: Infallible,
    of: PhantomData<(&'a Ends, T, W)>,
}

impl<T, W, const N: usize> Pairs<'_, T, W, N> {
    pub(super) fn push(&self, _: T) -> Result<(), (Refusal, T)> {
        match self.never {}
    }

    pub(super) fn pop(&self) -> Result<T, Refusal> {
        match self.never {}
    }

    pub(super) fn close(&self) -> bool {
        match self.never {}
    }

    pub(super) fn is_closed(&self) -> bool {
        match self.never {}
    }

    pub(super) fn is_full(&self) -> bool {
        match self.never {}
    }

    pub(super) fn is_empty(&self) -> bool {
        match self.never {}
    }

    pub(super) fn len(&self) -> usize {
        match self.never {}
    }
}
