//! Builds the C examples as their readers would, with `make`, and runs them.
#![cfg(all(not(loom), target_os = "linux"))]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock};

/// Everything is built here, apart from what the outer cargo has locked.
fn build() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("c-examples")
}

/// Runs `make TARGET` and returns what it printed. One at a time: they share a folder.
fn make(target: &str) -> String {
    static ONE: Mutex<()> = Mutex::new(());
    static TOOLS: OnceLock<()> = OnceLock::new();
    TOOLS.get_or_init(|| {
        for (variable, default) in [("CC", "cc"), ("CXX", "g++")] {
            let tool = std::env::var(variable).unwrap_or_else(|_| default.to_owned());
            let found =
                Command::new("sh").args(["-c", &format!("{tool} --version")]).output().expect("there is a shell");
            assert!(found.status.success(), "these tests need `{tool}`, or another one in the variable {variable}");
        }
    });
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut command = Command::new("make");
    command.arg("-C").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("c-examples")).arg(target);
    command.arg(format!("BUILD={}", build().display()));
    command.arg(format!("CARGO_TARGET_DIR={}", build().join("target").display()));
    // The library is built as by hand, whatever flags these tests were built with.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"] {
        command.env_remove(variable);
    }
    let output = command.output().expect("these tests need make");
    assert!(
        output.status.success(),
        "make {target}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

/// An example, linked against the static library.
fn example(name: &str) -> Command {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| drop(make("static")));
    Command::new(build().join("static").join(name))
}

fn run(name: &str, arguments: &[&str]) -> Output {
    example(name).args(arguments).output().expect("the example can be run")
}

fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).expect("the output is UTF-8")
}

// worker_pool

/// Checks a report of the worker pool.
fn check_report(report: &str, jobs: usize, workers: usize) {
    let mut ran_by = HashMap::new();
    let mut lines = report.lines();
    for worker in 0..workers {
        let line = lines.next().expect("a line for each worker");
        let list = line.strip_prefix(&format!("Worker {worker} processed jobs: [")).expect(line);
        let list = list.strip_suffix(']').expect(line);
        let numbers: Vec<usize> =
            if list.is_empty() { vec![] } else { list.split(", ").map(|number| number.parse().expect(line)).collect() };
        assert_eq!(line, format!("Worker {worker} processed jobs: {numbers:?}"));
        for number in numbers {
            assert!(ran_by.insert(number, worker).is_none(), "job {number} ran twice");
        }
    }
    assert!(ran_by.len() == jobs && (0..jobs).all(|job| ran_by.contains_key(&job)), "each job ran");
    assert_eq!(lines.next(), Some(format!("Total: {jobs} jobs by {workers} workers")).as_deref());
}

/// The last line's two times, in seconds.
fn times(report: &str) -> (f64, f64) {
    let line = report.lines().last().expect("there is a last line");
    let (wall, ideal) = line.strip_prefix("Wall time: ").and_then(|rest| rest.split_once(" s, ideal ")).expect(line);
    (wall.parse().expect(line), ideal.strip_suffix(" s").expect(line).parse().expect(line))
}

#[test]
fn the_worker_pool_runs_each_job_once() {
    let cases: [(usize, usize, u64, usize, f64); 6] = [
        (100, 10, 20, 20, 0.2),
        (0, 3, 1, 1, 0.0),
        (1, 4, 30, 8, 0.03),
        (7, 3, 10, 2, 0.04),
        (2000, 40, 0, 1, 0.0),
        (500, 1, 0, 500, 0.0),
    ];
    for (jobs, workers, work_ms, capacity, ideal) in cases {
        let [jobs_text, workers_text] = [jobs, workers].map(|number| number.to_string());
        let (work_text, capacity_text) = (work_ms.to_string(), capacity.to_string());
        let output = run(
            "worker_pool",
            &["--jobs", &jobs_text, "--capacity", &capacity_text, "--workers", &workers_text, "--work-ms", &work_text],
        );
        assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
        check_report(text(&output.stdout), jobs, workers);
        let (wall, said) = times(text(&output.stdout));
        assert_eq!(said, ideal);
        assert!(wall + 0.005 >= ideal, "{wall} s is less than the work");
    }
}

#[test]
fn the_worker_pool_runs_without_options_as_the_readme_says() {
    let output = run("worker_pool", &[]);
    check_report(text(&output.stdout), 100, 10);
    assert_eq!(times(text(&output.stdout)).1, 0.5);
}

#[test]
fn the_worker_pool_refuses_bad_options() {
    let bad: [&[&str]; 14] = [
        &["--jobs"],
        &["--jobs", ""],
        &["--jobs", "-1"],
        &["--jobs", "+1"],
        &["--jobs", " 1"],
        &["--jobs", "1x"],
        &["--jobs", "99999999999999999999999"],
        &["--workers", "0"],
        &["--workers", "32769"],
        &["--capacity", "0"],
        &["--capacity", "16777217"],
        &["--work-ms", "two"],
        &["--frob", "1"],
        &["7"],
    ];
    for arguments in bad {
        let output = run("worker_pool", arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && output.stderr.starts_with(b"worker_pool: "), "{arguments:?}");
    }
    let help = run("worker_pool", &["--help"]);
    assert!(help.status.success() && help.stdout.starts_with(b"usage: "));
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let full = || fs::File::create("/dev/full").expect("there is /dev/full");
    for (name, arguments) in [("worker_pool", vec!["--jobs", "2"]), ("count", vec!["Makefile"]), ("lifecycle", vec![])]
    {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("c-examples");
        let output = example(name).args(arguments).current_dir(folder).stdout(full()).output().expect("it can be run");
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(text(&output.stderr).contains("No space left on device"), "{name}: {}", text(&output.stderr));
    }
}

// count

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = build().join("files").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("the sources can be listed").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Lines, words, bytes, name; as `count` and `wc` print them.
type Row = ([u64; 3], String);

fn rows(output: &Output) -> Vec<Row> {
    let row = |line: &str| {
        let mut rest = line;
        let counts = [(); 3].map(|()| {
            rest = rest.trim_start();
            let (number, behind) = rest.split_once(' ').expect(line);
            rest = behind;
            number.parse().expect(line)
        });
        (counts, rest.to_owned())
    };
    text(&output.stdout).lines().map(row).collect()
}

fn count(options: &[&str], files: &[PathBuf]) -> Output {
    example("count").args(options).args(files).output().expect("count can be run")
}

fn wc(files: &[PathBuf]) -> Vec<Row> {
    rows(&Command::new("wc").arg("-lwc").args(files).env("LC_ALL", "C").output().expect("there is wc"))
}

/// What POSIX demands of wc. (Some versions of GNU wc do not see words without a printable ASCII character.)
fn counted(bytes: &[u8]) -> [u64; 3] {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    let words = bytes.split(|byte| b" \t\n\r\x0b\x0c".contains(byte)).filter(|word| !word.is_empty()).count();
    [lines as u64, words as u64, bytes.len() as u64]
}

#[test]
fn count_counts_as_wc_does() {
    let folder = folder("as_wc");
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut add = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("a file can be written");
        files.push(path);
    };
    add("empty", b"");
    add("no end of line", b"one two  three");
    add("only spaces", b" \t\r\x0b\x0c\n \n");
    add("-", b"a file called -\n");
    // More than the reader's buffer, with words across its ends.
    add("long", "word and longer-word\n\n".repeat(60_000).as_bytes());
    add("one word", &vec![b'x'; 300_000]);
    // More files than jobs may be in flight.
    for number in 0..300usize {
        add(&format!("number {number}"), "la \n".repeat(number).as_bytes());
    }
    add("all bytes", &(0..=255).cycle().take(70_000).collect::<Vec<u8>>());
    add("words without letters", "— ── ▶ \x01\n".as_bytes());
    files.rotate_left(7);

    let plain: Vec<PathBuf> = files
        .iter()
        .filter(|file| {
            let bytes = fs::read(file).expect("it can be read");
            bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        })
        .cloned()
        .collect();
    let mut expected = wc(&plain);
    assert!(expected.len() > 310);
    for options in [&[][..], &["-j", "1"], &["-j", "50"]] {
        let output = count(options, &plain);
        assert!(output.status.success() && output.stderr.is_empty());
        assert_eq!(rows(&output), expected);
    }

    expected.clear();
    let mut total = [0; 3];
    for file in &files {
        let counts = counted(&fs::read(file).expect("it can be read"));
        total = core::array::from_fn(|field| total[field] + counts[field]);
        expected.push((counts, file.display().to_string()));
    }
    expected.push((total, "total".to_owned()));
    let output = count(&[], &files);
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(rows(&output), expected);

    // No total of one file.
    assert_eq!(rows(&count(&[], &plain[..1])), wc(&plain[..1]));
}

#[test]
fn count_goes_on_after_an_unreadable_file() {
    let folder = folder("unreadable");
    let (good, missing) = (folder.join("good"), folder.join("missing"));
    fs::write(&good, b"two words\n").expect("a file can be written");
    let output = count(&[], &[missing.clone(), good.clone(), folder.clone(), good.clone()]);
    assert_eq!(output.status.code(), Some(1));
    let errors = format!(
        "count: {}: No such file or directory\ncount: {}: Is a directory\n",
        missing.display(),
        folder.display()
    );
    assert_eq!(text(&output.stderr), errors);
    let name = good.display().to_string();
    assert_eq!(rows(&output), [([1, 2, 10], name.clone()), ([1, 2, 10], name), ([2, 4, 20], "total".to_owned())]);

    let output = count(&[], &[missing]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
}

#[test]
fn count_refuses_bad_options() {
    for arguments in [&[][..], &["-j"], &["-j", "0", "f"], &["-j", "x", "f"], &["-j", "32769", "f"], &["-q", "f"]] {
        let output = run("count", arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && text(&output.stderr).contains("usage: count"), "{arguments:?}");
    }
}

// All of them, and the header.

#[test]
fn make_run_runs_everything() {
    for target in ["run", "run-shared"] {
        let printed = make(target);
        let report = printed.find("Worker 0 processed").expect("worker_pool ran");
        check_report(&printed[report..], 100, 10);
        assert!(printed.contains("\n0 of them were not as expected\n"), "lifecycle ran");
        assert!(!printed.lines().any(|line| line.starts_with('!')));
        assert_eq!(printed.lines().filter(|line| line.ends_with(" total")).count(), 2, "count and wc ran");
    }
    let binary = fs::read(build().join("shared/count")).expect("it was linked against the dynamic library");
    assert!(binary.windows(16).any(|bytes| bytes == b"libjobring.so.0\0"));
}

#[test]
fn lifecycle_finds_what_the_header_says() {
    for _ in 0..20 {
        let output = run("lifecycle", &[]);
        assert!(output.status.success(), "{}", text(&output.stdout));
    }
}

#[test]
fn the_header_compiles_alone_in_every_language_that_includes_it() {
    let printed = make("cxx");
    for standard in ["c99", "c11", "c17", "c++11", "c++14", "c++17", "c++20"] {
        assert!(printed.contains(&format!("-std={standard} ")), "{standard}");
    }
    assert!(printed.contains("layout.c"));
}

#[test]
#[ignore = "needs valgrind"]
fn valgrind_finds_nothing() {
    make("memcheck");
}

// bare

#[test]
fn the_bare_example_finds_its_memory_large_enough_and_its_jobs_right() {
    let output = run("bare", &[]);
    assert!(output.status.success(), "{}", output.status);
    // Bursts of 20 into a ring of 16 until 100 are in.
    let sum: u32 = (0..112u32).filter(|job| *job != 13).map(|job| job * job).sum();
    assert_eq!(
        text(&output.stdout),
        format!("112 samples, 28 refused by a full ring, 112 jobs, sum of squares {sum}, error 13\n")
    );
}
