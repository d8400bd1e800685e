//! Which library this is.

use core::ffi::c_char;

/// The version of the C interface in this header. A library with the same number has everything in it that it was built
/// with: one without std has all but the functions of `jobring_pool` and `jobring_worker`.
pub const JOBRING_ABI_VERSION: u32 = 1;

/// The library's version, such as "0.1.0"; compare it with `JOBRING_VERSION`, the header's. Static, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jobring_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The library's version of the C interface; compare it with `JOBRING_ABI_VERSION`, the header's.
#[unsafe(no_mangle)]
pub extern "C" fn jobring_abi_version() -> u32 {
    JOBRING_ABI_VERSION
}
