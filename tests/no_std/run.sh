#!/usr/bin/env bash
# Builds and runs a program without std, and looks for std in it.
set -euo pipefail
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-../../target}/no-std
cargo build --quiet --release --target-dir "$target"
program=$target/release/jobring-no-std
"$program"
if nm -C "$program" | grep -E ' (std|alloc)::|__rust_alloc'; then
    echo "std or alloc is in $program" >&2
    exit 1
fi
echo "no std and no alloc in it, and it ran"
