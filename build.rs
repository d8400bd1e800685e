//! With the feature `capi`: writes the header for C to `OUT_DIR/jobring.h`. `include/jobring.h` is that file, committed.

#[cfg(feature = "capi")]
#[path = "src/capi/header.rs"]
mod header;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "capi")]
    {
        for input in header::INPUTS {
            println!("cargo::rerun-if-changed={input}");
        }
        let out = std::path::Path::new(&std::env::var_os("OUT_DIR").expect("cargo sets it")).join("jobring.h");
        std::fs::write(out, header::generate(std::path::Path::new("."))).expect("OUT_DIR is writable");
    }
}
