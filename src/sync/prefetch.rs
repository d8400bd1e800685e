//! Cache lines, asked for ahead of time.

/// No more bytes at once: what comes too early is gone again before it is used.
const MOST: usize = 4096;

/// Asks for the cache lines of so many bytes, to write to them. So they come from another core all at once, and each of them in
/// one go: a load and then a store would bring a line twice, once to share and once to have. A hint: nothing that can be seen.
#[inline(always)]
pub(crate) fn prefetch_to_write<T>(start: *const T, bytes: usize) {
    for line in (0..bytes.min(MOST)).step_by(64) {
        ask_for(start.wrapping_byte_add(line));
    }
}

#[inline(always)]
fn ask_for<T>(line: *const T) {
    // The intrinsic for this is compiled to a prefetch to read, unless the target is told to have the other one. All that run
    // in 64 bits do, or ignore it.
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: it neither writes nor reads anything, and no address makes it fault.
    unsafe {
        core::arch::asm!("prefetchw [{}]", in(reg) line, options(readonly, nostack, preserves_flags));
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: as above.
    unsafe {
        core::arch::asm!("prfm pstl1keep, [{}]", in(reg) line, options(readonly, nostack, preserves_flags));
    }
    #[cfg(any(not(any(target_arch = "x86_64", target_arch = "aarch64")), miri))]
    let _ = line;
}
