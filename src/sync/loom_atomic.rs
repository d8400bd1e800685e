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
