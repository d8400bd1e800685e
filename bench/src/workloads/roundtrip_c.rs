//! Tiny jobs from a C program, beside the same from Rust: what the C interface adds.

use super::{Columns, Workload, roundtrip};
use crate::c;
use crate::harness::{Kind, Peer};
use crate::pools::{Jobring, Pool, jobring_batch};

pub const WORKLOAD: Workload =
    Workload { name: "roundtrip-c", columns: Columns::Workers, cells: roundtrip::cells, peers };

fn peers() -> Vec<Peer> {
    vec![
        Peer::here(Jobring::NAME, Jobring::KIND, roundtrip::sample::<Jobring>),
        Peer::here("jobring-batch", Kind::Ours, jobring_batch::sample),
        Peer::program("jobring-c", Kind::Ours, c::program, &[]),
        Peer::program("jobring-c-batch", Kind::Ours, c::program, &["--batch"]),
    ]
}
