#!/usr/bin/env bash
# Counts with perf how many calls of the system and changes of threads 1,000 jobs take in `oversubscribed`: the medians of some
# runs. Needs Linux's perf and the right to count tracepoints (root's, say). Arguments: peers, if not the nearest.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
jobs=1000000 runs=7 peers=("$@")
[ $# -gt 0 ] || peers=(jobring crossfire kanal crossbeam-channel)
calls=(sched_yield futex clock_nanosleep membarrier)
events=context-switches
for call in "${calls[@]}"; do events+=",syscalls:sys_enter_$call"; done
cargo build --quiet --release -p jobring-bench
bench=${CARGO_TARGET_DIR:-target}/release/jobring-bench
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT

printf '%-18s %16s' "of 1,000 jobs" "context-switches"
printf ' %15s' "${calls[@]}"
echo
for peer in "${peers[@]}"; do
    for ((run = 0; run < runs; ++run)); do
        perf stat -x, -e "$events" -o "$counts.$run" -- \
            "$bench" --sample "$peer" oversubscribed "4 submitters" 10 "$jobs" 1000 >/dev/null
        cut -d, -f1,3 "$counts.$run" | grep -v '^#' | grep , >>"$counts"
        rm -f "$counts.$run"
    done
    printf '%-18s' "$peer"
    for event in ${events//,/ }; do
        median=$(grep ",$event" "$counts" | cut -d, -f1 | sort -n | sed -n "$((runs / 2 + 1))p")
        awk -v width=$([ "$event" = context-switches ] && echo 17 || echo 16) -v count="$median" -v jobs="$jobs" \
            'BEGIN { printf "%*.2f", width, 1000 * count / jobs }'
    done
    echo
    : >"$counts"
done
