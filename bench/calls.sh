#!/usr/bin/env bash
# Counts with perf how many system calls and context switches 1,000 jobs take in `oversubscribed`: the medians of some
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

printf '%-18s' "of 1,000 jobs"
printf ' %16s' context-switches "${calls[@]}"
echo
for peer in "${peers[@]}"; do
    : >"$counts"
    for ((run = 0; run < runs; ++run)); do
        perf stat -x, -e "$events" --append -o "$counts" -- \
            "$bench" --sample "$peer" oversubscribed "4 submitters" 10 "$jobs" 1000 >/dev/null
    done
    printf '%-18s' "$peer"
    for event in ${events//,/ }; do
        awk -F, -v event="$event" '$3 == event { print $1 }' "$counts" | sort -n |
            awk -v jobs="$jobs" '{ count[NR] = $1 } END { printf " %16.2f", 1000 * count[(NR + 1) / 2] / jobs }'
    done
    echo
done
