//! The C functions, declared for C in `include/jobring.h`.
//!
//! # Conventions
//!
//! - Every function that can fail returns a [`jobring_status`]; `JOBRING_OK` is 0. Outputs are written only with
//!   `JOBRING_OK`; what a batch did before it ended is told with the other answers too.
//! - The object comes first, then inputs, then outputs.
//! - A pointer that must not be NULL is checked: `JOBRING_ERR_NULL`. A pointer that is neither NULL nor valid is
//!   undefined behaviour, as everywhere in C.
//! - Bytes of jobs and results are copied in and out; the library keeps no pointer of the caller's but the callback's
//!   user pointer and the callback itself.
//! - All functions but `jobring_pool_destroy` may be called by any number of threads at once on one pool.
//! - No Rust panic crosses the boundary: one that should not have happened becomes `JOBRING_ERR_INTERNAL`, and what the
//!   call had done until then stays done.
//! - Enumerations cross as integers of fixed width; numbers that are in the header never change their meaning.
#![allow(non_camel_case_types, reason = "they are C's names")]

mod boundary;
mod lent;
mod limits;
mod outcome;
#[cfg(all(feature = "panic-handler", not(feature = "std")))]
mod panic_handler;
mod ring;
mod static_pool;
mod status;
mod version;

// What needs an operating system.
#[cfg(feature = "capi")]
mod batch;
#[cfg(feature = "capi")]
mod blobs;
#[cfg(feature = "capi")]
mod config;
#[cfg(feature = "capi")]
mod pool;
#[cfg(feature = "capi")]
mod size_first;
#[cfg(feature = "capi")]
mod stats;

#[cfg(feature = "capi")]
pub use batch::*;
#[cfg(feature = "capi")]
pub use config::{jobring_config, jobring_run, jobring_worker};
pub use limits::{JOBRING_MAX_CAPACITY, JOBRING_MAX_WORKERS};
pub use outcome::{JOBRING_NO_WORKER, jobring_outcome, jobring_outcome_kind};
#[cfg(feature = "capi")]
pub use pool::*;
pub use ring::*;
pub use static_pool::*;
#[cfg(feature = "capi")]
pub use stats::*;
pub use status::{jobring_status, jobring_status_str};
pub use version::{JOBRING_ABI_VERSION, jobring_abi_version, jobring_version};
