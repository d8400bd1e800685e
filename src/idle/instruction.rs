//! Processors that sleep by an instruction.

use core::arch::asm;

use super::Wait;

/// Sleeps by `WFE`, notifies by `SEV`: for the cores of a Cortex-M.
///
/// The processor has an event register. An exception that comes, `SEV` on any core, and the return from an interrupt
/// set it, and `WFE` returns at once if it is set: so a notification between the second look and the sleep is not
/// missed, and nothing has to be masked. Every interrupt wakes the waiter, who looks and sleeps again.
#[cfg(cortex_m)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Wfe;

#[cfg(cortex_m)]
impl Wait for Wfe {
    #[inline]
    fn wait_unless(&self, news: impl FnOnce() -> bool) {
        if !news() {
            // SAFETY: sleeps; it may touch memory as far as the compiler knows, so nothing moves across it.
            unsafe { asm!("wfe", options(nostack, preserves_flags)) };
        }
    }

    #[inline]
    fn notify(&self) {
        // The barrier completes the publication before the event goes out.
        // SAFETY: neither changes a register.
        unsafe { asm!("dsb", "sev", options(nostack, preserves_flags)) };
    }
}

/// Sleeps by `WFI` with interrupts masked, for one core: Cortex-M (privileged) or RISC-V in machine mode.
///
/// An interrupt that comes between the second look and the sleep would be over before the sleep begins, and nothing
/// would end it. So both happen with interrupts masked: one that is pending ends the sleep all the same, and is taken
/// when they are let in again, before this returns. If they were masked before, they stay so, and the interrupt has to
/// be taken by the caller.
///
/// [`notify`](Wait::notify) does nothing: on one core whoever publishes is an interrupt, or the waiter's own task. For
/// a publisher on another core use [`Functions`](super::Functions) that ring the core's doorbell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wfi;

impl Wait for Wfi {
    #[inline]
    fn wait_unless(&self, news: impl FnOnce() -> bool) {
        let _masked = Masked::new();
        if !news() {
            // The barrier completes what the processor still has to store before it sleeps.
            #[cfg(cortex_m)]
            // SAFETY: sleeps, as in `Wfe`.
            unsafe {
                asm!("dsb", "wfi", options(nostack, preserves_flags))
            };
            #[cfg(bare_riscv)]
            // SAFETY: as above.
            unsafe {
                asm!("wfi", options(nostack, preserves_flags))
            };
        }
    }

    #[inline]
    fn notify(&self) {}
}

/// Interrupts are masked while it lives, and afterwards as they were before.
struct Masked {
    before: usize,
}

#[cfg(cortex_m)]
impl Masked {
    #[inline(always)]
    fn new() -> Self {
        let before;
        // SAFETY: masks interrupts, which is always allowed; the compiler keeps memory accesses on their side.
        unsafe { asm!("mrs {}, PRIMASK", "cpsid i", out(reg) before, options(nostack, preserves_flags)) };
        Self { before }
    }
}

#[cfg(cortex_m)]
impl Drop for Masked {
    #[inline(always)]
    fn drop(&mut self) {
        if self.before & 1 == 0 {
            // SAFETY: they were let in before.
            unsafe { asm!("cpsie i", options(nostack, preserves_flags)) };
        }
    }
}

/// The bit MIE of `mstatus`.
#[cfg(bare_riscv)]
const MIE: usize = 1 << 3;

#[cfg(bare_riscv)]
impl Masked {
    #[inline(always)]
    fn new() -> Self {
        let before;
        // SAFETY: as on Cortex-M.
        unsafe { asm!("csrrci {}, mstatus, {}", out(reg) before, const MIE, options(nostack)) };
        Self { before }
    }
}

#[cfg(bare_riscv)]
impl Drop for Masked {
    #[inline(always)]
    fn drop(&mut self) {
        if self.before & MIE != 0 {
            // SAFETY: they were let in before.
            unsafe { asm!("csrsi mstatus, {}", const MIE, options(nostack)) };
        }
    }
}
