//! How a thread sleeps while nothing is signalled.

use std::time::Instant;

#[cfg(all(target_os = "linux", not(loom)))]
use super::state;
use super::state::{Bits, State};

#[cfg(all(target_os = "linux", not(loom)))]
pub(super) use futex::Parking;
#[cfg(any(not(target_os = "linux"), loom))]
pub(super) use monitor::Parking;

#[cfg(all(target_os = "linux", not(loom)))]
mod futex {
    use super::{Bits, Instant, State, state};

    /// Architectures of 32 bits that Linux took in with 64-bit time only have no other futex call.
    #[cfg(target_arch = "riscv32")]
    const FUTEX: libc::c_long = libc::SYS_futex_time64;
    #[cfg(not(target_arch = "riscv32"))]
    const FUTEX: libc::c_long = libc::SYS_futex;

    /// The kernel's queue of sleepers, found by the address of the word.
    #[derive(Debug)]
    pub(crate) struct Parking;

    impl Parking {
        pub(crate) fn new() -> Self {
            Self
        }

        /// Sleeps while the low half of `word` is that of `value`, or until it is woken or the deadline is over: false only
        /// for the last.
        pub(crate) fn park(&self, word: &State, value: Bits, deadline: Option<Instant>) -> bool {
            let left = match deadline.map(|deadline| deadline.checked_duration_since(Instant::now())) {
                None => None,
                Some(None) => return false,
                Some(left) => left,
            };
            let timeout = left.map(|left| {
                // SAFETY: plain numbers. (Some systems have fields of padding there.)
                let mut time: libc::timespec = unsafe { core::mem::zeroed() };
                time.tv_sec = libc::time_t::try_from(left.as_secs()).unwrap_or(libc::time_t::MAX);
                time.tv_nsec = left.subsec_nanos() as _;
                time
            });
            let timeout = timeout.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
            crate::sync::step();
            // SAFETY: both pointers are valid for the call; FUTEX_WAIT only reads the half of the word and compares it with
            // that of `value`.
            unsafe {
                libc::syscall(
                    FUTEX,
                    state::low_half(word),
                    libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
                    value as u32,
                    timeout,
                )
            };
            // Whatever the kernel says, the caller looks at the word; the time is judged by the clock above.
            true
        }

        /// Wakes up to `count` sleepers.
        pub(crate) fn unpark(&self, word: &State, count: u32) {
            let count = i32::try_from(count).unwrap_or(i32::MAX);
            crate::sync::step();
            // SAFETY: FUTEX_WAKE uses the word's address as a name and does not read it.
            unsafe { libc::syscall(FUTEX, state::low_half(word), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, count) };
        }
    }
}

#[cfg(any(not(target_os = "linux"), loom))]
mod monitor {
    use super::{Bits, Instant, State};
    use crate::sync::Ordering;
    use crate::sync::host::{Condvar, Mutex};

    /// A mutex and a condition variable, where there is no futex and under loom. The mutex is held to compare the
    /// word and fall asleep in one step, and by a waker for an instant, so that it cannot come in between.
    #[derive(Debug)]
    pub(crate) struct Parking {
        door: Mutex<()>,
        bell: Condvar,
    }

    impl Parking {
        pub(crate) fn new() -> Self {
            Self { door: Mutex::new(()), bell: Condvar::new() }
        }

        /// Sleeps while `word` is `value`, or until it is woken or the deadline is over: false only for the last.
        pub(crate) fn park(&self, word: &State, value: Bits, deadline: Option<Instant>) -> bool {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return false;
            }
            // Nothing panics while the mutex is held, so it is never poisoned.
            let Ok(door) = self.door.lock() else { return true };
            if word.load(Ordering::Relaxed) == value {
                match left {
                    None => drop(self.bell.wait(door)),
                    Some(left) => drop(self.bell.wait_timeout(door, left)),
                }
            }
            true
        }

        /// Wakes up to `count` sleepers.
        pub(crate) fn unpark(&self, _word: &State, count: u32) {
            drop(self.door.lock());
            if count == 1 {
                self.bell.notify_one();
            } else {
                self.bell.notify_all();
            }
        }
    }
}
