//! The engine in a `static`: no heap, no threads, no waiting.

use core::fmt;

use super::outcome::{JobId, Outcome, WorkerId};
use super::slot::{JobStatus, Slot};
use super::table::{Storage, Table};
use super::{RecvError, SubmitError};
use crate::ring::free::FreeSet;
use crate::ring::raw::{Inline, RawRing};
use crate::ring::{Native, PopError, Word};
use crate::sync::AtomicUsize;

/// Slots and words inline.
pub(super) struct InPlace<const N: usize, W: Word>(core::marker::PhantomData<W>);

impl<const N: usize, W: Word> Storage for InPlace<N, W> {
    type Words = Inline<W, N, true>;
    type Slots<J, R> = [Slot<J, R>; N];
}

/// A pool of `N` slots without threads of its own: whoever calls [`StaticWorker::try_run_one`] is a worker, be it a
/// thread, the main loop or an interrupt handler.
///
/// Every accepted job gives exactly one outcome. Nothing blocks, nothing allocates; every call is lock-free and may
/// be made from an interrupt. A context that is suspended inside of a call holds up nobody; it keeps the one job or slot
/// that it works on (`cancel` up to as many jobs as a word holds, 128 at most). So [`Full`](SubmitError::Full) means: all
/// `N` slots hold a job or an outcome, or are in the hands of a call that has not returned.
///
/// ```
/// use jobring::{RecvError, StaticPool};
///
/// static POOL: StaticPool<u32, u32, 8> = StaticPool::new();
///
/// let id = POOL.try_submit(20).unwrap();
/// POOL.close();
///
/// let worker = POOL.worker(0);
/// while worker.try_run_one(|job| job + 1).is_ok() {}
/// drop(worker);
///
/// let outcome = POOL.try_collect().unwrap();
/// assert_eq!((outcome.job, outcome.result), (id, Ok(21)));
/// assert_eq!(POOL.try_collect(), Err(RecvError::Closed));
/// ```
pub struct StaticPool<J, R, const N: usize, W: Word = Native> {
    pub(super) table: Table<J, R, InPlace<N, W>>,
}

impl<J, R, const N: usize> StaticPool<J, R, N> {
    crate::sync::const_unless_loom! {
        /// An empty pool; in a `static` it is all zeros. `N` is any number from 1 up to what leaves enough lap bits
        /// in a word (2^31, and 2^27 where atomics have 32 bits); anything else does not compile.
        pub fn new() -> Self {
            Self::with_words()
        }
    }
}

impl<J, R, const N: usize, W: Word> StaticPool<J, R, N, W> {
    /// An empty pool whose words have another width than the target's own.
    ///
    /// A capacity that leaves too few lap bits does not compile: 8 is the most for words of 8 bits.
    ///
    /// ```
    /// static POOL: jobring::StaticPool<u32, u32, 8, u8> = jobring::StaticPool::with_words();
    /// ```
    ///
    /// ```compile_fail,E0080
    /// static POOL: jobring::StaticPool<u32, u32, 9, u8> = jobring::StaticPool::with_words();
    /// ```
    #[cfg(not(loom))]
    pub const fn with_words() -> Self {
        Self {
            table: Table::over(
                FreeSet::over(Inline::zeros()),
                RawRing::over(Inline::zeros()),
                RawRing::over(Inline::zeros()),
                AtomicUsize::new(0),
                [const { Slot::new() }; N],
            ),
        }
    }

    /// An empty pool whose words have another width than the target's own.
    #[cfg(loom)]
    pub fn with_words() -> Self {
        Self {
            table: Table::over(
                FreeSet::over(Inline::zeros()),
                RawRing::over(Inline::zeros()),
                RawRing::over(Inline::zeros()),
                AtomicUsize::new(0),
                core::array::from_fn(|_| Slot::new()),
            ),
        }
    }

    /// Accepts a job.
    ///
    /// # Errors
    /// The job comes back: [`SubmitError::Full`] while no slot is free, [`SubmitError::Closed`] after
    /// [`close`](Self::close).
    pub fn try_submit(&self, job: J) -> Result<JobId, SubmitError<J>> {
        match self.table.claim(1) {
            Some(run) => self.table.submit(run, job).map_err(SubmitError::Closed),
            None if self.table.is_closed() => Err(SubmitError::Closed(job)),
            None => Err(SubmitError::Full(job)),
        }
    }

    /// A worker with a number of the caller's choice. Several may be at work at once, and several may bear one number.
    /// (`u32::MAX` is [`WorkerId::NONE`], which says that nobody ran a job.)
    pub fn worker(&self, number: u32) -> StaticWorker<'_, J, R, N, W> {
        self.table.enter();
        StaticWorker { pool: self, id: WorkerId(number) }
    }

    /// Takes the oldest outcome.
    ///
    /// # Errors
    /// [`RecvError::Empty`] while none is there, [`RecvError::Closed`] once the pool is closed, every outcome has been
    /// collected and no worker is left that could bring another one, nor a [`cancel`](Self::cancel) under way. (So an interrupt
    /// must not repeat it until then: it may have interrupted one of these.)
    pub fn try_collect(&self) -> Result<Outcome<J, R>, RecvError> {
        let run = self.table.take_or_settle()?;
        let outcome = self.table.read_one(&run);
        self.table.release(run);
        Ok(outcome)
    }

    /// Refuses jobs from now on. What was accepted before stays accepted. True for the call that did it.
    pub fn close(&self) -> bool {
        self.table.close()
    }

    /// Turns the jobs that wait into outcomes [`JobError::Cancelled`](crate::JobError::Cancelled) with the job in them, and
    /// closes.
    pub fn cancel(&self) {
        self.table.cancel();
    }

    /// Cancels some of the jobs that wait; false if none does. For callers that run user code in between.
    #[cfg(feature = "async")]
    pub(super) fn cancel_some(&self) -> bool {
        self.table.enter();
        let run = self.table.cancel_some();
        let some = run.is_some();
        if let Some(run) = run {
            self.table.publish(run);
        }
        self.table.leave();
        some
    }

    /// Whether jobs are refused for ever.
    pub fn is_closed(&self) -> bool {
        self.table.is_closed()
    }

    /// Where a job is; `None` once its outcome has been collected.
    pub fn status(&self, job: JobId) -> Option<JobStatus> {
        self.table.status(job)
    }

    /// Jobs accepted whose outcome has not been collected: exact while nothing moves.
    pub fn in_flight(&self) -> usize {
        self.table.counts().in_flight
    }

    /// `N`.
    pub const fn capacity(&self) -> usize {
        N
    }
}

impl<J, R, const N: usize> Default for StaticPool<J, R, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<J, R, const N: usize, W: Word> fmt::Debug for StaticPool<J, R, N, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticPool")
            .field("in_flight", &self.in_flight())
            .field("capacity", &N)
            .field("closed", &self.is_closed())
            .finish()
    }
}

/// A worker, which runs jobs of a [`StaticPool`].
///
/// While it lives the pool waits for outcomes from it: drop it when it is done, or the collectors never see
/// [`RecvError::Closed`].
pub struct StaticWorker<'pool, J, R, const N: usize, W: Word = Native> {
    pub(super) pool: &'pool StaticPool<J, R, N, W>,
    id: WorkerId,
}

impl<J, R, const N: usize, W: Word> StaticWorker<'_, J, R, N, W> {
    /// Runs the oldest job, if there is one, and publishes what it returns.
    ///
    /// If `run` unwinds, the outcome says [`JobError::Panicked`](crate::JobError::Panicked), without its message, and the panic
    /// goes on.
    ///
    /// # Errors
    /// [`PopError::Empty`] while no job waits, [`PopError::Closed`] once the pool is closed and no job is left.
    pub fn try_run_one(&self, run: impl FnOnce(J) -> R) -> Result<(), PopError> {
        self.pool.table.run_one(self.id, run)
    }

    /// The number given to [`StaticPool::worker`].
    pub fn id(&self) -> WorkerId {
        self.id
    }
}

impl<J, R, const N: usize, W: Word> fmt::Debug for StaticWorker<'_, J, R, N, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticWorker").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<J, R, const N: usize, W: Word> Drop for StaticWorker<'_, J, R, N, W> {
    fn drop(&mut self) {
        self.pool.table.leave();
    }
}
