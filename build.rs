//! Names the processors that `idle::instruction` has instructions for, and says whether `ring::pair` has one.
//!
//! With the feature `capi`: writes the header for C to `OUT_DIR/jobring.h`. `include/jobring.h` is that file, committed.

#[cfg(feature = "capi")]
#[path = "src/capi/header.rs"]
mod header;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(cortex_m, bare_riscv, has_pairs)");
    let target = std::env::var("TARGET").expect("cargo sets it");
    // Of the targets whose architecture is `arm` only these have PRIMASK.
    if ["thumbv6m-", "thumbv7m-", "thumbv7em-", "thumbv8m."].iter().any(|prefix| target.starts_with(prefix)) {
        println!("cargo::rustc-cfg=cortex_m");
    }
    if target.starts_with("riscv") && target.ends_with("-none-elf") {
        println!("cargo::rustc-cfg=bare_riscv");
    }
    if exchanges_pairs() {
        println!("cargo::rustc-cfg=has_pairs");
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

/// Whether two words of 64 bits can be exchanged together: on x86-64, by an instruction that those who look at each access, Miri,
/// ThreadSanitizer and MemorySanitizer, would not see; and in models.
fn exchanges_pairs() -> bool {
    let is =
        |name: &str, value: &str| std::env::var(name).is_ok_and(|values| values.split(',').any(|one| one == value));
    let set = |name: &str| std::env::var_os(name).is_some();
    set("CARGO_CFG_LOOM")
        || is("CARGO_CFG_TARGET_ARCH", "x86_64")
            && is("CARGO_CFG_TARGET_POINTER_WIDTH", "64")
            // There the processor may not be asked.
            && !is("CARGO_CFG_TARGET_ENV", "sgx")
            && !set("CARGO_CFG_MIRI")
            && !is("CARGO_CFG_SANITIZE", "thread")
            && !is("CARGO_CFG_SANITIZE", "memory")
}
