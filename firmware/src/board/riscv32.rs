//! RV32IMAC (QEMU `virt`): the machine timer of the CLINT, the UART, the test device, and `minstret` as clock.

use riscv::interrupt::Interrupt;
use riscv::register::{mepc, mie, minstret};

use crate::interrupts;

pub(crate) const BOARD: &str = "RV32IMAC (riscv32imac, virt)";
/// How many interrupts have to land inside a call for a check to count.
pub(crate) const INTERRUPTS: u32 = 100_000;

const TEST: *mut u32 = 0x0010_0000 as *mut u32;
const MTIMECMP: *mut u32 = 0x0200_4000 as *mut u32;
const MTIME: *mut u32 = 0x0200_bff8 as *mut u32;
const UART: *mut u8 = 0x1000_0000 as *mut u8;

pub(crate) use riscv::interrupt::free as without_interrupts;

#[riscv_rt::entry]
fn start() -> ! {
    disarm();
    // SAFETY: nothing is armed.
    unsafe {
        mie::set_mtimer();
        riscv::interrupt::enable();
    }
    crate::main()
}

#[riscv_rt::core_interrupt(Interrupt::MachineTimer)]
fn machine_timer() {
    interrupts::on_timer(mepc::read());
}

#[inline(always)]
pub(crate) fn ticks() -> u32 {
    minstret::read() as u32
}

fn set_mtimecmp(low: u32, high: u32) {
    // SAFETY: the compare register is ours. In between it lies in the far future, so nothing fires by mistake.
    unsafe {
        MTIMECMP.add(1).write_volatile(u32::MAX);
        MTIMECMP.write_volatile(low);
        MTIMECMP.add(1).write_volatile(high);
    }
}

/// The next timer interrupt comes after that many instructions, at least 1.
#[inline(always)]
pub(crate) fn arm(instructions: u32) {
    // The timer counts at 10 MHz.
    // SAFETY: reads without side effects.
    let (low, high) = unsafe { (MTIME.read_volatile(), MTIME.add(1).read_volatile()) };
    let (low, carry) = low.overflowing_add(super::ticks_in::<{ 2 * 100 }>(instructions));
    set_mtimecmp(low, high + u32::from(carry));
}

pub(crate) fn disarm() {
    set_mtimecmp(u32::MAX, u32::MAX);
}

pub(crate) fn write(text: &str) {
    for byte in text.bytes() {
        // SAFETY: QEMU's UART is always ready.
        unsafe { UART.write_volatile(byte) };
    }
}

/// QEMU exits with this status.
pub(crate) fn exit(status: u32) -> ! {
    const PASS: u32 = 0x5555;
    const FAIL: u32 = 0x3333;
    let word = if status == 0 { PASS } else { status << 16 | FAIL };
    // SAFETY: the machine ends here.
    unsafe { TEST.write_volatile(word) };
    loop {
        riscv::asm::wfi();
    }
}
