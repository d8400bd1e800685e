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

/// Declares statics; loom makes its own anew for each run of a model.
macro_rules! per_process {
    ($($(#[$meta:meta])* static $name:ident: $ty:ty = $value:expr;)+) => {
        $(#[cfg(not(loom))] $(#[$meta])* static $name: $ty = $value;)+
        #[cfg(loom)]
        loom::lazy_static! { $($(#[$meta])* static ref $name: $ty = $value;)+ }
    };
}
pub(crate) use per_process;

/// A short sleep. On Linux it takes some 55 microseconds longer than asked for; elsewhere it might take many times as long,
/// so there it is none.
pub(crate) fn nap(nanos: u64) {
    #[cfg(all(not(loom), target_os = "linux"))]
    thread::sleep(core::time::Duration::from_nanos(nanos));
    #[cfg(any(loom, not(target_os = "linux")))]
    {
        let _ = nanos;
        thread::yield_now();
    }
}

/// How many threads can run at once. Under loom a number that is not the machine's.
pub(crate) fn cores() -> usize {
    if cfg!(loom) { 2 } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

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

/// How many pages of memory this thread has been the first to touch.
#[cfg(all(test, target_os = "linux", not(loom)))]
pub(crate) fn pages_first_touched() -> libc::c_long {
    // SAFETY: plain numbers, zeros are some; the call writes them.
    unsafe {
        let mut usage: libc::rusage = core::mem::zeroed();
        assert_eq!(libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage), 0);
        usage.ru_minflt
    }
}
