//! The bytes of jobs and results. Those of up to eight bytes travel in the slots themselves, as in Rust; larger ones have
//! places, of which each slot has one.

use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ops::Range;
use core::ptr::{NonNull, copy_nonoverlapping};

use alloc::alloc::{Layout, alloc_zeroed, dealloc};

use crate::sync::{LINE, prefetch_to_write};

/// The strictest alignment of C (`max_align_t`).
const MOST_ALIGN: usize = 16;

/// The bytes of a job or a result that a slot carries, from the first one on.
pub(super) type Carried = MaybeUninit<u64>;

const NOTHING: Carried = Carried::new(0);

/// One allocation: for each slot the place of its job, the place of its result if no slot carries it, and its error.
///
/// The bytes of every job are here, since the receiver of its outcome may ask for them. Those of a small job are touched only
/// by the submitter, and by a receiver that asks. Errors are written by the few jobs that have one. Zeroed at first: there is
/// no error, and nothing uninitialised is ever copied out.
pub(super) struct Blobs {
    places: Places,
    layout: Layout,
}

// SAFETY: plain bytes; who may touch which is the pool's affair: the owner of a slot has its place for itself.
unsafe impl Send for Blobs {}
// SAFETY: as above.
unsafe impl Sync for Blobs {}

/// Where the bytes of each slot are. A loop has a copy of this: as far as the compiler knows, what lies in memory might change
/// with every byte that is written for C.
#[derive(Clone, Copy)]
pub(super) struct Places {
    base: NonNull<u8>,
    /// For each slot, 0 unless its job has returned an error that nobody has received.
    errors: NonNull<i32>,
    pub(super) job_size: usize,
    pub(super) result_size: usize,
    result_at: usize,
    stride: usize,
    /// Whether jobs and results have sizes of C's own types; results may also have no bytes.
    short: bool,
    /// Whether jobs are of eight bytes, and places of no more.
    jobs_of_eight: bool,
    /// Whether results are of eight bytes.
    results_of_eight: bool,
}

// SAFETY: as above.
unsafe impl Send for Places {}
// SAFETY: as above.
unsafe impl Sync for Places {}

/// The alignment of any type that fits into `size` bytes: a type's size is a multiple of its alignment.
fn align(size: usize) -> usize {
    size.checked_ilog2().map_or(1, |log| MOST_ALIGN.min(1 << log))
}

/// Whether a slot carries so many bytes.
#[inline(always)]
const fn is_carried(size: usize) -> bool {
    size <= size_of::<Carried>()
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

/// Copies bytes. The sizes of C's own types take no call, and with `SHORT`, if the size [is short](is_short), there is none.
///
/// # Safety
/// As `copy_nonoverlapping`.
#[inline(always)]
unsafe fn copy<const SHORT: bool>(from: *const u8, to: *mut u8, size: usize) {
    // SAFETY: the caller's.
    unsafe { if SHORT || is_short(size) { copy_short(from, to, size) } else { copy_nonoverlapping(from, to, size) } }
}

impl Blobs {
    /// `None` if there is no memory for it. `job_size` and `capacity` are at least 1.
    pub(super) fn new(capacity: usize, job_size: usize, result_size: usize) -> Option<Self> {
        let result_bytes = if is_carried(result_size) { 0 } else { result_size };
        let result_at = job_size.checked_next_multiple_of(align(result_bytes))?;
        let bytes = result_at.checked_add(result_bytes)?;
        // Where no job is run in its place, a place needs no more room and no more alignment than copying does.
        let multiple = if is_carried(job_size.max(result_size)) { 1 } else { MOST_ALIGN };
        let stride = bytes.checked_next_multiple_of(multiple)?;
        let layout = Layout::from_size_align(stride.checked_mul(capacity)?, LINE).ok()?;
        let (layout, errors_at) = layout.extend(Layout::array::<i32>(capacity).ok()?).ok()?;
        // It begins at a cache line, so that short places lie in one each. Where more alignment is asked for than malloc has,
        // the standard library writes the zeros itself, so each page is there before the first job comes.
        // SAFETY: the size is not zero.
        let base = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        // SAFETY: inside of the allocation, and aligned.
        let errors = unsafe { base.add(errors_at) }.cast();
        let short = is_short(job_size) && (result_size == 0 || is_short(result_size));
        let (jobs_of_eight, results_of_eight) = (job_size == 8 && stride == 8, result_size == 8);
        let places =
            Places { base, errors, job_size, result_size, result_at, stride, short, jobs_of_eight, results_of_eight };
        Some(Self { places, layout })
    }

    #[inline(always)]
    pub(super) fn places(&self) -> &Places {
        &self.places
    }
}

// Methods that take a slot are for callers that have the slot for themselves, and slots are below the capacity.
impl Places {
    /// Whether jobs and results can be copied without a call: what has a parameter `SHORT` is compiled once more for that.
    #[inline(always)]
    pub(super) fn are_short(&self) -> bool {
        self.short
    }

    /// Whether jobs are of eight bytes, as pointers and most numbers are, and places of no more.
    #[inline(always)]
    pub(super) fn have_jobs_of_eight(&self) -> bool {
        self.jobs_of_eight
    }

    /// Whether results are of eight bytes.
    #[inline(always)]
    pub(super) fn have_results_of_eight(&self) -> bool {
        self.results_of_eight
    }

    /// Whether jobs and results are both of eight bytes, in places of no more.
    #[inline(always)]
    pub(super) fn are_of_eight(&self) -> bool {
        self.jobs_of_eight && self.results_of_eight
    }

    /// The same places; with `OF_EIGHT`, for places that [are of eight](Self::are_of_eight), the sizes are constants.
    #[inline(always)]
    pub(super) fn known<const OF_EIGHT: bool>(self) -> Self {
        self.knowing_jobs::<OF_EIGHT>().knowing_results::<OF_EIGHT>()
    }

    /// As [`known`](Self::known), for jobs only.
    #[inline(always)]
    pub(super) fn knowing_jobs<const OF_EIGHT: bool>(self) -> Self {
        debug_assert!(self.jobs_of_eight || !OF_EIGHT);
        if OF_EIGHT { Self { job_size: 8, stride: 8, ..self } } else { self }
    }

    /// As [`known`](Self::known), for results only.
    #[inline(always)]
    pub(super) fn knowing_results<const OF_EIGHT: bool>(self) -> Self {
        debug_assert!(self.results_of_eight || !OF_EIGHT);
        if OF_EIGHT { Self { result_size: 8, ..self } } else { self }
    }

    /// Prefetches the places of neighbouring slots, before jobs are run there.
    #[inline(always)]
    pub(super) fn prefetch_to_run(&self, slots: Range<usize>) {
        self.prefetch_for(self.job_size.max(self.result_size), slots);
    }

    /// The same, before results are read there.
    #[inline(always)]
    pub(super) fn prefetch_to_receive(&self, slots: Range<usize>) {
        self.prefetch_for(self.result_size, slots);
    }

    #[inline(always)]
    fn prefetch_for(&self, size: usize, slots: Range<usize>) {
        if !is_carried(size) {
            prefetch_to_write(self.job(slots.start), slots.len() * self.stride);
        }
    }

    #[inline(always)]
    fn job(&self, slot: usize) -> *mut c_void {
        // SAFETY: this stays inside of the allocation.
        unsafe { self.base.add(slot * self.stride).cast().as_ptr() }
    }

    /// The place of a result that no slot carries.
    #[inline(always)]
    fn result(&self, slot: usize) -> *mut c_void {
        // SAFETY: as above.
        unsafe { self.base.add(slot * self.stride + self.result_at).cast().as_ptr() }
    }

    #[inline(always)]
    fn error(&self, slot: usize) -> *mut i32 {
        // SAFETY: as above.
        unsafe { self.errors.add(slot).as_ptr() }
    }

    /// What a slot carries of this job: all of it, or nothing.
    ///
    /// # Safety
    /// `from` is readable for `job_size` bytes.
    #[inline(always)]
    pub(super) unsafe fn carry<const SHORT: bool>(&self, from: *const c_void) -> Carried {
        let mut carried = NOTHING;
        if is_carried(self.job_size) {
            // SAFETY: the caller's on one side, enough bytes on the other.
            unsafe { copy::<SHORT>(from.cast(), carried.as_mut_ptr().cast(), self.job_size) };
        }
        carried
    }

    /// Copies a job in.
    ///
    /// # Safety
    /// The slot is the caller's; `from` is readable for `job_size` bytes.
    #[inline(always)]
    pub(super) unsafe fn keep<const SHORT: bool>(&self, slot: usize, from: *const c_void) {
        // SAFETY: the caller's on one side, a place of `job_size` bytes on the other.
        unsafe { copy::<SHORT>(from.cast(), self.job(slot).cast(), self.job_size) };
    }

    /// Runs the job of a slot, which carries `job`: shows `run` where the job is and where its result goes (NULL if results
    /// have no bytes), and keeps the error that `run` returns. Returns what the slot carries of the result, and whether there
    /// is an error.
    #[inline(always)]
    pub(super) fn run(
        &self,
        slot: usize,
        job: Carried,
        run: impl FnOnce(*const c_void, *mut c_void) -> i32,
    ) -> (Carried, bool) {
        /// Aligned for any type that fits in, also where a `u64` is not.
        #[repr(align(8))]
        struct Place(Carried);

        let (mut job, mut result) = (Place(job), Place(NOTHING));
        let from = if is_carried(self.job_size) { job.0.as_mut_ptr().cast() } else { self.job(slot) };
        let to = match self.result_size {
            0 => core::ptr::null_mut(),
            size if is_carried(size) => result.0.as_mut_ptr().cast(),
            _ => self.result(slot),
        };
        let error = run(from, to);
        if error != 0 {
            // SAFETY: the worker's, with its slot.
            unsafe { self.error(slot).write(error) };
        }
        (result.0, error != 0)
    }

    /// Whether the job of a slot has returned an error.
    ///
    /// # Safety
    /// The slot is the caller's.
    #[inline(always)]
    pub(super) unsafe fn has_error(&self, slot: usize) -> bool {
        // SAFETY: the caller's.
        unsafe { self.error(slot).read() != 0 }
    }

    /// The error that the job of a slot has returned, or 0; the receiver of its outcome takes it out.
    ///
    /// # Safety
    /// The slot is the caller's.
    #[inline(always)]
    pub(super) unsafe fn take_error(&self, slot: usize) -> i32 {
        // SAFETY: the caller's.
        unsafe {
            let error = self.error(slot).read();
            if error != 0 {
                self.error(slot).write(0);
            }
            error
        }
    }

    /// Copies out the job of a slot.
    ///
    /// # Safety
    /// The slot is the caller's; `to` is writable for `job_size` bytes.
    #[inline(always)]
    pub(super) unsafe fn get_job(&self, slot: usize, to: *mut c_void) {
        // SAFETY: the caller's on one side, a place of that size on the other.
        unsafe { copy::<false>(self.job(slot).cast(), to.cast(), self.job_size) };
    }

    /// Copies out the result of a job whose slot carried `result`, if it has bytes, unless `to` is NULL.
    ///
    /// # Safety
    /// The slot is the caller's; `to` is NULL or writable for `result_size` bytes.
    #[inline(always)]
    pub(super) unsafe fn get_result<const SHORT: bool>(&self, slot: usize, result: Carried, to: *mut c_void) {
        if to.is_null() || self.result_size == 0 {
            return;
        }
        // SAFETY: the caller's on one side, what is carried or a place of that size on the other.
        unsafe {
            // Apart, so that what is carried stays in a register.
            if is_carried(self.result_size) {
                copy::<SHORT>(result.as_ptr().cast(), to.cast(), self.result_size);
            } else {
                copy::<SHORT>(self.result(slot).cast(), to.cast(), self.result_size);
            }
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
    #[cfg(all(target_os = "linux", not(loom)))]
    use crate::sync::host::pages_first_touched;

    #[test]
    #[cfg(all(target_os = "linux", not(loom)))]
    fn the_memory_of_jobs_results_and_errors_is_there_once_it_is_made() {
        let slots = 1 << 14;
        let blobs = Blobs::new(slots, 24, 24).unwrap();
        let places = blobs.places();
        let before = pages_first_touched();
        for slot in 0..slots {
            // SAFETY: nobody else has the slots.
            unsafe {
                places.keep::<false>(slot, [1u8; 24].as_ptr().cast());
                places.error(slot).write(1);
            }
        }
        let pages = slots * (24 + 24 + 4) / 4096;
        assert!(pages_first_touched() - before < pages as libc::c_long / 10, "pages were touched for the first time");
    }

    fn fields(places: Places) -> impl PartialEq + core::fmt::Debug {
        let Places { base, errors, job_size, result_size, result_at, stride, short, jobs_of_eight, results_of_eight } =
            places;
        ((base, errors), [job_size, result_size, result_at, stride], [short, jobs_of_eight, results_of_eight])
    }

    #[test]
    fn the_constants_for_eight_bytes_are_what_their_places_have() {
        for (job_size, result_size, jobs, results) in [
            (8, 8, true, true),
            (8, 0, true, false),
            (8, 4, true, false),
            (8, 16, false, false),
            (4, 8, false, true),
            (16, 8, false, true),
            (16, 16, false, false),
        ] {
            let blobs = Blobs::new(3, job_size, result_size).unwrap();
            let places = *blobs.places();
            assert_eq!((places.have_jobs_of_eight(), places.have_results_of_eight()), (jobs, results));
            assert_eq!(places.are_of_eight(), jobs && results);
            // What is known is what is there, and nothing else changes.
            if jobs && results {
                assert!(places.are_short());
                assert_eq!(fields(places.known::<true>()), fields(places));
            }
            if jobs {
                assert_eq!(fields(places.knowing_jobs::<true>()), fields(places));
            }
            if results {
                assert_eq!(fields(places.knowing_results::<true>()), fields(places));
            }
        }
    }
}
