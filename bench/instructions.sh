#!/usr/bin/env bash
# Counts with callgrind how many instructions a tiny job takes, from submit to outcome, on the thread that submits and
# receives and on the one worker: the difference of two runs of different length. Needs valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
few=100000 many=300000
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cargo build --quiet --release -p jobring-bench --example instructions
program=${CARGO_TARGET_DIR:-target}/release/examples/instructions

# JOBS WAY: what each thread executed.
count() {
    rm -f "$out"/*
    valgrind --quiet --tool=callgrind --separate-threads=yes --callgrind-out-file="$out/of" "$program" "$1" "$2" 2>/dev/null
    for thread in 01 02; do sed -n 's/^\(summary\|totals\): //p' "$out/of-$thread" | head -n 1; done
}

printf '%-12s %22s %10s\n' "a job" "submits and receives" "works"
for way in single batch; do
    mapfile -t short < <(count $few $way)
    mapfile -t long < <(count $many $way)
    printf '%-12s' $way
    awk -v jobs=$((many - few)) -v a="${short[0]}" -v b="${long[0]}" -v c="${short[1]}" -v d="${long[1]}" \
        'BEGIN { printf " %22.0f %10.0f\n", (b - a) / jobs, (d - c) / jobs }'
done
