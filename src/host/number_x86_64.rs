//! The same number of each thread's own as in `number.rs`, for a library for C on x86-64 with glibc: without a call.
//!
//! A library that is position-independent reaches a thread-local by a call, and a function with a call in it saves registers
//! around it. So here the number lies in what the loader gives each thread before its start ("initial-exec"): two loads. A
//! library that is loaded later takes some hundred bytes for that, most of them for Rust's own thread-locals, of those that
//! glibc keeps for the purpose.

use core::arch::{asm, global_asm};

/// Of a thread that has never set it.
pub(super) const UNKNOWN: usize = usize::MAX;

// Its complement: that memory begins as zeros.
global_asm!(
    ".pushsection .tbss.jobring_number, \"awT\", @nobits",
    ".globl jobring_number",
    ".hidden jobring_number",
    ".type jobring_number, @tls_object",
    ".size jobring_number, 8",
    ".balign 8",
    "jobring_number: .zero 8",
    ".popsection",
);

#[inline(always)]
pub(super) fn get() -> usize {
    let complement: usize;
    // SAFETY: reads this thread's variable from above, which only this thread writes.
    unsafe {
        asm!(
            "mov {place}, qword ptr [rip + jobring_number@gottpoff]",
            "mov {place}, qword ptr fs:[{place}]",
            place = out(reg) complement,
            options(pure, readonly, nostack, preserves_flags),
        );
    }
    !complement
}

pub(super) fn set(number: usize) {
    // SAFETY: writes this thread's variable, which nobody has a reference to.
    unsafe {
        asm!(
            "mov {place}, qword ptr [rip + jobring_number@gottpoff]",
            "mov qword ptr fs:[{place}], {complement}",
            place = out(reg) _,
            complement = in(reg) !number,
            options(nostack, preserves_flags),
        );
    }
}
