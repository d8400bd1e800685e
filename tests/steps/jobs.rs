//! What a pool without threads is meant to be.

use std::collections::VecDeque;
use std::mem::{replace, take};

use jobring::{PopError, RecvError};

use crate::history::{Holds, Model};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

/// A job that ran, or one that was cancelled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Came {
    pub(crate) job: u32,
    pub(crate) cancelled: bool,
}

/// What a call does. A worker's takes effect in four places, and one that cancels in more.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Submit(u32, Result<(), Refused>),
    Collect(Result<Came, RecvError>),
    Close(Option<bool>),
    IsClosed(bool),
    Enter,
    Take(Result<u32, PopError>),
    Publish(u32),
    /// A job that waits, if there is one, to be cancelled. This and the next are for one who is stopped in it.
    TakeAny,
    /// Those that were taken are outcomes. They may be taken and published run by run, or all at once.
    PublishSome,
    PublishTaken,
    /// Close, and cancel all that wait.
    Cancel,
    Leave,
}

#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) capacity: usize,
    pub(crate) jobs: VecDeque<u32>,
    pub(crate) running: Vec<u32>,
    pub(crate) cancelling: Vec<u32>,
    pub(crate) outcomes: VecDeque<Came>,
    pub(crate) closed: bool,
    /// Who may still publish outcomes.
    pub(crate) crew: usize,
}

impl Plain {
    fn in_flight(&self) -> usize {
        self.jobs.len() + self.running.len() + self.cancelling.len() + self.outcomes.len()
    }

    /// No outcome can come any more.
    fn is_over(&self) -> bool {
        self.closed && self.in_flight() == self.outcomes.len() && self.crew == 0
    }
}

impl Model for Plain {
    type Call = Effect;

    fn answers_as(&mut self, call: &Effect, held: usize) -> bool {
        match *call {
            Effect::Submit(job, Ok(())) => {
                self.jobs.push_back(job);
                !self.closed && self.in_flight() <= self.capacity
            }
            Effect::Submit(_, Err(Refused::Full)) => !self.closed && self.in_flight() + held >= self.capacity,
            Effect::Submit(_, Err(Refused::Closed)) => self.closed,
            Effect::Collect(Ok(came)) => self.outcomes.pop_front() == Some(came),
            Effect::Collect(Err(why)) => {
                self.outcomes.is_empty() && why == if self.is_over() { RecvError::Closed } else { RecvError::Empty }
            }
            Effect::Close(first) => {
                let was = replace(&mut self.closed, true);
                first.is_none_or(|first| was != first)
            }
            Effect::IsClosed(closed) => closed == self.closed,
            Effect::Enter => {
                self.crew += 1;
                true
            }
            Effect::Take(Ok(job)) => {
                self.running.push(job);
                self.jobs.pop_front() == Some(job)
            }
            Effect::Take(Err(why)) => {
                self.jobs.is_empty() && why == if self.closed { PopError::Closed } else { PopError::Empty }
            }
            Effect::Publish(job) => {
                self.running.retain(|running| *running != job);
                self.outcomes.push_back(Came { job, cancelled: false });
                true
            }
            Effect::TakeAny => {
                self.cancelling.extend(self.jobs.pop_front());
                true
            }
            Effect::PublishSome | Effect::PublishTaken => {
                self.outcomes.extend(take(&mut self.cancelling).into_iter().map(|job| Came { job, cancelled: true }));
                true
            }
            Effect::Cancel => {
                self.closed = true;
                self.outcomes.extend(take(&mut self.jobs).into_iter().map(|job| Came { job, cancelled: true }));
                true
            }
            Effect::Leave => {
                self.crew -= 1;
                true
            }
        }
    }

    fn may_be_missing(effect: &Effect) -> bool {
        matches!(effect, Effect::PublishSome)
    }

    fn holds(call: &Effect) -> Holds {
        match call {
            Effect::Submit(_, Ok(())) => Holds::Before,
            Effect::Submit(_, Err(Refused::Closed)) => Holds::Always,
            Effect::Collect(Ok(_)) => Holds::After,
            _ => Holds::Never,
        }
    }
}
