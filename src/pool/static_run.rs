//! A worker of a [`StaticPool`](crate::StaticPool) that waits for jobs.

use super::static_pool::StaticWorker;
use crate::idle::Wait;
use crate::ring::{PopError, Word};

impl<J, R, const N: usize, W: Word> StaticWorker<'_, J, R, N, W> {
    /// Runs jobs until the pool is closed and no job is left; in between it waits on `wait`.
    ///
    /// Whoever submits or closes notifies `wait` afterwards. Where several workers share it, one notification after
    /// `close` ends them all: each that leaves notifies the next.
    ///
    /// Blocks, so it belongs into a task or the main loop, not into an interrupt. If `run` unwinds this does too, after
    /// the job's outcome was published.
    ///
    /// ```
    /// use jobring::{Spin, StaticPool};
    ///
    /// let pool = StaticPool::<u32, u32, 8>::new();
    /// for job in 0..8 {
    ///     pool.try_submit(job).unwrap();
    /// }
    /// pool.close();
    /// pool.worker(0).run(&Spin, |job| job * job);
    /// let sum: u32 = std::iter::from_fn(|| pool.try_collect().ok()?.result.ok()).sum();
    /// assert_eq!(sum, 140);
    /// ```
    pub fn run(&self, wait: &impl Wait, run: impl FnMut(J) -> R) {
        self.run_telling(wait, run, || {});
    }

    /// As [`run`](Self::run), and calls `published` after each outcome: to notify whoever collects.
    ///
    /// Once this worker is dropped [`RecvError::Closed`](crate::RecvError::Closed) may be what the collector is to
    /// find: notify it then too.
    pub fn run_telling(&self, wait: &impl Wait, mut run: impl FnMut(J) -> R, mut published: impl FnMut()) {
        loop {
            match self.try_run_one(&mut run) {
                Ok(()) => published(),
                Err(PopError::Empty) => wait.wait_unless(|| self.pool.table.has_news()),
                Err(PopError::Closed) => {
                    wait.notify();
                    return;
                }
            }
        }
    }
}
