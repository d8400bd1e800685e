//! Puts the board's memory map where the linker looks for it.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let target = env::var("TARGET").unwrap();
    let map = match target.as_str() {
        "thumbv7m-none-eabi" => "memory/mps2-an385.x",
        "thumbv6m-none-eabi" => "memory/microbit.x",
        "riscv32imac-unknown-none-elf" => "memory/virt.x",
        other => panic!("no board for {other}: see run.sh"),
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    fs::copy(map, out.join("memory.x")).unwrap();
    println!("cargo::rerun-if-changed=memory");
    println!("cargo::rustc-link-search={}", out.display());
    if target.starts_with("riscv") {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
