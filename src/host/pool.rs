//! The pool as its owner sees it.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::batch::{BatchError, Space};
use super::builder::Builder;
use super::handles::{Collector, Outcomes, Submitter};
use super::patience::Patience;
use super::shared::Shared;
use super::stats::{Stats, WorkerStats};
use super::worker::see_off;
#[cfg(feature = "capi")]
use super::{quick::Quick, seat::Seat};
use crate::pool::{JobId, JobStatus, Outcome, RecvError, SubmitError};
use crate::sync::host::thread::{self, JoinHandle};
use crate::sync::host::{Arc, Mutex};

/// A bounded pool of worker threads: jobs of type `J` go in, exactly one [`Outcome`] for each comes out.
///
/// At most `capacity` jobs are in flight, from `submit` to `recv`. After construction this type allocates for a panic's
/// message, for [`BatchError::refused`], and for the list of workers that [`stats`](Self::stats) and [`join`](Self::join)
/// give, and for nothing else. All calls are for any number of threads at once. Those that start with `try_`
/// never wait, and neither does [`submit_batch`](Self::submit_batch). A thread that is suspended inside of any call holds up
/// nobody else. (On Linux. Elsewhere threads fall asleep under a mutex, and a thread suspended while it holds the mutex
/// delays threads that wake others.) A wake-up that the suspended thread was given and has not acted on passes to the next
/// waiter with the next job, outcome or free slot, whichever they wait for. If a thread is suspended just after it has accepted a
/// job, published outcomes, given back slots or kept something, before it tells of it, threads that are awake find that, and
/// sleepers are told with the next one. What it may have in its hands meanwhile:
///
/// - a submitter the slot of its job, a receiver the outcome that it reads; in a batch, as many as go at once: up to 32, in
///   larger pools up to an eighth of the capacity, 128 at most;
/// - either of them, in the moment between taking some and keeping them for its next calls, more slots or outcomes: up to
///   an eighth of the capacity, 64 at most, and none in a pool of fewer than 16. What it has kept others can have;
/// - a worker the jobs that it took at once: one, or as many short ones as make some 20 µs of work, no more than a batch has
///   at once, and than `capacity / (workers + 1)`;
/// - whoever cancels as many jobs as a batch has at once.
///
/// So a few batches whose iterators or functions take their time can have all slots of a pool in their hands.
///
/// These slots count as taken. So [`Full`](SubmitError::Full) means: while this call looked, each slot held a job or an
/// outcome, or was in the hands of another call at some moment. With no other call under way it is exact. And
/// [`Closed`](RecvError::Closed) waits for all threads that may still bring an outcome: workers, callers of `cancel`, and
/// receivers that may have taken some to keep and have not kept them yet. [`join`](Self::join) waits for workers and callers of
/// `cancel`. A suspended thread among these holds up only the end.
///
/// Whoever waits here, a worker too, stays awake for some 100 µs (longer where threads wait for a core) and lets others run,
/// and then sleeps. So what comes soon is answered soon, at the price of that much processor time; where again and again
/// nothing has come in that time, a thread mostly sleeps after a fraction of it, and a pool without work uses none. Where there
/// are more workers than cores, those workers for which there is no core beside a submitter also rest for a millisecond now and
/// then, if threads wait for a core and little work is there. So where all other workers are in long jobs, a job may wait as
/// long as that for a resting worker. A worker that takes many short jobs again and again rests seldom, and briefly: in a pool
/// of 16,384 slots or more for some 10 to 100 µs, so that more of them come together; and where there are fewer workers than
/// cores, but other threads want this one, for some 50 µs, so that the system finds it another core.
///
/// Dropping a pool closes it, and waits for the accepted jobs and the worker threads. Outcomes that nobody has received live as
/// long as there is a [`Collector`] or a [`Submitter`], and are dropped with the last of them and the pool. If the drop of one
/// of them panics the others are dropped nonetheless, and then this panics with its message, unless a panic is under way.
///
/// ```
/// use jobring::Pool;
///
/// let pool = Pool::builder().workers(4).capacity(16).build(|_worker, n: u64| n * n)?;
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         for n in 0..100 {
///             pool.submit(n).unwrap();
///         }
///         pool.close();
///     });
///     let sum: u64 = pool.outcomes().map(|outcome| outcome.result.unwrap()).sum();
///     assert_eq!(sum, (0..100).map(|n| n * n).sum());
/// });
/// assert_eq!(pool.join().done, 100);
/// # Ok::<(), jobring::BuildError>(())
/// ```
///
/// # Traps
///
/// - A signal handler must not call a pool: it may have interrupted a call of the same thread. (A
///   [`Ring`](crate::Ring) or a [`StaticPool`](crate::StaticPool) it may call.)
/// - In a forked child the pools of its parent have no threads: use none of them there, and leave them undropped. New ones
///   work.
/// - One thread that submits everything before it receives anything waits for ever once all slots are in flight, as
///   with a channel that is too small. Receive in another thread, or in between, or make `capacity` the number of jobs.
/// - A job that submits to its own pool with the blocking call can wait for ever in the same way: use
///   [`try_submit`](Self::try_submit) there.
/// - A job that receives from its own pool with the blocking call can wait for ever: neither its own outcome nor
///   [`Closed`](RecvError::Closed) can come before it returns, nor can the outcomes of the jobs that its worker took
///   along with it. Use [`try_recv`](Self::try_recv) there.
/// - A job that waits for another job, or until the outcome of that job has been received, can wait for ever: a worker runs the
///   short jobs that it took at once one after the other and publishes their outcomes together, and the job that is waited for
///   may be among them.
/// - A vector that is full has no room: [`recv_batch`](Self::recv_batch) returns 0 at once, also when the pool is closed, and
///   `while pool.recv_batch(&mut vector).is_ok()` never ends without a `vector.clear()` in it.
/// - Only `close`, `cancel`, `join` and the drop of the pool close it. Dropping all [`Submitter`]s does not, so whoever
///   receives goes on waiting.
pub struct Pool<J, R> {
    shared: Arc<Shared<J, R>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Pool<(), ()> {
    /// Begins a pool.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl<J, R> Pool<J, R> {
    pub(crate) fn new(shared: Arc<Shared<J, R>>, threads: Vec<JoinHandle<()>>) -> Self {
        Self { shared, threads: Mutex::new(threads) }
    }

    /// Submits a job; waits while all slots are in flight.
    ///
    /// # Errors
    /// [`SubmitError::Closed`] with the job, also if the pool is closed while this waits.
    #[inline]
    pub fn submit(&self, job: J) -> Result<JobId, SubmitError<J>> {
        self.shared.submit(Patience::Endless, job)
    }

    /// Submits a job if a slot is free.
    ///
    /// # Errors
    /// [`SubmitError::Full`] (what it means is said [above](Self)) or [`SubmitError::Closed`] with the job.
    #[inline]
    pub fn try_submit(&self, job: J) -> Result<JobId, SubmitError<J>> {
        self.shared.submit(Patience::None, job)
    }

    /// Submits a job; waits up to `timeout` while all slots are in flight. A timeout too long for the clock is endless.
    ///
    /// # Errors
    /// [`SubmitError::Timeout`] or [`SubmitError::Closed`] with the job.
    pub fn submit_timeout(&self, job: J, timeout: Duration) -> Result<JobId, SubmitError<J>> {
        self.shared.submit(Patience::lasting(timeout), job)
    }

    /// Submits jobs from an iterator as long as slots are free, without waiting for more; says how many. The others are still
    /// in the iterator.
    ///
    /// They go into neighbouring slots, up to 128 at once, at a fraction of the cost of single submits; each is still a job of
    /// its own, and workers take them one by one where jobs are long. Those that go together are accepted together, so none of
    /// them before the iterator has given the last; no more than 32 for an iterator that does not say how many it has at most.
    /// If the iterator panics, the jobs that it gave for the same slots are dropped; those before are accepted. While it runs
    /// as many slots are held for what it may give.
    ///
    /// # Errors
    /// [`BatchError`] if the pool is closed.
    pub fn submit_batch(&self, jobs: &mut impl Iterator<Item = J>) -> Result<usize, BatchError<J>> {
        self.shared.submit_batch(false, jobs)
    }

    /// Submits all jobs of an iterator, as [`submit_batch`](Self::submit_batch); waits while all slots are in flight.
    ///
    /// # Errors
    /// [`BatchError`] if the pool is closed, also while this waits. Jobs that the iterator has not given by then are dropped with
    /// it: give `&mut iterator` to keep them.
    pub fn submit_all(&self, jobs: impl IntoIterator<Item = J>) -> Result<usize, BatchError<J>> {
        self.shared.submit_batch(true, &mut jobs.into_iter())
    }

    /// Receives an outcome; waits while there is none.
    ///
    /// Workers publish outcomes in the order in which they ran the jobs, those of jobs that a worker took at once
    /// together. One thread that receives, and no other, gets them in the order in which they were published. Where
    /// several receive, each takes some at once for its next calls (up to an eighth of the capacity, 64 at most), and each
    /// gets its own in that order. Outcomes that a thread has kept and does not come back for go to the others once nothing
    /// else is there.
    ///
    /// # Errors
    /// [`RecvError::Closed`] once the pool is closed and all outcomes have been received.
    #[inline]
    pub fn recv(&self) -> Result<Outcome<J, R>, RecvError> {
        self.shared.recv(Patience::Endless)
    }

    /// Receives an outcome, if there is one.
    ///
    /// # Errors
    /// [`RecvError::Empty`] (also while all that are there are in the hands of other receivers' calls), or
    /// [`RecvError::Closed`] as in [`recv`](Self::recv).
    #[inline]
    pub fn try_recv(&self) -> Result<Outcome<J, R>, RecvError> {
        self.shared.recv(Patience::None)
    }

    /// Receives an outcome; waits up to `timeout` for one. A timeout too long for the clock is endless.
    ///
    /// # Errors
    /// [`RecvError::Timeout`], or [`RecvError::Closed`] as in [`recv`](Self::recv).
    pub fn recv_timeout(&self, timeout: Duration) -> Result<Outcome<J, R>, RecvError> {
        self.shared.recv(Patience::lasting(timeout))
    }

    /// Receives as many outcomes as are there and fit into `space`, in the order of [`recv`](Self::recv); waits for the first
    /// only. Says how many: 0 only if there was no room.
    ///
    /// # Errors
    /// [`RecvError::Closed`] as in [`recv`](Self::recv).
    #[inline(always)]
    pub fn recv_batch(&self, space: &mut (impl Space<J, R> + ?Sized)) -> Result<usize, RecvError> {
        self.shared.recv_batch(Patience::Endless, space)
    }

    /// As [`recv_batch`](Self::recv_batch), without waiting.
    ///
    /// # Errors
    /// [`RecvError::Empty`], or [`RecvError::Closed`] as in [`recv`](Self::recv).
    #[inline(always)]
    pub fn try_recv_batch(&self, space: &mut (impl Space<J, R> + ?Sized)) -> Result<usize, RecvError> {
        self.shared.recv_batch(Patience::None, space)
    }

    /// Receives outcomes until the pool is closed and drained.
    pub fn outcomes(&self) -> Outcomes<'_, J, R> {
        Outcomes::new(&self.shared)
    }

    /// A handle that can only submit and close.
    pub fn submitter(&self) -> Submitter<J, R> {
        Submitter::new(self.shared.clone())
    }

    /// A handle that can only receive.
    pub fn collector(&self) -> Collector<J, R> {
        Collector::new(self.shared.clone())
    }

    /// Refuses jobs from now on. Those accepted before are run, and give their outcomes; submits that wait are refused.
    /// True for the call that did it; again: no effect.
    pub fn close(&self) -> bool {
        self.shared.close()
    }

    /// Closes, and gives back the jobs that wait as outcomes [`JobError::Cancelled`](crate::JobError::Cancelled). Jobs
    /// that run go on; they can see it by [`Worker::is_cancelled`](crate::Worker::is_cancelled).
    pub fn cancel(&self) {
        self.shared.cancel();
    }

    /// Whether jobs are refused for ever.
    pub fn is_closed(&self) -> bool {
        self.shared.is_closed()
    }

    /// Whether the pool has been cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.shared.is_cancelled().load(crate::sync::Ordering::Relaxed)
    }

    /// Where a job is; `None` once its outcome has been received, and for a name that this pool never gave.
    pub fn status(&self, job: JobId) -> Option<JobStatus> {
        self.shared.status(job)
    }

    /// Closes, waits until every accepted job has its outcome and the workers are at their end, and says what they did. The
    /// outcomes stay, and can be received afterwards. Like [`Closed`](RecvError::Closed), it waits for threads that may still
    /// bring an outcome: workers, and callers of `cancel`.
    ///
    /// # Panics
    /// If a job of this pool calls it: it would wait for itself.
    pub fn join(&self) -> Stats {
        assert!(!self.is_worker(), "a job cannot join the pool that runs it");
        self.wait();
        self.stats()
    }

    /// As [`join`](Self::join), for callers other than workers, and in silence.
    pub(crate) fn wait(&self) {
        self.close();
        self.shared.wait_for_end();
        // The threads are done. The first caller sees them off; the others do not wait for that caller, which may be suspended.
        if let Ok(mut threads) = self.threads.try_lock() {
            see_off(threads.drain(..));
        }
    }

    /// What the pool has done so far.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// As [`stats`](Self::stats), without the list of workers.
    #[cfg(feature = "capi")]
    pub(crate) fn totals(&self) -> Stats {
        self.shared.totals()
    }

    /// Jobs accepted whose outcome has not been received: exact while nothing moves. It looks at every slot.
    pub fn in_flight(&self) -> usize {
        self.shared.totals().in_flight as usize
    }

    /// The number of slots.
    pub fn capacity(&self) -> usize {
        self.shared.table().capacity()
    }

    /// The number of workers.
    pub fn workers(&self) -> usize {
        self.shared.tallies().len()
    }

    /// For single jobs and outcomes, step by step, by the thread with that seat; `None` if it has nothing at hand yet.
    #[cfg(feature = "capi")]
    #[inline(always)]
    pub(crate) fn quick(&self, seat: Seat) -> Option<Quick<'_, J, R>> {
        Quick::of(&self.shared, seat)
    }

    /// For what the C interface does in place.
    #[cfg(feature = "capi")]
    pub(crate) fn shared(&self) -> &Shared<J, R> {
        &self.shared
    }

    /// What one worker has done so far; `None` for a number that no worker has.
    pub fn worker_stats(&self, worker: usize) -> Option<WorkerStats> {
        self.shared.tallies().of(worker).map(|tally| tally.stats())
    }

    pub(crate) fn is_worker(&self) -> bool {
        self.shared.number().is_served()
    }
}

impl<J, R> Drop for Pool<J, R> {
    /// Closes, lets the accepted jobs finish, and joins the threads. Outcomes that nobody received are dropped with the
    /// last handle. In a job of the pool itself it does not wait for that job's own thread.
    fn drop(&mut self) {
        self.close();
        // Only a worker asks for its own handle: for a thread that Rust did not start, one would be allocated.
        let me = self.is_worker().then(|| thread::current().id());
        let threads = match self.threads.get_mut() {
            Ok(threads) => core::mem::take(threads),
            Err(poisoned) => core::mem::take(poisoned.into_inner()),
        };
        see_off(threads.into_iter().filter(|thread| Some(thread.thread().id()) != me));
    }
}

/// As [`Pool::outcomes`].
impl<'a, J, R> IntoIterator for &'a Pool<J, R> {
    type Item = Outcome<J, R>;
    type IntoIter = Outcomes<'a, J, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.outcomes()
    }
}

impl<J, R> fmt::Debug for Pool<J, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("workers", &self.workers())
            .field("capacity", &self.capacity())
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}
