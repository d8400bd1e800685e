#!/usr/bin/env bash
# Plays sequences of calls of the C functions, made by libFuzzer, against a model, under AddressSanitizer.
#
#   verify/fuzz.sh        for FUZZ_SECS seconds, 30 unless told
#   verify/fuzz.sh 600    for as many
#
# Needs a nightly toolchain (FUZZ_TOOLCHAIN) and cargo-fuzz, which it installs if it is not there.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
seconds=${1:-${FUZZ_SECS:-30}}
toolchain=${FUZZ_TOOLCHAIN:-nightly}
# cargo-fuzz has a target directory of its own, beside the fuzz target.
unset CARGO_TARGET_DIR

cargo fuzz --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-fuzz

mkdir -p fuzz/corpus/c_abi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "fuzzing the C functions for $seconds s"
# A call that hangs is a finding too.
if cargo "+$toolchain" fuzz run c_abi -- -max_total_time="$seconds" -timeout=20 -max_len=1024 \
    -print_final_stats=1 >"$log" 2>&1; then
    grep -E "^(stat::number_of_executed_units|stat::average_exec_per_sec|Done)" "$log"
    echo "fuzz: no findings"
else
    # What was found, and what was played.
    grep -A 3 "panicked at\|^==.*ERROR\|SUMMARY" "$log" | head -n 40
    tail -n 80 "$log"
    exit 1
fi
