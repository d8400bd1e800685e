//! The bytes of jobs and results: one allocation, a place for each slot of the pool.

use core::ffi::c_void;
use core::ptr::NonNull;

use alloc::alloc::{Layout, alloc_zeroed, dealloc};

/// Aligned for any type of C (`max_align_t`).
const ALIGN: usize = 16;

/// For each slot `job_size` bytes, then `result_size` bytes, each from an aligned address on. Zeroed at first, so
/// that nothing uninitialised is ever copied out.
pub(super) struct Blobs {
    base: NonNull<u8>,
    layout: Layout,
    pub(super) job_size: usize,
    pub(super) result_size: usize,
    result_at: usize,
    stride: usize,
}

// SAFETY: plain bytes; who may touch which is the pool's affair: the owner of a slot has its place for itself.
unsafe impl Send for Blobs {}
// SAFETY: as above.
unsafe impl Sync for Blobs {}

fn rounded(size: usize) -> Option<usize> {
    size.checked_next_multiple_of(ALIGN)
}

impl Blobs {
    /// `None` if there is no memory for it. `job_size` and `capacity` are at least 1.
    pub(super) fn new(capacity: usize, job_size: usize, result_size: usize) -> Option<Self> {
        let result_at = rounded(job_size)?;
        let stride = result_at.checked_add(rounded(result_size)?)?;
        let layout = Layout::from_size_align(stride.checked_mul(capacity)?, ALIGN).ok()?;
        // SAFETY: the size is not zero.
        let base = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        Some(Self { base, layout, job_size, result_size, result_at, stride })
    }

    /// Where the job of a slot is.
    pub(super) fn job(&self, slot: usize) -> *mut c_void {
        // SAFETY: slots are below the capacity, so this stays inside of the allocation.
        unsafe { self.base.add(slot * self.stride).cast().as_ptr() }
    }

    /// Where the result of a slot is; NULL if results have no bytes.
    pub(super) fn result(&self, slot: usize) -> *mut c_void {
        if self.result_size == 0 {
            return core::ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe { self.base.add(slot * self.stride + self.result_at).cast().as_ptr() }
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout.
        unsafe { dealloc(self.base.as_ptr(), self.layout) };
    }
}
