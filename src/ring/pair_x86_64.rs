//! Two words that x86-64 compares and exchanges together, by `cmpxchg16b`.

use core::arch::asm;
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::sync::atomic::AtomicU8;

use crate::sync::{AtomicU64, Ordering, step};

/// The second word. A value need not fill it.
pub(super) type Bits = MaybeUninit<u64>;

/// A tag and what it tags.
#[repr(C, align(16))]
pub(super) struct Pair {
    tag: AtomicU64,
    bits: UnsafeCell<Bits>,
}

// The instruction's.
const _: () =
    assert!(size_of::<Pair>() == 16 && core::mem::offset_of!(Pair, tag) == 0 && core::mem::offset_of!(Pair, bits) == 8);

impl Pair {
    /// The bytes of the smallest value that it holds, and of the largest.
    pub(super) const HOLDS: (usize, usize) = (0, 8);

    /// Whether this processor has the instruction. Those without it are the first ones of AMD's, until 2006.
    #[inline(always)]
    pub(super) fn is_usable() -> bool {
        static KNOWN: AtomicU8 = AtomicU8::new(UNKNOWN);
        const UNKNOWN: u8 = 0;
        const YES: u8 = 1;
        const NO: u8 = 2;

        #[cold]
        #[inline(never)]
        fn ask() -> u8 {
            #[allow(unused_unsafe, reason = "newer compilers know that it is safe")]
            // SAFETY: x86-64 has it, and this leaf.
            let features = unsafe { core::arch::x86_64::__cpuid(1) }.ecx;
            let known = if features >> 13 & 1 == 1 { YES } else { NO };
            KNOWN.store(known, Ordering::Relaxed);
            known
        }

        if cfg!(target_feature = "cmpxchg16b") {
            return true;
        }
        // Relaxed: everybody who asks is told the same.
        let known = KNOWN.load(Ordering::Relaxed);
        (if known == UNKNOWN { ask() } else { known }) == YES
    }

    #[inline(always)]
    pub(super) fn tag(&self) -> u64 {
        // D1
        self.tag.load(Ordering::Acquire)
    }

    /// The second word; read after any tag that was read before.
    #[inline(always)]
    pub(super) fn bits(&self) -> Bits {
        step();
        let bits;
        // SAFETY: the address is that of eight bytes, aligned, which are there. Others may exchange them meanwhile: to the
        // processor both are atomic.
        unsafe {
            asm!("mov {}, [{}]", out(reg) bits, in(reg) self.bits.get(), options(readonly, nostack, preserves_flags));
        }
        bits
    }

    /// Exchanges both words, if they are still these.
    #[inline(always)]
    pub(super) fn replace(&self, (tag, bits): (u64, Bits), (new_tag, new_bits): (u64, Bits)) -> bool {
        step();
        let replaced: u64;
        // SAFETY: the processor has the instruction, as whoever made a ring of pairs has asked. The address is that of sixteen
        // bytes, aligned, which are there and which others touch by atomics and in here only. rbx has to hold the new tag, but
        // is the compiler's, so it is put back; and each operand has a register of its own, since a register of the compiler's
        // choice could be rbx.
        //
        // D2: as every exchange of this processor it is Acquire as well.
        unsafe {
            asm!(
                "xchg rbx, rsi",
                "lock cmpxchg16b [rdi]",
                "mov rbx, rsi",
                "sete al",
                in("rdi") self,
                inout("rsi") new_tag => _,
                in("rcx") new_bits,
                inout("rax") tag => replaced,
                inout("rdx") bits => _,
                options(nostack),
            );
        }
        replaced as u8 != 0
    }
}
