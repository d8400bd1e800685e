//! A bounded worker pool on a lock-free ring, for Rust, C and C++, on hosts and on bare metal.
//!
//! ```text
//!                  submit                     worker                     receive
//!     free  ──────────────────▶ jobs ──────────────────▶ outcomes ──────────────────▶ free
//!             write the job            run in place,             read the outcome
//!             into its slot            outcome over the job
//! ```
//!
//! | type | what it is | needs |
//! |---|---|---|
//! | [`Pool`] | jobs in, worker threads, one outcome for each job out | `std` |
//! | [`StaticPool`] | the same engine without threads, in a `static`; workers wait by a [`Wait`], tasks with `async` | nothing |
//! | [`Ring`] | a lock-free FIFO ring of any values | nothing |
//! | [`SwapRing`] | the same for those who can keep a handle: half the exchanges for values too large to ride in words | nothing |
//! | [`TicketRing`] | a lock-free FIFO ring of small integers, such as indices; pools are made of it | nothing |
//!
//! ```
//! # #[cfg(feature = "std")] {
//! use jobring::Pool;
//!
//! let pool = Pool::builder().workers(4).capacity(16).build(|_worker, n: u64| n * n).unwrap();
//! std::thread::scope(|scope| {
//!     scope.spawn(|| {
//!         for n in 0..100 {
//!             pool.submit(n).unwrap();
//!         }
//!         pool.close();
//!     });
//!     let sum: u64 = pool.outcomes().map(|outcome| outcome.result.unwrap()).sum();
//!     assert_eq!(sum, 328_350);
//! });
//! # }
//! ```
//!
//! # Features
//!
//! - `std` (default): [`Pool`] and what belongs to it. Without it everything else is there.
//! - `async`: tasks that wait for a [`StaticPool`].
//! - `bare-metal`: sleeping by `WFI` and `WFE`, on processors that have them.
//! - `portable-atomic`: atomics for targets without compare-exchange.
//! - `heapless`: batches of outcomes into vectors of `heapless` 0.9; turns on `std`.
//! - `capi`, `capi-core`, `panic-handler`: the C functions; those of them that need no operating system; and, for a C library
//!   without std, a trap for panics.
//!
//! # Guarantees
//!
//! - **Never stalls.** A thread that is suspended at any instruction of any call holds up no other. It keeps what it has in
//!   its hands: in a ring one cell, in a pool one slot or a few ([`Pool`] says how many at most, and threads that wait for the
//!   end of a pool wait for those, too). A wake-up that it was given and has not acted on passes to the next waiter with the
//!   next publication. Threads that are awake find what it has published and told nobody of yet; sleepers are told with the
//!   next publication. For [`Pool`] this is whole on Linux, where threads sleep by a futex; elsewhere they fall asleep under
//!   a mutex, and a thread that is suspended while it holds the mutex delays threads that wake others.
//! - **Never loses.** Every accepted job gives exactly one [`Outcome`], whatever happens to it. `close` is exact: what was
//!   accepted before it is run (or comes back, after a `cancel`), and nothing is accepted after it.
//! - **Bounded.** At most `capacity` jobs are in flight. After construction submitting, running and receiving allocate
//!   nothing, except for a panic's message and for the jobs that a closed pool hands back from a batch
//!   ([`BatchError::refused`]); besides them only [`Pool::stats`] and [`Pool::join`] allocate, for their list of workers.
//!   (What the standard library sets up once for each thread that calls is the library's affair.)
//!
//! # Reading the source
//!
//! `ring` (first `ring/word.rs` and `ring/layout.rs`, what a word is and holds; the algorithm is in `ring/raw.rs`, that of
//! small values in `ring/pairs.rs`, the set of free tickets in `ring/free.rs`), then `idle` (waiting without an operating
//! system) and `pool` (the engine is `pool/table.rs`), then `wait` (how threads sleep), then `host` (what submitting and
//! receiving is: `host/shared/`; what each thread keeps at hand: `host/hand.rs`, `host/lane.rs`, `host/stash.rs`), then
//! `capi`. Each knows only those before it, and `sync`, where atomics come from. The vocabulary (`quickly`, `apart`,
//! `anywhere` and so on) is at the head of `docs/design.md`.
// What is named above but is not in this build has its page on docs.rs.
#![cfg_attr(
    not(feature = "std"),
    doc = "

[`Pool`]: https://docs.rs/jobring/latest/jobring/struct.Pool.html
[`Pool::stats`]: https://docs.rs/jobring/latest/jobring/struct.Pool.html#method.stats
[`Pool::join`]: https://docs.rs/jobring/latest/jobring/struct.Pool.html#method.join
[`BatchError::refused`]: https://docs.rs/jobring/latest/jobring/struct.BatchError.html#structfield.refused"
)]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(missing_docs)]
// The default build finds a forgotten `std::`.
#![warn(clippy::std_instead_of_core, clippy::std_instead_of_alloc)]

#[cfg(feature = "std")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "capi-core")]
pub mod capi;
#[cfg(feature = "std")]
mod host;
mod idle;
mod pool;
mod ring;
mod sync;
mod unwind;
#[cfg(feature = "std")]
mod wait;

#[cfg(feature = "std")]
pub use host::{
    BatchError, BuildError, Builder, Collector, Each, Outcomes, Pool, Space, Stats, Submitter, Worker, WorkerStats,
};
#[cfg(feature = "async")]
pub use idle::Wakers;
#[cfg(all(feature = "bare-metal", cortex_m))]
pub use idle::Wfe;
#[cfg(all(feature = "bare-metal", any(cortex_m, bare_riscv)))]
pub use idle::Wfi;
pub use idle::{Functions, Spin, Wait};
pub use pool::{
    JobError, JobId, JobStatus, Outcome, PanicMessage, RecvError, StaticPool, StaticStats, StaticWorker, SubmitError,
    WorkerId,
};
#[cfg(feature = "async")]
pub use pool::{WakingWorker, WithWakers};
pub use ring::{Native, PopError, PushError, Ring, SwapHandle, SwapRing, TicketRing, Word};

/// What the models test from inside.
#[cfg(all(loom, feature = "std"))]
#[doc(hidden)]
pub mod model;

/// What the tests in `tests/steps` stop threads with.
#[cfg(jobring_steps)]
#[doc(hidden)]
pub mod steps {
    pub use crate::sync::steps::{Hook, step, watch};
}

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
struct Readme;
