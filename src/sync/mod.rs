//! The one place that knows where atomics come from: `core`, `portable-atomic`, `loom`, or `steps` in tests that stop
//! threads between two accesses.
//!
//! Everything else in the crate is written once, against these names. What only one module has is chosen there:
//!
//! - how a thread sleeps (`wait::parking`), and whether `membarrier` does a part of the fences, under loom never
//!   (`wait::barrier`);
//! - where a thread's number is (`host::number`), and what a thread does at its end (`host::seat`);
//! - how two words are exchanged together (`ring::pair`): under loom they are halves of one word, for which an entry has a
//!   field of its own (`ring::entry`).
//!
//! Besides these `cfg(loom)` only makes numbers smaller, leaves out the pauses of `ring::backoff`, has words of 64 bits on
//! all targets, makes constructors not `const`, and shows the models what they test from inside (`model`).

#[cfg(any(feature = "std", feature = "async"))]
mod bits;
#[cfg(not(loom))]
mod cell;
#[cfg(feature = "std")]
pub(crate) mod host;
#[cfg(loom)]
pub(crate) mod loom_atomic;
#[cfg(any(loom, not(target_has_atomic = "64")))]
mod not_padded;
mod prefetch;
#[cfg(jobring_steps)]
pub(crate) mod steps;

#[cfg(all(not(loom), not(feature = "portable-atomic"), not(target_has_atomic = "32")))]
compile_error!(
    "this target has no compare-exchange: enable jobring's `portable-atomic` feature \
     (and one of `critical-section` or `unsafe-assume-single-core` of the crate `portable-atomic`)"
);

#[cfg(not(any(loom, jobring_steps, feature = "portable-atomic")))]
pub(crate) use core::sync::atomic;

#[cfg(all(not(loom), not(jobring_steps), feature = "portable-atomic"))]
pub(crate) use portable_atomic as atomic;

#[cfg(loom)]
pub(crate) use loom_atomic as atomic;

#[cfg(jobring_steps)]
pub(crate) use steps::{self as atomic, step};

/// Where a thread may be stopped in a test, besides at atomics; nothing in any other build.
#[cfg(not(jobring_steps))]
#[cfg_attr(loom, expect(dead_code, reason = "loom stops threads by itself"))]
#[inline(always)]
pub(crate) fn step() {}

#[cfg(feature = "std")]
pub(crate) use atomic::AtomicBool;
#[cfg(any(loom, target_has_atomic = "64"))]
pub(crate) use atomic::AtomicU64;
#[cfg(any(feature = "std", feature = "async"))]
pub(crate) use atomic::fence;
pub(crate) use atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicUsize, Ordering};

/// For what is the same in each call that stores it: there is nothing that a model could try, or a test stop at.
#[cfg(feature = "capi-core")]
pub(crate) use core::sync::atomic::AtomicPtr;

#[cfg(not(loom))]
pub(crate) use cell::UnsafeCell;
#[cfg(loom)]
pub(crate) use loom::cell::UnsafeCell;

#[cfg(all(not(loom), target_has_atomic = "64"))]
pub(crate) use crossbeam_utils::CachePadded as Padded;
#[cfg(any(loom, not(target_has_atomic = "64")))]
pub(crate) use not_padded::Padded;

#[cfg(any(feature = "std", feature = "async"))]
pub(crate) use bits::take_lowest;
#[cfg(any(feature = "std", feature = "async"))]
pub(crate) use bits::update;
#[cfg(feature = "capi")]
pub(crate) use prefetch::LINE;
#[cfg(feature = "std")]
pub(crate) use prefetch::prefetch_to_write;
pub(crate) use prefetch::{prefetch_later_to_write, prefetch_next_to_read};

/// Between two looks of a thread that waits without sleeping. Loom would look for ever if it did not let another thread go on.
#[inline(always)]
pub(crate) fn spin_once() {
    #[cfg(not(loom))]
    core::hint::spin_loop();
    #[cfg(loom)]
    loom::thread::yield_now();
}

/// Declares functions that are `const` except under loom, whose atomics have no `const` constructor.
macro_rules! const_unless_loom {
    ($($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $ret:ty $body:block)+) => {$(
        #[cfg(not(loom))]
        $(#[$meta])*
        $vis const fn $name($($arg: $ty),*) -> $ret $body

        #[cfg(loom)]
        $(#[$meta])*
        $vis fn $name($($arg: $ty),*) -> $ret $body
    )+};
}
pub(crate) use const_unless_loom;
