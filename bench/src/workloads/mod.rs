//! What is measured, one workload a file.

mod balance;
mod coarse;
mod feed;
mod idle;
mod latency;
mod oversubscribed;
mod queue;
mod roundtrip;
mod roundtrip_c;

pub use balance::lengths;
pub use feed::{BUDGET, IN_FLIGHT, each};

pub use {feed::check, roundtrip::POOLS};

use crate::harness::Peer;

pub struct Workload {
    pub name: &'static str,
    pub columns: Columns,
    pub cells: fn() -> Vec<Cell>,
    pub peers: fn() -> Vec<Peer>,
}

/// What the columns of its table are.
pub enum Columns {
    Workers,
    Shapes,
}

/// One column of one table.
pub struct Cell {
    pub shape: &'static str,
    pub workers: usize,
    /// How many, or how long, as the workload has it. A tenth of that for `--quick`.
    pub jobs: usize,
}

pub const ALL: &[Workload] = &[
    roundtrip::WORKLOAD,
    roundtrip_c::WORKLOAD,
    queue::WORKLOAD,
    coarse::WORKLOAD,
    latency::WORKLOAD,
    oversubscribed::WORKLOAD,
    idle::WORKLOAD,
    balance::WORKLOAD,
];

pub fn named(name: &str) -> Option<&'static Workload> {
    ALL.iter().find(|workload| workload.name == name)
}
