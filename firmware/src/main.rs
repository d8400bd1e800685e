//! jobring on a bare core: the ring and the pool at rest, under interrupts, and counted instruction by instruction.

#![no_std]
#![no_main]

mod board;
mod checks;
mod instructions;
mod interrupts;
mod random;
mod report;

use report::{Report, check, note};

fn main() -> ! {
    note!("jobring on {}", board::BOARD);
    let mut report = Report::default();
    instructions::calibrate(&mut report);
    checks::at_rest::run(&mut report);
    checks::rings::run(&mut report);
    checks::pool::run(&mut report);
    checks::idle::run(&mut report);
    checks::steps::run(&mut report);
    if cfg!(feature = "must-fail") {
        check!(report, false, "this check fails on purpose");
    }
    report.end()
}
