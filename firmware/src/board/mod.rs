//! What the checks need of a board: a console, an exit, one timer interrupt, and a clock that counts instructions.
//!
//! QEMU runs with `-icount shift=7`: every instruction takes 128 ns. So each of the board's clocks counts instructions,
//! and a timer that ticks faster than that can be set to fire at one particular instruction of what comes next.

use core::cell::UnsafeCell;

#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(target_arch = "arm")]
pub(crate) use cortex_m::*;

#[cfg(target_arch = "riscv32")]
mod riscv32;
#[cfg(target_arch = "riscv32")]
pub(crate) use riscv32::*;

/// Timer ticks in that many instructions, for a timer that ticks once in `HALF_NANOS`/2 ns.
const fn ticks_in<const HALF_NANOS: u32>(instructions: u32) -> u32 {
    // One multiplication and one shift: this is in the path of each interrupt.
    (instructions * (2 * 128 * 64 / HALF_NANOS)) >> 6
}

/// State of the main loop and the interrupt handler, for one of them at a time.
pub(crate) struct Guarded<T>(UnsafeCell<T>);

// SAFETY: one core, and `with` keeps the interrupt out.
unsafe impl<T> Sync for Guarded<T> {}

impl<T> Guarded<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner()
    }

    /// `f` must not use the same cell again.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: interrupts are off, and `f` keeps to the rule.
        without_interrupts(|| f(unsafe { &mut *self.0.get() }))
    }
}

unsafe extern "C" {
    static __sbss: u8;
    static __ebss: u8;
}

/// Whether this lies in memory that the start-up code fills with zeros: nothing of it is in the image.
pub(crate) fn is_in_bss<T>(place: &T) -> bool {
    let place = &raw const *place as usize;
    (&raw const __sbss as usize..&raw const __ebss as usize).contains(&place)
}
