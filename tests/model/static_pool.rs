//! The pool without threads against three queues; jobs make calls too.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use jobring::{JobError, JobId, JobStatus, PopError, RecvError, StaticPool, StaticWorker, SubmitError, Word, WorkerId};
use proptest::prelude::*;

use super::cases;
use super::ledger::{Ledger, Token};

#[derive(Clone, Debug)]
enum Call {
    Submit,
    /// A worker with this number comes.
    Enter(u32),
    /// One of the workers goes.
    Leave(usize),
    /// One of the workers runs a job, which makes these calls first.
    Run {
        which: usize,
        panics: bool,
        inside: Vec<Call>,
    },
    Collect,
    Close,
    Cancel,
    /// Asks for a name that may never have been given.
    Forge {
        slot: u32,
        generation: u32,
    },
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let run = |inside| {
        (0..4usize, any::<bool>(), inside).prop_map(|(which, panics, inside)| Call::Run { which, panics, inside })
    };
    let call = prop_oneof![
        8 => Just(Call::Submit),
        2 => (0..9u32).prop_map(Call::Enter),
        1 => (0..4usize).prop_map(Call::Leave),
        6 => run(Just(Vec::new()).boxed()),
        8 => Just(Call::Collect),
        1 => (0..10u32, 0..4u32).prop_map(|(slot, generation)| Call::Forge { slot, generation }),
    ];
    let nested = call.prop_recursive(2, 16, 4, move |inner| run(prop::collection::vec(inner, 0..4).boxed()));
    let end = prop_oneof![6 => nested.clone(), 1 => Just(Call::Close), 1 => Just(Call::Cancel)];
    (prop::collection::vec(nested, 1..120), prop::collection::vec(end, 0..24))
        .prop_map(|(body, end)| [body, end].concat())
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Ending {
    Done,
    Panicked,
    Cancelled,
}

type Named = (JobId, u32);

/// What the documentation says that there is.
#[derive(Default)]
struct Model {
    queued: VecDeque<Named>,
    running: Vec<Named>,
    finished: VecDeque<(Named, WorkerId, Ending)>,
    /// How often each slot was used.
    uses: Vec<u32>,
    accepted: usize,
    collected: usize,
    closed: bool,
    crew: usize,
    /// There was a moment since which no outcome can come any more.
    may_be_over: bool,
    /// A collector has been told so.
    over: bool,
}

impl Model {
    fn in_flight(&self) -> usize {
        self.queued.len() + self.running.len() + self.finished.len()
    }

    fn status(&self, id: JobId) -> Option<JobStatus> {
        let is = |(name, _): &Named| *name == id;
        if self.queued.iter().any(is) {
            Some(JobStatus::Queued)
        } else if self.running.iter().any(is) {
            Some(JobStatus::Running)
        } else if self.finished.iter().any(|(named, ..)| is(named)) {
            Some(JobStatus::Finished)
        } else {
            None
        }
    }
}

/// A pool, its workers, and the model.
struct Stage<'pool, const N: usize, W: Word> {
    pool: &'pool StaticPool<Token, Token, N, W>,
    workers: Vec<StaticWorker<'pool, Token, Token, N, W>>,
    model: Model,
    ledger: Ledger,
    turn: u32,
    names: Vec<JobId>,
}

impl<const N: usize, W: Word> Stage<'_, N, W> {
    fn play(&mut self, calls: &[Call]) {
        for call in calls {
            self.call(call);
            self.look();
        }
    }

    fn call(&mut self, call: &Call) {
        match *call {
            Call::Submit => self.submit(),
            Call::Enter(number) if self.workers.len() < 4 => {
                let worker = self.pool.worker(number);
                assert_eq!(worker.id().index(), number as usize);
                self.workers.push(worker);
                self.model.crew += 1;
            }
            Call::Leave(which) if which < self.workers.len() => {
                drop(self.workers.remove(which));
                self.model.crew -= 1;
            }
            Call::Run { which, panics, ref inside } if which < self.workers.len() => self.run(which, panics, inside),
            Call::Enter(_) | Call::Leave(_) | Call::Run { .. } => {}
            Call::Collect => self.collect(),
            Call::Close => {
                assert_eq!(self.pool.close(), !self.model.closed);
                self.model.closed = true;
            }
            Call::Cancel => {
                self.pool.cancel();
                self.model.closed = true;
                let back = self.model.queued.drain(..).map(|named| (named, WorkerId::NONE, Ending::Cancelled));
                self.model.finished.extend(back);
            }
            Call::Forge { slot, generation } => {
                let name = JobId::from_u64(u64::from(generation) << 32 | u64::from(slot));
                assert_eq!(self.pool.status(name), self.model.status(name));
            }
        }
    }

    fn submit(&mut self) {
        let number = self.turn;
        self.turn += 1;
        match self.pool.try_submit(self.ledger.token(number)) {
            Ok(id) => {
                assert!(!self.model.closed && self.model.in_flight() < N);
                assert_eq!(self.model.status(id), None, "{id} is in flight already");
                assert_eq!(self.model.uses[id.slot()], id.generation(), "{id}");
                self.model.uses[id.slot()] += 1;
                self.model.queued.push_back((id, number));
                self.model.accepted += 1;
                self.names.push(id);
            }
            Err(SubmitError::Closed(token)) => assert!(self.model.closed && token.number == number),
            Err(SubmitError::Full(token)) => {
                assert!(!self.model.closed && self.model.in_flight() == N && token.number == number);
            }
            Err(other) => panic!("{other}"),
        }
    }

    fn run(&mut self, which: usize, panics: bool, inside: &[Call]) {
        let worker = self.workers.remove(which);
        let id = worker.id();
        let expected = match self.model.queued.front() {
            Some(_) => Ok(()),
            None if self.model.closed => Err(PopError::Closed),
            None => Err(PopError::Empty),
        };
        let run = |job: Token| {
            let named = self.model.queued.pop_front().expect("a job that was submitted");
            assert_eq!(named.1, job.number, "the oldest");
            self.model.running.push(named);
            self.look();
            self.play(inside);
            self.model.running.retain(|running| *running != named);
            let ending = if panics { Ending::Panicked } else { Ending::Done };
            self.model.finished.push_back((named, id, ending));
            drop(job);
            // No hook, no message.
            if panics { resume_unwind(Box::new("the job")) } else { self.ledger.token(named.1) }
        };
        match catch_unwind(AssertUnwindSafe(|| worker.try_run_one(run))) {
            Ok(answer) => assert!(answer == expected && !(panics && expected.is_ok()), "{answer:?}"),
            Err(payload) if payload.is::<&str>() && panics && expected.is_ok() => {}
            Err(payload) => resume_unwind(payload),
        }
        self.workers.insert(which.min(self.workers.len()), worker);
    }

    fn collect(&mut self) {
        let answer = self.pool.try_collect();
        let model = &mut self.model;
        if let Some(((id, number), worker, ending)) = model.finished.pop_front() {
            let outcome = answer.unwrap();
            assert_eq!((outcome.job, outcome.worker), (id, worker));
            match outcome.result {
                Ok(token) => assert_eq!((token.number, Ending::Done), (number, ending)),
                Err(JobError::Panicked(message)) => assert_eq!((&*message, Ending::Panicked), ("(no message)", ending)),
                Err(JobError::Cancelled(token)) => assert_eq!((token.number, Ending::Cancelled), (number, ending)),
                Err(other) => panic!("{other}"),
            }
            model.collected += 1;
            return;
        }
        let over = matches!(answer, Err(RecvError::Closed));
        assert!(over || matches!(answer, Err(RecvError::Empty)));
        let must_be_over = model.over || (model.closed && model.queued.is_empty() && model.crew == 0);
        assert!(over || !must_be_over, "nothing can come, and the collector is not told");
        assert!(model.may_be_over || !over, "something may come, and the collector is told that it is over");
        model.over = over;
    }

    /// Everything that can be seen is as in the model.
    fn look(&mut self) {
        let model = &mut self.model;
        model.may_be_over |= model.closed && model.queued.is_empty() && model.crew == 0;
        assert_eq!(self.pool.is_closed(), model.closed);
        assert_eq!(self.pool.in_flight(), model.in_flight());
        assert_eq!(model.accepted, model.collected + model.in_flight());
        for name in self.names.iter().rev().take(2 * N) {
            assert_eq!(self.pool.status(*name), model.status(*name), "{name}");
        }
        let without = model.finished.iter().filter(|(.., ending)| *ending == Ending::Panicked).count();
        assert_eq!(self.ledger.alive(), model.in_flight() - without);
    }
}

fn play<const N: usize, W: Word>(calls: &[Call]) {
    let pool = StaticPool::<Token, Token, N, W>::with_words();
    assert_eq!(pool.capacity(), N);
    let ledger = Ledger::default();
    let model = Model { uses: vec![0; N], ..Model::default() };
    let mut stage =
        Stage { pool: &pool, workers: Vec::new(), model, ledger: ledger.clone(), turn: 0, names: Vec::new() };
    stage.play(calls);
    drop(stage);
    drop(pool);
    assert_eq!(ledger.alive(), 0, "dropped with the pool");
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_sequence_of_calls_goes_as_in_three_queues(calls in calls()) {
        play::<1, u8>(&calls);
        play::<2, u8>(&calls);
        play::<3, u8>(&calls);
        play::<4, u8>(&calls);
        play::<1, u16>(&calls);
        play::<5, u16>(&calls);
        play::<8, u16>(&calls);
        play::<3, u32>(&calls);
        play::<7, u32>(&calls);
        play::<2, u64>(&calls);
        play::<7, u64>(&calls);
    }
}
