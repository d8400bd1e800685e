//! Tiny jobs from a C program, beside the same from Rust: what the C interface adds.

use super::{Columns, Workload, roundtrip, roundtrip_batch};
use crate::c;
use crate::harness::{Kind, Peer};
use crate::pools::{Jobring, JobringBatch, JobringSlices, Pool};

pub const WORKLOAD: Workload =
    Workload { name: "roundtrip-c", columns: Columns::Workers, cells: roundtrip::cells, peers };

/// What is called from C, and what from Rust to do the same. By batches C has arrays of jobs and of outcomes, as Rust has slices.
/// Rust can do without either, by iterators and `Each`.
pub const C_AND_RUST: [(&str, &str); 3] =
    [("jobring-c", "jobring"), ("jobring-c-batch", "jobring-slices"), ("jobring-c-batch", "jobring-batch")];

fn peers() -> Vec<Peer> {
    vec![
        Peer::here(Jobring::NAME, Jobring::KIND, roundtrip::sample::<Jobring>),
        roundtrip_batch::peer::<JobringBatch>(),
        roundtrip_batch::peer::<JobringSlices>(),
        Peer::program("jobring-c", Kind::Ours, c::program, &[]),
        Peer::program("jobring-c-batch", Kind::Ours, c::program, &["--batch"]),
    ]
}
