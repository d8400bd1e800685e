#!/usr/bin/env bash
# Breaks the crate on purpose, one fault at a time in a copy of the tree, and requires that a named test fails.
# A mutant that does not build does not count, nor does one whose text is no longer there or whose test takes too long.
#
#   verify/mutants.sh            all of them
#   verify/mutants.sh R1 settle  those whose name contains one of the words
#
# MUTANTS_TARGET_DIR keeps the builds for the next time; MUTANTS_TIMEOUT is how many seconds a test may take.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
limit=${MUTANTS_TIMEOUT:-300}
wanted=("$@")

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$tree"
unset CARGO_TARGET_DIR
target=${MUTANTS_TARGET_DIR:-$PWD/target/mutants}
# None of these tests needs the bench or a development dependency, and without them there is less to build.
python3 - "$tree/Cargo.toml" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
text = re.sub(r"\[dev-dependencies\]\n.*?\n\n(?=\[)", "", text, flags=re.S)
open(sys.argv[1], "w").write(re.sub(r'members = .*', 'members = ["."]', text))
PY

# Runs one test, `TARGET NAME`: TARGET is `lib`, a file of tests, one of the models, `steps`, or `steps_lib`.
run() {
    case $1 in
        lib) set -- --lib "$2" ;;
        loom_async) set -- --release --features async --test "$1" "$2"
            local -x RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=$target/loom ;;
        loom_*) set -- --release --test "$1" "$2"; local -x RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=$target/loom ;;
        steps_lib) set -- --release --lib "$2"
            local -x RUSTFLAGS="--cfg jobring_steps" CARGO_TARGET_DIR=$target/steps ;;
        steps) set -- --release --features async --test "$1" "$2"
            local -x RUSTFLAGS="--cfg jobring_steps" CARGO_TARGET_DIR=$target/steps ;;
        c_*) set -- --features capi --test "$1" "$2" ;;
        *) set -- --test "$1" "$2" ;;
    esac
    local -x CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$target}
    (
        cd "$tree"
        cargo test -q "${@:1:$#-1}" --no-run || exit 101
        timeout -k 5 "$limit" cargo test "${@:1:$#-1}" -- "${@: -1}" || {
            status=$?
            [ $status = 124 ] || [ $status = 137 ] || status=1
            exit $status
        }
    )
}

replace() {
    python3 - "$tree/$1" "$2" "$3" <<'PY'
import sys
path, old, new = sys.argv[1:]
text = open(path).read()
open(path, "w").write(text.replace(old, new))
PY
}

# NAME FILE OLD NEW TARGET TEST
names=() files=() olds=() news=() tests=()
mutant() { names+=("$1") files+=("$2") olds+=("$3") news+=("$4") tests+=("$5 $6"); }

is_wanted() {
    local word
    [ ${#wanted[@]} -gt 0 ] || return 0
    for word in "${wanted[@]}"; do [[ $1 != *"$word"* ]] || return 0; done
    return 1
}

# What can be seen of all mutants without a build: that each has its text, once, and that its test's name is that of no
# other.
look_at_all() {
    python3 - "$tree" "${names[@]}" "${files[@]}" "${olds[@]}" "${tests[@]}" <<'PY'
import pathlib, re, sys
tree, words = pathlib.Path(sys.argv[1]), sys.argv[2:]
count = len(words) // 4
names, files, olds, tests = (words[at * count:(at + 1) * count] for at in range(4))
sources = [path.read_text() for folder in ("src", "tests") for path in (tree / folder).rglob("*.rs")]
known = {name for text in sources for name in re.findall(r"\w+", text)}
wrong = []
for name, file, old, test in zip(names, files, olds, tests):
    found = (tree / file).read_text().count(old)
    if found != 1:
        wrong.append(f"{name}: {file}: expected once, found {found} times: {old}")
    test = test.split("::")[-1].split()[-1]
    with_name = sorted(other for other in known if test in other)
    if with_name != [test]:
        wrong.append(f"{name}: expected one test with that in its name, found {with_name}: {test}")
sys.exit("\n".join(wrong) or 0)
PY
}

raw=src/ring/raw.rs layout=src/ring/layout.rs cells=src/ring/cells.rs free=src/ring/free.rs table=src/pool/table.rs
slot=src/pool/slot.rs swap=src/ring/swap.rs event=src/wait/event.rs signals=src/wait/state.rs stash=src/host/stash.rs
lanes=src/host/lanes.rs pairs=src/ring/pairs.rs pair_loom=src/ring/pair_loom.rs pair_x86_64=src/ring/pair_x86_64.rs
shared=src/host/shared.rs submit=src/host/shared/submit.rs receive=src/host/shared/receive.rs quick=src/capi/quick.rs
wakers=src/idle/wakers.rs
waker_cell=src/idle/waker_cell.rs hand=src/host/hand.rs

# The rings: orderings.
mutant "R1: word load relaxed" $raw \
    'self.0.load(Ordering::Acquire)' 'self.0.load(Ordering::Relaxed)' \
    loom_ring two_values::each_producers_items_come_out_in_its_order
mutant "R2: word exchange relaxed" $raw \
    'compare_exchange_weak(old, new, Self::REPLACED, Ordering::Relaxed)' \
    'compare_exchange_weak(old, new, Ordering::Relaxed, Ordering::Relaxed)' \
    loom_ring two_values::each_producers_items_come_out_in_its_order
mutant "R2: a narrow word replaced without acquiring it" $raw \
    'if W::BITS < 64 { Ordering::AcqRel }' 'if W::BITS < 64 { Ordering::Release }' \
    loom_ring horizon::a_value_is_whole_also_where_its_word_has_come_back_as_it_was
mutant "R3: tail hint load relaxed" $raw \
    'self.tail.load(Ordering::Acquire)' 'self.tail.load(Ordering::Relaxed)' \
    loom_ring two_tickets::whoever_pushed_can_pop_though_others_pushed_before
mutant "R3: head hint load relaxed" $raw \
    'self.head.load(Ordering::Acquire)' 'self.head.load(Ordering::Relaxed)' \
    loom_ring two_tickets::whoever_popped_can_push_though_others_popped_before
mutant "R4: hint store relaxed" $raw \
    'hint.store(to, Ordering::Release)' 'hint.store(to, Ordering::Relaxed)' \
    loom_ring two_tickets::whoever_pushed_can_pop_though_others_pushed_before
mutant "R4: a wide hint that was set back stays so" $raw \
    'walked > LAG' 'false' lib a_wide_hint_that_was_set_back_costs_one_walk
mutant "R4: narrow hint exchange relaxed" $raw \
    'hint.compare_exchange_weak(seen, to, Ordering::Release, Ordering::Relaxed)' \
    'hint.compare_exchange_weak(seen, to, Ordering::Relaxed, Ordering::Relaxed)' \
    loom_ring narrow_tickets::whoever_pushed_can_pop_though_others_pushed_before

# The rings: the algorithm.
mutant "a pop leaves the lap as it was" $layout \
    '(word & !self.closed_bit::<W>().minus(W::bit(0))).plus(self.one_lap())' \
    'word & !self.closed_bit::<W>().minus(W::bit(0))' \
    lib a_word_goes_empty_full_empty_and_keeps_its_close_mark
mutant "a pop loses the close mark" $layout \
    '(word & !self.closed_bit::<W>().minus(W::bit(0))).plus(self.one_lap())' 'self.lap(word).plus(self.one_lap())' \
    lib a_word_goes_empty_full_empty_and_keeps_its_close_mark
mutant "positions stay in their lap" $layout \
    'self.last {
            self.lap(pos).plus(self.one_lap())' 'self.last {
            self.lap(pos)' \
    lib positions_count_word_by_word_and_lap_by_lap_through_every_wrap
mutant "the walk to the tail jumps a lap" $raw \
    'if layout.is_full(word) { words } else { layout.lap_before(words) }' 'words' \
    lib a_push_whose_hint_lags_behind_a_popped_word_goes_to_the_next_position
mutant "the tail hint runs ahead" $raw \
    'Self::advance(layout, &self.tail, pos, layout.next(pos));' \
    'Self::advance(layout, &self.tail, pos, layout.next(layout.next(pos)));' \
    lib a_push_whose_hint_lags_behind_a_popped_word_goes_to_the_next_position
mutant "the head hint runs ahead" $raw \
    'Self::advance(layout, &self.head, pos, layout.next(pos));' \
    'Self::advance(layout, &self.head, pos, layout.next(layout.next(pos)));' \
    lib a_push_whose_hint_lags_behind_a_popped_word_goes_to_the_next_position
mutant "a closed ring is joined" $raw \
    'Place::<B::Word>(next).load() == layout.lap(pos) && last' 'last' \
    lib pushes_of_neighbours_become_one_span_and_pops_take_as_many_as_they_want
mutant "a span grows over its bits" $layout \
    'self.is_full(longer).then_some(longer)' 'Some(longer)' \
    lib pushes_of_neighbours_become_one_span_and_pops_take_as_many_as_they_want
mutant "a word that is remembered is joined though others have pushed since" $raw \
    'Place::<B::Word>(after).load() != last.after || ' '' \
    loom_ring remembered_spans::a_push_does_not_overtake_one_that_returned_before_it_began
mutant "a remembered word that was popped is thought to be there" $raw \
    ' || !Place::<B::Word>(word).replace(last.word, joined)' '' \
    lib a_push_joins_what_its_thread_remembers_as_long_as_that_is_the_last_word_and_open
mutant "a pop takes all" $raw \
    'layout.span(word).split(limit)' 'layout.span(word).split(limit.max(99))' \
    lib pushes_of_neighbours_become_one_span_and_pops_take_as_many_as_they_want

# The ring of pairs.
mutant "D1: tag load relaxed" $pair_loom \
    'self.0.load(Ordering::Acquire) >> 32' 'self.0.load(Ordering::Relaxed) >> 32' \
    loom_ring what_comes_before_the_push_of_a_value_that_rides_in_a_word_is_seen_after_its_pop
mutant "D2: pair exchange relaxed" $pair_loom \
    '(Ordering::Release, Ordering::Relaxed)' '(Ordering::Relaxed, Ordering::Relaxed)' \
    loom_ring what_comes_before_the_push_of_a_value_that_rides_in_a_word_is_seen_after_its_pop
mutant "D5: tail store relaxed" $pairs \
    'next.store(pos + 1, Ordering::Release)' 'next.store(pos + 1, Ordering::Relaxed)' \
    loom_ring three_riding_values::whoever_pushed_can_pop_though_others_pushed_before
mutant "D6: tail load relaxed" $pairs \
    'tail.next.load(Ordering::Acquire)' 'tail.next.load(Ordering::Relaxed)' \
    loom_ring three_riding_values::whoever_pushed_can_pop_though_others_pushed_before
mutant "a pair is filled before it was popped" $pairs \
    'tag == Self::free(pos) && self.has_room(pos)' 'tag == Self::free(pos)' \
    loom_ring one_riding_value::a_close_falls_between_two_pushes
mutant "there is room for one more than there is" $pairs \
    'let room = self.head() + Self::N;' 'let room = self.head() + Self::N + 1;' \
    steps two_small_values::a_call_stopped_before_any_step_holds_up_nobody
mutant "a value is read after the head has moved" $pairs \
    'let bits = self.pair(pos).bits();
        // D3
        let taken = self.ends.head.compare_exchange_weak(pos, pos + 1, Ordering::Release, Ordering::Relaxed);' \
    'let taken = self.ends.head.compare_exchange_weak(pos, pos + 1, Ordering::Release, Ordering::Relaxed);
        let bits = self.pair(pos).bits();' \
    loom_ring one_riding_value::each_producers_items_come_out_in_its_order
mutant "a value is taken by all who have read it" $pairs \
    'taken.is_ok().then_some(bits)' '{ let _ = taken; Some(bits) }' \
    loom_ring one_riding_value::producers_and_consumers_agree_on_one_order
mutant "a close trusts its exchange" $pairs \
    'if pair.replace((tag, bits), (tag | CLOSED, bits)) {
                return true;
            }' 'return pair.replace((tag, bits), (tag | CLOSED, bits));' \
    loom_ring one_riding_value::a_close_falls_between_two_pushes
mutant "what was pushed last to a closed ring is not popped" $pairs \
    'tag & !CLOSED == Self::free(pos) + FILLED' 'tag == Self::free(pos) + FILLED' \
    loom_ring one_riding_value::a_consumer_meets_the_close_after_the_last_item
mutant "a lagging tail is not walked from" $pairs \
    'pos = (tag / FILLED - 1) * Self::N + pos % Self::N + 1;' 'pos = self.tail_hint();' \
    steps two_small_values::a_call_stopped_before_any_step_holds_up_nobody
mutant "a pair is filled with its tag for a value" $pair_x86_64 \
    'in("rcx") new_bits' 'in("rcx") new_tag' \
    ring values_of_every_size_and_alignment_come_out_as_they_went_in

# The free set.
mutant "F1: load relaxed" $free \
    'word(block).load(Ordering::Acquire)' 'word(block).load(Ordering::Relaxed)' \
    loom_ring two_values::whoever_popped_can_push_though_others_popped_before
mutant "F2: a claim does not acquire what it replaces" $free \
    'word, claimed, Ordering::AcqRel' 'word, claimed, Ordering::Release' \
    loom_ring free_tickets::what_holders_did_is_seen_also_where_a_word_has_come_back_as_it_was
mutant "F2: a claim does not release" $free \
    'word, claimed, Ordering::AcqRel' 'word, claimed, Ordering::Acquire' \
    loom_ring values_of_two_blocks::none_is_free_is_said_of_all_blocks_at_once
mutant "F3: release relaxed" $free \
    'fetch_add(change, Ordering::Release)' 'fetch_add(change, Ordering::Relaxed)' \
    loom_ring two_values::whoever_popped_can_push_though_others_popped_before
mutant "a claim goes on into tickets that are not free" $free \
    'self.free(block, word).trailing_ones().min(limit - span.len)' '(limit - span.len).min(Self::BLOCK)' \
    loom_ring free_tickets::a_ticket_has_one_holder_also_where_claims_go_on_into_the_next_block
mutant "a claim goes on where another one was faster" $free \
    'if len == 0 || !self.mark(block, word, 0, len) {' 'if len == 0 || (!self.mark(block, word, 0, len) && false) {' \
    loom_ring free_tickets::a_ticket_has_one_holder_also_where_claims_go_on_into_the_next_block
mutant "none is free, after one look" $free \
    'if before == Some(sum) {' 'if before.is_none() {' \
    steps_lib a_ticket_is_found_whenever_one_was_free_all_the_time
mutant "a release is not counted" $free \
    'B::Word::bit(Self::BLOCK).minus(Self::bits(start, here.len))' 'B::Word::ZERO.minus(Self::bits(start, here.len))' \
    steps_lib a_ticket_is_found_whenever_one_was_free_all_the_time
mutant "H1: handle taken relaxed" $swap \
    'TAKEN, Ordering::AcqRel, Ordering::Acquire' 'TAKEN, Ordering::Release, Ordering::Acquire' \
    loom_ring handles::threads_that_take_and_drop_handles_lose_nothing
mutant "H2: handle given back relaxed" $swap \
    'store(differs, Ordering::Release)' 'store(differs, Ordering::Relaxed)' \
    loom_ring one_swap::each_producers_items_come_out_in_its_order
mutant "a handle that ends gives back the cell that it began with" $swap \
    'store(differs, Ordering::Release)' 'store(differs & 0, Ordering::Release)' \
    loom_ring handles::threads_that_take_and_drop_handles_lose_nothing
mutant "a handle is given to two" $swap \
    'spare.compare_exchange(differs, TAKEN,' 'spare.compare_exchange(differs, differs,' \
    loom_ring handles::the_one_handle_goes_to_one_of_two_threads
mutant "a swapped cell is left under another number" $raw \
    'layout.empty_with(word, ticket ^ index)' 'layout.empty_with(word, ticket)' \
    linearizable threads_on_a_ring_of_swaps_get_the_answers_of_a_queue
mutant "a push keeps the cell that it has offered" $swap \
    'self.cell = free;' 'let _ = free;' \
    loom_ring handles::threads_that_take_and_drop_handles_lose_nothing
mutant "a pop reads the cell that it has left" $swap \
    'self.cell = self.ring.words.swap_out(self.cell)?;
        let cell = self.ring.cell(self.cell);' \
    'let cell = self.ring.cell(self.cell);
        self.cell = self.ring.words.swap_out(self.cell)?;' \
    loom_ring one_swap::each_producers_items_come_out_in_its_order
mutant "a ring is full where its wanted cell is not free" $cells \
    'next_index(), || self.ready.is_full()' 'next_index(), || true' \
    loom_ring values_of_two_blocks::whoever_popped_can_push_though_others_popped_before
mutant "a pop keeps the cell" $cells \
    'self.free.release(Span::one(ticket));
        Ok(value)' 'Ok(value)' \
    loom_ring two_values::whoever_popped_can_push_though_others_popped_before

# The table.
mutant "settle looks at the crew first" $table \
    'self.jobs.is_drained() && self.crew.load(Ordering::Acquire) == 0' \
    'self.crew.load(Ordering::Acquire) == 0 && self.jobs.is_drained()' \
    loom_pool slots::a_worker_that_leaves_early_leaves_the_end_to_the_others
mutant "leave does not settle" $table \
    'self.crew.fetch_sub(1, Ordering::Release);
        self.settle()' 'self.crew.fetch_sub(1, Ordering::Release);
        false' \
    loom_pool pool::close_wakes_a_receiver_that_waits
mutant "a slot keeps its generation" $slot \
    '(tag | PHASE_MASK).wrapping_add(1)' 'tag & !PHASE_MASK' \
    pool a_slot_that_is_used_again_has_another_name
mutant "a status ignores the generation" $table \
    'if generation == id.generation { status } else { None }' 'if generation >= id.generation { status } else { None }' \
    loom_pool slots::a_name_means_its_own_job_and_no_later_one_in_the_same_slot
mutant "what is not read is lost when the reader unwinds" $shared \
    'let _ = caught(|| slot.clear());' '' \
    batch outcomes_that_a_reader_has_not_seen_when_it_panics_are_dropped

# What threads have at hand.
mutant "S2: no light fence of the owner" $stash \
    'self.barrier.light();' '' loom_pool stash::each_ticket_goes_to_the_owner_or_to_one_of_those_who_rob_it
mutant "S5: no heavy fence of the thief" $stash \
    'self.barrier.heavy();' '' loom_pool stash::each_ticket_goes_to_the_owner_or_to_one_of_those_who_rob_it
mutant "S1: the stash is written relaxed" $stash \
    'self.now.store(now, Ordering::Release)' 'self.now.store(now, Ordering::Relaxed)' \
    loom_pool stash::what_the_owner_adds_while_it_is_robbed_is_added_or_still_its_own
mutant "S6: the look relaxed" $stash \
    '// S6
                    let now = self.now.load(Ordering::Acquire);' 'let now = self.now.load(Ordering::Relaxed);' \
    loom_pool stash::what_the_owner_adds_while_it_is_robbed_is_added_or_still_its_own
mutant "S7: made public relaxed by a thief" $stash \
    'compare_exchange(state, now | PUBLIC, Ordering::Release, Ordering::Relaxed)' \
    'compare_exchange(state, now | PUBLIC, Ordering::Relaxed, Ordering::Relaxed)' \
    loom_pool stash::what_the_owner_adds_while_it_is_robbed_is_added_or_still_its_own
mutant "S8: a public stash is read relaxed" $stash \
    '// S8, Acquire, pairs with S7
            let state = self.state.load(Ordering::Acquire);' 'let state = self.state.load(Ordering::Relaxed);' \
    loom_pool stash::what_the_owner_adds_while_it_is_robbed_is_added_or_still_its_own
mutant "S9: a stash is made private relaxed" $stash \
    'self.state.store(epoch | PRIVATE, Ordering::Release)' 'self.state.store(epoch | PRIVATE, Ordering::Relaxed)' \
    loom_pool stash::an_owner_that_was_robbed_can_keep_things_again
mutant "S10: no fence before a thief looks again" $stash \
    'fence(Ordering::SeqCst);' '' loom_pool stash::a_thief_who_finds_nothing_has_not_read_what_the_owner_takes_back
mutant "S10: a thief believes what it read" $stash \
    'if self.state.load(Ordering::Relaxed) == state {' 'if self.state.load(Ordering::Relaxed) <= u64::MAX {' \
    loom_pool stash::a_thief_who_finds_nothing_has_not_read_what_the_owner_takes_back
mutant "what was not looked at is taken for empty" $stash \
    'return self.take(1);' 'return unpack(self.take_last(1));' lib an_owner_that_has_not_tried_anything_yet_takes_what_is_there
mutant "the owner never settles" $stash \
    'Err(state) if state & SEQUENCE == new & SEQUENCE => true,' 'Err(_) if new > 0 => true,' \
    loom_pool stash::each_ticket_goes_to_the_owner_or_to_one_of_those_who_rob_it
mutant "an owner that was robbed loses what it adds" $stash \
    'if self.put(span).is_err() {' 'if self.put(span).is_err() && false {' \
    loom_pool stash::an_owner_that_was_robbed_can_keep_things_again
mutant "an operation of the owner that did not happen is not taken back" $stash \
    'self.now.store(now, Ordering::Relaxed);' '' \
    loom_pool stash::each_ticket_goes_to_the_owner_or_to_one_of_those_who_rob_it
mutant "the start of a stash has no bit to spare" $stash \
    'const START_BITS: u32 = 25;' 'const START_BITS: u32 = 24;' \
    lib host::stash::tests::the_last_tickets_of_the_largest_pool_are_taken_once_like_all_others
mutant "a batch takes more slots that are at hand than a word holds" $hand \
    'self.lane?.free.take(table.longest(limit))' 'self.lane?.free.take(limit.min(128) as u32)' \
    batch slots_that_a_thread_has_at_hand_serve_batches_of_its_own_and_of_others
mutant "a batch takes more slots that another has at hand than a word holds" $hand \
    'self.steal(|lane| &lane.free, table.longest(limit), look)' \
    'self.steal(|lane| &lane.free, limit.min(128) as u32, look)' \
    batch slots_that_a_thread_has_at_hand_serve_batches_of_its_own_and_of_others
mutant "a lane in use is not marked" $lanes \
    '(used & mine != mine).then_some(used | mine)' 'Some(used).filter(|_| used & mine != mine)' \
    loom_pool hand::a_slot_that_one_submitter_keeps_another_can_have
mutant "the end is said after a quick look" $hand \
    'let look = if error == PopError::Closed { Look::Thorough } else { look };' '' \
    loom_pool hand::an_outcome_that_one_receiver_keeps_another_can_have
mutant "K3: the end is said while somebody keeps outcomes" $hand \
    'error = PopError::Empty;' '' \
    loom_pool hand::an_outcome_that_one_receiver_keeps_another_can_have
mutant "K4: no fence before the look for the end" $hand \
    'fence(Ordering::SeqCst);
                if table.is_drained()' 'if table.is_drained()' loom_pool hand::an_outcome_that_one_receiver_keeps_another_can_have

# Waiting.
mutant "E2: no fence of the sleeper" $event \
    'self.barrier.heavy();' '' loom_pool event::one_publisher_wakes_one_sleeper
mutant "E3: no fence of the publisher" $event \
    'self.barrier.light();' '' loom_pool event::one_publisher_wakes_one_sleeper
mutant "E5: signal taken relaxed" $event \
    'update(&self.state, Ordering::Acquire, state::with_signal_taken' \
    'update(&self.state, Ordering::Relaxed, state::with_signal_taken' loom_pool event::one_publisher_wakes_one_sleeper
mutant "E5: one who gives up takes a signal relaxed" $event \
    'update(&self.state, Ordering::Acquire, |state|' 'update(&self.state, Ordering::Relaxed, |state|' \
    loom_pool event::one_that_gives_up_sees_what_the_signal_was_for_that_goes_with_it
mutant "one who gives up leaves a signal too many" $signals \
    'saturating_sub(waiters(state) - 1)' 'saturating_sub(waiters(state))' \
    loom_pool event::one_that_gives_up_takes_no_signal_from_one_that_waits
mutant "two things wake one sleeper" $signals \
    'wanted.min(waiters(state) - signals(state))' 'wanted.min(1).min(waiters(state) - signals(state))' \
    loom_pool event::one_notice_of_two_things_wakes_two_sleepers

# Who is told.
mutant "submit tells nobody" $submit \
    'Ok(()) => {
                if hand.has_waiters(&self.jobs_event) {' 'Ok(()) => {
                if false {' \
    loom_pool pool::a_job_wakes_the_worker_and_its_outcome_the_receiver
mutant "submit tells before there is anything" $submit \
    'match hand.accept_quickly(&self.table, run).or_else(|run| hand.accept_apart(&self.table, run)) {
            Ok(()) => {
                if hand.has_waiters(&self.jobs_event) {' 'self.jobs_event.notify(1);
        match hand.accept_quickly(&self.table, run).or_else(|run| hand.accept_apart(&self.table, run)) {
            Ok(()) => {
                if false {' \
    loom_pool pool::a_job_wakes_the_worker_and_its_outcome_the_receiver
mutant "publish tells nobody" $shared \
    'self.table.publish(run);
        self.outcomes_event.notify(count);' 'self.table.publish(run);
        let _ = count;' \
    loom_pool pool::a_job_wakes_the_worker_and_its_outcome_the_receiver
mutant "publish tells before there is anything" $shared \
    'self.table.publish(run);
        self.outcomes_event.notify(count);' 'self.outcomes_event.notify(count);
        self.table.publish(run);' \
    loom_pool pool::a_job_wakes_the_worker_and_its_outcome_the_receiver
mutant "receive tells nobody" $receive \
    'if hand.has_waiters(&self.slots_event) {' 'if false {' \
    loom_pool pool::a_submit_that_waits_for_a_slot_is_woken_by_the_collector
mutant "slots that move wake nobody" $receive \
    'let moved = hand.flush(&self.table, &self.slots_event);' 'let moved = 0;' \
    lib host::shared::tests::whoever_misses_slots_that_move_is_woken_for_them
mutant "a quick submit in C tells nobody" $quick \
    'if quick.workers_wait() { tell_worker(pool) } else { JOBRING_OK }' 'JOBRING_OK' \
    c_single workers_that_sleep_are_woken_one_for_each_job
mutant "a quick receive in C tells nobody" $quick \
    'Ok(()) if quick.submitters_wait() => tell_submitter(pool),' '' \
    c_single a_submitter_that_sleeps_is_woken_by_what_another_one_receives
mutant "a receive in C takes any outcome for a result" $slot \
    'is_done(tag).then(|| self.vacate(index, tag, || Ok(self.value())))' \
    'Some(self.vacate(index, tag, || Ok(self.value())))' \
    c_single every_kind_of_outcome_comes_without_its_job_and_without_its_result_too
mutant "close tells no worker" $shared \
    'self.jobs_event.notify_all();' '' loom_pool pool::close_wakes_a_receiver_that_waits
mutant "close tells no submitter" $shared \
    'self.slots_event.notify_all();' '' loom_pool pool::close_wakes_a_submitter_that_waits_and_gives_the_job_back
mutant "the last one out tells nobody" $shared \
    'self.outcomes_event.notify_all();' '' loom_pool pool::close_wakes_a_receiver_that_waits
mutant "cancel is not of the crew" $shared \
    'self.table.enter();
        while let' 'while let' \
    loom_pool pool::whoever_cancels_a_closed_pool_counts_among_the_last_out

# Whoever stands still.
stopped=a_call_stopped_before_any_step_holds_up_nobody
interrupted=a_call_interrupted_before_any_step_and_the_interrupt_are_answered_in_some_order
mutant "stopped: a push claims its position first" $raw \
    'if layout.is_empty_at(word, pos) && place.replace(word, full(word, pos)) {
                Self::advance(layout, &self.tail, pos, layout.next(pos));' \
    'if layout.is_empty_at(word, pos) {
                Self::advance(layout, &self.tail, pos, layout.next(pos));
            }
            if layout.is_empty_at(word, pos) && place.replace(word, full(word, pos)) {' \
    steps two_tickets::$stopped
mutant "stopped: a pop takes a lock" $raw \
    'let mut pos = self.head_hint();' \
    'static LOCK: crate::sync::AtomicU32 = crate::sync::AtomicU32::new(0);
        struct Unlock;
        impl Drop for Unlock {
            fn drop(&mut self) {
                LOCK.store(0, Ordering::Release);
            }
        }
        while LOCK.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {}
        let _unlock = Unlock;
        let mut pos = self.head_hint();' \
    steps one_ticket::$stopped
mutant "stopped: a push offers its cell before it has written it" $cells \
    'unsafe { cells.write(ticket, value) };
        match self.ready.push(Span::one(ticket)) {
            Ok(()) => Ok(()),' \
    'match self.ready.push(Span::one(ticket)) {
            Ok(()) => {
                unsafe { cells.write(ticket, value) };
                Ok(())
            }' \
    steps two_values::$stopped
mutant "stopped: a pop frees its cell before it has read it" $cells \
    'let value = unsafe { self.ready.storage().read(ticket) };
        self.free.release(Span::one(ticket));' \
    'self.free.release(Span::one(ticket));
        let value = unsafe { self.ready.storage().read(ticket) };' \
    steps two_values::$interrupted
mutant "stopped: a collector looks again only if it settled the end itself" $table \
    'if !settled && self.is_closed() => {
                    self.settle();' \
    'if !settled && self.settle() => {' \
    steps narrow_pool_of_one::$interrupted
mutant "stopped: whoever gave a signal is relied upon for its wake-up" $event \
    'if all_are_rung_for(before) { signals(after) - signals(before) } else { signals(after) }' \
    'signals(after) - signals(before)' \
    steps a_caller_of_a_pool_stopped_before_any_step_holds_up_nobody
mutant "stopped: it is said that all are awake before they are" $event \
    'if sleepers > 0 {' \
    'let _ = self.rung.compare_exchange(rung, given(after), Ordering::Release, Ordering::Relaxed);
        if sleepers > 0 {' \
    steps a_caller_of_a_pool_stopped_before_any_step_holds_up_nobody
mutant "stopped: only the first who closes wakes" $shared \
    'self.table.close();
        // Each' 'if !self.table.close() { return; }
        // Each' \
    steps a_caller_of_a_pool_stopped_before_any_step_holds_up_nobody
mutant "stopped: whoever cancels tells of it at the end" $shared \
    '            self.publish(run);
        }
        self.leave();' \
    '            self.table.publish(run);
        }
        self.outcomes_event.notify_all();
        self.leave();' \
    steps a_receiver_sleeps_beside_no_more_outcomes_than_a_stopped_canceller_may_have_in_its_hands
mutant "stopped: nobody is told of slots before all have moved" $hand \
    'event.notify(count);' 'let _ = event;' \
    steps_lib a_submitter_sleeps_beside_no_more_slots_than_a_receiver_may_have_in_its_hands
mutant "stopped: all slots at hand move at once" $hand \
    'self.claim(table, self.lanes.share)' 'self.claim(table, usize::MAX)' \
    steps a_thread_with_many_slots_at_hand_stopped_before_any_step_leaves_most_to_the_others
mutant "the end is not told to who joins" $shared \
    'self.end_event.notify_all();' '' loom_pool pool::two_may_join_at_once
mutant "past the horizon: a hint ahead of the words is believed" $raw \
    '                } else {
                    // Only past the horizon: the hint is ahead of the words. Follow the words.
                    pos = layout.at_lap_of(pos, word);' \
    '                } else {
                    unreachable!();' \
    steps a_ring_is_exact_up_to_the_horizon_and_safe_past_it

# Waiting without an operating system.
mutant "a worker is told of no news" $table \
    '!self.jobs.is_empty() || self.jobs.is_drained()' 'false' \
    idle a_worker_is_told_of_what_came_between_its_look_and_its_sleep
mutant "W1: a task does not look again" $wakers \
    'attempt().map_or(Poll::Pending, Poll::Ready)' 'Poll::Pending' \
    loom_async a_receiver_is_woken_by_an_outcome
mutant "W2: no fence before the second look" $wakers \
    '            // W2, pairs with W3
            fence(Ordering::SeqCst);' '' \
    loom_async a_receiver_is_woken_by_an_outcome
mutant "W3: no fence before the notification" $wakers \
    '        // W3, pairs with W2
        fence(Ordering::SeqCst);' '' \
    loom_async a_receiver_is_woken_by_an_outcome
mutant "W4: places that are taken are not woken" $wakers \
    '                unsafe { place.wake() };' '' \
    loom_async a_receiver_is_woken_by_an_outcome
mutant "N1: a notifier does not see what the task left" $waker_cell \
    'update(&self.state, Ordering::Acquire, wakes)' 'update(&self.state, Ordering::Relaxed, wakes)' \
    loom_async a_receiver_is_woken_by_an_outcome
mutant "N2: who takes a waker out does not see that it was used" $waker_cell \
    'update(&self.state, Ordering::Release, leaving)' 'update(&self.state, Ordering::Relaxed, leaving)' \
    loom_async a_receiver_is_woken_by_an_outcome
mutant "N1: a wake-up is said to be made before it is" $waker_cell \
    '== SET).then(|| state + INSIDE)' '== SET).then(|| (state | WOKEN) + INSIDE)' \
    steps a_notifier_stopped_before_any_step_leaves_no_task_asleep_beside_what_comes_later
mutant "the same, of the end" $waker_cell \
    '== SET).then(|| state + INSIDE)' '== SET).then(|| (state | WOKEN) + INSIDE)' \
    steps a_closer_stopped_before_any_step_leaves_no_task_asleep_once_somebody_else_has_closed
mutant "R1: a wake-up of before the task looked again counts" $waker_cell \
    'if state >= INSIDE { AGAIN } else { 0 }' '0' \
    loom_async a_receiver_that_looked_too_late_is_woken_by_the_next_outcome
mutant "R1: a notifier does not see what waker was left" $waker_cell \
    'self.state.store(SET, Ordering::Release)' 'self.state.store(SET, Ordering::Relaxed)' \
    loom_async a_receiver_is_woken_by_an_outcome
mutant "R1: who changes a waker does not see that it was used" $waker_cell \
    'update(&self.state, Ordering::Acquire, |state|' 'update(&self.state, Ordering::Relaxed, |state|' \
    loom_async a_receiver_whose_waker_changes_is_woken_by_the_new_one
mutant "R2: who takes a waker out does not see it" $waker_cell \
    'Ordering::AcqRel, going' 'Ordering::Release, going' \
    loom_async a_place_that_changes_hands_wakes_its_new_owner
mutant "R2: who cleans up does not see what the task did" $waker_cell \
    'Ordering::AcqRel, going' 'Ordering::Acquire, going' \
    loom_async a_place_whose_task_goes_is_given_back_by_the_last_one_at_its_waker
mutant "N2: who cleans up does not look who was there" $waker_cell \
    'self.state.load(Ordering::Acquire)' 'self.state.load(Ordering::Relaxed)' \
    loom_async a_receiver_that_looked_too_late_is_woken_by_the_next_outcome
mutant "R2: nobody cleans up after a task that goes" $waker_cell \
    '{ 0 } else { state | GONE }' '{ 0 } else { state }' \
    loom_async a_place_whose_task_goes_is_given_back_by_the_last_one_at_its_waker

look_at_all
chosen=()
for at in "${!names[@]}"; do ! is_wanted "${names[at]}" || chosen+=("$at"); done
[ ${#chosen[@]} -gt 0 ] || { echo "no mutant has one of these words in its name: ${wanted[*]}"; exit 2; }

# Without a fault each of the tests must be there and pass: else to fail would prove nothing.
mapfile -t sound < <(for at in "${chosen[@]}"; do echo "${tests[at]}"; done | sort -u)
for test in "${sound[@]}"; do
    # shellcheck disable=SC2086 # two words
    if ! run $test >"$tree/log" 2>&1 || ! grep -q "running 1 test$" "$tree/log"; then
        echo "does not pass as it is: $test"
        tail -n 20 "$tree/log"
        exit 1
    fi
done
echo "${#sound[@]} tests pass on the crate as it is"

caught=0 missed=()
for at in "${chosen[@]}"; do
    start=$SECONDS status=0 file=${files[at]}
    cp "$tree/$file" "$tree/original"
    replace "$file" "${olds[at]}" "${news[at]}"
    # shellcheck disable=SC2086 # two words
    run ${tests[at]} >"$tree/log" 2>&1 || status=$?
    case $status in
        0) verdict=MISSED ;;
        101) verdict="DOES NOT BUILD" ;;
        124 | 137) verdict="TIMED OUT" ;;
        *) verdict=caught ;;
    esac
    mv "$tree/original" "$tree/$file"
    # The next build must see that the file is another one again.
    touch "$tree/$file"
    printf '%-14s %s, by %s (%d s)\n' "$verdict" "${names[at]}" "${tests[at]}" $((SECONDS - start))
    if [ "$verdict" = caught ]; then
        caught=$((caught + 1))
    else
        missed+=("${names[at]}: $verdict")
        tail -n 20 "$tree/log"
    fi
done

[ ${#missed[@]} -eq 0 ] || printf 'not caught: %s\n' "${missed[@]}"
echo "$caught of ${#chosen[@]} caught"
[ ${#missed[@]} -eq 0 ]
