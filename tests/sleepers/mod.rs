//! Threads that are to sleep in a call before a test goes on.

#[cfg(target_os = "linux")]
#[path = "../steps/asleep.rs"]
mod asleep;

use std::collections::HashSet;
use std::sync::Mutex;
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use asleep::{is_asleep, this_thread};

/// Elsewhere nobody says so, and the time has to do.
#[cfg(not(target_os = "linux"))]
mod asleep {
    use std::thread::{self, ThreadId};

    pub(crate) fn is_asleep(_: ThreadId) -> bool {
        true
    }

    pub(crate) fn this_thread() -> ThreadId {
        thread::current().id()
    }
}

#[cfg(target_os = "linux")]
type Thread = libc::pid_t;
#[cfg(not(target_os = "linux"))]
type Thread = thread::ThreadId;

/// A lock of the allocator puts a thread to sleep for a moment, and a worker naps for a millisecond at most.
const LONG_ENOUGH: Duration = Duration::from_millis(3);
/// A wait that is over only if somebody never falls asleep.
const FOR_EVER: Duration = Duration::from_secs(20);

#[derive(Default)]
pub(crate) struct Sleepers(Mutex<HashSet<Thread>>);

impl Sleepers {
    /// This thread will sleep.
    pub(crate) fn add(&self) {
        self.0.lock().unwrap().insert(this_thread());
    }

    /// Makes the call on a thread of its own, which will sleep in it.
    pub(crate) fn spawn<'scope, X: Send + 'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        call: impl FnOnce() -> X + Send + 'scope,
    ) -> ScopedJoinHandle<'scope, X> {
        scope.spawn(|| {
            self.add();
            call()
        })
    }

    /// Returns once there are `count` of them, and each was asleep at every look for long enough.
    pub(crate) fn wait(&self, count: usize) {
        let (start, mut since) = (Instant::now(), None);
        loop {
            let now = Instant::now();
            if !self.all_sleep(count) {
                since = None;
            } else if now.saturating_duration_since(*since.get_or_insert_with(Instant::now)) >= LONG_ENOUGH {
                return;
            }
            if now - start >= FOR_EVER {
                // A panic would wait for them.
                eprintln!("{count} threads are to sleep, and do not");
                std::process::abort();
            }
            thread::yield_now();
        }
    }

    fn all_sleep(&self, count: usize) -> bool {
        let threads = self.0.lock().unwrap();
        threads.len() >= count && threads.iter().all(|thread| is_asleep(*thread))
    }
}
