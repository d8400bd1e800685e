//! One sample: the child's side, and the parent's.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode, Stdio};

use super::{Figure, Peer, Run, Task};

/// A sample that takes longer hangs.
const SECONDS: u32 = 60;

/// The child: does the task and prints its figures.
pub fn sample(peer: &str, task: &Task) -> ExitCode {
    let peers = crate::workloads::named(task.workload).map(|workload| (workload.peers)());
    let Some(peer) = peers.iter().flatten().find(|known| known.name == peer) else {
        eprintln!("jobring-bench: no peer {peer} in {}", task.workload);
        return ExitCode::from(2);
    };
    let Run::Here(sample) = peer.run else { return ExitCode::from(2) };
    // SAFETY: no handler is set, so the signal just ends this process.
    unsafe { libc::alarm(SECONDS) };
    for (name, value) in sample(task) {
        println!("{name} {value}");
    }
    ExitCode::SUCCESS
}

/// The parent: has a child do the task.
pub fn ask(peer: &Peer, task: &Task) -> Result<Vec<(String, f64)>, String> {
    let (program, first) = match peer.run {
        Run::Here(_) => (env::current_exe().map_err(text)?, vec![OsString::from("--sample"), peer.name.into()]),
        Run::Program(path, first) => (path().ok_or("is not here")?, first.iter().map(OsString::from).collect()),
    };
    let mut command = Command::new(program);
    command.args(first).args(task.to_words()).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(text)?;
    if !output.status.success() {
        return Err(output.status.to_string());
    }
    figures(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| "printed something else".to_owned())
}

fn figures(printed: &str) -> Option<Vec<(String, f64)>> {
    let figure = |line: &str| {
        let (name, value) = line.split_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    printed.lines().map(figure).collect()
}

fn text(error: io::Error) -> String {
    error.to_string()
}

/// The figures of a sample that has only one.
pub fn one(value: f64) -> Vec<Figure> {
    vec![("", value)]
}
