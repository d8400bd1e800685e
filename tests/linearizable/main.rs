//! Histories of threads on a ring, each held against a sequential queue that can be closed.
//!
//! Every call is stamped before and after from one counter. A history is right if there is one order of its calls in which
//! a plain queue gives the same answers, and in which no call comes before one that had returned when it was made:
//! values, Full, Empty, Closed, and which close was the first.
//!
//! `cargo test --test linearizable -- --nocapture` shows how many calls overlapped; with `RUSTFLAGS="--cfg jobring_steps"`
//! threads interrupt their calls, and most of them do. `JOBRING_HISTORIES` asks for more histories.
#![cfg(not(loom))]

mod checker;
mod histories;

use jobring::{PopError, PushError, Ring, SwapRing, TicketRing};

use checker::{Answer, Call, Full, is_linearizable};
use histories::check;

macro_rules! rings {
    ($($name:ident: $($ring:ty),+;)+) => {$(
        #[test]
        fn $name() {
            $( check::<$ring>(); )+
        }
    )+};
}

rings! {
    threads_on_a_ticket_ring_get_the_answers_of_a_queue:
        TicketRing<1>, TicketRing<2>, TicketRing<3>, TicketRing<4>;
    threads_on_a_ticket_ring_whose_words_wrap_get_the_answers_of_a_queue:
        TicketRing<1, u8>, TicketRing<2, u8>, TicketRing<3, u8>, TicketRing<4, u8>;
    threads_on_a_ring_of_values_get_the_answers_of_a_queue:
        Ring<u32, 1>, Ring<u32, 2>, Ring<u32, 3>, Ring<u32, 4>;
    threads_on_a_ring_of_values_in_cells_get_the_answers_of_a_queue:
        Ring<u32, 1, u32>, Ring<u32, 2, u32>, Ring<u32, 3, u32>, Ring<u32, 4, u32>;
    threads_on_a_ring_of_swaps_get_the_answers_of_a_queue:
        SwapRing<u32, 1, 4>, SwapRing<u32, 2, 4>, SwapRing<u32, 3, 4>, SwapRing<u32, 4, 4>;
    threads_on_a_ring_of_swaps_whose_words_wrap_get_the_answers_of_a_queue:
        SwapRing<u32, 1, 4, u8>, SwapRing<u32, 2, 4, u8>, SwapRing<u32, 3, 4, u8>, SwapRing<u32, 4, 4, u8>;
}

fn call(from: u64, to: u64, answer: Answer) -> Call {
    Call { from, to, answer }
}

/// Calls one after the other.
fn in_turn(answers: &[Answer]) -> Vec<Call> {
    answers.iter().zip(0..).map(|(answer, at)| call(2 * at, 2 * at + 1, *answer)).collect()
}

const PUSH: fn(u32) -> Answer = |value| Answer::Push(value, Ok(()));
const POP: fn(u32) -> Answer = |value| Answer::Pop(Ok(value));
const FULL: Answer = Answer::Push(9, Err(PushError::Full(9)));
const REFUSED: Answer = Answer::Push(9, Err(PushError::Closed(9)));
const EMPTY: Answer = Answer::Pop(Err(PopError::Empty));
const DRAINED: Answer = Answer::Pop(Err(PopError::Closed));
const CLOSE: Answer = Answer::Close(true);
const CLOSE_AGAIN: Answer = Answer::Close(false);

#[test]
fn the_checker_accepts_what_a_queue_does() {
    for right in [
        &[PUSH(1), PUSH(2), FULL, POP(1), POP(2), EMPTY][..],
        &[EMPTY, PUSH(1), CLOSE, CLOSE_AGAIN, REFUSED, POP(1), DRAINED, DRAINED],
        &[PUSH(1), PUSH(2), CLOSE, REFUSED, POP(1), POP(2), DRAINED],
    ] {
        assert!(is_linearizable(2, Full::Exact, &in_turn(right)), "{right:?}");
        assert!(is_linearizable(2, Full::CountsCells, &in_turn(right)), "{right:?}");
    }
}

#[test]
fn the_checker_rejects_what_no_queue_does() {
    for (what, wrong) in [
        ("a value lost", &[PUSH(1), PUSH(2), POP(2)][..]),
        ("the only value lost", &[PUSH(1), EMPTY]),
        ("a value lost to the close", &[PUSH(1), CLOSE, DRAINED]),
        ("a value doubled", &[PUSH(1), POP(1), POP(1)]),
        ("a value from nowhere", &[PUSH(1), POP(3)]),
        ("values out of order", &[PUSH(1), PUSH(2), POP(2), POP(1)]),
        ("empty with a value", &[PUSH(1), PUSH(2), POP(1), EMPTY]),
        ("full with room", &[PUSH(1), FULL]),
        ("more than fit", &[PUSH(1), PUSH(2), PUSH(3)]),
        ("a push after the close", &[CLOSE, PUSH(1)]),
        ("full for ever", &[PUSH(1), PUSH(2), CLOSE, FULL]),
        ("closed before the close", &[REFUSED, CLOSE]),
        ("drained before the close", &[DRAINED]),
        ("empty after the close", &[CLOSE, EMPTY]),
        ("two first closes", &[CLOSE, CLOSE]),
        ("no first close", &[CLOSE_AGAIN]),
        ("another value comes back", &[CLOSE, Answer::Push(8, Err(PushError::Closed(9)))]),
    ] {
        assert!(!is_linearizable(2, Full::Exact, &in_turn(wrong)), "{what}");
        assert!(!is_linearizable(2, Full::CountsCells, &in_turn(wrong)), "{what}");
    }
}

#[test]
fn the_checker_lets_calls_that_overlap_change_places_and_no_others() {
    let overlapping = [call(0, 3, PUSH(1)), call(1, 2, PUSH(2)), call(4, 5, POP(2)), call(6, 7, POP(1))];
    assert!(is_linearizable(2, Full::Exact, &overlapping));
    let empty_meanwhile = [call(0, 3, PUSH(1)), call(1, 2, EMPTY), call(4, 5, POP(1))];
    assert!(is_linearizable(2, Full::Exact, &empty_meanwhile));
    // The pop that found nothing began after the push was over.
    let empty_later = [call(0, 1, PUSH(1)), call(2, 5, EMPTY), call(6, 7, POP(1))];
    assert!(!is_linearizable(2, Full::Exact, &empty_later));
    // One order explains each of the two, none explains both.
    let disagreeing = [call(0, 5, PUSH(1)), call(1, 2, POP(1)), call(3, 4, EMPTY), call(6, 7, POP(1))];
    assert!(!is_linearizable(2, Full::Exact, &disagreeing));
}

#[test]
fn the_checker_lets_full_count_the_cells_of_calls_under_way_and_no_others() {
    // The pop has taken its value and still has the cell.
    let with_a_pop = [call(0, 1, PUSH(1)), call(2, 5, POP(1)), call(3, 4, FULL)];
    assert!(is_linearizable(1, Full::CountsCells, &with_a_pop));
    let two_cells = [call(0, 1, PUSH(1)), call(2, 5, POP(1)), call(3, 4, FULL), call(6, 7, EMPTY)];
    assert!(!is_linearizable(2, Full::CountsCells, &two_cells));
    // Exact only while the value is there.
    let popped_before = [call(0, 1, PUSH(1)), call(2, 3, POP(1)), call(4, 5, FULL)];
    assert!(!is_linearizable(1, Full::CountsCells, &popped_before));
    // The other push has a cell and has not put its value in.
    let with_a_push = [call(0, 5, PUSH(1)), call(1, 2, FULL), call(3, 4, EMPTY)];
    assert!(is_linearizable(1, Full::CountsCells, &with_a_push));
    assert!(!is_linearizable(1, Full::Exact, &with_a_push));
    // Two pushes that are refused have no cell between them.
    let two_refused = [call(0, 2, FULL), call(1, 3, FULL)];
    assert!(!is_linearizable(1, Full::CountsCells, &two_refused));
}
