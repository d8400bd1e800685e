//! The bytes of jobs and results: one allocation, a place for each slot of the pool.

use core::ffi::c_void;
use core::ops::Range;
use core::ptr::{NonNull, copy_nonoverlapping};

use alloc::alloc::{Layout, alloc_zeroed, dealloc};

use crate::sync::prefetch_to_write;

/// The strictest alignment of C (`max_align_t`).
const MOST_ALIGN: usize = 16;

/// For each slot `job_size` bytes, then `result_size` bytes, each aligned for any type of C that fits in: a job of 8
/// bytes and a result of 8 bytes are 16 bytes, four slots in a cache line as in the table. Zeroed at first, so that
/// nothing uninitialised is ever copied out.
pub(super) struct Blobs {
    places: Places,
    layout: Layout,
}

/// Where the bytes of each slot are. A loop has this by value: what lies in memory might change, as far as the compiler knows,
/// with every byte that is written for C.
#[derive(Clone, Copy)]
pub(super) struct Places {
    base: NonNull<u8>,
    pub(super) job_size: usize,
    pub(super) result_size: usize,
    result_at: usize,
    stride: usize,
    /// Whether jobs and results are of the sizes of C's own types, or results of none.
    short: bool,
}

// SAFETY: plain bytes; who may touch which is the pool's affair: the owner of a slot has its place for itself.
unsafe impl Send for Places {}
// SAFETY: as above.
unsafe impl Sync for Places {}

/// The alignment of any type that fits into `size` bytes: a type's size is a multiple of its alignment.
fn align(size: usize) -> usize {
    size.checked_ilog2().map_or(1, |log| MOST_ALIGN.min(1 << log))
}

/// Whether [`copy_short`] can copy so many bytes.
#[inline(always)]
fn is_short(size: usize) -> bool {
    matches!(size, 4 | 8 | 16)
}

/// Copies bytes without a call.
///
/// # Safety
/// As `copy_nonoverlapping`; the size [is short](is_short).
#[inline(always)]
unsafe fn copy_short(from: *const u8, to: *mut u8, size: usize) {
    debug_assert!(is_short(size));
    // SAFETY: the caller's.
    unsafe {
        match size {
            8 => copy_nonoverlapping(from, to, 8),
            4 => copy_nonoverlapping(from, to, 4),
            _ => copy_nonoverlapping(from, to, 16),
        }
    }
}

/// Copies bytes. The sizes of C's own types take no call.
///
/// # Safety
/// As `copy_nonoverlapping`.
#[inline(always)]
unsafe fn copy(from: *const u8, to: *mut u8, size: usize) {
    // SAFETY: the caller's.
    unsafe { if is_short(size) { copy_short(from, to, size) } else { copy_nonoverlapping(from, to, size) } }
}

impl Blobs {
    /// `None` if there is no memory for it. `job_size` and `capacity` are at least 1.
    pub(super) fn new(capacity: usize, job_size: usize, result_size: usize) -> Option<Self> {
        let result_at = job_size.checked_next_multiple_of(align(result_size))?;
        // Slots of a few bytes stay apart, for the sake of workers that write results next to each other.
        let stride = result_at.checked_add(result_size)?.checked_next_multiple_of(MOST_ALIGN)?;
        // From the beginning of a cache line on, so that short places lie in one each.
        let layout = Layout::from_size_align(stride.checked_mul(capacity)?, 64).ok()?;
        // SAFETY: the size is not zero.
        let base = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        let short = is_short(job_size) && (result_size == 0 || is_short(result_size));
        Some(Self { places: Places { base, job_size, result_size, result_at, stride, short }, layout })
    }

    #[inline(always)]
    pub(super) fn places(&self) -> &Places {
        &self.places
    }
}

impl Places {
    /// Whether [`put_short`](Self::put_short) and [`get_result_short`](Self::get_result_short) are for these.
    #[inline(always)]
    pub(super) fn are_short(&self) -> bool {
        self.short
    }

    /// Whether jobs and results are of eight bytes each, as pointers and most numbers are.
    #[inline(always)]
    pub(super) fn are_of_eight(self) -> bool {
        self.job_size == 8 && self.result_size == 8
    }

    /// The same, and with `OF_EIGHT`, if they [are](Self::are_of_eight), sizes that are constants.
    #[inline(always)]
    pub(super) fn known<const OF_EIGHT: bool>(self) -> Self {
        debug_assert!(self.are_of_eight() || !OF_EIGHT);
        if OF_EIGHT { Self { job_size: 8, result_size: 8, result_at: 8, stride: 16, ..self } } else { self }
    }

    /// Asks for the places of neighbouring slots, before they are gone through.
    #[inline(always)]
    pub(super) fn prefetch(&self, slots: Range<usize>) {
        prefetch_to_write(self.job(slots.start), slots.len() * self.stride);
    }

    /// Where the job of a slot is.
    #[inline(always)]
    pub(super) fn job(&self, slot: usize) -> *mut c_void {
        // SAFETY: slots are below the capacity, so this stays inside of the allocation.
        unsafe { self.base.add(slot * self.stride).cast().as_ptr() }
    }

    /// Where the result of a slot is; NULL if results have no bytes.
    #[inline(always)]
    pub(super) fn result(&self, slot: usize) -> *mut c_void {
        if self.result_size == 0 {
            return core::ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe { self.base.add(slot * self.stride + self.result_at).cast().as_ptr() }
    }

    /// Copies a job in.
    ///
    /// # Safety
    /// The slot is the caller's; `from` is readable for `job_size` bytes.
    #[inline(always)]
    pub(super) unsafe fn put(&self, slot: usize, from: *const c_void) {
        // SAFETY: the caller's on one side, a place of `job_size` bytes on the other.
        unsafe { copy(from.cast(), self.job(slot).cast(), self.job_size) };
    }

    /// [`put`](Self::put), without a call.
    ///
    /// # Safety
    /// As [`put`](Self::put); they [are short](Self::are_short).
    #[inline(always)]
    pub(super) unsafe fn put_short(&self, slot: usize, from: *const c_void) {
        // SAFETY: the caller's, as above.
        unsafe { copy_short(from.cast(), self.job(slot).cast(), self.job_size) };
    }

    /// [`get_result`](Self::get_result), without a call.
    ///
    /// # Safety
    /// As [`get_result`](Self::get_result); they [are short](Self::are_short).
    #[inline(always)]
    pub(super) unsafe fn get_result_short(&self, slot: usize, to: *mut c_void) {
        if !to.is_null() && self.result_size > 0 {
            // SAFETY: the caller's on one side, a place of that size on the other.
            unsafe { copy_short(self.result(slot).cast(), to.cast(), self.result_size) };
        }
    }

    /// Copies out the job of a slot.
    ///
    /// # Safety
    /// The slot is the caller's; `to` is writable for `job_size` bytes.
    #[inline(always)]
    pub(super) unsafe fn get_job(&self, slot: usize, to: *mut c_void) {
        // SAFETY: the caller's on one side, a place of that size on the other.
        unsafe { copy(self.job(slot).cast(), to.cast(), self.job_size) };
    }

    /// Copies out the result of a job, if it has bytes, unless `to` is NULL.
    ///
    /// # Safety
    /// The slot is the caller's; `to` is NULL or writable for `result_size` bytes.
    #[inline(always)]
    pub(super) unsafe fn get_result(&self, slot: usize, to: *mut c_void) {
        if !to.is_null() && self.result_size > 0 {
            // SAFETY: the caller's on one side, a place of that size on the other.
            unsafe { copy(self.result(slot).cast(), to.cast(), self.result_size) };
        }
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout.
        unsafe { dealloc(self.places.base.as_ptr(), self.layout) };
    }
}

#[cfg(test)]
mod tests {
    use super::{Blobs, Places};

    #[test]
    fn the_constants_for_eight_bytes_are_what_their_places_have() {
        let places = *Blobs::new(3, 8, 8).unwrap().places();
        let Places { base, job_size, result_size, result_at, stride, short } = places.known::<true>();
        assert!(places.are_of_eight() && short);
        assert_eq!(
            (base, job_size, result_size, result_at, stride),
            (places.base, places.job_size, places.result_size, places.result_at, places.stride)
        );
        for (job_size, result_size) in [(8, 0), (8, 4), (4, 8), (16, 8), (8, 16)] {
            assert!(!Blobs::new(3, job_size, result_size).unwrap().places().are_of_eight());
        }
    }
}
