//! The C examples, by their Makefile: compiled as C99 with all warnings as errors, linked statically and dynamically, run.
#![cfg(all(not(loom), target_os = "linux"))]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

/// The tests share a build folder.
static BUILDING: Mutex<()> = Mutex::new(());

fn make(goal: &str) -> String {
    let _one_at_a_time = BUILDING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // A target folder of its own: the outer cargo may hold the lock of the usual one.
    let build = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c-examples");
    let output = Command::new("make")
        .args(["--no-print-directory", "-C", "c-examples", goal])
        .arg(format!("BUILD={}", build.display()))
        .arg(format!("CARGO_TARGET_DIR={}", build.join("target").display()))
        .env("CARGO", env!("CARGO"))
        // The flags of an outer make or of a sanitized build are not for this one.
        .env_remove("MAKEFLAGS")
        .env_remove("RUSTFLAGS")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("this test needs `make`, and a C and a C++ compiler");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "make {goal}:\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// Each of 100 jobs was processed by one of 10 workers.
fn check_worker_pool(output: &str) {
    let mut jobs = BTreeSet::new();
    for worker in 0..10 {
        let start = format!("Worker {worker} processed jobs: [");
        let line = output.lines().find_map(|line| line.strip_prefix(&start)).expect("one line a worker");
        for job in line.trim_end_matches(']').split(", ").filter(|job| !job.is_empty()) {
            assert!(jobs.insert(job.parse::<u32>().expect("a number")), "job {job} twice");
        }
    }
    assert!(jobs.into_iter().eq(0..100));
    assert!(output.contains("Total: 100 jobs by 10 workers"), "{output}");
}

#[test]
fn they_run_with_the_static_library() {
    let output = make("run");
    check_worker_pool(&output);
    assert!(output.contains("0 of them were not as expected"), "{output}");
}

#[test]
fn they_run_with_the_dynamic_library() {
    let output = make("run-shared");
    check_worker_pool(&output);
    assert!(output.contains("0 of them were not as expected"), "{output}");
}

#[test]
fn the_header_compiles_alone_as_c_and_as_cpp_and_its_structs_have_the_layout_of_the_library() {
    make("cxx");
}
