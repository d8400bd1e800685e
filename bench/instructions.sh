#!/usr/bin/env bash
# Counts with callgrind how many instructions a tiny job takes, from submit to outcome, on the thread that submits and
# receives and on the one worker, in Rust and through the C interface: the difference of two runs of different length. Needs
# valgrind and a C compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
few=100000 many=300000
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p jobring-bench --example instructions
cp "$target/release/examples/instructions" "$out/Rust"
# In a folder of its own, since its features are others than the bench's.
cargo rustc --quiet --release --lib --features capi --crate-type staticlib --target-dir "$target/instructions"
cc -std=c11 -O3 -Wall -Wextra -I include bench/c/instructions.c "$target/instructions/release/libjobring.a" \
    -lpthread -ldl -lm -o "$out/C"

# LANGUAGE JOBS WAY: what each thread executed.
count() {
    rm -f "$out"/of*
    valgrind --quiet --tool=callgrind --separate-threads=yes --callgrind-out-file="$out/of" "$out/$1" "$2" "$3" 2>/dev/null
    for thread in 01 02; do sed -n 's/^\(summary\|totals\): //p' "$out/of-$thread" | head -n 1; done
}

printf '%-14s %22s %10s\n' "a job" "submits and receives" "works"
for language in Rust C; do
    for way in single batch; do
        mapfile -t short < <(count $language $few $way)
        mapfile -t long < <(count $language $many $way)
        printf '%-14s' "$language, $way"
        awk -v jobs=$((many - few)) -v a="${short[0]}" -v b="${long[0]}" -v c="${short[1]}" -v d="${long[1]}" \
            'BEGIN { printf " %22.0f %10.0f\n", (b - a) / jobs, (d - c) / jobs }'
    done
done
