//! What it costs others.

use std::time::Duration;

/// CPU time of all threads of this process.
pub fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of our own.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "this system has a clock for the process's CPU time");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
