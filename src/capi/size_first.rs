//! Structs that may come from an older or newer header.

use super::boundary::output;
use super::status::jobring_status::{self, *};

/// A struct of C that begins with its own size, so that later versions can add fields at its end.
///
/// # Safety
/// All zeros is a value of the type, and so is any value of its first `OLDEST` bytes followed by zeros.
pub(super) unsafe trait SizeFirst: Copy {
    /// The size in the first version of the header.
    const OLDEST: usize;
}

/// Reads a struct that may be shorter than ours (missing fields are zero) or longer (if the fields that we do not know
/// are zero).
///
/// # Safety
/// NULL, or valid for as many bytes as its first field says.
pub(super) unsafe fn input<T: SizeFirst>(pointer: *const T) -> Result<T, jobring_status> {
    if pointer.is_null() {
        return Err(JOBRING_ERR_NULL);
    }
    // SAFETY: every such struct begins with its size.
    let size = unsafe { pointer.cast::<usize>().read_unaligned() };
    // A size beyond any struct's is a field that was never set, not a length to read by.
    if size < T::OLDEST || size > 4096 {
        return Err(JOBRING_ERR_STRUCT_SIZE);
    }
    let known = size.min(size_of::<T>());
    // SAFETY: the caller's, for `size` bytes.
    let unknown = unsafe { core::slice::from_raw_parts(pointer.cast::<u8>().add(known), size - known) };
    if unknown.iter().any(|byte| *byte != 0) {
        return Err(JOBRING_ERR_STRUCT_SIZE);
    }
    let mut value = core::mem::MaybeUninit::<T>::zeroed();
    // SAFETY: `known` bytes are readable there and writable here; the rest is zero, which `SizeFirst` allows.
    unsafe {
        core::ptr::copy_nonoverlapping(pointer.cast::<u8>(), value.as_mut_ptr().cast::<u8>(), known);
        Ok(value.assume_init())
    }
}

/// Writes the fields of a struct that the caller's version has; its size field stays.
///
/// # Safety
/// NULL, or valid for as many bytes as its first field says.
pub(super) unsafe fn write_output<T: SizeFirst>(value: &T, pointer: *mut T) -> Result<(), jobring_status> {
    let pointer = output(pointer)?;
    // SAFETY: every such struct begins with its size.
    let size = unsafe { pointer.cast::<usize>().read_unaligned() };
    if size < T::OLDEST || size > 4096 {
        return Err(JOBRING_ERR_STRUCT_SIZE);
    }
    let first = size_of::<usize>();
    let known = size.min(size_of::<T>());
    // SAFETY: the caller's, for `size` bytes; the two are different objects.
    unsafe {
        let (from, to) = (core::ptr::from_ref(value).cast::<u8>(), pointer.cast::<u8>());
        core::ptr::copy_nonoverlapping(from.add(first), to.add(first), known - first);
        to.add(known).write_bytes(0, size - known);
    }
    Ok(())
}
