//! The C functions, declared for C in `include/jobring.h`.
//!
//! What they have in common (who owns what, what a status says, what a suspended thread keeps) is said once, at the head of
//! that header.
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
mod quick;
#[cfg(feature = "capi")]
mod single;
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
#[cfg(feature = "capi")]
pub use single::*;
pub use static_pool::*;
#[cfg(feature = "capi")]
pub use stats::*;
pub use status::{jobring_status, jobring_status_str};
pub use version::{JOBRING_ABI_VERSION, jobring_abi_version, jobring_version};
