//! One line for each check, a verdict at the end.

use core::fmt::{self, Write};

use crate::board;

struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        board::write(text);
        Ok(())
    }
}

pub(crate) fn print(text: fmt::Arguments<'_>) {
    let _ = Console.write_fmt(format_args!("{text}\n"));
}

/// Prints a line that is not a check.
macro_rules! note {
    ($($text:tt)*) => { $crate::report::print(format_args!($($text)*)) };
}
pub(crate) use note;

#[derive(Default)]
pub(crate) struct Report {
    passed: u32,
    failed: u32,
}

impl Report {
    pub(crate) fn check(&mut self, holds: bool, what: fmt::Arguments<'_>) {
        if holds {
            self.passed += 1;
            note!("ok   {what}");
        } else {
            self.failed += 1;
            note!("FAIL {what}");
        }
    }

    /// The verdict, as the image's exit status.
    pub(crate) fn end(self) -> ! {
        let Self { passed, failed } = self;
        if failed == 0 {
            note!("PASS {passed} checks");
            board::exit(0)
        }
        note!("FAILED {failed} of {} checks", passed + failed);
        board::exit(1)
    }
}

/// `check!(report, condition, "what was checked {}", ..)`
macro_rules! check {
    ($report:expr, $holds:expr, $($what:tt)*) => { $report.check($holds, format_args!($($what)*)) };
}
pub(crate) use check;

#[panic_handler]
fn panicked(info: &core::panic::PanicInfo<'_>) -> ! {
    board::disarm();
    note!("FAIL {info}");
    board::exit(101)
}
