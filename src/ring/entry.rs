//! A word of a ring and a cell for a value, side by side, where a pair could be.

use core::mem::{ManuallyDrop, MaybeUninit};

use super::layout::Layout;
use super::pair::{Bits, Pair};
use super::raw::Words;
use super::word::Word;
use crate::sync::UnsafeCell;

/// As many of both as the ring has places. The word of a place may name another place's cell.
pub(super) struct Entries<T, W: Word, const N: usize>([Entry<T, W>; N]);

/// Both together are a pair, if the value fits.
#[cfg_attr(not(loom), repr(C, align(16)))]
struct Entry<T, W: Word> {
    word: W::Atomic,
    cell: UnsafeCell<MaybeUninit<Cell<T>>>,
    #[cfg(loom)]
    pair: Pair,
}

/// Room for a value, and no less than for what a pair holds.
union Cell<T> {
    _value: ManuallyDrop<T>,
    _bits: Bits,
}

impl<T, W: Word> Entry<T, W> {
    crate::sync::const_unless_loom! {
        fn new() -> Self {
            Self {
                #[cfg(not(loom))]
                word: W::ATOMIC_ZERO,
                #[cfg(loom)]
                word: W::atomic_zero(),
                cell: UnsafeCell::new(MaybeUninit::uninit()),
                #[cfg(loom)]
                pair: Pair::new(),
            }
        }
    }
}

impl<T, W: Word, const N: usize> Entries<T, W, N> {
    /// All zeros but for the cells, which hold nothing.
    #[cfg(not(loom))]
    pub(super) const fn zeros() -> Self {
        const {
            let _ = Layout::new(N, W::BITS);
        }
        Self([const { Entry::new() }; N])
    }

    /// All zeros but for the cells, which hold nothing.
    #[cfg(loom)]
    pub(super) fn zeros() -> Self {
        Self(core::array::from_fn(|_| Entry::new()))
    }

    /// Puts a value into a cell.
    ///
    /// # Safety
    /// Nobody else touches the cell.
    #[inline(always)]
    pub(super) unsafe fn write(&self, cell: u32, value: T) {
        // SAFETY: the caller's; and a cell has room for the value.
        self.0[cell as usize].cell.with_mut(|cell| unsafe { cell.cast::<T>().write(value) });
    }

    /// Takes the value out of a cell.
    ///
    /// # Safety
    /// Nobody else touches the cell, and it holds a value, which nobody takes again.
    #[inline(always)]
    pub(super) unsafe fn read(&self, cell: u32) -> T {
        // SAFETY: the caller's.
        self.0[cell as usize].cell.with_mut(|cell| unsafe { cell.cast::<T>().read() })
    }

    /// Whether they are pairs: values fit, and words are those that pairs are made of.
    pub(super) const ARE_PAIRS: bool = Pair::HOLDS.0 <= size_of::<T>()
        && size_of::<T>() <= Pair::HOLDS.1
        && W::BITS == u64::BITS
        && (cfg!(loom) || size_of::<Entry<T, W>>() == size_of::<Pair>());

    /// One of them as a pair.
    ///
    /// # Safety
    /// They [are](Self::ARE_PAIRS).
    #[inline(always)]
    pub(super) unsafe fn pair(&self, index: usize) -> &Pair {
        let entry = &self.0[index];
        #[cfg(loom)]
        return &entry.pair;
        // SAFETY: by the caller an entry has the size of a pair; it has its alignment, and begins with an atomic of 64 bits, too. The
        // rest of it is one cell, whose bytes may be anything.
        #[cfg(not(loom))]
        unsafe {
            &*core::ptr::from_ref(entry).cast::<Pair>()
        }
    }
}

impl<T, W: Word, const N: usize> Words for Entries<T, W, N> {
    type Word = W;
    const SPANS: bool = false;

    #[inline(always)]
    fn word(&self, index: u32) -> &W::Atomic {
        &self.0[index as usize].word
    }

    /// None: a word holds one ticket.
    fn neighbours(&self, _: u32) -> Option<[&W::Atomic; 2]> {
        None
    }

    #[inline(always)]
    fn layout(&self) -> Layout {
        const { Layout::new(N, W::BITS) }
    }
}
