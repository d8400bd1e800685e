//! A worker that sleeps until an interrupt submits a job, which may come before any instruction on its way to sleep.

use core::cell::Cell;

#[cfg(target_arch = "arm")]
use jobring::Wfe;
use jobring::{RecvError, Spin, StaticPool, Wait, Wfi};

use crate::report::{Report, check};
use crate::{board, interrupts};

/// The worker is asleep long before that many instructions.
const LONGEST: u32 = 600;

pub(crate) fn run(report: &mut Report) {
    sleeps(report, "Spin", &Spin);
    sleeps(report, "Wfi", &Wfi);
    #[cfg(target_arch = "arm")]
    sleeps(report, "Wfe", &Wfe);
}

/// One interrupt for each job, armed after the outcome of the job before: an interrupt that did not end the sleep would be
/// the last, and the image would not end.
fn sleeps(report: &mut Report, name: &str, wait: &(impl Wait + 'static)) {
    let pool = StaticPool::<u32, u32, 2>::new();
    let submitted = Cell::new(0);
    let handler = || {
        let job = submitted.get();
        if job < LONGEST {
            submitted.set(job + u32::from(pool.try_submit(job).is_ok()));
        } else {
            pool.close();
        }
        wait.notify();
    };
    let mut right = 0;
    let landed = interrupts::during(&handler, 0, 1, || {
        board::arm(1);
        pool.worker(0).run_telling(
            wait,
            |job| !job,
            || {
                right += u32::from(pool.try_collect().is_ok_and(|outcome| outcome.result == Ok(!right)));
                board::arm(right + 1);
            },
        );
    });
    let stats = pool.stats();
    check!(
        report,
        right == LONGEST && landed.fired == LONGEST + 1 && pool.try_collect() == Err(RecvError::Closed),
        "{name}: {right} jobs submitted by interrupts that came 1 to {LONGEST} instructions after the outcome before"
    );
    check!(report, (stats.accepted, stats.in_flight) == (LONGEST.into(), 0), "{name}: the pool knows of {stats:?}");
}
