//! What a panic does in the C library without std, where it can only be a defect of the library: the fault handler of the
//! firmware gets it.

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        #[cfg(target_arch = "arm")]
        // SAFETY: an undefined instruction; the fault handler takes over.
        unsafe {
            core::arch::asm!("udf #0")
        };
        #[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
        // SAFETY: as above.
        unsafe {
            core::arch::asm!("unimp")
        };
        core::hint::spin_loop();
    }
}
