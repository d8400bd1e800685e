#!/usr/bin/env bash
# The tests under AddressSanitizer (which finds leaks too) and ThreadSanitizer, and the C examples under ASan and UBSan.
#
# The standard library is the prebuilt one. It keeps out of ASan's way; for TSan it has to be allowed to be linked
# (`-Cunsafe-allow-abi-mismatch`), or, where the toolchain has the component rust-src, it is built along.
#
#   verify/sanitize.sh              both
#   verify/sanitize.sh address      one of them
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
host=x86_64-unknown-linux-gnu
toolchain=${SANITIZE_TOOLCHAIN:-nightly}
base=${CARGO_TARGET_DIR:-target}
failed=0

# NAME COMMAND...
check() {
    local name=$1 log start=$SECONDS reports
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        printf '%-34s ok, 0 reports (%d s)\n' "$name" $((SECONDS - start))
    else
        reports=$(grep -cE '(WARNING|ERROR): [A-Za-z]+Sanitizer|runtime error:' "$log")
        printf '%-34s FAILED, %s reports (%d s)\n' "$name" "$reports" $((SECONDS - start))
        tail -n 60 "$log"
        failed=1
    fi
    rm -f "$log"
}

for sanitizer in ${1:-address thread}; do
    flags="-Zsanitizer=$sanitizer" std=()
    if [ "$sanitizer" = thread ]; then
        if [ -d "$(rustc +"$toolchain" --print sysroot)/lib/rustlib/src/rust/library" ]; then
            std=(-Zbuild-std)
        else
            flags+=" -Cunsafe-allow-abi-mismatch=sanitizer"
        fi
    fi
    targets=(--lib)
    for test in ring pool batch linearizable soak; do
        if [ -e "tests/$test.rs" ] || [ -e "tests/$test/main.rs" ]; then targets+=("--test $test"); fi
    done
    for target in "${targets[@]}"; do
        # The test that is skipped asks for more memory than there is: ASan reports that, or writes shadow for it.
        # shellcheck disable=SC2086 # two words
        check "$sanitizer: ${target#--test }" env RUSTFLAGS="$flags" CARGO_TARGET_DIR="$base/$sanitizer" \
            ASAN_OPTIONS=detect_leaks=1 \
            TSAN_OPTIONS="suppressions=$PWD/verify/tsan.supp" \
            cargo "+$toolchain" test "${std[@]}" --target "$host" $target -- --skip slots_that_no_memory_can_hold
    done
done

if [ ! -e c-examples/Makefile ]; then
    echo "C examples                         not there, skipped"
elif [ "${1:-address}" = address ]; then
    flags="-fsanitize=address,undefined"
    check "address, undefined: C examples" make -C c-examples run BUILD=build/sanitize \
        CFLAGS="-g -O1 $flags -fno-sanitize-recover=all" LDFLAGS="$flags"
fi

[ $failed = 0 ] && echo "sanitizers: 0 reports"
exit $failed
