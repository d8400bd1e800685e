//! Rings and pools in a `static`, one context: usable from the first instruction on, and exact.

use jobring::{
    JobError, JobStatus, PopError, PushError, RecvError, Ring, StaticPool, SubmitError, TicketRing, WorkerId,
};

use crate::board;
use crate::report::{Report, check};

pub(crate) fn run(report: &mut Report) {
    ring::<1>(report, {
        static RING: Ring<u32, 1> = Ring::new();
        &RING
    });
    ring::<3>(report, {
        static RING: Ring<u32, 3> = Ring::new();
        &RING
    });
    ring::<8>(report, {
        static RING: Ring<u32, 8> = Ring::new();
        &RING
    });
    tickets::<1>(report, {
        static RING: TicketRing<1> = TicketRing::new();
        &RING
    });
    tickets::<3>(report, {
        static RING: TicketRing<3> = TicketRing::new();
        &RING
    });
    tickets::<8>(report, {
        static RING: TicketRing<8> = TicketRing::new();
        &RING
    });
    pool(report);
    cancelled_pool(report);
}

/// Three rounds, so that every position comes in laps of either parity; then the end.
fn ring<const N: usize>(report: &mut Report, ring: &'static Ring<u32, N>) {
    let n = N as u32;
    let mut holds = board::is_in_bss(ring) && ring.is_empty() && ring.try_pop() == Err(PopError::Empty);
    for round in 0..3 {
        for i in 0..n {
            holds &= ring.try_push(round * 100 + i).is_ok();
        }
        holds &= ring.is_full() && ring.len() == N && ring.try_push(7) == Err(PushError::Full(7));
        for i in 0..n {
            holds &= ring.try_pop() == Ok(round * 100 + i);
        }
        // One ahead, so that the next round begins in the middle.
        holds &= ring.try_push(8).is_ok() && ring.try_pop() == Ok(8) && ring.try_pop() == Err(PopError::Empty);
    }
    for i in 0..n {
        holds &= ring.try_push(i).is_ok();
    }
    holds &= ring.close() && !ring.close() && ring.is_closed() && ring.try_push(9) == Err(PushError::Closed(9));
    for i in 0..n {
        holds &= ring.try_pop() == Ok(i) && ring.try_push(9) == Err(PushError::Closed(9));
    }
    holds &= ring.try_pop() == Err(PopError::Closed);
    check!(report, holds, "Ring<u32, {N}> in .bss: first in first out, Full, Empty, closed and drained");
}

fn tickets<const N: usize>(report: &mut Report, ring: &'static TicketRing<N>) {
    let n = N as u32;
    let mut holds = board::is_in_bss(ring) && ring.try_pop() == Err(PopError::Empty);
    for round in 0..3 {
        for i in 0..n {
            holds &= ring.try_push((i + round) % n).is_ok();
        }
        holds &= ring.len() == N && ring.try_push(0) == Err(PushError::Full(0));
        for i in 0..n {
            holds &= ring.try_pop() == Ok((i + round) % n);
        }
        holds &= ring.try_push(0).is_ok() && ring.try_pop() == Ok(0) && ring.try_pop() == Err(PopError::Empty);
    }
    // Closed while it is not full: the mark is in a free slot.
    holds &= ring.try_push(n - 1).is_ok() && ring.close() && ring.try_push(0) == Err(PushError::Closed(0));
    holds &= ring.try_pop() == Ok(n - 1) && ring.try_pop() == Err(PopError::Closed);
    check!(report, holds, "TicketRing<{N}> in .bss: first in first out, Full, Empty, closed and drained");
}

fn pool(report: &mut Report) {
    static POOL: StaticPool<u32, u64, 3> = StaticPool::new();

    let mut holds = board::is_in_bss(&POOL) && POOL.try_collect() == Err(RecvError::Empty);
    let worker = POOL.worker(5);
    holds &= worker.try_run_one(|_| 0) == Err(PopError::Empty);
    for round in 0..5 {
        let mut ids = [None; 3];
        for (i, id) in ids.iter_mut().enumerate() {
            *id = POOL.try_submit(round * 10 + i as u32).ok();
            holds &= id.is_some_and(|id| POOL.status(id) == Some(JobStatus::Queued));
        }
        holds &= POOL.in_flight() == 3 && POOL.try_submit(99) == Err(SubmitError::Full(99));
        holds &= POOL.try_collect() == Err(RecvError::Empty);
        while worker.try_run_one(|job| u64::from(job) << 32).is_ok() {}
        for (i, id) in (0..).zip(ids) {
            holds &= POOL.try_collect().is_ok_and(|outcome| {
                Some(outcome.job) == id
                    && outcome.worker.index() == 5
                    && outcome.result == Ok(u64::from(round * 10 + i) << 32)
                    && POOL.status(outcome.job).is_none()
            });
        }
    }
    holds &= POOL.try_submit(1).is_ok() && POOL.close() && POOL.try_submit(2) == Err(SubmitError::Closed(2));
    holds &= POOL.try_collect() == Err(RecvError::Empty) && worker.try_run_one(|_| 4).is_ok();
    holds &= worker.try_run_one(|_| 0) == Err(PopError::Closed);
    drop(worker);
    holds &= POOL.try_collect().is_ok_and(|outcome| outcome.result == Ok(4));
    holds &= POOL.try_collect() == Err(RecvError::Closed);
    check!(report, holds, "StaticPool<u32, u64, 3> in .bss: submit, run, collect, Full, close, drained");
}

fn cancelled_pool(report: &mut Report) {
    static POOL: StaticPool<u32, (), 8> = StaticPool::new();

    let mut holds = (0..8).all(|job| POOL.try_submit(job).is_ok());
    let worker = POOL.worker(0);
    holds &= worker.try_run_one(|_| ()).is_ok();
    POOL.cancel();
    holds &= worker.try_run_one(|_| ()) == Err(PopError::Closed);
    drop(worker);
    holds &= POOL.try_collect().is_ok_and(|outcome| outcome.result == Ok(()));
    for job in 1..8 {
        holds &= POOL
            .try_collect()
            .is_ok_and(|outcome| outcome.worker == WorkerId::NONE && outcome.result == Err(JobError::Cancelled(job)));
    }
    holds &= POOL.try_collect() == Err(RecvError::Closed) && POOL.in_flight() == 0;
    check!(report, holds, "StaticPool::cancel: every job that waited comes back, once");
}
