//! The caller's own way of sleeping and waking.

use core::fmt;

use super::Wait;

/// Waits and notifies by two functions of the caller's, which get its context: a semaphore, a task's handle, a mailbox.
///
/// The pair must remember a notification that comes while nobody waits, as semaphores, task notifications and
/// `thread::unpark` do: the next wait then returns at once. Remembering one is enough.
///
/// `notify` must be fit for the contexts that call it: in an interrupt, the `FromISR` variant of an RTOS's function. Two
/// `Functions` over one semaphore may differ in that.
///
/// Several workers may share one context if it counts notifications (a counting semaphore). With one that remembers a
/// single notification, give each worker its own: a shared one loses no job, but may leave work to one of them.
///
/// ```
/// use std::thread;
/// use jobring::{Functions, RecvError, StaticPool, Wait};
///
/// static POOL: StaticPool<u32, u32, 8> = StaticPool::new();
///
/// let worker = thread::spawn(|| {
///     // The one that notifies it is never needed here: it stands for itself.
///     let doze = Functions::new((), |()| thread::park(), |()| {});
///     POOL.worker(0).run(&doze, |job| job + 1);
/// });
/// let bell = Functions::new(worker.thread().clone(), |_| {}, thread::Thread::unpark);
///
/// POOL.try_submit(20).unwrap();
/// bell.notify();
/// POOL.close();
/// bell.notify();
///
/// worker.join().unwrap();
/// assert_eq!(POOL.try_collect().unwrap().result, Ok(21));
/// assert_eq!(POOL.try_collect(), Err(RecvError::Closed));
/// ```
#[derive(Clone, Copy)]
pub struct Functions<C> {
    context: C,
    wait: fn(&C),
    notify: fn(&C),
}

impl<C> Functions<C> {
    /// `wait` sleeps until it is notified; `notify` wakes a sleeper, or lets the next wait return at once.
    pub const fn new(context: C, wait: fn(&C), notify: fn(&C)) -> Self {
        Self { context, wait, notify }
    }

    /// What the functions get.
    pub const fn context(&self) -> &C {
        &self.context
    }
}

impl<C> Wait for Functions<C> {
    #[inline]
    fn wait_unless(&self, news: impl FnOnce() -> bool) {
        // A notification that comes after this look is remembered.
        if !news() {
            (self.wait)(&self.context);
        }
    }

    #[inline]
    fn notify(&self) {
        (self.notify)(&self.context);
    }
}

impl<C: fmt::Debug> fmt::Debug for Functions<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions").field("context", &self.context).finish_non_exhaustive()
    }
}
