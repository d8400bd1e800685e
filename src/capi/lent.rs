//! Memory that C lends: rings and tables in it, for a capacity that is known at run time only.
//!
//! The memory begins as zeros, and zeros are an empty ring. What is not zero (where the words are, and how many) is the
//! same for every call, so every call puts it there before it goes on: the first call sets the memory up, an interrupt
//! in the middle of that does it again, and there is no state between "not set up" and "set up" to be caught in.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use super::limits::JOBRING_MAX_CAPACITY;
use super::status::jobring_status::{self, *};
use crate::pool::slot::Slot;
use crate::pool::table::{Storage, Table};
use crate::ring::layout::Layout;
use crate::ring::raw::{Words, neighbours};
use crate::ring::{Native, Word};
use crate::sync::{AtomicPtr, AtomicU32, Ordering};

type Atomic = <Native as Word>::Atomic;

/// Aligned for any type of C that is not over-aligned, `max_align_t`; with 32 bits for those of up to 8 bytes, which leaves out
/// `long double` and vectors of some processors.
pub(super) const ALIGN: usize = if cfg!(target_pointer_width = "64") { 16 } else { 8 };

/// Stores what is the same for every call. Relaxed: a call relies on what it has stored itself.
macro_rules! put {
    ($place:expr, $value:expr) => {
        if $place.load(Ordering::Relaxed) != $value {
            $place.store($value, Ordering::Relaxed);
        }
    };
}

/// The words of one ring; with `SPANS`, one of a pool.
pub(super) struct LentWords<const SPANS: bool> {
    words: AtomicPtr<Atomic>,
    count: AtomicU32,
    bits: AtomicU32,
    last: AtomicU32,
}

impl<const SPANS: bool> LentWords<SPANS> {
    pub(super) fn set_up(&self, words: *mut Atomic, count: usize, layout: Layout) {
        let (bits, last) = layout.into_fields();
        put!(self.words, words);
        put!(self.count, count as u32);
        put!(self.bits, bits);
        put!(self.last, last);
    }

    #[inline(always)]
    fn all(&self) -> &[Atomic] {
        let count = self.count.load(Ordering::Relaxed) as usize;
        // SAFETY: L1: set up, so these are `count` words that began as zeros.
        unsafe { core::slice::from_raw_parts(self.words.load(Ordering::Relaxed), count) }
    }
}

impl<const SPANS: bool> Words for LentWords<SPANS> {
    type Word = Native;
    const SPANS: bool = SPANS;

    #[inline(always)]
    fn word(&self, index: u32) -> &Atomic {
        &self.all()[index as usize]
    }

    #[inline(always)]
    fn neighbours(&self, first: u32) -> Option<[&Atomic; 2]> {
        neighbours(self.all(), first)
    }

    #[inline(always)]
    fn layout(&self) -> Layout {
        Layout::from_fields((self.bits.load(Ordering::Relaxed), self.last.load(Ordering::Relaxed)))
    }
}

/// The slots of a table.
pub(super) struct LentSlots<J, R> {
    slots: AtomicPtr<Slot<J, R>>,
    count: AtomicU32,
}

impl<J, R> LentSlots<J, R> {
    pub(super) fn set_up(&self, slots: *mut Slot<J, R>, count: usize) {
        put!(self.slots, slots);
        put!(self.count, count as u32);
    }
}

impl<J, R> AsRef<[Slot<J, R>]> for LentSlots<J, R> {
    #[inline(always)]
    fn as_ref(&self) -> &[Slot<J, R>] {
        // SAFETY: L1: set up, so these are `count` slots that began as zeros, which are vacant ones.
        unsafe {
            core::slice::from_raw_parts(self.slots.load(Ordering::Relaxed), self.count.load(Ordering::Relaxed) as usize)
        }
    }
}

pub(super) struct Lent;

impl Storage for Lent {
    type Words = LentWords<true>;
    type Slots<J, R> = LentSlots<J, R>;
}

/// A job is the number of its slot, where its bytes are.
pub(super) type LentTable = Table<u32, i32, Lent>;

// Invariants that the SAFETY comments name:
//
// L1  What lies in lent memory is set up by each call before it is used, always to the same values, which `Parts` has
//     found to fit into the memory.
// L2  Everything that `Parts` gives out began as zeros, is aligned, overlaps nothing else in the memory, and lives as long
//     as the memory: the header demands that of the caller.

/// Divides memory into arrays; the same memory into the same arrays each time.
pub(super) struct Parts {
    memory: *mut u8,
    size: usize,
    used: usize,
    /// The strictest alignment so far.
    align: usize,
}

impl Parts {
    pub(super) fn of(memory: *mut c_void, size: usize) -> Result<Self, jobring_status> {
        if memory.is_null() {
            return Err(JOBRING_ERR_NULL);
        }
        Ok(Self { memory: memory.cast(), size, used: 0, align: 1 })
    }

    /// The next `count` things of type T.
    pub(super) fn array<T>(&mut self, count: usize) -> Result<*mut T, jobring_status> {
        self.bytes(count.checked_mul(size_of::<T>()), align_of::<T>()).map(<*mut u8>::cast)
    }

    /// The next `size` bytes; `None` means more than there can be.
    pub(super) fn bytes(&mut self, size: Option<usize>, align: usize) -> Result<*mut u8, jobring_status> {
        let at = self.memory.addr().wrapping_add(self.used);
        let start = self.used.checked_add(at.wrapping_neg() & (align - 1)).ok_or(JOBRING_ERR_MEMORY_SIZE)?;
        let end = size.and_then(|size| start.checked_add(size)).ok_or(JOBRING_ERR_MEMORY_SIZE)?;
        if end > self.size {
            return Err(JOBRING_ERR_MEMORY_SIZE);
        }
        self.used = end;
        self.align = self.align.max(align);
        Ok(self.memory.wrapping_add(start))
    }
}

/// How many bytes of memory `divide` asks for, wherever the memory begins; 0 if it refuses.
pub(super) fn size(divide: impl FnOnce(&mut Parts) -> Result<(), jobring_status>) -> usize {
    // Nothing is read or written: only addresses are counted, from one that is aligned for anything.
    const ALIGNED: usize = 4096;
    let memory = core::ptr::without_provenance_mut(ALIGNED);
    let mut parts = Parts { memory, size: usize::MAX - 2 * ALIGNED, used: 0, align: 1 };
    divide(&mut parts).map_or(0, |()| parts.used + parts.align - 1)
}

pub(super) fn check_capacity(capacity: usize) -> Result<(), jobring_status> {
    if capacity == 0 || capacity > JOBRING_MAX_CAPACITY { Err(JOBRING_ERR_CAPACITY) } else { Ok(()) }
}

/// Copies bytes.
///
/// # Safety
/// Both are valid for `size` bytes and do not overlap.
#[inline(always)]
pub(super) unsafe fn copy(from: *const c_void, to: *mut c_void, size: usize) {
    // SAFETY: the caller's. Bytes that C did not initialise stay what they are.
    unsafe { core::ptr::copy_nonoverlapping(from.cast::<MaybeUninit<u8>>(), to.cast(), size) };
}
