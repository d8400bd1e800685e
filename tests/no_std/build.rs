//! The C library brings `main`'s caller and `abort`; nothing else is linked.
fn main() {
    println!("cargo::rustc-link-arg=-lc");
}
