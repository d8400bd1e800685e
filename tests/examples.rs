//! The examples as their users run them: as processes, judged by what they print and by how they exit.

#![cfg(unix)]

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::ops::Range;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStderr, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Examples lie beside the directory of the test binaries.
fn example(name: &str) -> Command {
    let mut path = env::current_exe().expect("the test knows where it is");
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    assert!(path.exists(), "{path:?} is missing: `cargo test` or `cargo build --examples` makes it");
    let mut command = Command::new(path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(name: &str, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    example(name).args(args).output().expect("the example starts")
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("the example prints UTF-8")
}

/// One line on stderr, nothing on stdout, status 2.
fn assert_refused(name: &str, args: &[&str]) {
    let output = run(name, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert_eq!(text(&output.stdout), "", "{args:?}");
    let error = text(&output.stderr);
    assert!(error.starts_with(&format!("{name}: ")) && error.lines().count() == 1, "{args:?}: {error}");
}

mod worker_pool {
    use super::*;

    /// Runs it, and checks that each worker has its line and each job is in one of them.
    fn assert_complete(jobs: usize, workers: usize, more: &[&str]) {
        let (jobs_arg, workers_arg) = (jobs.to_string(), workers.to_string());
        let args = ["--work-ms", "1", "--jobs", &jobs_arg, "--workers", &workers_arg];
        let output = run("worker_pool", args.iter().chain(more));
        assert!(output.status.success(), "{output:?}");
        assert_eq!(text(&output.stderr), "");

        let mut lines = text(&output.stdout).lines();
        let mut seen = Vec::new();
        for worker in 0..workers {
            let line = lines.next().expect("a line for each worker");
            let list = line.strip_prefix(&format!("Worker {worker} processed jobs: [")).expect(line);
            let list = list.strip_suffix(']').expect(line);
            let numbers = list.split(", ").filter(|number| !number.is_empty());
            let numbers: Vec<usize> = numbers.map(|number| number.parse().expect(line)).collect();
            // One thread submits them in order, and a worker takes the oldest.
            assert!(numbers.is_sorted(), "{line}");
            seen.extend(numbers);
        }
        seen.sort_unstable();
        assert!(seen.iter().copied().eq(0..jobs), "{seen:?}");
        assert_eq!(lines.next(), Some(&*format!("Total: {jobs} jobs by {workers} workers")));
        assert!(lines.next().is_some_and(|line| line.starts_with("Wall time: ")));
        assert_eq!(lines.next(), None);
    }

    #[test]
    fn every_job_runs_once_and_every_worker_is_listed() {
        assert_complete(100, 10, &[]);
        assert_complete(1, 1, &[]);
    }

    #[test]
    fn a_capacity_below_the_number_of_jobs_and_of_workers_is_enough() {
        assert_complete(50, 4, &["--capacity", "1"]);
        assert_complete(100, 4, &["--capacity", "3"]);
    }

    #[test]
    fn no_jobs_and_idle_workers_are_fine() {
        assert_complete(0, 3, &[]);
        assert_complete(2, 8, &[]);
    }

    #[test]
    fn bad_options_are_refused_in_one_line() {
        for args in [
            &["--jobs"][..],
            &["--jobs", "x"],
            &["--jobs", "-1"],
            &["--workers", "0"],
            &["--workers", "1000000"],
            &["--capacity", "0"],
            &["--capacity", "18446744073709551615"],
            &["--work-ms", "1.5"],
            &["--nonsense"],
            &["stray"],
        ] {
            assert_refused("worker_pool", args);
        }
    }

    #[test]
    fn help_is_no_error() {
        let output = run("worker_pool", ["--help"]);
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("--capacity"));
    }
}

mod variations {
    use super::*;

    #[test]
    fn all_of_them_run() {
        let output = run("variations", [""; 0]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(text(&output.stderr), "");
        let headings: Vec<_> = text(&output.stdout).lines().filter(|line| line.starts_with("== ")).collect();
        assert_eq!(
            headings,
            [
                "== An error for each job that fails",
                "== Wait for all workers, then look at the outcomes",
                "== Cancel half-way",
                "== Progress every 10 jobs",
                "== One slow worker, whose share the others take",
            ]
        );
    }
}

/// A directory that goes away with the test.
struct TempDir(PathBuf);

impl TempDir {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("jobring-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).expect("the temporary directory is writable");
        Self(path)
    }

    fn file(&self, name: impl AsRef<Path>, content: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("it is in the directory")).expect("directories can be made");
        fs::write(path, content).expect("files can be made");
    }

    /// Files `0000`, `0001` and so on.
    fn numbered(&self, numbers: Range<usize>) {
        for number in numbers {
            self.file(format!("{number:04}"), number.to_string().as_bytes());
        }
    }

    fn fifo(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        let made = Command::new("mkfifo").arg(&path).status().expect("there is a mkfifo");
        assert!(made.success());
        path
    }

    /// `checksum` in this directory.
    fn checksum(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
        example("checksum").args(args).current_dir(&self.0).output().expect("the example starts")
    }

    fn start_checksum(&self, args: &[&str]) -> Child {
        example("checksum").args(args).current_dir(&self.0).spawn().expect("the example starts")
    }

    /// What the real one says about these files, in the order of their bytes.
    fn sha256sum(&self, mut paths: Vec<OsString>) -> Vec<u8> {
        paths.sort();
        let output = Command::new("sha256sum").arg("--").args(&paths).current_dir(&self.0).output();
        output.expect("there is a sha256sum").stdout
    }

    /// The regular files under `top`, as `find top -type f` prints them, in no order.
    fn find(&self, top: &str) -> Vec<OsString> {
        let mut files = Vec::new();
        let mut directories = vec![PathBuf::from(top)];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(self.0.join(&directory)).expect("the directory is readable") {
                let entry = entry.expect("the directory is readable");
                let path = directory.join(entry.file_name());
                let kind = entry.file_type().expect("an entry has a type");
                if kind.is_dir() {
                    directories.push(path);
                } else if kind.is_file() {
                    files.push(path.into_os_string());
                }
            }
        }
        files
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

mod checksum {
    use super::*;

    /// GNU's, whose rule for odd names is the model.
    fn has_sha256sum() -> bool {
        let version = Command::new("sha256sum").arg("--version").output();
        let found = version.is_ok_and(|output| output.stdout.starts_with(b"sha256sum (GNU coreutils)"));
        assert!(found || !cfg!(target_os = "linux"), "there is no GNU sha256sum: it comes with coreutils");
        if !found {
            eprintln!("skipped: there is no GNU sha256sum");
        }
        found
    }

    /// Some 300 files, with every kind of name and size that could go wrong.
    fn tree() -> TempDir {
        let dir = TempDir::new();
        let names =
            ["-dash", "--help", " ", "two words", "new\nline", "back\\slash", "\\", "\n", "both\\\n", "tab\t", "é"];
        // Where the order of names and the order of paths differ: '.' and '-' sort before '/', '0' after it.
        let directories = ["", "a", "a.d", "a-b", "a0", "a/a", "a/a.d", "a/a/a", "new\nline.d", "back\\slash.d", "z z"];
        for directory in directories {
            for name in names.iter().chain(&["a.txt", "a-", "a0.txt", "zero"]) {
                dir.file(Path::new(directory).join(name), format!("{directory}{name}").as_bytes());
            }
        }
        // Around the sizes of buffers and of hash blocks, and nothing at all.
        for size in [0, 1, 55, 56, 63, 64, 65, 4095, 65_536, 131_071, 131_072, 131_073, 1_000_000] {
            let content: Vec<u8> =
                (0..size).map(|byte: u32| byte.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
            dir.file(format!("sizes/{size}"), &content);
        }
        for number in 0..120 {
            dir.file(format!("many/{}/{number}", number % 7), &[]);
        }
        // Not every file system takes these.
        if !cfg!(target_vendor = "apple") {
            dir.file(OsString::from_vec(b"latin-\xe9".to_vec()), b"not UTF-8");
            dir.file(OsString::from_vec(b"\xff\xfe\n/\x80\\".to_vec()), b"nor is this");
        }
        dir
    }

    #[test]
    fn a_tree_is_summed_as_sha256sum_would() {
        if !has_sha256sum() {
            return;
        }
        let dir = tree();
        let expected = dir.sha256sum(dir.find("."));
        assert!(expected.iter().filter(|&&byte| byte == b'\n').count() > 290);
        for more in [&[][..], &["--workers", "1"], &["--capacity", "1"], &["--workers", "8", "--capacity", "3"]] {
            let output = dir.checksum(more.iter().chain(&["--", "."]));
            assert!(output.status.success(), "{more:?}: {output:?}");
            assert!(output.stdout == expected, "{more:?}: {}", String::from_utf8_lossy(&output.stdout));
            assert_eq!(text(&output.stderr), "");
        }
    }

    #[test]
    fn several_paths_are_sorted_together_and_summed_once_for_each_mention() {
        if !has_sha256sum() {
            return;
        }
        let dir = tree();
        let paths = ["zero", "a0", "a", "--help", "a/a", "a.d/", "a.txt", "a/a/zero", "zero", "./a-b"];
        let trees = ["a0", "a", "a/a", "a.d/", "./a-b"];
        let files = ["zero", "--help", "a.txt", "a/a/zero", "zero"];
        let expected = trees.iter().flat_map(|top| dir.find(top)).chain(files.map(OsString::from)).collect();
        let output = dir.checksum(["--"].iter().chain(&paths));
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout == dir.sha256sum(expected), "{}", String::from_utf8_lossy(&output.stdout));
    }

    #[test]
    fn a_link_is_followed_where_it_is_given_and_skipped_within_a_tree() {
        if !has_sha256sum() {
            return;
        }
        let dir = TempDir::new();
        dir.file("tree/file", b"content");
        for (target, link) in [("file", "tree/link"), ("../tree", "tree/loop"), ("nowhere", "tree/dangling")] {
            symlink(target, dir.0.join(link)).expect("links can be made");
        }
        symlink("tree", dir.0.join("top")).expect("links can be made");
        let output = dir.checksum(["tree", "tree/link", "top"]);
        assert!(output.status.success(), "{output:?}");
        let expected = ["tree/file", "tree/link", "top/file"].map(OsString::from).to_vec();
        assert_eq!(text(&output.stdout), text(&dir.sha256sum(expected)));
    }

    #[test]
    fn what_cannot_be_read_is_reported_and_the_rest_is_summed() {
        let dir = TempDir::new();
        dir.file("a", b"");
        dir.file("z", b"");
        dir.file("locked/file", b"");
        symlink("loop", dir.0.join("loop")).expect("links can be made");

        let mut unreadable = vec!["loop", "missing\\nfile"];
        let mut args = vec!["z", "missing\nfile", "loop", "a"];
        if cfg!(target_os = "linux") {
            // It can be opened, and then not read.
            unreadable.push("/proc/self/mem");
            args.push("/proc/self/mem");
        }
        let locked = dir.0.join("locked");
        let was = fs::metadata(&locked).expect("it is there").permissions();
        fs::set_permissions(&locked, Permissions::from_mode(0o000)).expect("it is ours");
        // To root it is open all the same.
        if fs::read_dir(&locked).is_err() {
            unreadable.push("locked");
            args.push("locked");
        }
        let output = dir.checksum(args);
        fs::set_permissions(&locked, was).expect("it is ours");

        assert_eq!(output.status.code(), Some(1));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(text(&output.stdout), format!("{empty}  a\n{empty}  z\n"));
        let errors = text(&output.stderr);
        assert_eq!(errors.lines().count(), unreadable.len(), "{errors}");
        for path in unreadable {
            let start = format!("checksum: {path}: ");
            let reason = errors.lines().find_map(|line| line.strip_prefix(&start));
            assert!(reason.is_some_and(|reason| !reason.contains(path)), "{path}: {errors}");
        }
    }

    /// A process that reads the FIFO `!slow`, and the FIFO's other end: while that is open, the file is under way.
    fn start_with_slow_file(dir: &TempDir, args: &[&str]) -> (Child, File) {
        let fifo = dir.fifo("!slow");
        let child = dir.start_checksum(args);
        (child, other_end(&fifo))
    }

    /// Waits until somebody opens the FIFO to read it.
    fn other_end(fifo: &Path) -> File {
        File::options().write(true).open(fifo).expect("a FIFO can be opened")
    }

    /// Sends SIGINT, and waits until the process says that it has noticed.
    fn interrupt(child: &Child, stderr: &mut BufReader<ChildStderr>) {
        signal(child);
        let mut line = String::new();
        stderr.read_line(&mut line).expect("stderr is readable");
        assert!(line.starts_with("checksum: interrupted"), "{line}");
    }

    fn signal(child: &Child) {
        let pid = child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -INT \"$0\"", &pid]).status().expect("there is a shell");
        assert!(sent.success());
    }

    fn stderr_of(child: &mut Child) -> BufReader<ChildStderr> {
        BufReader::new(child.stderr.take().expect("stderr is a pipe"))
    }

    fn last_line(mut stderr: BufReader<ChildStderr>) -> String {
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).expect("stderr is readable");
        rest.lines().last().unwrap_or_default().to_owned()
    }

    #[test]
    fn ctrl_c_finishes_what_runs_and_says_how_far_it_came() {
        let dir = TempDir::new();
        dir.numbered(0..200);
        let args = ["--workers", "2", "--capacity", "3", "--", "!slow", "."];
        let (mut child, mut writer) = start_with_slow_file(&dir, &args);
        let mut stderr = stderr_of(&mut child);
        interrupt(&child, &mut stderr);
        writer.write_all(b"hello").expect("the reader still reads");
        drop(writer);

        let mut stdout = String::new();
        child.stdout.take().expect("stdout is a pipe").read_to_string(&mut stdout).expect("stdout is readable");
        let last = last_line(stderr);
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        let lines: Vec<_> = stdout.lines().collect();
        assert_eq!(lines[0], "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  !slow");

        let numbers: Vec<usize> = last.split(' ').filter_map(|word| word.parse().ok()).collect();
        let [summed, seen] = numbers[..] else { panic!("two numbers in {last:?}") };
        assert_eq!(summed, lines.len(), "{last}");
        // The slow file was at the front: no more than the capacity was taken on behind it.
        assert!((1..=3).contains(&seen) && summed <= seen, "{last}");
    }

    #[test]
    fn a_second_ctrl_c_does_not_wait() {
        let dir = TempDir::new();
        let (mut child, writer) = start_with_slow_file(&dir, &["!slow"]);
        let mut stderr = stderr_of(&mut child);
        interrupt(&child, &mut stderr);
        signal(&child);
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        drop(writer);
    }

    #[test]
    fn nobody_who_reads_is_no_error() {
        let dir = TempDir::new();
        dir.numbered(0..20);
        // Another process reads, and ends: an end of our own would live on in each process that another test just starts.
        let pipe = dir.fifo("!pipe");
        let mut reader = Command::new("sh").args(["-c", ": < \"$0\""]).arg(&pipe).spawn().expect("there is a shell");
        let stdout = other_end(&pipe);
        assert!(reader.wait().expect("it ends").success());

        let output = example("checksum").arg(&dir.0).stdout(stdout).output().expect("the example starts");
        assert_eq!(text(&output.stderr), "");
        assert_eq!((output.status.code(), output.status.signal()), (Some(141), None));
    }

    #[test]
    fn a_slow_file_at_the_front_holds_up_the_lines_and_not_the_work() {
        let dir = TempDir::new();
        dir.numbered(0..200);
        fs::remove_file(dir.0.join("0003")).expect("it is there");
        let behind = dir.fifo("0003");
        let mut names: Vec<_> = (0..200).map(|number| format!("{number:04}")).collect();
        names.insert(0, "!slow".to_owned());

        let mut args = vec!["--workers", "2", "--capacity", "5"];
        args.extend(names.iter().map(String::as_str));
        let (child, slow) = start_with_slow_file(&dir, &args);
        // The other worker comes to the last file of the window while the first one is still under way.
        drop(other_end(&behind));
        drop(slow);

        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{output:?}");
        let printed: Vec<_> = text(&output.stdout).lines().filter_map(|line| line.split("  ").nth(1)).collect();
        assert_eq!(printed, names);
    }

    #[test]
    fn bad_options_are_refused_in_one_line() {
        for args in [
            &[][..],
            &["--workers", "2"],
            &["--workers", "0", "."],
            &["--workers", "many", "."],
            &["--capacity", "0", "."],
            &["--capacity"],
            &["--nonsense", "."],
        ] {
            assert_refused("checksum", args);
        }
    }

    #[test]
    fn help_is_no_error() {
        let output = run("checksum", ["--help"]);
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("PATH"));
    }
}
