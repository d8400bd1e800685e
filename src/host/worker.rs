//! What a worker thread does.

use core::cell::Cell;
use core::ops::Range;

use super::pace::Pace;
use super::panics::{caught, discard};
use super::shared::Shared;
use super::tally::Ending;
use crate::pool::slot::Slot;
use crate::pool::{JobError, JobId, WorkerId};
use crate::ring::PopError;
use crate::sync::host::thread::JoinHandle;
use crate::sync::{AtomicBool, Ordering};

/// The worker that runs a job, as the job sees it.
#[derive(Debug)]
pub struct Worker<'pool> {
    id: WorkerId,
    job: Cell<JobId>,
    cancelled: &'pool AtomicBool,
}

impl Worker<'_> {
    /// The worker's number: below the pool's number of workers, and the same for all jobs that it runs.
    #[inline]
    pub fn id(&self) -> WorkerId {
        self.id
    }

    /// The name of the job that runs now.
    #[inline]
    pub fn job(&self) -> JobId {
        self.job.get()
    }

    /// Whether the pool has been cancelled: a long job that looks now and then can end early.
    #[inline]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Ends the process if a worker unwinds elsewhere than in a job. That is a defect of this library: the jobs that the worker has
/// taken would be lost, and a thread that waits for the end would do so for ever.
struct Unwinding;

impl Drop for Unwinding {
    fn drop(&mut self) {
        // Loom tells of panics itself.
        if !cfg!(loom) {
            std::process::abort();
        }
    }
}

/// Runs jobs until the pool is closed and drained. `run` returns what is to be the result, and how to count it; `coming` is
/// told of the slots whose jobs come next.
pub(crate) fn work<J, R>(
    shared: &Shared<J, R>,
    id: WorkerId,
    mut pace: Pace,
    run: &impl Fn(&Worker<'_>, J) -> (R, Ending),
    coming: &impl Fn(Range<usize>),
) {
    shared.number().serve();
    let worker = Worker { id, job: Cell::new(JobId::from_u64(0)), cancelled: shared.is_cancelled() };
    let tally = shared.tallies().of(id.index()).expect("workers have numbers below their count");
    let counter = tally.counter();
    let step = |(index, slot): (u32, &Slot<J, R>)| {
        let (running, job) = slot.take();
        if worker.is_cancelled() {
            shared.tallies().count_cancelled(1);
            slot.finish(running, WorkerId::NONE, Err(JobError::Cancelled(job)));
            return;
        }
        worker.job.set(JobId { slot: index, generation: running.generation() });
        let (result, ending) = match caught(|| run(&worker, job)) {
            Ok((value, ending)) => (Ok(value), ending),
            Err(message) => (Err(JobError::Panicked(message)), Ending::Panicked),
        };
        counter.count(ending);
        slot.finish(running, id, result);
    };
    let unwinding = Unwinding;
    pace.begin();
    loop {
        let limit = pace.limit();
        let taken = match shared.try_take_jobs(limit) {
            Ok(taken) => taken,
            Err(PopError::Closed) => break,
            Err(PopError::Empty) => {
                let Some(taken) = shared.take_jobs(limit) else { break };
                pace.begin();
                taken
            }
        };
        let count = taken.len();
        shared.table().prefetch(&taken);
        coming(taken.range());
        shared.table().numbered(&taken).for_each(step);
        shared.publish(taken);
        pace.end(count);
        pace.gather(count, shared.table());
    }
    core::mem::forget(unwinding);
    shared.leave();
}

/// Joins workers.
pub(super) fn see_off(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        // A worker ends by a panic only if what it is the last to drop panics: a payload, or what the function of the pool has
        // captured. The message has been printed.
        if let Err(payload) = thread.join() {
            discard(payload);
        }
    }
}
