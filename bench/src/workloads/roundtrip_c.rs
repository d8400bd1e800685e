//! Tiny jobs from a C program, beside the same from Rust: what the C interface adds.

use super::{Columns, Workload, roundtrip, roundtrip_batch};
use crate::c;
use crate::harness::{Kind, Peer};
use crate::pools::{Jobring, JobringBatch, Pool};

pub const WORKLOAD: Workload =
    Workload { name: "roundtrip-c", columns: Columns::Workers, cells: roundtrip::cells, peers };

fn peers() -> Vec<Peer> {
    vec![
        Peer::here(Jobring::NAME, Jobring::KIND, roundtrip::sample::<Jobring>),
        roundtrip_batch::peer::<JobringBatch>(),
        Peer::program("jobring-c", Kind::Ours, c::program, &[]),
        Peer::program("jobring-c-batch", Kind::Ours, c::program, &["--batch"]),
    ]
}
