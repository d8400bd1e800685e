//! A measurement, and the line of JSON that it is.

use serde::{Deserialize, Serialize};

/// What a row is to the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// jobring.
    Ours,
    /// Does the same work.
    Peer,
    /// What the machine does without a queue: all jobs are known beforehand, or there are none.
    Limit,
    /// Never sleeps while it waits: no peer of a pool.
    Spin,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Peer => "peer",
            Self::Limit => "limit",
            Self::Spin => "spin",
        }
    }
}

/// All rounds of one peer in one cell of a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measurement {
    pub workload: String,
    pub shape: String,
    pub peer: String,
    pub workers: usize,
    /// The median.
    pub ns_per_job: f64,
    pub min: f64,
    pub max: f64,
    pub kind: Kind,
}

/// The median of some rounds, and how far they spread.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Spread {
    /// None if there was no round.
    pub fn of(mut rounds: Vec<f64>) -> Option<Self> {
        rounds.sort_by(f64::total_cmp);
        let (min, max) = (*rounds.first()?, *rounds.last()?);
        let median = f64::midpoint(rounds[(rounds.len() - 1) / 2], rounds[rounds.len() / 2]);
        Some(Self { median, min, max })
    }
}
