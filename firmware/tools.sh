# What run.sh and size.sh have in common. Source it from bash, in this directory.

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
# Flags for the host (loom, say) do not belong here.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS

die() {
    echo "$0: $*" >&2
    exit 2
}

# need THING PACKAGE..: installs Debian packages if a program or a file is missing.
need() {
    local thing=$1
    shift
    if command -v "$thing" >/dev/null || [ -e "$thing" ]; then return; fi
    command -v apt-get >/dev/null || die "$thing is missing (in Debian: $*)"
    local root=()
    [ "$(id -u)" = 0 ] || root=(sudo)
    # The lists may be missing or old, so a first failure is not the last word.
    "${root[@]}" apt-get install -y --no-install-recommends "$@" >&2 || {
        "${root[@]}" apt-get update >&2 && "${root[@]}" apt-get install -y --no-install-recommends "$@" >&2
    } || die "cannot install $*"
}

# toolchain TARGET: sets `cargo`. The user's own toolchain if it has this target, and otherwise Debian's, which builds
# `core` from source for any target.
toolchain() {
    local libdir
    libdir=$(rustc --print target-libdir --target "$1" 2>/dev/null) || libdir=
    if [ -n "$libdir" ] && [ -d "$libdir" ]; then
        cargo=(cargo)
        return
    fi
    need /usr/bin/cargo cargo-web
    need /usr/bin/rustc rustc-web
    need /usr/lib/rustlib/src/rust/library/core/Cargo.toml rust-web-src
    [ -L /usr/bin/rust-lld ] || need rust-lld rust-web-llvm
    # The linker is a link into a package of its own, one for each version.
    need /usr/bin/rust-lld "$(readlink /usr/bin/rust-lld)"
    cargo=(env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 /usr/bin/cargo -Zbuild-std=core)
}
