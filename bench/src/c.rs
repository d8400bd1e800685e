//! The C program and the library that it links, built when they are first asked for, with the profile of this binary.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where the program is. None without a C compiler.
pub fn program() -> Option<PathBuf> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM.get_or_init(build).clone()
}

/// Cargo itself knows whether the library is fresh; the program takes no time to build.
fn build() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent()?;
    let folder = env::current_exe().ok()?.parent()?.join("jobring-bench-c");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut library = Command::new(cargo);
    library.args(["rustc", "--quiet", "--release", "--lib", "--features", "capi", "--crate-type", "staticlib"]);
    library.arg("--manifest-path").arg(root.join("Cargo.toml")).arg("--target-dir").arg(&folder);
    let program = folder.join("roundtrip");
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c11", "-O3", "-Wall", "-Wextra", "-I"]).arg(root.join("include"));
    compiler.arg(here.join("c/roundtrip.c")).arg(folder.join("release/libjobring.a"));
    compiler.args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&program);
    (done(&mut library) && done(&mut compiler)).then_some(program)
}

fn done(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
