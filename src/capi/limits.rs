//! How many and how large things may be, for C.
//!
//! The sizes of jobs, results and elements have no limit of their own: what does not fit into memory is refused.

/// The most workers of a pool.
pub const JOBRING_MAX_WORKERS: usize = 32768;

/// The largest capacity of a pool, of a static pool and of a ring.
pub const JOBRING_MAX_CAPACITY: usize = 16777216;

#[cfg(feature = "capi")]
const _: () = {
    assert!(JOBRING_MAX_WORKERS == crate::host::Builder::MAX_WORKERS);
    assert!(JOBRING_MAX_CAPACITY == crate::host::Builder::MAX_CAPACITY);
};
