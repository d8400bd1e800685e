//! One-way handles: the Go pattern's channel directions, as types.

use core::fmt;
use core::iter::FusedIterator;
use core::time::Duration;

use super::batch::{BatchError, Space};
use super::patience::Patience;
use super::shared::Shared;
use crate::pool::{JobId, Outcome, RecvError, SubmitError};
use crate::sync::host::Arc;

/// The sending end of a pool: it can submit and close, and nothing else.
///
/// Clones are cheap, and may live on after the pool: then every submit is refused. Dropping the last one closes nothing: call
/// [`close`](Self::close) when no more jobs come, or receivers wait for ever.
pub struct Submitter<J, R> {
    shared: Arc<Shared<J, R>>,
}

impl<J, R> Submitter<J, R> {
    pub(crate) fn new(shared: Arc<Shared<J, R>>) -> Self {
        Self { shared }
    }

    /// As [`Pool::submit`](crate::Pool::submit).
    ///
    /// # Errors
    /// [`SubmitError::Closed`] with the job.
    #[inline]
    pub fn submit(&self, job: J) -> Result<JobId, SubmitError<J>> {
        self.shared.submit(Patience::Endless, job)
    }

    /// As [`Pool::try_submit`](crate::Pool::try_submit).
    ///
    /// # Errors
    /// [`SubmitError::Full`] or [`SubmitError::Closed`] with the job.
    #[inline]
    pub fn try_submit(&self, job: J) -> Result<JobId, SubmitError<J>> {
        self.shared.submit(Patience::None, job)
    }

    /// As [`Pool::submit_timeout`](crate::Pool::submit_timeout).
    ///
    /// # Errors
    /// [`SubmitError::Timeout`] or [`SubmitError::Closed`] with the job.
    pub fn submit_timeout(&self, job: J, timeout: Duration) -> Result<JobId, SubmitError<J>> {
        self.shared.submit(Patience::lasting(timeout), job)
    }

    /// As [`Pool::submit_batch`](crate::Pool::submit_batch).
    ///
    /// # Errors
    /// [`BatchError`] if the pool is closed.
    pub fn submit_batch(&self, jobs: &mut impl Iterator<Item = J>) -> Result<usize, BatchError<J>> {
        self.shared.submit_batch(false, jobs)
    }

    /// As [`Pool::submit_all`](crate::Pool::submit_all).
    ///
    /// # Errors
    /// [`BatchError`] if the pool is closed.
    pub fn submit_all(&self, jobs: impl IntoIterator<Item = J>) -> Result<usize, BatchError<J>> {
        self.shared.submit_batch(true, &mut jobs.into_iter())
    }

    /// As [`Pool::close`](crate::Pool::close).
    pub fn close(&self) -> bool {
        self.shared.close()
    }

    /// As [`Pool::is_closed`](crate::Pool::is_closed).
    pub fn is_closed(&self) -> bool {
        self.shared.is_closed()
    }
}

impl<J, R> Clone for Submitter<J, R> {
    fn clone(&self) -> Self {
        Self::new(self.shared.clone())
    }
}

impl<J, R> fmt::Debug for Submitter<J, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submitter").field("closed", &self.is_closed()).finish()
    }
}

/// The receiving end of a pool.
///
/// Clones are cheap and share the outcomes: each goes to one of them. They may live on after the pool, until all
/// outcomes have been received. What it receives ends when the pool is closed, not when the last [`Submitter`] is gone.
pub struct Collector<J, R> {
    shared: Arc<Shared<J, R>>,
}

impl<J, R> Collector<J, R> {
    pub(crate) fn new(shared: Arc<Shared<J, R>>) -> Self {
        Self { shared }
    }

    /// As [`Pool::recv`](crate::Pool::recv).
    ///
    /// # Errors
    /// [`RecvError::Closed`].
    #[inline]
    pub fn recv(&self) -> Result<Outcome<J, R>, RecvError> {
        self.shared.recv(Patience::Endless)
    }

    /// As [`Pool::try_recv`](crate::Pool::try_recv).
    ///
    /// # Errors
    /// [`RecvError::Empty`] or [`RecvError::Closed`].
    #[inline]
    pub fn try_recv(&self) -> Result<Outcome<J, R>, RecvError> {
        self.shared.recv(Patience::None)
    }

    /// As [`Pool::recv_timeout`](crate::Pool::recv_timeout).
    ///
    /// # Errors
    /// [`RecvError::Timeout`] or [`RecvError::Closed`].
    pub fn recv_timeout(&self, timeout: Duration) -> Result<Outcome<J, R>, RecvError> {
        self.shared.recv(Patience::lasting(timeout))
    }

    /// As [`Pool::recv_batch`](crate::Pool::recv_batch).
    ///
    /// # Errors
    /// [`RecvError::Closed`].
    #[inline(always)]
    pub fn recv_batch(&self, space: &mut (impl Space<J, R> + ?Sized)) -> Result<usize, RecvError> {
        self.shared.recv_batch(Patience::Endless, space)
    }

    /// As [`Pool::try_recv_batch`](crate::Pool::try_recv_batch).
    ///
    /// # Errors
    /// [`RecvError::Empty`] or [`RecvError::Closed`].
    #[inline(always)]
    pub fn try_recv_batch(&self, space: &mut (impl Space<J, R> + ?Sized)) -> Result<usize, RecvError> {
        self.shared.recv_batch(Patience::None, space)
    }

    /// As [`Pool::outcomes`](crate::Pool::outcomes).
    pub fn outcomes(&self) -> Outcomes<'_, J, R> {
        Outcomes { shared: &self.shared }
    }
}

impl<J, R> Clone for Collector<J, R> {
    fn clone(&self) -> Self {
        Self::new(self.shared.clone())
    }
}

impl<J, R> fmt::Debug for Collector<J, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

/// Iterates over outcomes, waiting for each, until the pool is closed and drained.
#[must_use = "an iterator does nothing until it is asked"]
pub struct Outcomes<'a, J, R> {
    shared: &'a Shared<J, R>,
}

impl<'a, J, R> Outcomes<'a, J, R> {
    pub(crate) fn new(shared: &'a Shared<J, R>) -> Self {
        Self { shared }
    }
}

impl<J, R> Iterator for Outcomes<'_, J, R> {
    type Item = Outcome<J, R>;

    fn next(&mut self) -> Option<Outcome<J, R>> {
        self.shared.recv(Patience::Endless).ok()
    }
}

impl<J, R> FusedIterator for Outcomes<'_, J, R> {}

/// As [`Collector::outcomes`].
impl<'a, J, R> IntoIterator for &'a Collector<J, R> {
    type Item = Outcome<J, R>;
    type IntoIter = Outcomes<'a, J, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.outcomes()
    }
}

impl<J, R> fmt::Debug for Outcomes<'_, J, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcomes").finish_non_exhaustive()
    }
}
