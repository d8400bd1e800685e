//! Cortex-M3 (MPS2 AN385) and Cortex-M0 (micro:bit): SysTick, semihosting, and a timer of the board as clock.

use core::arch::naked_asm;

use cortex_m_semihosting::{hprint, syscall};

use crate::interrupts;

#[cfg(target_has_atomic = "32")]
mod clock {
    //! CMSDK timer 0, counting down from the largest value.

    const CTRL: *mut u32 = 0x4000_0000 as *mut u32;
    const VALUE: *mut u32 = 0x4000_0004 as *mut u32;
    const RELOAD: *mut u32 = 0x4000_0008 as *mut u32;

    pub(crate) const BOARD: &str = "Cortex-M3 (thumbv7m, MPS2 AN385)";
    /// SysTick counts at 25 MHz.
    pub(super) const TICK: u32 = 2 * 40;
    pub(crate) const INTERRUPTS: u32 = 100_000;

    pub(super) fn start() {
        // SAFETY: this timer is ours.
        unsafe {
            RELOAD.write_volatile(u32::MAX);
            VALUE.write_volatile(u32::MAX);
            CTRL.write_volatile(1);
        }
    }

    #[inline(always)]
    pub(crate) fn ticks() -> u32 {
        // SAFETY: a read without side effects.
        !unsafe { VALUE.read_volatile() }
    }
}

#[cfg(not(target_has_atomic = "32"))]
mod clock {
    //! nRF51 TIMER0, 32 bits wide, captured into CC[0].

    const START: *mut u32 = 0x4000_8000 as *mut u32;
    const CAPTURE: *mut u32 = 0x4000_8040 as *mut u32;
    const BITMODE: *mut u32 = 0x4000_8508 as *mut u32;
    const PRESCALER: *mut u32 = 0x4000_8510 as *mut u32;
    const CC: *mut u32 = 0x4000_8540 as *mut u32;

    pub(crate) const BOARD: &str = "Cortex-M0 (thumbv6m, micro:bit)";
    /// SysTick counts at 16 MHz.
    pub(super) const TICK: u32 = 125;
    /// Fewer than elsewhere: each compare-exchange is a critical section, and that is all that there is to it.
    pub(crate) const INTERRUPTS: u32 = 20_000;

    pub(super) fn start() {
        // SAFETY: this timer is ours.
        unsafe {
            BITMODE.write_volatile(3);
            PRESCALER.write_volatile(0);
            START.write_volatile(1);
        }
    }

    #[inline(always)]
    pub(crate) fn ticks() -> u32 {
        // SAFETY: nobody else captures into this register; an interrupt between the two leaves a later time in it.
        unsafe {
            CAPTURE.write_volatile(1);
            CC.read_volatile()
        }
    }
}

pub(crate) use clock::{BOARD, INTERRUPTS, ticks};
pub(crate) use cortex_m::interrupt::free;

pub(crate) fn without_interrupts<R>(f: impl FnOnce() -> R) -> R {
    free(|_| f())
}

#[cortex_m_rt::entry]
fn start() -> ! {
    clock::start();
    crate::main()
}

/// Passes on where the interrupt came: the processor has left that at the top of the stack.
#[unsafe(no_mangle)]
#[unsafe(naked)]
extern "C" fn SysTick() {
    naked_asm!("mov r0, sp", "ldr r1, =on_systick", "bx r1", ".ltorg");
}

/// What the processor stacks.
#[repr(C)]
struct Frame {
    r: [u32; 4],
    r12: u32,
    lr: u32,
    pc: u32,
    xpsr: u32,
}

#[unsafe(no_mangle)]
extern "C" fn on_systick(frame: &Frame) {
    interrupts::on_timer(frame.pc as usize);
}

/// SysTick, by its registers: under QEMU each access is expensive, and there is one for every interrupt.
mod systick {
    pub(super) const CONTROL: *mut u32 = 0xe000_e010 as *mut u32;
    pub(super) const RELOAD: *mut u32 = 0xe000_e014 as *mut u32;
    pub(super) const CURRENT: *mut u32 = 0xe000_e018 as *mut u32;
    pub(super) const ON: u32 = 0b111;
    pub(super) const INTERRUPT_CONTROL: *mut u32 = 0xe000_ed04 as *mut u32;
    pub(super) const CLEAR_PENDING: u32 = 1 << 25;
}

/// The next timer interrupt comes after that many instructions, at least 1.
#[inline(always)]
pub(crate) fn arm(instructions: u32) {
    // SAFETY: this timer is ours.
    unsafe {
        systick::RELOAD.write_volatile(super::ticks_in::<{ clock::TICK }>(instructions));
        systick::CURRENT.write_volatile(0);
        systick::INTERRUPT_CONTROL.write_volatile(systick::CLEAR_PENDING);
        systick::CONTROL.write_volatile(systick::ON);
    }
}

pub(crate) fn disarm() {
    // SAFETY: as above.
    unsafe {
        systick::CONTROL.write_volatile(0);
        systick::INTERRUPT_CONTROL.write_volatile(systick::CLEAR_PENDING);
    }
}

pub(crate) fn write(text: &str) {
    hprint!("{}", text);
}

/// QEMU exits with this status.
pub(crate) fn exit(status: u32) -> ! {
    const SYS_EXIT_EXTENDED: usize = 0x20;
    const APPLICATION_EXIT: u32 = 0x2_0026;
    // SAFETY: the block is what this call wants.
    unsafe { syscall(SYS_EXIT_EXTENDED, &[APPLICATION_EXIT, status]) };
    loop {
        cortex_m::asm::wfi();
    }
}
