//! Runs every peer in turn, each sample in a process of its own, and says how they compare.
//!
//! A process of its own, so that no peer inherits another's heap, threads or global settings, and one that hangs or
//! crashes takes no other with it. Peers in other languages are such processes anyway.

mod child;
mod distance;
mod measure;
mod rounds;
mod table;

pub use child::{one, sample};
pub use measure::{Kind, Measurement, Spread};
pub use rounds::run;
pub use table::Sheet;

use std::path::PathBuf;

/// What one sample is to do.
#[derive(Clone, Debug)]
pub struct Task {
    pub workload: &'static str,
    pub shape: String,
    pub workers: usize,
    pub jobs: usize,
    /// The length of a microsecond of busy work; see [`crate::work`].
    pub spins: u64,
}

impl Task {
    /// As words on a command line, the same for every language.
    pub fn to_words(&self) -> [String; 5] {
        [
            self.workload.to_owned(),
            self.shape.clone(),
            self.workers.to_string(),
            self.jobs.to_string(),
            self.spins.to_string(),
        ]
    }

    pub fn from_words(words: &[String]) -> Option<Self> {
        let [workload, shape, workers, jobs, spins] = words else { return None };
        Some(Self {
            workload: crate::workloads::named(workload)?.name,
            shape: shape.clone(),
            workers: workers.parse().ok()?,
            jobs: jobs.parse().ok()?,
            spins: spins.parse().ok()?,
        })
    }
}

/// One figure of a sample. A sample with one figure leaves the name empty; where there are several (`p50`, `p99`) the
/// name is the shape under which it is reported.
pub type Figure = (&'static str, f64);

/// Whom to measure.
pub struct Peer {
    pub name: &'static str,
    pub kind: Kind,
    pub run: Run,
}

pub enum Run {
    /// In this program, in a process of its own.
    Here(fn(&Task) -> Vec<Figure>),
    /// Another program, which is given these words and the task's, and prints the figures. None if it cannot be had
    /// here.
    Program(fn() -> Option<PathBuf>, &'static [&'static str]),
}

impl Peer {
    pub const fn here(name: &'static str, kind: Kind, sample: fn(&Task) -> Vec<Figure>) -> Self {
        Self { name, kind, run: Run::Here(sample) }
    }

    pub const fn program(
        name: &'static str,
        kind: Kind,
        path: fn() -> Option<PathBuf>,
        first: &'static [&'static str],
    ) -> Self {
        Self { name, kind, run: Run::Program(path, first) }
    }
}
