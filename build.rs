//! Names the processors that `idle::instruction` has instructions for.
//!
//! With the feature `capi`: writes the header for C to `OUT_DIR/jobring.h`. `include/jobring.h` is that file, committed.

#[cfg(feature = "capi")]
#[path = "src/capi/header.rs"]
mod header;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(cortex_m, bare_riscv)");
    let target = std::env::var("TARGET").expect("cargo sets it");
    // Of the targets whose architecture is `arm` only these have PRIMASK.
    if ["thumbv6m-", "thumbv7m-", "thumbv7em-", "thumbv8m."].iter().any(|prefix| target.starts_with(prefix)) {
        println!("cargo::rustc-cfg=cortex_m");
    }
    if target.starts_with("riscv") && target.ends_with("-none-elf") {
        println!("cargo::rustc-cfg=bare_riscv");
    }
    #[cfg(feature = "capi")]
    {
        for input in header::INPUTS {
            println!("cargo::rerun-if-changed={input}");
        }
        let out = std::path::Path::new(&std::env::var_os("OUT_DIR").expect("cargo sets it")).join("jobring.h");
        std::fs::write(out, header::generate(std::path::Path::new("."))).expect("OUT_DIR is writable");
    }
}
