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

# c_library TARGET OPT-LEVEL: builds the C library without std for a target; sets `library`.
c_library() {
    local features=capi-core,panic-handler
    # Cortex-M0 has no compare-exchange: there it is made by masking interrupts, as one core may.
    [ "$1" != thumbv6m-none-eabi ] || features+=,portable-atomic,portable-atomic/unsafe-assume-single-core
    local built=$CARGO_TARGET_DIR/c-library-$2
    CARGO_PROFILE_RELEASE_OPT_LEVEL=$2 CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
        CARGO_PROFILE_RELEASE_PANIC=abort \
        "${cargo[@]}" rustc --quiet --locked --manifest-path ../Cargo.toml --lib --crate-type staticlib --release \
        --no-default-features --features $features --target "$1" --target-dir "$built"
    library=$built/$1/release/libjobring.a
}

# link_c BOARD IMAGE ARGUMENT..: compiles C for a board and links it with `library`.
link_c() {
    local board=$1 image=$2 compiler
    shift 2
    case $board in
    cortex-m3) compiler=(arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb c/cortex_m.c) ;;
    cortex-m0) compiler=(arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb c/cortex_m.c) ;;
    riscv32) compiler=(riscv64-unknown-elf-gcc -march=rv32imac_zicsr -mabi=ilp32 c/riscv32.c) ;;
    esac
    need "${compiler[0]}" "gcc-${compiler[0]%-gcc}"
    "${compiler[@]}" -std=c99 -Wall -Wextra -Werror -ffreestanding -ffunction-sections -fdata-sections \
        -nostdlib -Wl,--gc-sections -Wl,--no-warn-rwx-segments -Wl,-z,noexecstack -Lc -T "c/$board.ld" -I../include -I c \
        "$@" "$library" -o "$image"
}
