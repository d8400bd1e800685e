//! Can the answers be explained by a plain model, with each stopped call taking effect at some place of its own?
//!
//! The others make their calls one after another; a stopped call lies between two of them, or over many. It takes effect
//! in one place in there, or in several in a row, as a worker takes a job and later publishes its outcome.

use std::fmt::Debug;

/// What is meant to happen.
pub(crate) trait Model: Clone {
    type Call: Clone + Debug;

    /// Makes the same call; false if its answer would be another one. Others have `held` slots in hand.
    fn answers_as(&mut self, call: &Self::Call, held: usize) -> bool;
    /// Whether an effect of a stopped call may also be missing.
    fn may_be_missing(_effect: &Self::Call) -> bool {
        false
    }

    /// When a call that is under way has a slot in hand that nobody else can see.
    fn holds(call: &Self::Call) -> Holds;
}

/// Before or after the place where a call takes effect.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Holds {
    Never,
    Before,
    After,
    Always,
}

/// A call that was stopped before the call number `from` of the others, and has returned before their call number `to`.
#[derive(Clone, Debug)]
pub(crate) struct Stopped<C> {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// What it does, in this order.
    pub(crate) effects: Vec<C>,
}

#[derive(Debug)]
pub(crate) struct History<C> {
    pub(crate) calls: Vec<C>,
    pub(crate) stopped: Vec<Stopped<C>>,
}

impl<C: Clone + Debug> History<C> {
    pub(crate) fn new() -> Self {
        Self { calls: Vec::new(), stopped: Vec::new() }
    }

    pub(crate) fn is_explained_by<M: Model<Call = C>>(&self, model: &M) -> bool {
        self.rest_is_explained(model, 0, &mut vec![0; self.stopped.len()])
    }

    /// `done` counts the effects of each stopped call that have their place.
    fn rest_is_explained<M: Model<Call = C>>(&self, model: &M, at: usize, done: &mut [usize]) -> bool {
        for (this, call) in self.stopped.iter().enumerate() {
            if (call.from..=call.to).contains(&at)
                && let Some(effect) = call.effects.get(done[this])
            {
                let mut after = model.clone();
                if after.answers_as(effect, self.held::<M>(at, done, Some(this))) {
                    done[this] += 1;
                    if self.rest_is_explained(&after, at, done) {
                        return true;
                    }
                    done[this] -= 1;
                }
                if M::may_be_missing(effect) {
                    done[this] += 1;
                    if self.rest_is_explained(model, at, done) {
                        return true;
                    }
                    done[this] -= 1;
                }
            }
            if call.to == at && done[this] < call.effects.len() {
                return false;
            }
        }
        let Some(call) = self.calls.get(at) else { return true };
        let mut model = model.clone();
        model.answers_as(call, self.held::<M>(at, done, None)) && self.rest_is_explained(&model, at + 1, done)
    }

    fn held<M: Model<Call = C>>(&self, at: usize, done: &[usize], but: Option<usize>) -> usize {
        let holds = |(this, call): &(usize, &Stopped<C>)| {
            // Against another stopped call it may count until that one's end, too.
            let under_way = at >= call.from && if but.is_some() { at <= call.to } else { at < call.to };
            let is_done = done[*this] > 0;
            under_way
                && Some(*this) != but
                && call.effects.first().is_some_and(|effect| match M::holds(effect) {
                    Holds::Never => false,
                    Holds::Before => !is_done,
                    Holds::After => is_done,
                    Holds::Always => true,
                })
        };
        self.stopped.iter().enumerate().filter(holds).count()
    }
}
