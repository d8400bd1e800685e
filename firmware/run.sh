#!/usr/bin/env bash
# Builds the firmware for a board and runs it under QEMU:
#
#   firmware/run.sh cortex-m3|riscv32|cortex-m0|all [rust|c]
#
# Two images for each board, in Rust and in C, unless one language is named. Prints one line for each check, and PASS with
# the number of checks. Exits with the image's own status, or 124 if the image did not end in time. FAIL=1 adds a check that
# fails, to see that a failure is noticed. TIMEOUT is in seconds.
set -euo pipefail
cd "$(dirname "$0")"
. ./tools.sh

# Every instruction takes 128 ns, so that timers count instructions; see src/board/mod.rs.
qemu=(-display none -monitor none -icount shift=7 -no-reboot)

run() {
    local target machine
    case $1 in
    cortex-m3)
        target=thumbv7m-none-eabi
        machine=(qemu-system-arm -M mps2-an385 -serial null -semihosting-config enable=on,target=native)
        ;;
    cortex-m0)
        target=thumbv6m-none-eabi
        machine=(qemu-system-arm -M microbit -serial null -semihosting-config enable=on,target=native)
        ;;
    riscv32)
        target=riscv32imac-unknown-none-elf
        machine=(qemu-system-riscv32 -M virt -bios none -serial stdio)
        ;;
    *) die "no board $1: cortex-m3, riscv32, cortex-m0 or all" ;;
    esac
    case $1 in
    riscv32) need qemu-system-riscv32 qemu-system-misc ;;
    *) need qemu-system-arm qemu-system-arm ;;
    esac
    toolchain $target
    case ${2-} in
    rust) rust $target ;;
    c) c "$1" $target ;;
    "")
        rust $target
        c "$1" $target
        ;;
    *) die "no language $2: rust or c" ;;
    esac
}

# emulate IMAGE
emulate() {
    timeout "${TIMEOUT:-600}" "${machine[@]}" "${qemu[@]}" -kernel "$1" </dev/null
}

rust() {
    local target=$1
    "${cargo[@]}" build --quiet --release --locked --bin jobring-firmware --target "$target" ${FAIL:+--features must-fail}
    emulate "$CARGO_TARGET_DIR/$target/release/jobring-firmware"
}

c() {
    local board=$1 target=$2
    c_library "$target" 3
    local image=$CARGO_TARGET_DIR/$board.elf
    link_c "$board" "$image" -O2 ${FAIL:+-DMUST_FAIL} c/main.c
    emulate "$image"
}

case ${1-} in
all) for board in cortex-m3 riscv32 cortex-m0; do run $board "${2-}"; done ;;
*) run "${1-}" "${2-}" ;;
esac
