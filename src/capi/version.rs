//! Which library this is.

use core::ffi::c_char;

/// The version of the C interface in this header. Additions do not change it: a program works with any library that is not
/// older than the program's header and whose `jobring_abi_version` returns the same number, and with no library that returns
/// another number. (A library without std has all but the functions of `jobring_pool` and `jobring_worker`.)
pub const JOBRING_ABI_VERSION: u32 = 1;

/// The library's version, such as "0.1.0", for logs; `JOBRING_VERSION` is the header's. Static, never NULL. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn jobring_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The library's version of the C interface: refuse to run if it is not `JOBRING_ABI_VERSION`, the header's. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn jobring_abi_version() -> u32 {
    JOBRING_ABI_VERSION
}
