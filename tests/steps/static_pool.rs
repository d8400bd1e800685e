//! The same for the pool without threads: submitters, workers, collectors, and those who close or cancel.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::mem::forget;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use jobring::{JobError, JobId, PopError, RecvError, StaticPool, SubmitError, Word};

use crate::history::{History, Stopped};
use crate::jobs::{Came, Effect, Plain, Refused};
use crate::queue::{Counted, Drops, drops, lost};
use crate::rings::Horizon;
use crate::stop::{Stalled, Victim, Watchdog, bounded, interrupted};
use crate::tally::Tally;

type Pool<const N: usize, W> = StaticPool<Counted, Counted, N, W>;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    Submit,
    /// A worker that comes, runs one job, and goes.
    Work,
    Collect,
    Close,
    Cancel,
    IsClosed,
}

const OPS: [Op; 6] = [Op::Submit, Op::Work, Op::Collect, Op::Close, Op::Cancel, Op::IsClosed];

/// What a call said.
#[derive(Debug)]
enum Answer {
    Submit(u32, Result<JobId, Refused>),
    Work(Result<u32, PopError>),
    Collect(Result<(JobId, Came), RecvError>),
    Close(bool),
    Cancel,
    IsClosed(bool),
}

impl Answer {
    /// Of a call among `N` slots, in one step after the other if it was `stopped`.
    fn effects<const N: usize>(&self, stopped: bool) -> Vec<Effect> {
        match *self {
            Self::Submit(job, answer) => vec![Effect::Submit(job, answer.map(drop))],
            Self::Work(Ok(job)) => vec![Effect::Enter, Effect::Take(Ok(job)), Effect::Publish(job), Effect::Leave],
            Self::Work(Err(why)) => vec![Effect::Enter, Effect::Take(Err(why)), Effect::Leave],
            Self::Collect(answer) => vec![Effect::Collect(answer.map(|(_, came)| came))],
            Self::Close(first) => vec![Effect::Close(Some(first))],
            Self::Cancel if !stopped => vec![Effect::Cancel],
            Self::Cancel => {
                let begin = [Effect::Close(None), Effect::Enter];
                let take = std::iter::repeat_n([Effect::TakeAny, Effect::PublishSome], N).flatten();
                begin.into_iter().chain(take).chain([Effect::PublishTaken, Effect::Leave]).collect()
            }
            Self::IsClosed(closed) => vec![Effect::IsClosed(closed)],
        }
    }
}

fn call<const N: usize, W: Word>(pool: &Pool<N, W>, drops: &Drops, op: Op, value: u32) -> Answer {
    match op {
        Op::Submit => {
            let answer = pool.try_submit(Counted(Box::new(value), drops.clone()));
            Answer::Submit(
                value,
                answer.map_err(|error| {
                    let why = if error.is_closed() { Refused::Closed } else { Refused::Full };
                    assert!(matches!(&error, SubmitError::Full(back) | SubmitError::Closed(back) if *back.0 == value));
                    why
                }),
            )
        }
        Op::Work => {
            let ran = Cell::new(0);
            let answer = pool.worker(0).try_run_one(|job| {
                ran.set(*job.0);
                job
            });
            Answer::Work(answer.map(|()| ran.get()))
        }
        Op::Collect => Answer::Collect(pool.try_collect().map(|outcome| {
            let (job, cancelled) = match &outcome.result {
                Ok(value) => (*value.0, false),
                Err(JobError::Cancelled(value)) => (*value.0, true),
                Err(error) => panic!("no job panics: {error}"),
            };
            (outcome.job, Came { job, cancelled })
        })),
        Op::Close => Answer::Close(pool.close()),
        Op::Cancel => {
            pool.cancel();
            Answer::Cancel
        }
        Op::IsClosed => Answer::IsClosed(pool.is_closed()),
    }
}

/// A part of a script.
#[derive(Clone, Copy, Debug)]
enum Part {
    Do(Op),
    /// Submits until it is refused.
    Fill,
    /// Works until no job is there.
    Work,
    /// Collects until no outcome is there.
    Collect,
}

use Part::{Collect, Do, Fill, Work};

const SCRIPTS: [&[Part]; 5] = [
    &[Fill, Work, Collect],
    &[Work, Collect, Fill],
    &[Do(Op::Submit), Do(Op::Work), Do(Op::Collect), Do(Op::Collect), Do(Op::Submit), Do(Op::Work)],
    &[Do(Op::Close), Do(Op::IsClosed), Do(Op::Submit), Work, Collect],
    &[Do(Op::Cancel), Do(Op::Submit), Do(Op::Work), Collect],
];

/// To the end: the whole capacity is there, and then the pool is closed and drained.
const END: &[Part] = &[
    Work,
    Collect,
    Fill,
    Do(Op::IsClosed),
    Do(Op::Work),
    Do(Op::Collect),
    Do(Op::Close),
    Do(Op::Submit),
    Work,
    Collect,
];

/// Where a pool is before a call is stopped.
#[derive(Clone, Copy, Debug)]
struct Start {
    /// How many single jobs have passed through it.
    turns: usize,
    jobs: usize,
    outcomes: usize,
    closed: bool,
    /// Whether a worker stays to the end: then no collector sees it.
    resident: bool,
}

impl Start {
    fn after<const N: usize>(turns: impl Iterator<Item = usize>) -> Vec<Self> {
        let fills = (0..=N).flat_map(|jobs| (0..=N - jobs).map(move |outcomes| (jobs, outcomes)));
        let ends = [(false, false), (false, true), (true, false), (true, true)];
        turns
            .flat_map(|turns| fills.clone().map(move |fill| (turns, fill)))
            .flat_map(|at| ends.map(|end| (at, end)))
            .map(|((turns, (jobs, outcomes)), (closed, resident))| Self { turns, jobs, outcomes, closed, resident })
            .collect()
    }
}

/// How many jobs have passed in all start states: with narrow words so many that laps wrap in the script.
fn turns<const N: usize, W: Word>() -> impl Iterator<Item = usize> {
    let turns = match (W::BITS, N) {
        (8, 3) => 22,
        (8, _) => 30,
        _ => 0,
    };
    std::iter::once(turns)
}

struct Case<const N: usize, W: Word> {
    pool: Arc<Pool<N, W>>,
    drops: Drops,
    next: u32,
    before: Plain,
    history: History<Effect>,
    names: HashMap<JobId, u32>,
    /// Outcomes by the names of their jobs, which may come before `submit` has returned them.
    came: Vec<(JobId, u32)>,
    longest: usize,
}

/// One call that stands still.
struct Pending {
    from: usize,
    victim: Victim<Answer>,
}

impl<const N: usize, W: Word> Case<N, W> {
    fn new(start: Start) -> Self {
        let before = Plain {
            capacity: N,
            jobs: Default::default(),
            running: Vec::new(),
            cancelling: Vec::new(),
            outcomes: Default::default(),
            closed: start.closed,
            crew: usize::from(start.resident),
        };
        let mut case = Self {
            pool: Arc::new(Pool::with_words()),
            drops: drops(),
            next: 0,
            before,
            history: History::new(),
            names: HashMap::new(),
            came: Vec::new(),
            longest: 0,
        };
        for _ in 0..start.turns {
            for op in [Op::Submit, Op::Work, Op::Collect] {
                case.prepare(op);
            }
        }
        for _ in 0..start.outcomes {
            let value = case.prepare(Op::Submit);
            case.prepare(Op::Work);
            case.before.outcomes.push_back(Came { job: value, cancelled: false });
        }
        for _ in 0..start.jobs {
            let value = case.prepare(Op::Submit);
            case.before.jobs.push_back(value);
        }
        if start.resident {
            forget(case.pool.worker(0));
        }
        if start.closed {
            case.prepare(Op::Close);
        }
        case
    }

    fn value_for(&mut self, op: Op) -> u32 {
        self.next += u32::from(op == Op::Submit);
        self.next.saturating_sub(1)
    }

    fn prepare(&mut self, op: Op) -> u32 {
        let value = self.value_for(op);
        let answer = call(&self.pool, &self.drops, op, value);
        self.note(&answer);
        value
    }

    fn note(&mut self, answer: &Answer) {
        match answer {
            Answer::Submit(job, Ok(name)) => drop(self.names.insert(*name, *job)),
            Answer::Collect(Ok((name, came))) => self.came.push((*name, came.job)),
            _ => {}
        }
    }

    /// Starts a call on another thread, up to its step `k`; `None` if it has fewer.
    fn stop(&mut self, op: Op, k: usize) -> Option<Pending> {
        let (pool, drops, value) = (self.pool.clone(), self.drops.clone(), self.value_for(op));
        let from = self.history.calls.len();
        match Victim::stop(k, move || call(&pool, &drops, op, value)) {
            Ok(victim) => Some(Pending { from, victim }),
            Err(answer) => {
                self.note(&answer);
                self.history.calls.extend(answer.effects::<N>(false));
                None
            }
        }
    }

    fn resume(&mut self, pending: Pending) {
        let answer = pending.victim.resume();
        self.returned(pending.from, &answer);
    }

    /// A call that was stopped before the effect number `from` of the others.
    fn returned(&mut self, from: usize, answer: &Answer) {
        self.note(answer);
        let to = self.history.calls.len();
        self.history.stopped.push(Stopped { from, to, effects: answer.effects::<N>(true) });
    }

    /// Makes a call on this thread, while another one stands still.
    fn call(&mut self, op: Op) -> Result<bool, Stalled> {
        let value = self.value_for(op);
        let (answer, steps) = bounded(|| call(&self.pool, &self.drops, op, value))?;
        self.longest = self.longest.max(steps);
        self.note(&answer);
        self.history.calls.extend(answer.effects::<N>(false));
        Ok(matches!(answer, Answer::Submit(_, Ok(_)) | Answer::Work(Ok(_)) | Answer::Collect(Ok(_))))
    }

    fn run(&mut self, script: &[Part]) -> Result<(), Stalled> {
        for part in script {
            match part {
                Do(op) => drop(self.call(*op)?),
                Fill => while self.call(Op::Submit)? {},
                Work => while self.call(Op::Work)? {},
                Collect => while self.call(Op::Collect)? {},
            }
        }
        Ok(())
    }

    fn judge(self) -> Result<usize, String> {
        if !self.history.is_explained_by(&self.before) {
            return Err(format!("no order explains {:?} after {:?}", self.history, self.before));
        }
        if let Some(wrong) = self.came.iter().find(|(name, job)| self.names.get(name) != Some(job)) {
            return Err(format!("an outcome under the wrong name: {wrong:?}"));
        }
        let in_flight = self.pool.in_flight();
        drop(Arc::into_inner(self.pool).expect("all calls are over"));
        match (in_flight, lost(&self.drops, self.next)) {
            (0, 0) => Ok(self.longest),
            (in_flight, lost) => Err(format!("{in_flight} in flight, {lost} lost or doubled in {:?}", self.history)),
        }
    }
}

pub(crate) fn stop_one<const N: usize, W: Word>() -> Tally {
    let (mut tally, watchdog) = (Tally::default(), Watchdog::new());
    for start in Start::after::<N>(turns::<N, W>()) {
        for (op, script) in OPS.into_iter().flat_map(|op| SCRIPTS.map(|script| (op, script))) {
            for late in [false, true] {
                for k in 1.. {
                    let name = || format!("{op:?} stopped before step {k}, {start:?}, {script:?}, late: {late}");
                    watchdog.case(name());
                    let mut case = Case::<N, W>::new(start);
                    let Some(pending) = case.stop(op, k) else { break };
                    let mut ran = case.run(script);
                    if late {
                        ran = ran.and_then(|()| case.run(END));
                    }
                    case.resume(pending);
                    ran = ran.and_then(|()| case.run(if late { &[Work, Collect] } else { END }));
                    tally.add(name, ran.map_err(|Stalled| "stalled".into()).and_then(|()| case.judge()));
                }
            }
        }
    }
    tally
}

/// Two at once; they wake up in either order.
pub(crate) fn stop_two<const N: usize, W: Word>() -> Tally {
    let (mut tally, watchdog) = (Tally::default(), Watchdog::new());
    let script: &[Part] = &[Fill, Work, Collect];
    let starts = Start::after::<N>(turns::<N, W>())
        .into_iter()
        .filter(|start| !start.closed && !start.resident && [0, N].contains(&(start.jobs + start.outcomes)));
    let ops = [Op::Submit, Op::Work, Op::Collect, Op::Cancel];
    let pairs = ops.into_iter().flat_map(|first| ops.map(|second| (first, second)));
    // What one who cancels holds is not told from what another one does.
    let pairs: Vec<_> = pairs.filter(|pair| *pair != (Op::Cancel, Op::Cancel)).collect();
    for (start, (first, second)) in starts.flat_map(|start| pairs.iter().map(move |pair| (start, *pair))) {
        for turned in [false, true] {
            'first: for j in 1.. {
                for k in 1.. {
                    let name = || {
                        format!("{first:?} stopped before step {j}, {second:?} before step {k}, {start:?}, {turned}")
                    };
                    watchdog.case(name());
                    let mut case = Case::<N, W>::new(start);
                    let Some(one) = case.stop(first, j) else { break 'first };
                    let Some(two) = case.stop(second, k) else {
                        case.resume(one);
                        break;
                    };
                    let [one, two] = if turned { [two, one] } else { [one, two] };
                    let mut ran = case.run(script);
                    case.resume(one);
                    ran = ran.and_then(|()| case.run(script));
                    case.resume(two);
                    ran = ran.and_then(|()| case.run(END));
                    tally.add(name, ran.map_err(|Stalled| "stalled".into()).and_then(|()| case.judge()));
                }
            }
        }
    }
    tally
}

/// Makes a call with others in it before step `k`, as in an interrupt of its thread; whether they and it got on. `None` if
/// the call has fewer steps.
fn interrupt_one<const N: usize, W: Word>(
    start: Start,
    op: Op,
    k: usize,
    inside: impl FnOnce(&mut Case<N, W>) -> Result<(), Stalled> + 'static,
) -> Option<(Case<N, W>, Result<(), Stalled>)> {
    let mut case = Case::<N, W>::new(start);
    let (pool, drops, value) = (case.pool.clone(), case.drops.clone(), case.value_for(op));
    let case = Rc::new(RefCell::new(case));
    let ran = Rc::new(Cell::new(Ok(())));
    let inside = {
        let (case, ran) = (case.clone(), ran.clone());
        move || ran.set(inside(&mut case.borrow_mut()))
    };
    let answer = interrupted(k, || call(&pool, &drops, op, value), inside);
    drop(pool);
    let mut case = Rc::into_inner(case).expect("the interrupt is over").into_inner();
    match answer {
        Ok(None) => None,
        Ok(Some(answer)) => {
            case.returned(0, &answer);
            Some((case, ran.get()))
        }
        Err(stalled) => Some((case, Err(stalled))),
    }
}

/// Each call, and each script, in each call, as in an interrupt of its thread.
pub(crate) fn interrupt<const N: usize, W: Word>() -> Tally {
    let (mut tally, watchdog) = (Tally::default(), Watchdog::new());
    let handlers: Vec<_> = OPS.map(|op| vec![Do(op)]).into_iter().chain(SCRIPTS.map(<[_]>::to_vec)).collect();
    for start in Start::after::<N>(turns::<N, W>()) {
        for (op, handler) in OPS.into_iter().flat_map(|op| handlers.iter().map(move |handler| (op, handler))) {
            for k in 1.. {
                let name = || format!("{op:?} interrupted before step {k} by {handler:?}, {start:?}");
                watchdog.case(name());
                let script = handler.clone();
                let Some((mut case, ran)) = interrupt_one::<N, W>(start, op, k, move |case| case.run(&script)) else {
                    break;
                };
                let ran = ran.and_then(|()| case.run(END));
                tally.add(name, ran.map_err(|Stalled| "stalled".into()).and_then(|()| case.judge()));
            }
        }
    }
    tally
}

/// After so many jobs nobody asks any more in which order the calls were, which takes long.
const JUDGED: usize = 16;

/// Each call sleeps before each of its steps while others pass jobs through the pool, more than once round all laps.
pub(crate) fn oversleep<const N: usize>() -> Horizon {
    let (mut horizon, watchdog) = (Horizon::default(), Watchdog::new());
    let starts = Start::after::<N>([7].into_iter()).into_iter().filter(|start| !start.closed && !start.resident);
    for (start, op) in starts.flat_map(|start| OPS.map(|op| (start, op))) {
        'steps: for k in 1.. {
            for jobs in 0..40 {
                let name = format!("{op:?} asleep before step {k} for {jobs} jobs, {start:?}");
                watchdog.case(name.clone());
                let rounds = [Do(Op::Collect), Do(Op::Submit), Do(Op::Work)];
                let others = move |case: &mut Case<N, u8>| (0..jobs).try_for_each(|_| case.run(&rounds));
                let Some((mut case, mut ran)) = interrupt_one::<N, u8>(start, op, k, others) else { break 'steps };
                ran = ran.and_then(|()| case.run(END));
                horizon.stops += 1;
                // Nobody goes round in circles, however late it is.
                assert!(ran.is_ok(), "stalled: {name}: {:?}", case.history);
                if jobs > JUDGED {
                    case.history = History::new();
                }
                let (drops, made) = (case.drops.clone(), case.next);
                let verdict = case.judge();
                let leaked = lost(&drops, made);
                assert!(drops.iter().all(|drops| drops.load(SeqCst) <= 1), "dropped twice: {name}: {verdict:?}");
                horizon.leaked += leaked;
                if verdict.is_ok() {
                    continue;
                }
                horizon.wrong += 1;
                if horizon.first_wrong.as_ref().is_none_or(|(first, _)| 2 * jobs < *first) {
                    horizon.first_wrong = Some((2 * jobs, name));
                }
            }
        }
    }
    horizon
}
