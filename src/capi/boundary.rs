//! Where C meets Rust: panics stop here, and NULL is noticed.

use super::status::jobring_status::{self, *};
#[cfg(feature = "std")]
use crate::host::discard;

/// Runs the body of a C function.
#[cfg(feature = "std")]
#[inline(always)]
pub(super) fn boundary(body: impl FnOnce() -> Result<(), jobring_status>) -> jobring_status {
    match std::panic::catch_unwind(core::panic::AssertUnwindSafe(body)) {
        Ok(Ok(())) => JOBRING_OK,
        Ok(Err(status)) => status,
        Err(panic) => {
            discard(panic);
            JOBRING_ERR_INTERNAL
        }
    }
}

/// Runs the body of a C function. Without std a panic goes nowhere.
#[cfg(not(feature = "std"))]
#[inline(always)]
pub(super) fn boundary(body: impl FnOnce() -> Result<(), jobring_status>) -> jobring_status {
    match body() {
        Ok(()) => JOBRING_OK,
        Err(status) => status,
    }
}

/// The object behind a pointer from C.
///
/// # Safety
/// NULL, or valid for `'a`.
#[inline(always)]
pub(super) unsafe fn object<'a, T>(pointer: *const T) -> Result<&'a T, jobring_status> {
    // SAFETY: the caller's.
    unsafe { pointer.as_ref() }.ok_or(JOBRING_ERR_NULL)
}

/// Checks an output before anything is done.
#[inline(always)]
pub(super) fn output<T>(pointer: *mut T) -> Result<*mut T, jobring_status> {
    if pointer.is_null() { Err(JOBRING_ERR_NULL) } else { Ok(pointer) }
}
