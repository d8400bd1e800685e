//! Freezing a thread: a signal whose handler does not return before it is told to. Between sending and handling lie
//! microseconds, so the instruction at which the thread stops is a random one.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

const WARM: u32 = 0;
const ARMED: u32 = 1;
const FROZEN: u32 = 2;
const THAWED: u32 = 3;

static STATE: AtomicU32 = AtomicU32::new(WARM);

fn futex(operation: i32, value: u32) {
    // SAFETY: the word is static; the wait has no timeout to point to.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            STATE.as_ptr(),
            operation | libc::FUTEX_PRIVATE_FLAG,
            value,
            core::ptr::null::<libc::timespec>(),
        );
    }
}

/// Async-signal-safe: atomics and one system call, and errno is put back.
extern "C" fn freeze(_signal: libc::c_int) {
    // SAFETY: the calling thread's own errno.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let before = unsafe { *errno };
    if STATE.compare_exchange(ARMED, FROZEN, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
        while STATE.load(Ordering::SeqCst) == FROZEN {
            futex(libc::FUTEX_WAIT, FROZEN);
        }
        STATE.store(WARM, Ordering::SeqCst);
    }
    // SAFETY: as above.
    unsafe { *errno = before };
}

/// Makes `handler` the handler of `signal`. Interrupted system calls go on afterwards.
pub(crate) fn handle(signal: libc::c_int, handler: extern "C" fn(libc::c_int)) {
    // SAFETY: a zeroed `sigaction` is a valid one, and the handler has the type that goes without SA_SIGINFO.
    let installed = unsafe {
        let mut action: libc::sigaction = core::mem::zeroed();
        action.sa_sigaction = handler as *const () as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        libc::sigaction(signal, &action, core::ptr::null_mut())
    };
    assert_eq!(installed, 0);
}

/// A thread's name for signals. The thread must not end while it is used.
#[derive(Clone, Copy)]
pub(crate) struct Target(pub(crate) usize);

impl Target {
    pub(crate) fn me() -> Self {
        // SAFETY: has no preconditions.
        Self(unsafe { libc::pthread_self() } as usize)
    }

    pub(crate) fn signal(self, signal: libc::c_int) {
        // SAFETY: the thread lives, as the type demands.
        let sent = unsafe { libc::pthread_kill(self.0 as libc::pthread_t, signal) };
        assert_eq!(sent, 0);
    }

    /// Processor time that the thread has used.
    pub(crate) fn busy(self) -> Duration {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the thread lives, and both pointers are to locals.
        let result = unsafe {
            let mut clock = 0;
            libc::pthread_getcpuclockid(self.0 as libc::pthread_t, &mut clock) | libc::clock_gettime(clock, &mut time)
        };
        assert_eq!(result, 0);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
}

/// Freezes one thread at a time, so tests that have one come one after the other.
pub(crate) struct Freezer(#[expect(dead_code, reason = "held for its lock")] MutexGuard<'static, ()>);

impl Freezer {
    pub(crate) fn new() -> Self {
        static ONE: Mutex<()> = Mutex::new(());
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        handle(libc::SIGUSR1, freeze);
        Self(one)
    }

    /// Returns when the thread stands still.
    pub(crate) fn freeze(&self, target: Target) -> Ice<'_> {
        wait("the thread frozen before is warm", || STATE.load(Ordering::SeqCst) == WARM);
        STATE.store(ARMED, Ordering::SeqCst);
        target.signal(libc::SIGUSR1);
        let ice = Ice(self);
        wait("the thread is frozen", || STATE.load(Ordering::SeqCst) == FROZEN);
        ice
    }
}

/// Until this is dropped the thread stands still.
pub(crate) struct Ice<'a>(#[expect(dead_code, reason = "one at a time")] &'a Freezer);

impl Drop for Ice<'_> {
    fn drop(&mut self) {
        if STATE.swap(THAWED, Ordering::SeqCst) == ARMED {
            // It never froze; its handler finds nothing to do.
            STATE.store(WARM, Ordering::SeqCst);
        }
        futex(libc::FUTEX_WAKE, 1);
    }
}

/// Longer than anything here takes on a machine that is busy with other things too.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Whether `condition` comes true within [`LONG`].
pub(crate) fn comes_true(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    let mut looks = 0;
    while !condition() {
        looks += 1;
        if looks < 100 {
            std::thread::yield_now();
        } else {
            std::thread::sleep(Duration::from_micros(50));
            if start.elapsed() > LONG {
                return false;
            }
        }
    }
    true
}

pub(crate) fn wait(what: &str, condition: impl FnMut() -> bool) {
    assert!(comes_true(condition), "waited too long until {what}");
}

/// Runs a function when dropped: sends threads home also when a test fails.
pub(crate) struct Finally<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
