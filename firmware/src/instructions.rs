//! How many instructions something takes.

use core::arch::naked_asm;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::board;
use crate::report::{Report, check};

pub(crate) const NOPS: u32 = 1000;

/// Clock ticks of `NOPS` instructions, and of a call that does nothing.
static TICKS: AtomicU32 = AtomicU32::new(NOPS);
static OFFSET: AtomicU32 = AtomicU32::new(0);

pub(crate) fn calibrate(report: &mut Report) {
    let offset = ticks_of(true, || nothing()).1;
    OFFSET.store(offset, Ordering::Relaxed);
    TICKS.store(ticks_of(true, || nops()).1 - offset, Ordering::Relaxed);
    let again = of(|| two_times_nops()).1;
    check!(report, again.abs_diff(2 * NOPS) <= 2, "the clock counts instructions: {again} for {} nops", 2 * NOPS);
}

// Functions of their own: the compiler would take their body for one instruction, and put constants too far behind it.

#[cfg(target_arch = "arm")]
macro_rules! back {
    () => {
        "bx lr"
    };
}
#[cfg(target_arch = "riscv32")]
macro_rules! back {
    () => {
        "ret"
    };
}

#[unsafe(naked)]
extern "C" fn nothing() {
    naked_asm!(back!())
}

#[unsafe(naked)]
pub(crate) extern "C" fn nops() {
    naked_asm!(".rept 1000", "nop", ".endr", back!())
}

#[unsafe(naked)]
extern "C" fn two_times_nops() {
    naked_asm!(".rept 2000", "nop", ".endr", back!())
}

/// What `f` returns, and raw ticks for [`net`] if it is to be measured.
#[inline(always)]
pub(crate) fn ticks_of<R>(measured: bool, f: impl FnOnce() -> R) -> (R, u32) {
    if !measured {
        return (f(), 0);
    }
    let start = board::ticks();
    let result = f();
    (result, board::ticks().wrapping_sub(start))
}

/// What `f` returns and how many instructions it takes, give or take one.
#[inline(always)]
pub(crate) fn of<R>(f: impl FnOnce() -> R) -> (R, u32) {
    let (result, ticks) = ticks_of(true, f);
    (result, net(ticks))
}

/// Instructions in what [`ticks_of`] measured.
pub(crate) fn net(ticks: u32) -> u32 {
    in_ticks(ticks.saturating_sub(OFFSET.load(Ordering::Relaxed)))
}

/// Instructions in that many ticks, rounded.
pub(crate) fn in_ticks(ticks: u32) -> u32 {
    let scale = TICKS.load(Ordering::Relaxed);
    (ticks * NOPS + scale / 2) / scale
}
