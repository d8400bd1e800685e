//! Making a pool: every refusal before a thread starts, and every thread stopped if one does not.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use std::io;

use super::pace::Pace;
use super::pool::Pool;
use super::shared::Shared;
use super::storage::MAX_CAPACITY;
use super::tally::Ending;
use super::worker::{Worker, see_off, work};
use crate::pool::WorkerId;
use crate::sync::host::{Arc, cores, thread};

/// Slots of a pool whose builder was not told.
const DEFAULT_CAPACITY: usize = 256;

/// Sets up a [`Pool`]; from [`Pool::builder`] or [`Builder::new`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    workers: Option<usize>,
    capacity: usize,
    name: String,
    stack_size: Option<usize>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// The most workers that a pool may have: 32,768. (Waiting threads are counted in 16 bits.)
    pub const MAX_WORKERS: usize = 1 << 15;
    /// The largest capacity that a pool may have: 16,777,216.
    pub const MAX_CAPACITY: usize = MAX_CAPACITY;

    /// With the defaults of all settings.
    pub fn new() -> Self {
        Self { workers: None, capacity: DEFAULT_CAPACITY, name: String::from("jobring"), stack_size: None }
    }

    /// The number of worker threads, 1 to [`MAX_WORKERS`](Self::MAX_WORKERS). Default: as many as the machine runs at once.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// The number of jobs that may be in flight, from `submit` to `recv`: 1 to [`MAX_CAPACITY`](Self::MAX_CAPACITY).
    /// Default: 256. With 16 or more, threads that submit or receive keep a few slots at hand, where
    /// the kernel has `membarrier`.
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity;
        self
    }

    /// The threads are called `name-0`, `name-1` and so on. Default: `jobring`. (Linux keeps the first 15 bytes of each.)
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The stack of each worker thread, in bytes. Default: that of `std::thread`.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = Some(bytes);
        self
    }

    /// Starts the workers, which call `run` for each job. Whatever it returns counts as done; a panic is caught and
    /// becomes the job's outcome.
    ///
    /// # Errors
    /// See [`BuildError`]. Then no thread is left.
    pub fn build<J, R, F>(self, run: F) -> Result<Pool<J, R>, BuildError>
    where
        J: Send + 'static,
        R: Send + 'static,
        F: Fn(&Worker<'_>, J) -> R + Send + Sync + 'static,
    {
        self.start(move |worker, job| (run(worker, job), Ending::Done), drop)
    }

    /// As [`build`](Self::build), for jobs that may fail: an `Err` counts as failed in [`Stats`](crate::Stats).
    ///
    /// # Errors
    /// See [`BuildError`]. Then no thread is left.
    pub fn build_fallible<J, T, E, F>(self, run: F) -> Result<Pool<J, Result<T, E>>, BuildError>
    where
        J: Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
        F: Fn(&Worker<'_>, J) -> Result<T, E> + Send + Sync + 'static,
    {
        let run = move |worker: &Worker<'_>, job| {
            let result = run(worker, job);
            let ending = if result.is_err() { Ending::Failed } else { Ending::Done };
            (result, ending)
        };
        self.start(run, drop)
    }

    /// The number of workers, if all settings are good.
    pub(crate) fn check(&self) -> Result<usize, BuildError> {
        let workers = match self.workers {
            Some(workers) => workers,
            None => cores().min(Self::MAX_WORKERS),
        };
        if workers == 0 {
            Err(BuildError::NoWorkers)
        } else if workers > Self::MAX_WORKERS {
            Err(BuildError::TooManyWorkers { most: Self::MAX_WORKERS })
        } else if self.capacity == 0 {
            Err(BuildError::NoCapacity)
        } else if self.capacity > MAX_CAPACITY {
            Err(BuildError::TooMuchCapacity { most: MAX_CAPACITY })
        } else if self.name.contains('\0') {
            Err(BuildError::Name)
        } else {
            Ok(workers)
        }
    }

    /// Starts the workers, which do with `run` and `coming` what [`work`] does.
    pub(crate) fn start<J, R, F, G>(self, run: F, coming: G) -> Result<Pool<J, R>, BuildError>
    where
        J: Send + 'static,
        R: Send + 'static,
        F: Fn(&Worker<'_>, J) -> (R, Ending) + Send + Sync + 'static,
        G: Fn(Range<usize>) + Send + Sync + 'static,
    {
        let workers = self.check()?;
        let shared = Arc::new(Shared::new(self.capacity, workers).map_err(|_| BuildError::OutOfMemory)?);
        let job = Arc::new((run, coming));
        let mut threads = Vec::new();
        threads.try_reserve_exact(workers).map_err(|_| BuildError::OutOfMemory)?;
        let cores = if self.workers.is_some() { cores() } else { workers };
        for number in 0..workers {
            let mut builder = thread::Builder::new().name(format!("{}-{number}", self.name));
            if let Some(bytes) = self.stack_size {
                builder = builder.stack_size(bytes);
            }
            let (ours, job) = (shared.clone(), job.clone());
            let pace = Pace::new(shared.table(), workers, number, cores);
            let body = move || work(&ours, WorkerId(number as u32), pace, &job.0, &job.1);
            match builder.spawn(body) {
                Ok(thread) => threads.push(thread),
                Err(source) => {
                    shared.close();
                    see_off(threads);
                    return Err(BuildError::Spawn { worker: number, source });
                }
            }
        }
        Ok(Pool::new(shared, threads))
    }
}

/// Why there is no pool. No thread is left running.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// `workers(0)`.
    NoWorkers,
    /// More workers than a pool can have.
    TooManyWorkers {
        /// The most it can.
        most: usize,
    },
    /// `capacity(0)`.
    NoCapacity,
    /// More slots than a pool can have.
    TooMuchCapacity {
        /// The most it can.
        most: usize,
    },
    /// The name has a NUL in it.
    Name,
    /// There is no memory for that many slots.
    OutOfMemory,
    /// The operating system did not start a thread. Those started before were stopped and joined.
    Spawn {
        /// Which worker's.
        worker: usize,
        /// What it said.
        source: io::Error,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWorkers => f.write_str("a pool needs at least one worker"),
            Self::TooManyWorkers { most } => write!(f, "a pool has at most {most} workers"),
            Self::NoCapacity => f.write_str("a pool needs a capacity of at least 1"),
            Self::TooMuchCapacity { most } => write!(f, "a pool has a capacity of at most {most}"),
            Self::Name => f.write_str("the name of a pool has no NUL in it"),
            Self::OutOfMemory => f.write_str("not enough memory for the pool's slots"),
            Self::Spawn { worker, .. } => write!(f, "the thread of worker {worker} did not start"),
        }
    }
}

impl core::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Spawn { source, .. } => Some(source),
            _ => None,
        }
    }
}
