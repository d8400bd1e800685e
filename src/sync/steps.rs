//! `core`'s atomics, with a step before each access: a point where a test stops the thread for good, or lets others get
//! ahead of it. Between two steps a thread does nothing that another thread could see.
//!
//! Only with `--cfg jobring_steps`, for `tests/steps`.

use alloc::boxed::Box;
use core::cell::Cell;
use core::ops::Deref;

pub(crate) use core::sync::atomic::{Ordering, fence};

/// Called before a step, with its number from 1 on.
pub type Hook = Box<dyn FnMut(usize)>;

std::thread_local! {
    static HOOK: Cell<Option<(usize, Hook)>> = const { Cell::new(None) };
}

/// Calls `hook` before each step that this thread takes from now on, until `None` replaces it. Steps that are taken in
/// the hook itself are not counted; it may watch them with a hook of their own.
pub fn watch(hook: Option<Hook>) {
    HOOK.set(hook.map(|hook| (0, hook)));
}

/// A step. Public for what tests compare the crate with.
pub fn step() {
    if let Some((taken, mut hook)) = HOOK.take() {
        hook(taken + 1);
        HOOK.set(Some((taken + 1, hook)));
    }
}

macro_rules! atomic {
    ($($name:ident $int:ident $($exchange:ident)*;)+) => {$(
        /// As the futex finds it: the address is that of the integer.
        #[derive(Debug)]
        #[repr(transparent)]
        #[allow(unreachable_pub, reason = "public in the trait of words")]
        pub struct $name(core::sync::atomic::$name);

        #[allow(dead_code, reason = "not each of them is exchanged")]
        impl $name {
            pub(crate) const fn new(value: $int) -> Self {
                Self(core::sync::atomic::$name::new(value))
            }

            // The trait of words has methods of these names, which would be found before those behind `deref`.

            pub(crate) fn load(&self, order: Ordering) -> $int {
                (**self).load(order)
            }

            pub(crate) fn store(&self, value: $int, order: Ordering) {
                (**self).store(value, order);
            }

            pub(crate) fn compare_exchange(
                &self,
                current: $int,
                new: $int,
                ok: Ordering,
                err: Ordering,
            ) -> Result<$int, $int> {
                (**self).compare_exchange(current, new, ok, err)
            }

            pub(crate) fn compare_exchange_weak(
                &self,
                current: $int,
                new: $int,
                ok: Ordering,
                err: Ordering,
            ) -> Result<$int, $int> {
                (**self).compare_exchange_weak(current, new, ok, err)
            }

            $(
                pub(crate) fn $exchange(&self, value: $int, order: Ordering) -> $int {
                    (**self).$exchange(value, order)
                }
            )*
        }

        /// Whatever is called on the atomic is called through this.
        impl Deref for $name {
            type Target = core::sync::atomic::$name;

            fn deref(&self) -> &Self::Target {
                step();
                &self.0
            }
        }
    )+};
}

atomic! {
    AtomicBool bool;
    AtomicU8 u8 fetch_add;
    AtomicU16 u16 fetch_add;
    AtomicU32 u32 fetch_add;
    AtomicU64 u64 fetch_add;
    AtomicUsize usize;
}
