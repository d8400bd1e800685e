//! Compiles the peers in C++, if they are wanted.

fn main() {
    #[cfg(feature = "cpp-peers")]
    cpp_peers();
}

#[cfg(feature = "cpp-peers")]
fn cpp_peers() {
    let glib = pkg_config::probe_library("glib-2.0").expect("libglib2.0-dev");
    pkg_config::probe_library("tbb").expect("libtbb-dev");
    println!("cargo::rerun-if-changed=cpp");
    println!("cargo::rerun-if-env-changed=CPLUS_INCLUDE_PATH");
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .opt_level(3)
        .flag_if_supported("-Wno-deprecated-declarations")
        .includes(&glib.include_paths)
        .files(["bs", "glib", "moodycamel", "moodycamel_batch", "rvaser", "tbb"].map(|peer| format!("cpp/{peer}.cpp")))
        .compile("peers");
}
