#!/usr/bin/env bash
# The tests under AddressSanitizer (which finds leaks too) and ThreadSanitizer, and the C examples under both and UBSan.
#
# ThreadSanitizer needs a standard library that is built along: of a prebuilt one it sees neither the fences nor what
# makes one thread wait for another, and it reports races that are none. So the script asks rustup for its sources.
# There is no file of suppressions. LIMIT is how many seconds each step may take, 600 unless told.
#
#   verify/sanitize.sh              both
#   verify/sanitize.sh address      one of them
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
host=x86_64-unknown-linux-gnu
toolchain=${SANITIZE_TOOLCHAIN:-nightly}
base=${CARGO_TARGET_DIR:-$PWD/target}
failed=0

skip=(
    # These limit the address space, most of which is the sanitizer's own.
    --skip when_a_later_thread_does_not_start
    --skip threads_that_started_are_stopped_if_one_does_not
    # These count pages, and the sanitizer has some for each page that a thread touches.
    --skip is_there_once_
)
# Without freeze (ThreadSanitizer holds signals back), alloc (which has an allocator of its own), steps and loom (which have
# other atomics), and what only starts processes.
tests=(ring pool batch static_pool idle async model peers linearizable soak c_api c_single c_static)
# Some tests ask for more memory than there is.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 TSAN_OPTIONS=allocator_may_return_null=1
# Instrumented code is slow; each test still does everything that it does.
export PROPTEST_CASES=${PROPTEST_CASES:-16} JOBRING_SOAK_SECS=${JOBRING_SOAK_SECS:-5}

# NAME COMMAND...; what hangs for LIMIT seconds has failed.
limit=${LIMIT:-600}
check() {
    local name=$1 log start=$SECONDS reports status=0
    shift
    log=$(mktemp)
    timeout "$limit" "$@" >"$log" 2>&1 || status=$?
    reports=$(grep -cE 'ERROR: [A-Za-z]+Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$log")
    if [ $status = 0 ] && [ "$reports" = 0 ]; then
        printf '%-34s ok (%d s)\n' "$name" $((SECONDS - start))
    else
        printf '%-34s FAILED, %s reports (%d s)\n' "$name" "$reports" $((SECONDS - start))
        tail -n 60 "$log"
        failed=1
    fi
    rm -f "$log"
}

for sanitizer in ${1:-address thread}; do
    std=()
    if [ "$sanitizer" = thread ]; then
        # With optimisation, as the C examples below: so std is built once, and the tests are quick.
        std=(-Zbuild-std --release)
        if [ ! -d "$(rustc "+$toolchain" --print sysroot)/lib/rustlib/src/rust/library" ]; then
            rustup component add rust-src --toolchain "$toolchain" || exit 1
        fi
    fi
    run=(
        env RUSTFLAGS="-Zsanitizer=$sanitizer" CARGO_TARGET_DIR="$base/$sanitizer"
        cargo "+$toolchain" test "${std[@]}" --target "$host" --features capi,async,heapless
    )
    check "$sanitizer: build" "${run[@]}" --no-run --lib "${tests[@]/#/--test=}"
    for test in --lib "${tests[@]/#/--test=}"; do
        check "$sanitizer: ${test#--test=}" "${run[@]}" "$test" -- "${skip[@]}"
    done
done

if [ "${1:-address}" = address ]; then
    flags="-fsanitize=address,undefined"
    check "address, undefined: C examples" make -C c-examples run BUILD=build/address \
        CFLAGS="-g -O1 $flags -fno-sanitize-recover=all" LDFLAGS="$flags"
fi
if [ "${1:-thread}" = thread ]; then
    # Rust's runtime for both languages: that of GCC need not know all that rustc calls.
    runtime=("$(rustc "+$toolchain" --print sysroot)/lib/rustlib/$host/lib"/librustc-*_rt.tsan.a)
    check "thread: C examples" env RUSTFLAGS=-Zsanitizer=thread make -C c-examples run BUILD=build/thread \
        CARGO="cargo +$toolchain" CARGO_TARGET_DIR="$base/thread" TARGET=$host CARGOFLAGS=-Zbuild-std \
        CFLAGS="-g -O1 -fsanitize=thread" \
        LDFLAGS="-nodefaultlibs -Wl,--whole-archive ${runtime[0]} -Wl,--no-whole-archive" \
        LDLIBS="-pthread -ldl -lm -lrt -lresolv -lc -lgcc_s -lgcc"
fi

[ $failed = 0 ] && echo "sanitizers: 0 reports"
exit $failed
