//! Cache lines, asked for ahead of time. Hints: nothing that can be seen, and nothing at all but on x86-64 and AArch64.

/// No more bytes at once: what comes too early is gone again before it is used.
#[cfg(feature = "std")]
const MOST: usize = 4096;

/// Bytes in a cache line.
pub(crate) const LINE: usize = 64;

/// Runs one of two instructions, each of which is given an address.
macro_rules! ask {
    ($address:expr, x86_64: $x86_64:literal, aarch64: $aarch64:literal) => {{
        let address = $address;
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        // SAFETY: it neither writes nor reads anything, and no address makes it fault.
        unsafe {
            core::arch::asm!($x86_64, in(reg) address, options(readonly, nostack, preserves_flags));
        }
        #[cfg(all(target_arch = "aarch64", not(miri)))]
        // SAFETY: as above.
        unsafe {
            core::arch::asm!($aarch64, in(reg) address, options(readonly, nostack, preserves_flags));
        }
        #[cfg(any(not(any(target_arch = "x86_64", target_arch = "aarch64")), miri))]
        let _ = address;
    }};
}

// The intrinsic for this is compiled to a prefetch to read, unless the target is told to have the other one. All that run in
// 64 bits do, or ignore it.
#[inline(always)]
fn to_write<T>(address: *const T) {
    ask!(address, x86_64: "prefetchw [{}]", aarch64: "prfm pstl1keep, [{}]");
}

/// Asks for the cache lines of so many bytes, to write to them. So they come from another core all at once, and each of them in
/// one go: a load and then a store would bring a line twice, once to share and once to have.
#[cfg(feature = "std")]
#[inline(always)]
pub(crate) fn prefetch_to_write<T>(start: *const T, bytes: usize) {
    for line in (0..bytes.min(MOST)).step_by(LINE) {
        to_write(start.wrapping_byte_add(line));
    }
}

/// The same for one line, so many after that of `place`.
#[inline(always)]
pub(crate) fn prefetch_later_to_write<T>(place: *const T, lines: usize) {
    to_write(place.wrapping_byte_add(lines * LINE));
}

/// The same for the next line, to read.
#[inline(always)]
pub(crate) fn prefetch_next_to_read<T>(place: *const T) {
    ask!(place.wrapping_byte_add(LINE), x86_64: "prefetcht0 [{}]", aarch64: "prfm pldl1keep, [{}]");
}
