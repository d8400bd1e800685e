//! The documents are true: the README's C program compiles, links and runs by the lines that it gives, its commands are those
//! that CI or another test runs, and the C of `docs/embedded.md` runs on a host with its board played. (The README's Rust
//! programs are documentation tests.)
#![cfg(all(not(loom), target_os = "linux"))]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn out() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(package().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn write(name: &str, text: &str) -> PathBuf {
    let path = out().join(name);
    std::fs::write(&path, text).expect("the target folder is writable");
    path
}

fn blocks(file: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    read(file).split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// The README's commands, without what a `#` says of them.
fn commands() -> Vec<String> {
    let lines = blocks("README.md", "sh");
    let lines = lines.iter().flat_map(|block| block.lines());
    lines.map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned()).collect()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The line that begins with `program`.
fn line(program: &str) -> String {
    let found = commands().into_iter().find(|command| command.starts_with(program));
    found.unwrap_or_else(|| panic!("the README has a line with `{program}`"))
}

const LIBRARY: &str = "target/release/libjobring.a";

/// The library, built by the README's line.
fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        // A folder of its own: the outer cargo may hold the lock of the usual one.
        let target = out().join("readme");
        let line = line("cargo rustc ");
        let arguments = line.split_whitespace().skip(1);
        run(Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--target-dir")
            .arg(&target)
            .current_dir(package())
            // The library is built as by hand, whatever flags these tests were built with.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_BUILD_TARGET"));
        target.join(LIBRARY.strip_prefix("target/").expect("it lies in the target folder"))
    })
}

/// Compiles and links `sources` by the README's line, with warnings as errors, and runs what comes out.
fn compile_and_run(sources: &[PathBuf], binary: &Path) {
    let mut cc = Command::new("cc");
    cc.current_dir(package()).args(["-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
    for word in line("cc ").split_whitespace().skip(1) {
        match word {
            "program.c" => cc.args(sources),
            "program" => cc.arg(binary),
            LIBRARY => cc.arg(library()),
            _ => cc.arg(word),
        };
    }
    run(&mut cc);
    run(&mut Command::new(binary));
}

#[test]
fn its_c_program_compiles_links_and_runs_by_its_lines() {
    let [program] = &blocks("README.md", "c")[..] else { panic!("the README has one program in C") };
    compile_and_run(&[write("readme.c", program)], &out().join("readme-c"));
}

/// What the C of `docs/embedded.md` leaves to the board. Each sleep is three interrupts, until there were 100 sleeps.
const BOARD: &str = r#"
#include <stdint.h>
#include <stdlib.h>

void ADC_IRQHandler(void);
uint16_t adc_read(void);
void wait_for_event(void);
void use(uint32_t result);

static uint32_t samples, sleeps, sum, right;

uint16_t adc_read(void) {
    right += samples * samples;
    return (uint16_t)samples++;
}

void wait_for_event(void) {
    if (sum != right) exit(1);
    if (++sleeps > 100) exit(samples == 300 ? 0 : 2);
    for (int interrupt = 0; interrupt < 3; interrupt++) ADC_IRQHandler();
}

void use(uint32_t result) {
    sum += result;
}
"#;

#[test]
fn the_c_program_for_bare_metal_uses_every_sample() {
    let [program] = &blocks("docs/embedded.md", "c")[..] else { panic!("docs/embedded.md has one program in C") };
    let sources = [write("embedded.c", program), write("board.c", BOARD)];
    compile_and_run(&sources, &out().join("embedded-c"));
}

#[test]
fn it_names_every_c_example() {
    let readme = read("README.md");
    let makefile = read("c-examples/Makefile");
    let examples = makefile.lines().find_map(|line| line.strip_prefix("EXAMPLES = ")).expect("the Makefile lists them");
    for example in examples.split_whitespace() {
        assert!(readme.contains(&format!("`{example}`")), "the README says nothing of {example}.c");
    }
}

const LOOM: &str =
    r#"loom() { RUSTFLAGS="--cfg loom" timeout 1200 cargo test --release --target-dir target/loom "$@"; }"#;
const STEPS: &str =
    r#"steps() { RUSTFLAGS="--cfg jobring_steps" timeout 900 cargo test --release --target-dir target/steps "$@"; }"#;

/// Each command of the README that this file does not run itself, and the lines that run it elsewhere.
const RUN_BY: [(&str, &str, &[&str]); 11] = [
    (
        "cargo run --release --example worker_pool",
        "tests/examples.rs",
        &[r#"let output = run("worker_pool", args.iter().chain(more));"#],
    ),
    (
        "cargo run --release --example checksum -- src",
        "tests/examples.rs",
        &[r#"example("checksum").args(args).current_dir(&self.0).output().expect("the example starts")"#],
    ),
    ("make -C c-examples run", "tests/c_examples.rs", &[r#"for target in ["run", "run-shared"] {"#]),
    ("make -C c-examples run-shared", "tests/c_examples.rs", &[r#"for target in ["run", "run-shared"] {"#]),
    ("cargo test", ".ci/run", &[r#"step "test" cargo test"#]),
    (
        "cargo test --features capi,async,heapless --lib --test async --test batch --test c_api --test c_single --test c_static",
        ".ci/run",
        &[
            r#"step "test of the features" cargo test --features capi,async,heapless --lib --test async --test batch --test c_api --test c_single --test c_static"#,
        ],
    ),
    (
        r#"RUSTFLAGS="--cfg loom" cargo test --release --target-dir target/loom --test loom_ring"#,
        ".ci/run",
        &[LOOM, r#"step "loom: ring" loom --test loom_ring"#],
    ),
    (
        r#"RUSTFLAGS="--cfg loom" cargo test --release --target-dir target/loom --test loom_pool"#,
        ".ci/run",
        &[LOOM, r#"step "loom: pool" loom --test loom_pool"#],
    ),
    (
        r#"RUSTFLAGS="--cfg jobring_steps" cargo test --release --target-dir target/steps --features async --lib --test steps"#,
        ".ci/run",
        &[STEPS, r#"step "steps" steps --features async --lib --test steps --test linearizable"#],
    ),
    ("cargo test --release --test freeze", ".ci/run", &[r#"step "freeze" cargo test --release --test freeze"#]),
    ("bash verify/mutants.sh", ".ci/run", &[r#"step "mutants" bash verify/mutants.sh"#]),
];

#[test]
fn its_commands_are_run_by_ci_or_by_another_test() {
    let commands = commands();
    for command in &commands {
        let here = [line("cargo rustc "), line("cc ")].contains(command);
        let elsewhere = RUN_BY.iter().any(|(known, ..)| known == command);
        assert!(here || elsewhere, "nobody runs `{command}`");
    }
    for (command, place, lines) in RUN_BY {
        assert!(commands.iter().any(|known| known == command), "the README has no `{command}`");
        let text = read(place);
        for line in lines {
            assert!(text.lines().any(|known| known.trim() == *line), "{place} has no `{line}`, and so not `{command}`");
        }
    }
}
