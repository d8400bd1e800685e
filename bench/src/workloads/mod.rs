//! What is measured, one workload a file.

mod away;
mod balance;
mod coarse;
mod cpu;
mod feed;
mod idle;
mod latency;
mod oversubscribed;
mod queue;
mod roundtrip;
mod roundtrip_batch;
mod roundtrip_c;

pub use balance::lengths;
pub use feed::{IN_FLIGHT, each};
pub use roundtrip_c::C_AND_RUST;

#[cfg(feature = "cpp-peers")]
pub use {feed::check, roundtrip::POOLS};

use crate::args::Options;
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
    /// And what belongs to the name of any shape, also one that is not measured unless it is asked for.
    Shapes(fn(&str) -> Option<Cell>),
}

/// One column of one table.
pub struct Cell {
    pub shape: String,
    pub workers: usize,
    /// How many, or how long, as the workload has it. A tenth of that for `--quick`.
    pub jobs: usize,
}

impl Cell {
    fn new(shape: &str, workers: usize, jobs: usize) -> Self {
        Self { shape: shape.to_owned(), workers, jobs }
    }
}

impl Workload {
    /// What to measure.
    pub fn wanted(&self, options: &Options) -> Vec<Cell> {
        let (mut cells, shapes) = ((self.cells)(), &options.shapes);
        match self.columns {
            Columns::Shapes(_) if shapes.is_empty() => cells,
            Columns::Shapes(cell) => shapes.iter().filter_map(|shape| cell(shape)).collect(),
            Columns::Workers => {
                cells.retain(|cell| shapes.is_empty() || shapes.contains(&cell.shape));
                if options.workers.is_empty() {
                    return cells;
                }
                cells.dedup_by(|a, b| a.shape == b.shape);
                let with = |cell: &Cell, workers| Cell::new(&cell.shape, workers, cell.jobs);
                cells.iter().flat_map(|cell| options.workers.iter().map(|&workers| with(cell, workers))).collect()
            }
        }
    }
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
