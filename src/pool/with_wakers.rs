//! A [`StaticPool`] for tasks of an async executor.

use core::fmt;
use core::future::poll_fn;
use core::task::Poll;

use super::outcome::{JobId, Outcome, WorkerId};
use super::static_pool::{StaticPool, StaticWorker};
use super::{RecvError, SubmitError};
use crate::idle::wakers::{WakerSet, Wakers};
use crate::ring::{Native, PopError, Word};

impl<J, R, const N: usize, W: Word> StaticPool<J, R, N, W> {
    /// The pool for tasks that wait for it, with room for their wakers.
    ///
    /// All users of the pool must go through this, with the same `wakers`: a job submitted past it wakes nobody.
    ///
    /// ```
    /// use jobring::{RecvError, StaticPool, Wakers};
    ///
    /// static POOL: StaticPool<u32, u32, 8> = StaticPool::new();
    /// static WAKERS: Wakers<4> = Wakers::new();
    ///
    /// let pool = POOL.with_wakers(&WAKERS);
    /// std::thread::scope(|scope| {
    ///     scope.spawn(move || pollster::block_on(pool.worker(0).run(|job| job + 1)));
    ///     pollster::block_on(async {
    ///         pool.submit(20).await.unwrap();
    ///         assert_eq!(pool.recv().await.unwrap().result, Ok(21));
    ///         pool.close();
    ///         assert_eq!(pool.recv().await, Err(RecvError::Closed));
    ///     });
    /// });
    /// ```
    pub const fn with_wakers<'a, const K: usize>(&'a self, wakers: &'a Wakers<K>) -> WithWakers<'a, J, R, N, K, W> {
        WithWakers { pool: self, wakers }
    }
}

/// A [`StaticPool`] whose tasks wait for it: made by [`StaticPool::with_wakers`].
///
/// | call | progress | from an interrupt |
/// |---|---|---|
/// | `try_` calls | lock-free, and wakes up to `K` tasks | yes, if the executor's wakers may be used there |
/// | [`close`](Self::close), [`cancel`](Self::cancel) | lock-free, and wakes all tasks that wait | the same |
/// | `async` calls | pending until there is an answer | no |
///
/// A caller that is suspended while it wakes a task keeps no other from waking it. A waker that panics leaves those after it
/// unwoken until the next call that wakes them.
///
/// All futures are cancel-safe: one that is dropped has taken nothing, neither a job nor an outcome nor a wake-up that was
/// another's.
pub struct WithWakers<'a, J, R, const N: usize, const K: usize, W: Word = Native> {
    pool: &'a StaticPool<J, R, N, W>,
    wakers: &'a Wakers<K>,
}

impl<J, R, const N: usize, const K: usize, W: Word> fmt::Debug for WithWakers<'_, J, R, N, K, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithWakers").field("pool", self.pool).finish_non_exhaustive()
    }
}

impl<J, R, const N: usize, const K: usize, W: Word> Clone for WithWakers<'_, J, R, N, K, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<J, R, const N: usize, const K: usize, W: Word> Copy for WithWakers<'_, J, R, N, K, W> {}

impl<'a, J, R, const N: usize, const K: usize, W: Word> WithWakers<'a, J, R, N, K, W> {
    /// Accepts a job, when a slot is free.
    ///
    /// A future that is dropped drops its job, which was not accepted; with [`submit_from`](Self::submit_from) the job
    /// stays with the caller.
    ///
    /// # Errors
    /// [`SubmitError::Closed`]: the job comes back.
    pub async fn submit(self, job: J) -> Result<JobId, SubmitError<J>> {
        let mut job = Some(job);
        match self.submit_from(&mut job).await {
            Some(id) => Ok(id),
            None => Err(SubmitError::Closed(job.expect("it was not accepted"))),
        }
    }

    /// Accepts the job that is in `job`, when a slot is free, and takes it out only then: a future that is dropped before
    /// leaves it there.
    ///
    /// `None` once the pool is closed; the job stays in `job`.
    ///
    /// # Panics
    /// If there is no job in it.
    pub async fn submit_from(self, job: &mut Option<J>) -> Option<JobId> {
        self.wakers
            .slots
            .until(|| match self.try_submit(job.take().expect("there is a job to submit")) {
                Ok(id) => Some(Some(id)),
                Err(error) => {
                    let closed = error.is_closed();
                    *job = Some(error.into_job());
                    closed.then_some(None)
                }
            })
            .await
    }

    /// Accepts a job. As [`StaticPool::try_submit`], and wakes the workers.
    ///
    /// # Errors
    /// The job comes back: [`SubmitError::Full`] while no slot is free, [`SubmitError::Closed`] after
    /// [`close`](Self::close).
    pub fn try_submit(self, job: J) -> Result<JobId, SubmitError<J>> {
        let id = self.pool.try_submit(job)?;
        self.wakers.jobs.notify();
        Ok(id)
    }

    /// Takes the oldest outcome, when there is one.
    ///
    /// # Errors
    /// [`RecvError::Closed`] once the pool is closed, every outcome has been collected and no worker is left.
    pub async fn recv(self) -> Result<Outcome<J, R>, RecvError> {
        self.wakers
            .outcomes
            .until(|| match self.try_collect() {
                Err(RecvError::Empty) => None,
                answer => Some(answer),
            })
            .await
    }

    /// Takes the oldest outcome. As [`StaticPool::try_collect`], and wakes the tasks that wait to submit.
    ///
    /// # Errors
    /// [`RecvError::Empty`] while none is there, [`RecvError::Closed`] as for [`recv`](Self::recv).
    pub fn try_collect(self) -> Result<Outcome<J, R>, RecvError> {
        let outcome = self.pool.try_collect()?;
        self.wakers.slots.notify();
        Ok(outcome)
    }

    /// A worker with a number of the caller's choice, as [`StaticPool::worker`].
    pub fn worker(self, number: u32) -> WakingWorker<'a, J, R, N, K, W> {
        WakingWorker {
            worker: self.pool.worker(number),
            jobs: &self.wakers.jobs,
            outcomes: NotifyOnDrop(&self.wakers.outcomes),
        }
    }

    /// Refuses jobs from now on, as [`StaticPool::close`], and wakes all. True for the call that did it.
    pub fn close(self) -> bool {
        let closed = self.pool.close();
        self.notify_all();
        closed
    }

    /// Closes, and turns the jobs that wait into outcomes, as [`StaticPool::cancel`], and wakes all.
    pub fn cancel(self) {
        self.close();
        while self.pool.cancel_some() {
            self.wakers.outcomes.notify();
        }
        self.notify_all();
    }

    /// The pool itself, to look at.
    pub const fn pool(self) -> &'a StaticPool<J, R, N, W> {
        self.pool
    }

    /// Each call wakes all, not only the first: the first caller may be suspended before it does.
    fn notify_all(self) {
        self.wakers.jobs.notify();
        self.wakers.slots.notify();
        self.wakers.outcomes.notify();
    }
}

/// Notifies when it goes, also by a panic.
struct NotifyOnDrop<'a, const K: usize>(&'a WakerSet<K>);

impl<const K: usize> Drop for NotifyOnDrop<'_, K> {
    fn drop(&mut self) {
        self.0.notify();
    }
}

/// A worker, which runs jobs of a pool [`WithWakers`].
///
/// While it lives the pool waits for outcomes from it: drop it when it is done.
pub struct WakingWorker<'a, J, R, const N: usize, const K: usize, W: Word = Native> {
    // In this order: tasks that wait for outcomes are told once the worker has left.
    worker: StaticWorker<'a, J, R, N, W>,
    outcomes: NotifyOnDrop<'a, K>,
    jobs: &'a WakerSet<K>,
}

impl<J, R, const N: usize, const K: usize, W: Word> fmt::Debug for WakingWorker<'_, J, R, N, K, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WakingWorker").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl<J, R, const N: usize, const K: usize, W: Word> WakingWorker<'_, J, R, N, K, W> {
    /// Runs jobs until the pool is closed and no job is left. Between two jobs it lets other tasks run.
    ///
    /// A future that is dropped has finished the job that it began: jobs run inside of one poll.
    pub async fn run(&self, mut run: impl FnMut(J) -> R) {
        while self.run_one(&mut run).await.is_ok() {
            let mut yielded = false;
            poll_fn(|context| {
                if yielded {
                    return Poll::Ready(());
                }
                yielded = true;
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
    }

    /// Runs the oldest job, when there is one.
    ///
    /// # Errors
    /// [`PopError::Closed`] once the pool is closed and no job is left.
    pub async fn run_one(&self, mut run: impl FnMut(J) -> R) -> Result<(), PopError> {
        self.jobs
            .until(|| match self.try_run_one(&mut run) {
                Err(PopError::Empty) => None,
                answer => Some(answer),
            })
            .await
    }

    /// Runs the oldest job, if there is one, as [`StaticWorker::try_run_one`], and wakes the tasks that wait for outcomes.
    ///
    /// # Errors
    /// [`PopError::Empty`] while no job waits, [`PopError::Closed`] once the pool is closed and no job is left.
    pub fn try_run_one(&self, run: impl FnOnce(J) -> R) -> Result<(), PopError> {
        let published = NotifyOnDrop(self.outcomes.0);
        let ran = self.worker.try_run_one(run);
        if ran.is_err() {
            core::mem::forget(published);
        }
        ran
    }

    /// The number given to [`WithWakers::worker`].
    pub fn id(&self) -> WorkerId {
        self.worker.id()
    }
}
