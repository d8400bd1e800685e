//! The queue that a ring is meant to be, to judge what the threads of a race were answered.

use alloc::collections::VecDeque;
use core::mem::replace;

use jobring::{PopError, PushError};

/// An operation with its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    Push(u32, Result<(), PushError<u32>>),
    Pop(Result<u32, PopError>),
    Close(bool),
}

impl Call {
    pub(crate) fn is_refused(self) -> bool {
        matches!(self, Self::Push(_, Err(_)) | Self::Pop(Err(_)))
    }
}

/// What a ring is meant to be.
#[derive(Clone)]
pub(crate) struct Plain {
    pub(crate) items: VecDeque<u32>,
    pub(crate) closed: bool,
    pub(crate) capacity: usize,
    /// How many cells may be in the hands of calls under way.
    pub(crate) held: usize,
}

impl Plain {
    /// Makes the same call; false if its answer would be another one.
    fn answers_as(&mut self, call: Call) -> bool {
        match call {
            Call::Push(value, Ok(())) => {
                self.items.push_back(value);
                !self.closed && self.items.len() <= self.capacity
            }
            Call::Push(value, Err(PushError::Full(back))) => {
                back == value && !self.closed && self.items.len() + self.held >= self.capacity
            }
            Call::Push(value, Err(PushError::Closed(back))) => back == value && self.closed,
            Call::Pop(Ok(value)) => self.items.pop_front() == Some(value),
            Call::Pop(Err(PopError::Empty)) => self.items.is_empty() && !self.closed,
            Call::Pop(Err(PopError::Closed)) => self.items.is_empty() && self.closed,
            Call::Close(first) => replace(&mut self.closed, true) != first,
        }
    }

    /// Whether some order of the threads' calls, and then `after`, explains all the answers.
    pub(crate) fn explains(&self, threads: &mut [&[Call]], after: &[Call]) -> bool {
        if threads.iter().all(|calls| calls.is_empty()) {
            let mut plain = Self { held: 0, ..self.clone() };
            return after.iter().all(|call| plain.answers_as(*call));
        }
        (0..threads.len()).any(|turn| {
            let calls = threads[turn];
            let Some((first, rest)) = calls.split_first() else { return false };
            let mut plain = self.clone();
            threads[turn] = rest;
            let explained = plain.answers_as(*first) && plain.explains(threads, after);
            threads[turn] = calls;
            explained
        })
    }

    /// The same for the successes of all threads, with each refusal alone.
    pub(crate) fn explains_each_refusal(&self, threads: &[Vec<Call>], after: &[Call]) -> bool {
        let refusals = threads.iter().flatten().filter(|call| call.is_refused()).count();
        // One round even without refusals: it judges the successes.
        (0..refusals.max(1)).all(|this| {
            let mut seen = 0..;
            let mut keep = |call: &Call| !call.is_refused() || seen.next() == Some(this);
            let kept: Vec<Vec<Call>> =
                threads.iter().map(|calls| calls.iter().copied().filter(&mut keep).collect()).collect();
            self.explains(&mut kept.iter().map(Vec::as_slice).collect::<Vec<_>>(), after)
        })
    }
}
