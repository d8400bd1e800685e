//! The Go program, built when it is first asked for. Its source is in this binary, its binary in the target folder.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

const SOURCE: &str = include_str!("../go/main.go");

/// Where the program is. None without a Go that can build it.
pub fn program() -> Option<PathBuf> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM.get_or_init(build).clone()
}

fn build() -> Option<PathBuf> {
    let folder = env::current_exe().ok()?.parent()?.join("jobring-bench-go");
    let (source, program) = (folder.join("main.go"), folder.join("roundtrip"));
    if program.exists() && fs::read_to_string(&source).is_ok_and(|text| text == SOURCE) {
        return Some(program);
    }
    fs::create_dir_all(&folder).ok()?;
    // No old program beside a new source, should the build fail.
    fs::remove_file(&program).ok();
    fs::write(&source, SOURCE).ok()?;
    let status = Command::new("go").args(["build", "-o"]).arg(&program).arg(&source).status();
    status.is_ok_and(|status| status.success()).then_some(program)
}
