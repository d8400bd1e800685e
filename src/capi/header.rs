// Makes the header for C. Not a module of the library: the build script and the header's test include it.

use std::path::Path;

/// What the header is made from, relative to the package.
pub(crate) const INPUTS: [&str; 8] = [
    "cbindgen.toml",
    "src/capi/header.rs",
    "src/capi/version.rs",
    "src/capi/status.rs",
    "src/capi/config.rs",
    "src/capi/outcome.rs",
    "src/capi/stats.rs",
    "src/capi/pool.rs",
];

/// The header's text.
pub(crate) fn generate(package: &Path) -> String {
    let mut config = cbindgen::Config::from_file(package.join(INPUTS[0])).expect("cbindgen.toml is right");
    config.header = Some(HEAD.to_owned());
    config.after_includes = Some(format!(
        "\n// The version of this header; compare it with jobring_version().\n#define JOBRING_VERSION \"{}\"",
        env!("CARGO_PKG_VERSION")
    ));
    let mut builder = cbindgen::Builder::new().with_config(config);
    for input in &INPUTS[2..] {
        builder = builder.with_src(package.join(input));
    }
    let mut text = Vec::new();
    builder.generate().expect("the C functions can be declared").write(&mut text);
    without_safety_sections(&String::from_utf8(text).expect("sources are UTF-8"))
}

/// Rust's documentation has a section on safety at the end of each unsafe function's; to a C programmer it says nothing new.
fn without_safety_sections(header: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut in_section = false;
    for line in header.lines() {
        if line == "// # Safety" {
            in_section = true;
            lines.pop();
        }
        in_section &= line.starts_with("//");
        if !in_section {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

const HEAD: &str = "\
// jobring: a bounded worker pool on a lock-free ring. https://crates.io/crates/jobring
//
// Generated from the library's sources; do not edit.
//
//     jobring_pool_submit ------> N worker threads call `run` ------> jobring_pool_recv
//         copies the job in         for one job each at a time           copies the result out
//
// Every job that submit accepted gives exactly one outcome: done, failed with its own error, or cancelled. At most
// `capacity` jobs are in flight between submit and receive, and nothing is allocated after jobring_pool_create.
//
// Conventions
//
// - A function that can fail returns a jobring_status; JOBRING_OK is 0. Outputs are written only with JOBRING_OK.
// - The object comes first, then inputs, then outputs.
// - Pointers that must not be NULL are checked: JOBRING_ERR_NULL. One that is neither NULL nor valid is undefined
//   behaviour, as everywhere in C.
// - Bytes of jobs and results are copied in and out. The library keeps no pointer of the caller's except the callback and
//   its user pointer.
// - Structs that may grow begin with their own size.
// - All functions may be called by any number of threads at once on one pool, except jobring_pool_destroy.
// - Functions that block say so. A thread that is suspended inside of a function holds up no other.
";
