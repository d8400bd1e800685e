#!/usr/bin/env bash
# What jobring costs on a Cortex-M3 (Thumb-2), beside its peers in the same build: queues and a pool of 16 u32.
#
#   firmware/size.sh [s|z|3]..        opt-levels; s if none is given
#
# "functions" are the bytes of the named functions; what they share, and the walks along a ring after a race, are in the flash
# only. "flash" and "RAM" are what the whole program needs beyond a program that only starts. Rust and C have one such
# program each, and the C library is linked as firmware in C would link it. Fails if a ring or a pool of jobring takes flash
# for its table, that is, does not lie in .bss.
set -euo pipefail
cd "$(dirname "$0")"
. ./tools.sh

target=thumbv7m-none-eabi
toolchain $target
need llvm-size llvm

# section PROGRAM COLUMN: text 1, data 2, bss 3
section() { llvm-size "$built/$1" | awk -v column="$2" 'NR == 2 { print $column }'; }

row() {
    local program=$1 title=$2 functions= total=0 flash ram data name bytes
    shift 2
    for name in "$@"; do
        bytes=$(llvm-nm -S -t d "$built/$program" | awk -v name="$name" '$4 == name { print $2 + 0 }')
        functions+="${functions:+ + }$bytes"
        total=$((total + bytes))
    done
    data=$(section "$program" 2)
    flash=$(($(section "$program" 1) + data - $(section $nothing 1) - $(section $nothing 2)))
    ram=$(($(section "$program" 3) + data - $(section $nothing 3) - $(section $nothing 2)))
    printf '%-34s %-20s %5d %6d %6d %6d\n' "$title" "$functions" $total $flash "$data" $ram
    case $title in jobring*) [ "$data" = 0 ] || die "$title does not lie in .bss" ;; esac
}

for level in "${@:-s}"; do
    case $level in
    3) profile=release ;;
    s | z) profile=size-$level ;;
    *) die "no opt-level $level: s, z or 3" ;;
    esac
    "${cargo[@]}" build --quiet --locked --package jobring-size --profile $profile --target $target
    built=$CARGO_TARGET_DIR/$target/$profile
    printf '%-34s %-20s %5s %6s %6s %6s\n' "bytes, opt-level $level" functions sum flash .data RAM
    nothing=nothing
    row tickets "jobring TicketRing<16>" push pop
    row ring "jobring Ring<u32, 16>" push pop
    row pool "jobring StaticPool<u32, u32, 16>" submit run_one collect
    row heapless "heapless mpmc::Queue<u32, 16>" push pop
    row embassy "embassy-sync Channel<CS, u32, 16>" push pop
    c_library $target "$level"
    for program in NOTHING RING POOL; do link_c cortex-m3 "$built/c-$program" -Os -D$program c/size.c; done
    nothing=c-NOTHING
    row c-RING "jobring in C: ring of 16 uint32_t" jobring_ring_push jobring_ring_pop
    row c-POOL "jobring in C: static pool of 16" \
        jobring_static_pool_submit jobring_static_pool_run_one jobring_static_pool_collect
done
