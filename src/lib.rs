//! jobring
#![no_std]
#![deny(missing_docs)]

#[cfg(feature = "std")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "capi")]
pub mod capi;
#[cfg(feature = "std")]
mod host;
mod pool;
mod ring;
mod sync;
#[cfg(feature = "std")]
mod wait;

#[cfg(feature = "std")]
pub use host::{BuildError, Builder, Collector, Outcomes, Pool, Stats, Submitter, Worker, WorkerStats};
pub use pool::{
    JobError, JobId, JobStatus, Outcome, PanicMessage, RecvError, StaticPool, StaticWorker, SubmitError, WorkerId,
};
pub use ring::{Native, PopError, PushError, Ring, TicketRing, Word};
