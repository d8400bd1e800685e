//! The pool on host threads.

mod batch;
mod builder;
mod hand;
mod handles;
mod lane;
mod lanes;
#[cfg_attr(
    all(
        feature = "capi",
        target_arch = "x86_64",
        target_pointer_width = "64",
        target_os = "linux",
        target_env = "gnu",
        not(any(loom, miri))
    ),
    path = "number_x86_64.rs"
)]
mod number;
mod pace;
mod panics;
mod patience;
mod pool;
mod pool_number;
#[cfg(feature = "capi")]
mod quick;
mod seat;
mod shared;
#[cfg_attr(not(any(loom, target_has_atomic = "64")), path = "no_stash.rs")]
mod stash;
mod stats;
mod storage;
mod tally;
mod worker;

pub use batch::{BatchError, Each, Space};
pub use builder::{BuildError, Builder};
pub use handles::{Collector, Outcomes, Submitter};
pub use pool::Pool;
pub use stats::{Stats, WorkerStats};
pub use worker::Worker;

#[cfg(feature = "capi-core")]
pub(crate) use panics::discard;
#[cfg(any(feature = "capi", loom))]
pub(crate) use patience::Patience;
#[cfg(feature = "capi")]
pub(crate) use {seat::Seat, stash::Unsettled, tally::Ending};
#[cfg(loom)]
pub(crate) use {shared::Shared, stash::Stash};
