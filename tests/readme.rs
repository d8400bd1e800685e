//! The README is true: its C program compiles, links and runs, and its commands are those that CI runs. (Its Rust programs
//! are documentation tests.)
#![cfg(all(not(loom), target_os = "linux"))]

use std::path::{Path, PathBuf};
use std::process::Command;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blocks(language: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(package().join("README.md")).expect("the README is there");
    let fence = format!("```{language}\n");
    readme.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn its_c_program_compiles_links_and_runs() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    // A folder of its own: the outer cargo may hold the lock of the usual one.
    let target = out.join("readme");
    run(Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--release", "--lib", "--features", "capi", "--crate-type", "staticlib"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(package()));
    let [program] = &blocks("c")[..] else { panic!("the README has one program in C") };
    let (source, binary) = (out.join("readme.c"), out.join("readme-c"));
    std::fs::write(&source, program).expect("the target folder is writable");
    run(Command::new("cc")
        .args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread", "-I"])
        .arg(package().join("include"))
        .arg(&source)
        .arg(target.join("release/libjobring.a"))
        .args(["-lm", "-ldl", "-o"])
        .arg(&binary));
    run(&mut Command::new(&binary));
}

#[test]
fn its_commands_are_run_by_ci_or_by_another_test() {
    let places = [".ci/run", "tests/c_examples.rs", "tests/examples.rs"]
        .map(|place| std::fs::read_to_string(package().join(place)).unwrap_or_else(|error| panic!("{place}: {error}")));
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let command = line.split('#').next().unwrap_or_default().trim();
        let subject = command.split_whitespace().rfind(|word| *word != "--" && *word != "src").unwrap_or_default();
        assert!(places.iter().any(|place| place.contains(subject)), "nobody runs `{command}`");
    }
}
