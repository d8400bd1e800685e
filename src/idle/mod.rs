//! Waiting without an operating system: what a context does while there is nothing for it to do.
//!
//! The pool itself never waits. Whoever finds nothing waits on a [`Wait`], and whoever publishes something notifies it:
//!
//! ```text
//!     publisher                              waiter
//!     publish (submit, close)                prepare: from here on no notification is missed
//!     notify                                 look again: `news`
//!                                                something there: do not sleep
//!                                                nothing: sleep until notified
//! ```
//!
//! [`Wait::wait_unless`] is the right column in one call, so that no implementation can forget a step. What makes the two
//! columns safe differs: a semaphore and the event register of a Cortex-M remember a notification that comes before
//! the sleep; `WFI` does not, so the second look and the sleep happen with interrupts masked; wakers are registered
//! before the second look (`wakers`, for tasks of an async executor).
//!
//! On hosts, `Pool` has the same steps over a futex: see `wait`.

mod functions;
#[cfg(all(feature = "bare-metal", any(cortex_m, bare_riscv)))]
mod instruction;
mod spin;
#[cfg(feature = "async")]
mod waker_cell;
#[cfg(feature = "async")]
pub(crate) mod wakers;

pub use functions::Functions;
#[cfg(all(feature = "bare-metal", cortex_m))]
pub use instruction::Wfe;
#[cfg(all(feature = "bare-metal", any(cortex_m, bare_riscv)))]
pub use instruction::Wfi;
pub use spin::Spin;
#[cfg(feature = "async")]
pub use wakers::Wakers;

/// How a context waits until somebody has published something, and how it is told.
///
/// | implementation | waits by | is notified by | for |
/// |---|---|---|---|
/// | [`Spin`] | looking again and again | nothing | tests, and a core with nothing else to do |
/// | [`Functions`] | the caller's function | the caller's function | an RTOS task, a thread, a doorbell between cores |
/// | `Wfe` | `WFE` | `SEV` | Cortex-M; feature `bare-metal` |
/// | `Wfi` | `WFI`, interrupts masked | the interrupt itself | Cortex-M, RISC-V in machine mode; feature `bare-metal` |
///
/// The one that suits a worker is given to [`StaticWorker::run`](crate::StaticWorker::run).
pub trait Wait {
    /// Returns after a notification, or at once if `news` says that there is something already. It may also return
    /// without a reason; callers look again in any case.
    ///
    /// No notification is missed that comes after `news` was called, nor one that came before and whose publication
    /// `news` did not see. `news` is called at most once, possibly with interrupts masked: it must be short.
    fn wait_unless(&self, news: impl FnOnce() -> bool);

    /// Wakes a waiter; called after the publication. Lock-free, and allowed in an interrupt.
    fn notify(&self);
}
