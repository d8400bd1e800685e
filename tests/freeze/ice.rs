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

/// A thread's number. The thread must not end while it is used.
#[derive(Clone, Copy)]
pub(crate) struct Target(pub(crate) i32);

impl Target {
    pub(crate) fn me() -> Self {
        // SAFETY: has no preconditions.
        Self(unsafe { libc::gettid() })
    }

    pub(crate) fn signal(self, signal: libc::c_int) {
        // SAFETY: takes no pointers.
        let sent = unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), self.0, signal) };
        assert_eq!(sent, 0);
    }

    /// Sends the signal from a timer's interrupt: if the thread has the processor then, it is met on the spot, and not
    /// where it last gave way to others.
    fn signal_in(self, delay: Duration, signal: libc::c_int) -> Timer {
        // SAFETY: a zeroed `sigevent` is a valid one, and so is an `itimerspec`; the pointers are to locals.
        let (set, timer) = unsafe {
            let mut event: libc::sigevent = core::mem::zeroed();
            event.sigev_notify = libc::SIGEV_THREAD_ID;
            event.sigev_signo = signal;
            event.sigev_notify_thread_id = self.0;
            let mut timer: libc::timer_t = core::mem::zeroed();
            let made = libc::timer_create(libc::CLOCK_MONOTONIC, &mut event, &mut timer);
            assert_eq!(made, 0);
            let mut time: libc::itimerspec = core::mem::zeroed();
            time.it_value.tv_nsec = delay.as_nanos() as libc::c_long;
            (libc::timer_settime(timer, 0, &time, core::ptr::null_mut()), Timer(timer))
        };
        assert_eq!(set, 0);
        timer
    }

    /// Processor time that the thread has used.
    pub(crate) fn busy(self) -> Duration {
        // As the kernel's `posix-timers` code a thread's own clock.
        let clock = (!self.0 << 3) | 6;
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the pointer is to a local.
        assert_eq!(unsafe { libc::clock_gettime(clock, &mut time) }, 0);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
}

struct Timer(libc::timer_t);

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: it was made, and is deleted once.
        unsafe { libc::timer_delete(self.0) };
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
        self.frozen_by(|| target.signal(libc::SIGUSR1))
    }

    /// As `freeze`, for threads that give way to others all the time.
    pub(crate) fn freeze_in(&self, target: Target, delay: Duration) -> Ice<'_> {
        self.frozen_by(|| {
            let timer = target.signal_in(delay, libc::SIGUSR1);
            // Asleep, so that the processor is the others'.
            wait("the timer has met the thread", || {
                std::thread::sleep(delay);
                STATE.load(Ordering::SeqCst) == FROZEN
            });
            drop(timer);
        })
    }

    fn frozen_by(&self, signal: impl FnOnce()) -> Ice<'_> {
        wait("the thread frozen before is warm", || STATE.load(Ordering::SeqCst) == WARM);
        STATE.store(ARMED, Ordering::SeqCst);
        let ice = Ice(self);
        signal();
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
