//! `include/jobring.h` is what the sources say. `BLESS=1 cargo test --test header` rewrites it.
#![cfg(not(loom))]

#[path = "../src/capi/header.rs"]
mod header;

use std::path::Path;

#[test]
fn the_committed_header_is_the_generated_one() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = package.join("include/jobring.h");
    let generated = header::generate(package);
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(&committed, &generated).expect("the header can be written");
    }
    let committed = std::fs::read_to_string(committed).expect("include/jobring.h is there");
    assert!(committed == generated, "include/jobring.h is out of date: run `BLESS=1 cargo test --test header`");
}
