//! What `bench/instructions.sh` counts: tiny jobs through a pool of one worker, one by one, or with `batch` by batches.

use std::env;

use jobring::{Each, Outcome, Pool};

const IN_FLIGHT: usize = 1024;

fn main() {
    let mut args = env::args().skip(1);
    let jobs: u64 = args.next().and_then(|jobs| jobs.parse().ok()).expect("how many jobs?");
    let batches = args.next().is_some_and(|way| way == "batch");
    let pool = Pool::builder().workers(1).capacity(IN_FLIGHT).build(|_, job: u64| job + 1).expect("the pool starts");
    let (mut sent, mut got) = (0, 0);
    while got < jobs {
        if batches {
            sent += pool.submit_batch(&mut (sent..jobs)).expect("not closed") as u64;
            let see = |outcome: Outcome<u64, u64>| assert!(outcome.result.is_ok());
            got += pool.recv_batch(&mut Each::new(IN_FLIGHT, see)).expect("outcomes are to come") as u64;
            continue;
        }
        while sent < jobs && pool.try_submit(sent).is_ok() {
            sent += 1;
        }
        assert!(pool.recv().is_ok_and(|outcome| outcome.result.is_ok()));
        got += 1;
        while let Ok(outcome) = pool.try_recv() {
            assert!(outcome.result.is_ok());
            got += 1;
        }
    }
}
