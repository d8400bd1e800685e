//! The two fences between publishers and sleepers, the expensive one moved to where it is rare.
//!
//! A publisher fences at each publication, a sleeper once before it sleeps. Linux can make the sleeper pay for both:
//! `membarrier` puts a full barrier into every running thread of the process, and then a publisher needs none of its own,
//! only that the compiler keeps the order. (The same trick as folly's asymmetric barrier and liburcu's.)
//!
//! Elsewhere, where the kernel refuses it, and under loom, both are sequentially consistent fences.

use crate::sync::{Ordering, fence};

/// Which of the two ways a pool uses. Decided when the pool is made, and never changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Barrier {
    asymmetric: bool,
}

impl Barrier {
    pub(crate) fn new() -> Self {
        Self { asymmetric: membarrier::register() }
    }

    /// The publisher's side: between its publication and its look at the sleepers.
    #[inline(always)]
    pub(crate) fn light(self) {
        if self.asymmetric {
            core::sync::atomic::compiler_fence(Ordering::SeqCst);
        } else {
            fence(Ordering::SeqCst);
        }
    }

    /// The sleeper's side: between its announcement and its last look.
    pub(crate) fn heavy(self) {
        fence(Ordering::SeqCst);
        if self.asymmetric {
            membarrier::all_threads();
        }
    }

    /// The two fences, where the light one costs nothing and under loom: for uses that do not pay where the light fence
    /// costs something.
    pub(crate) fn asymmetric(self) -> Option<Asymmetric> {
        (self.asymmetric || cfg!(loom)).then_some(Asymmetric(()))
    }
}

#[cfg(all(test, not(loom)))]
impl Barrier {
    /// For tests of what needs it. On Linux its absence must not go unnoticed.
    pub(crate) fn expect_asymmetric() -> Option<Asymmetric> {
        let barrier = Self::new().asymmetric();
        assert!(
            barrier.is_some() || !cfg!(target_os = "linux") || std::env::var_os("JOBRING_NO_MEMBARRIER").is_some(),
            "nothing is at hand without membarrier: set JOBRING_NO_MEMBARRIER=1 where the kernel refuses it"
        );
        barrier
    }
}

/// A [`Barrier`] whose light side is known to cost nothing: no flag is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asymmetric(());

impl Asymmetric {
    const BARRIER: Barrier = Barrier { asymmetric: !cfg!(loom) };

    #[inline(always)]
    pub(crate) fn light(self) {
        Self::BARRIER.light();
    }

    pub(crate) fn heavy(self) {
        Self::BARRIER.heavy();
    }
}

#[cfg(all(target_os = "linux", not(loom)))]
mod membarrier {
    const REGISTER: i32 = libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
    const ALL: i32 = libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED;

    fn call(command: i32) -> bool {
        // SAFETY: takes no pointers.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    pub(super) fn register() -> bool {
        call(REGISTER) && call(ALL)
    }

    pub(super) fn all_threads() {
        // A forked process has the registration of its parent. If the kernel refuses the barrier even after another
        // registration the process must end: publishers rely on this barrier.
        if !call(ALL) && !register() {
            std::process::abort();
        }
    }
}

#[cfg(any(not(target_os = "linux"), loom))]
mod membarrier {
    pub(super) fn register() -> bool {
        false
    }

    pub(super) fn all_threads() {}
}
