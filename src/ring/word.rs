//! The integers that a ring's words are, and their atomics. What is in a word: `layout`.

use core::fmt::Debug;
use core::ops::{BitAnd, BitOr, BitXor, Not};

use crate::sync::Ordering;

/// The unsigned integer that a ring is made of: `u8`, `u16`, `u32`, or `u64`.
///
/// [`Native`] is the right choice outside of tests. Narrow words exist so that tests can drive a ring
/// through every lap it has: `u8` wraps after a few dozen operations.
///
/// The width sets the *horizon*: how much may happen in the ring while one context sleeps in the middle
/// of an operation. With `b` bits it is 2^(b-3) operations: half a billion for `u32`. Words of a pool that have bits to
/// spare for spans of jobs have so many fewer for laps: 2^54 operations for `u64`, out of reach; half of it for
/// `u8`. A [`SwapRing`](crate::SwapRing) names more cells than it has places, so it has `N` * 2^(b-2) operations, divided by
/// `N + HANDLES` rounded up to a power of two, where that is fewer. Past it an answer may be wrong and a value may be lost;
/// none comes twice, and nobody waits.
///
/// "Full" has a bound of its own where what is free is kept in several words: for more than `b`/2 cells or slots, and for two
/// cells already in a ring of `u64` words. It would be said wrongly if between two looks of one call exactly 2^(b/2) of them,
/// or a multiple of that, came back: 65,536 for `u32`, and 2^32 for `u64`.
///
/// Where values ride in the words of a [`Ring`](crate::Ring) none of these bounds is in reach: it counts to 2^63.
pub trait Word:
    sealed::Sealed
    + Copy
    + Eq
    + Debug
    + Send
    + Sync
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
    + 'static
{
    /// The atomic of this width.
    #[doc(hidden)]
    type Atomic: AtomicWord<Self>;
    /// An atomic zero.
    #[cfg(not(loom))]
    #[doc(hidden)]
    const ATOMIC_ZERO: Self::Atomic;
    /// An atomic zero.
    #[cfg(loom)]
    #[doc(hidden)]
    fn atomic_zero() -> Self::Atomic;
    /// Width in bits.
    const BITS: u32;
    /// Zero.
    #[doc(hidden)]
    const ZERO: Self;
    /// 2^n.
    #[doc(hidden)]
    fn bit(n: u32) -> Self;
    /// Lossless for what fits the layout.
    #[doc(hidden)]
    fn from_u64(bits: u64) -> Self;
    /// The low 32 bits.
    #[doc(hidden)]
    fn to_ticket(self) -> u32;
    /// Wrapping sum.
    #[doc(hidden)]
    fn plus(self, other: Self) -> Self;
    /// Wrapping difference.
    #[doc(hidden)]
    fn minus(self, other: Self) -> Self;
    /// The top bit: the sign of a wrapped difference.
    #[doc(hidden)]
    fn is_negative(self) -> bool;
}

/// What a ring needs of an atomic word.
#[doc(hidden)]
pub trait AtomicWord<W>: Send + Sync {
    fn load(&self, order: Ordering) -> W;
    fn store(&self, value: W, order: Ordering);
    fn fetch_add(&self, value: W, order: Ordering) -> W;
    fn compare_exchange_weak(&self, current: W, new: W, ok: Ordering, err: Ordering) -> Result<W, W>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! word {
    ($($int:ident $atomic:ident;)+) => {$(
        impl sealed::Sealed for $int {}

        impl Word for $int {
            type Atomic = crate::sync::$atomic;
            #[cfg(not(loom))]
            #[expect(clippy::declare_interior_mutable_const, reason = "it is a constructor")]
            const ATOMIC_ZERO: Self::Atomic = crate::sync::$atomic::new(0);
            #[cfg(loom)]
            fn atomic_zero() -> Self::Atomic {
                crate::sync::$atomic::new(0)
            }
            const BITS: u32 = $int::BITS;
            const ZERO: Self = 0;

            #[inline(always)]
            fn bit(n: u32) -> Self {
                1 << n
            }

            #[inline(always)]
            fn from_u64(bits: u64) -> Self {
                bits as Self
            }

            #[inline(always)]
            fn to_ticket(self) -> u32 {
                self as u32
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn is_negative(self) -> bool {
                self >> ($int::BITS - 1) == 1
            }
        }

        impl AtomicWord<$int> for crate::sync::$atomic {
            #[inline(always)]
            fn load(&self, order: Ordering) -> $int {
                self.load(order)
            }

            #[inline(always)]
            fn store(&self, value: $int, order: Ordering) {
                self.store(value, order)
            }

            #[inline(always)]
            fn fetch_add(&self, value: $int, order: Ordering) -> $int {
                self.fetch_add(value, order)
            }

            #[inline(always)]
            fn compare_exchange_weak(
                &self,
                current: $int,
                new: $int,
                ok: Ordering,
                err: Ordering,
            ) -> Result<$int, $int> {
                self.compare_exchange_weak(current, new, ok, err)
            }
        }
    )+};
}

word! {
    u8 AtomicU8;
    u16 AtomicU16;
    u32 AtomicU32;
}

#[cfg(any(loom, target_has_atomic = "64"))]
word! { u64 AtomicU64; }

/// The widest word that this target compares and exchanges in one instruction.
#[cfg(any(loom, target_has_atomic = "64"))]
pub type Native = u64;
/// The widest word that this target compares and exchanges in one instruction.
#[cfg(not(any(loom, target_has_atomic = "64")))]
pub type Native = u32;
