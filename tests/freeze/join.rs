//! Join: one thread is frozen while it joins a pool, and another one joins it too.

use core::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread;

use jobring::Pool;

use crate::ice::{Freezer, Target, comes_true, wait};
use crate::{Verdict, freezes};

/// Each is frozen once, before the job ends: some while they sleep and some on the way there.
pub(crate) fn freeze_join(name: &str) -> Verdict {
    let freezer = Freezer::new();
    let mut verdict = Verdict::default();
    for round in 0..freezes().div_ceil(20) {
        let (open, opens) = channel::<()>();
        let door = std::sync::Mutex::new(opens);
        let run = move |_: &jobring::Worker<'_>, ()| {
            let _ = door.lock().unwrap().recv();
        };
        let pool = Pool::builder().workers(2).capacity(4).build(run).unwrap();
        pool.submit(()).unwrap();
        pool.close();
        let (begun, joined) = (AtomicBool::new(false), AtomicI32::new(0));
        thread::scope(|scope| {
            let (send, target) = channel();
            scope.spawn(|| {
                let send = send;
                send.send(Target::me()).unwrap();
                begun.store(true, SeqCst);
                pool.join();
            });
            let target = target.recv().unwrap();
            wait("it joins", || begun.load(SeqCst));
            (0..round % 64).for_each(|_| thread::yield_now());
            let ice = freezer.freeze(target);
            drop(open);
            scope.spawn(|| {
                pool.join();
                joined.store(1, SeqCst);
            });
            verdict.frozen += 1;
            verdict.stalled += usize::from(!comes_true(|| joined.load(SeqCst) == 1));
            drop(ice);
        });
        if verdict.stalled > 0 {
            break;
        }
    }
    verdict.print(name);
    verdict
}
