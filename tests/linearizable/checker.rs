//! Is a history linearizable? The search of Wing and Gong (1993) with Lowe's memory (2017), as in porcupine
//! (github.com/anishathalye/porcupine).
//!
//! Of the calls that are not placed yet, any that was made before all the others had returned may be the next one. Try
//! each, depth first; a state (which calls are placed, and the queue) that was tried before need not be tried again.

use std::collections::{HashSet, VecDeque};

use jobring::{PopError, PushError};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Push(u32, Result<(), PushError<u32>>),
    Pop(Result<u32, PopError>),
    /// Whether it was the first.
    Close(bool),
}

/// A call between two moments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) answer: Answer,
}

impl Call {
    fn overlaps(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// What Full means.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Full {
    /// As many values as fit.
    Exact,
    /// Values, and cells in the hands of calls that have not returned.
    CountsCells,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    placed: u64,
    items: VecDeque<u32>,
    closed: bool,
}

struct Search<'a> {
    capacity: usize,
    full: Full,
    calls: &'a [Call],
    tried: HashSet<State>,
}

impl Search<'_> {
    /// How many cells others have in hand while `this` call is next. A push has one from before its place, and one that
    /// the close refused until after it; a pop has one after its place.
    fn in_hand(&self, state: &State, this: usize) -> usize {
        let has_cell = |(at, call): (usize, &Call)| {
            let placed = state.placed & 1 << at != 0;
            call.overlaps(&self.calls[this])
                && at != this
                && match call.answer {
                    Answer::Push(_, Ok(())) => !placed,
                    Answer::Push(_, Err(PushError::Closed(_))) => true,
                    Answer::Pop(Ok(_)) => placed,
                    _ => false,
                }
        };
        self.calls.iter().enumerate().filter(|pair| has_cell(*pair)).count()
    }

    /// The state after `this` call, if a queue would answer it so.
    fn after(&self, state: &State, this: usize) -> Option<State> {
        let State { placed, mut items, mut closed } = state.clone();
        let right = match self.calls[this].answer {
            Answer::Push(value, Ok(())) => {
                items.push_back(value);
                !closed && items.len() <= self.capacity
            }
            Answer::Push(value, Err(PushError::Full(back))) => {
                let in_hand = if self.full == Full::Exact { 0 } else { self.in_hand(state, this) };
                back == value && !closed && items.len() + in_hand >= self.capacity
            }
            Answer::Push(value, Err(PushError::Closed(back))) => back == value && closed,
            Answer::Pop(Ok(value)) => items.pop_front() == Some(value),
            Answer::Pop(Err(PopError::Empty)) => items.is_empty() && !closed,
            Answer::Pop(Err(PopError::Closed)) => items.is_empty() && closed,
            Answer::Close(first) => core::mem::replace(&mut closed, true) != first,
        };
        right.then_some(State { placed: placed | 1 << this, items, closed })
    }

    fn explains_the_rest(&mut self, state: State) -> bool {
        let left = || (0..self.calls.len()).filter(|at| state.placed & 1 << at == 0);
        let Some(first_return) = left().map(|at| self.calls[at].to).min() else { return true };
        let next: Vec<_> =
            left().filter(|at| self.calls[*at].from < first_return).filter_map(|at| self.after(&state, at)).collect();
        self.tried.insert(state) && next.into_iter().any(|state| self.explains_the_rest(state))
    }
}

/// Whether a queue could have answered so, empty at first.
pub(crate) fn is_linearizable(capacity: usize, full: Full, calls: &[Call]) -> bool {
    assert!(calls.len() <= 64, "a history is at most 64 calls");
    let start = State { placed: 0, items: VecDeque::new(), closed: false };
    Search { capacity, full, calls, tried: HashSet::new() }.explains_the_rest(start)
}
