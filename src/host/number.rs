//! A number of each thread's own, the one thing that a call has to know of its thread.
//!
//! A library that is position-independent, as the one for C is, reaches a thread-local by a call: and a function with a call in
//! it saves registers around it. So for C, where it is known how, the number lies in the memory that the loader gives each
//! thread when it starts ("initial-exec"), and is read by two instructions. That memory is small, and these are eight bytes.

/// Of a thread that has never set it.
pub(super) const UNKNOWN: usize = usize::MAX;

#[cfg(not(all(
    feature = "capi",
    all(target_arch = "x86_64", target_pointer_width = "64", target_os = "linux", target_env = "gnu"),
    not(any(loom, miri))
)))]
mod of_this_thread {
    use core::cell::Cell;

    use crate::sync::host::per_thread;

    per_thread! {
        static NUMBER: Cell<usize> = Cell::new(super::UNKNOWN);
    }

    #[inline(always)]
    pub(in super::super) fn get() -> usize {
        NUMBER.with(Cell::get)
    }

    pub(in super::super) fn set(number: usize) {
        NUMBER.with(|mine| mine.set(number));
    }
}

#[cfg(all(
    feature = "capi",
    all(target_arch = "x86_64", target_pointer_width = "64", target_os = "linux", target_env = "gnu"),
    not(any(loom, miri))
))]
mod of_this_thread {
    use core::arch::{asm, global_asm};

    // The complement of the number: memory of threads begins as zeros.
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
    pub(in super::super) fn get() -> usize {
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

    pub(in super::super) fn set(number: usize) {
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
}

pub(super) use of_this_thread::{get, set};
