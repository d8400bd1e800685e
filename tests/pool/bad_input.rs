//! What no pool can be made of.

use std::error::Error as _;

use jobring::{BuildError, Builder, Pool};

fn refused(builder: Builder) -> BuildError {
    builder.build(|_, job: u8| job).expect_err("no pool can be made of that")
}

#[test]
fn a_pool_without_workers_or_slots_is_refused() {
    assert!(matches!(refused(Pool::builder().workers(0)), BuildError::NoWorkers));
    assert!(matches!(refused(Pool::builder().capacity(0)), BuildError::NoCapacity));
}

#[test]
fn a_pool_that_is_too_large_is_refused_with_the_limit() {
    let error = refused(Pool::builder().workers(usize::MAX));
    assert_eq!(error.to_string(), "a pool has at most 32768 workers");
    let error = refused(Pool::builder().capacity(usize::MAX));
    assert_eq!(error.to_string(), "a pool has a capacity of at most 16777216");
}

#[test]
fn slots_that_no_memory_can_hold_are_refused() {
    let built = Pool::builder().workers(1).capacity(1 << 24).build(|_, job: [u8; 1 << 24]| job.len());
    assert!(matches!(built.err(), Some(BuildError::OutOfMemory)));
}

#[test]
fn a_name_with_a_nul_is_refused() {
    assert!(matches!(refused(Pool::builder().name("a\0b")), BuildError::Name));
}

#[test]
fn a_stack_that_no_thread_can_have_is_an_error_that_names_the_worker() {
    let error = refused(Pool::builder().workers(2).stack_size(1 << 46));
    assert!(matches!(error, BuildError::Spawn { worker: 0, .. }), "{error}");
    assert!(error.source().is_some());
}

#[test]
#[cfg(target_os = "linux")]
fn when_a_later_thread_does_not_start_the_earlier_ones_are_stopped_and_joined() {
    const CHILD: &str = "JOBRING_TEST_FEW_THREADS";
    const NAME: &str = "bad_input::when_a_later_thread_does_not_start_the_earlier_ones_are_stopped_and_joined";
    if std::env::var_os(CHILD).is_some() {
        let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
        let before = threads();
        match refused(Pool::builder().workers(64).stack_size(64 << 20)) {
            BuildError::Spawn { worker, .. } => assert!(worker > 0, "some start"),
            error => panic!("{error}"),
        }
        // A thread that was joined may still be listed for an instant.
        while threads() > before {
            std::thread::yield_now();
        }
        return;
    }
    let test = std::env::current_exe().unwrap();
    let limited = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 1500000; exec \"$0\" --exact \"$1\""])
        .arg(test)
        .arg(NAME)
        .env(CHILD, "1")
        .output()
        .unwrap();
    assert!(limited.status.success(), "{}", String::from_utf8_lossy(&limited.stdout));
    assert!(String::from_utf8_lossy(&limited.stdout).contains("1 passed"));
}
