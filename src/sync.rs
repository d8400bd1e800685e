//! The one place that knows where atomics come from: `core`, `portable-atomic`, `loom`, or `steps` in tests that stop
//! threads between two accesses.
//!
//! Everything else in the crate is written once, against these names.

#[cfg(all(not(loom), not(feature = "portable-atomic"), not(target_has_atomic = "32")))]
compile_error!(
    "this target has no compare-exchange: enable jobring's `portable-atomic` feature \
     (and one of `critical-section` or `unsafe-assume-single-core` of the crate `portable-atomic`)"
);

#[cfg(not(any(loom, jobring_steps, feature = "portable-atomic")))]
pub(crate) use core::sync::atomic;

#[cfg(all(not(loom), not(jobring_steps), feature = "portable-atomic"))]
pub(crate) use portable_atomic as atomic;

#[cfg(jobring_steps)]
pub(crate) mod steps;
#[cfg(jobring_steps)]
pub(crate) use steps::{self as atomic, step};

/// Where a thread may be stopped in a test, besides at atomics; nothing in any other build.
#[cfg(not(jobring_steps))]
#[cfg_attr(loom, expect(dead_code, reason = "loom stops threads by itself"))]
#[inline(always)]
pub(crate) fn step() {}

#[cfg(loom)]
pub(crate) mod atomic {
    //! Loom's atomics, each with a companion that every access stores to first.
    //!
    //! Loom remembers one last access to an atomic. A thread that loads and then exchanges hides, by its own load, the
    //! loads of others from its exchange, and their orders are never tried (tokio-rs/loom issues 166 and 392): of a pop
    //! from an empty ring that races a push it tries one order only. The relaxed store orders no memory; it makes all
    //! accesses to one atomic depend on each other.

    use loom::sync::atomic;
    pub(crate) use loom::sync::atomic::{Ordering, fence};

    macro_rules! atomic {
        ($($name:ident $int:ident $($exchange:ident)*;)+) => {$(
            #[derive(Debug)]
            #[allow(unreachable_pub, reason = "public in the trait of words")]
            pub struct $name {
                touched: atomic::AtomicBool,
                value: atomic::$name,
            }

            #[allow(dead_code, reason = "not each of them is exchanged")]
            impl $name {
                pub(crate) fn new(value: $int) -> Self {
                    Self { touched: atomic::AtomicBool::new(false), value: atomic::$name::new(value) }
                }

                fn touch(&self) -> &atomic::$name {
                    self.touched.store(true, Ordering::Relaxed);
                    &self.value
                }

                pub(crate) fn load(&self, order: Ordering) -> $int {
                    self.touch().load(order)
                }

                pub(crate) fn store(&self, value: $int, order: Ordering) {
                    self.touch().store(value, order);
                }

                pub(crate) fn compare_exchange(
                    &self,
                    current: $int,
                    new: $int,
                    ok: Ordering,
                    err: Ordering,
                ) -> Result<$int, $int> {
                    self.touch().compare_exchange(current, new, ok, err)
                }

                /// Never fails for no reason: there would be no end of such failures.
                pub(crate) fn compare_exchange_weak(
                    &self,
                    current: $int,
                    new: $int,
                    ok: Ordering,
                    err: Ordering,
                ) -> Result<$int, $int> {
                    self.compare_exchange(current, new, ok, err)
                }

                $(
                    pub(crate) fn $exchange(&self, value: $int, order: Ordering) -> $int {
                        self.touch().$exchange(value, order)
                    }
                )*
            }
        )+};
    }

    atomic! {
        AtomicBool bool;
        AtomicU8 u8 fetch_add;
        AtomicU16 u16 fetch_add;
        AtomicU32 u32 fetch_add fetch_and;
        AtomicU64 u64 fetch_add;
        AtomicUsize usize fetch_add fetch_sub;
    }
}

#[cfg(feature = "std")]
pub(crate) use atomic::AtomicBool;
#[cfg(any(loom, target_has_atomic = "64"))]
pub(crate) use atomic::AtomicU64;
#[cfg(any(feature = "std", feature = "async"))]
pub(crate) use atomic::fence;
pub(crate) use atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicUsize, Ordering};

#[cfg(all(not(loom), target_has_atomic = "64"))]
pub(crate) use crossbeam_utils::CachePadded as Padded;

/// Cores with 32-bit atomics only are small and mostly alone: there RAM is dearer than false
/// sharing, so nothing is padded. Loom has no caches.
#[cfg(any(loom, not(target_has_atomic = "64")))]
#[derive(Debug, Default)]
pub(crate) struct Padded<T>(T);

#[cfg(any(loom, not(target_has_atomic = "64")))]
impl<T> Padded<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }
}

#[cfg(any(loom, not(target_has_atomic = "64")))]
impl<T> core::ops::Deref for Padded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(loom)]
pub(crate) use loom::cell::UnsafeCell;

#[cfg(not(loom))]
pub(crate) use cell::UnsafeCell;

#[cfg(not(loom))]
mod cell {
    /// `core::cell::UnsafeCell` with loom's closure interface.
    #[derive(Debug)]
    #[repr(transparent)]
    pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }

        /// Hands out the pointer to write or move through; the caller answers for exclusivity.
        #[inline(always)]
        pub(crate) fn with_mut<X>(&self, f: impl FnOnce(*mut T) -> X) -> X {
            super::step();
            f(self.0.get())
        }
    }
}

#[cfg(feature = "std")]
pub(crate) mod host {
    //! What the host layer takes from the operating system.

    #[cfg(loom)]
    pub(crate) use loom::sync::{Arc, Condvar, Mutex};
    #[cfg(loom)]
    pub(crate) use loom::thread;

    #[cfg(not(loom))]
    pub(crate) use alloc::sync::Arc;
    #[cfg(all(not(loom), not(target_os = "linux")))]
    pub(crate) use std::sync::Condvar;
    #[cfg(not(loom))]
    pub(crate) use std::sync::Mutex;
    #[cfg(not(loom))]
    pub(crate) use std::thread;

    /// Declares thread-locals; loom's have no constants.
    macro_rules! per_thread {
        ($($(#[$meta:meta])* static $name:ident: $ty:ty = $value:expr;)+) => {
            #[cfg(not(loom))]
            std::thread_local! { $($(#[$meta])* static $name: $ty = const { $value };)+ }
            #[cfg(loom)]
            loom::thread_local! { $($(#[$meta])* static $name: $ty = $value;)+ }
        };
    }
    pub(crate) use per_thread;

    /// Time since some moment. Under loom it stands still: a model's runs must not differ by the clock.
    pub(crate) struct Clock(#[cfg(not(loom))] std::time::Instant);

    #[cfg(not(loom))]
    impl Clock {
        pub(crate) fn new() -> Self {
            Self(std::time::Instant::now())
        }

        pub(crate) fn nanos(&self) -> u64 {
            self.0.elapsed().as_nanos() as u64
        }
    }

    #[cfg(loom)]
    impl Clock {
        pub(crate) fn new() -> Self {
            Self()
        }

        pub(crate) fn nanos(&self) -> u64 {
            0
        }
    }
}

/// Changes a word by `change`, until it fits or `change` gives up; gives the word before. Relaxed where it does not change.
#[cfg(any(feature = "std", feature = "async"))]
pub(crate) fn update(word: &AtomicU32, ok: Ordering, change: impl Fn(u32) -> Option<u32>) -> Option<u32> {
    let mut now = word.load(Ordering::Relaxed);
    loop {
        match word.compare_exchange(now, change(now)?, ok, Ordering::Relaxed) {
            Ok(_) => return Some(now),
            Err(other) => now = other,
        }
    }
}

/// Sets the lowest bit that is not set, and gives its number, if that is below `count`.
#[cfg(any(feature = "std", feature = "async"))]
pub(crate) fn take_lowest(word: &AtomicU32, count: usize, ok: Ordering) -> Option<usize> {
    let lowest = |word: u32| Some(word.trailing_ones() as usize).filter(|number| *number < count);
    update(word, ok, |word| lowest(word).map(|number| word | 1 << number)).and_then(lowest)
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
