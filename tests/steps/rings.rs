//! A call on a ring is stopped before each of its steps in turn; the others must get exact answers, at once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use crate::history::{History, Stopped};
use crate::queue::{Call, OPS, Op, Plain, Queue};
use crate::stop::{Stalled, Victim, Watchdog, bounded, interrupted};
use crate::tally::Tally;

/// A part of a script.
#[derive(Clone, Copy, Debug)]
enum Part {
    Do(Op),
    /// Pushes until it is refused.
    Fill,
    /// Pops until it is refused.
    Drain,
    /// All that can be asked.
    Look,
}

use Part::{Do, Drain, Fill, Look};

/// What the others do while one stands still. None does more than narrow words allow in one call's time.
const SCRIPTS: [&[Part]; 6] = [
    &[Look, Fill, Look, Drain, Look],
    &[Drain, Look, Fill, Look],
    &[Do(Op::Push), Do(Op::Pop), Look, Do(Op::Push), Do(Op::Pop), Do(Op::Push), Do(Op::Pop)],
    &[Do(Op::Pop), Do(Op::Push), Look, Do(Op::Pop), Do(Op::Push), Do(Op::Pop), Do(Op::Push)],
    &[Do(Op::Close), Look, Do(Op::Push), Do(Op::Pop), Look],
    &[Drain, Do(Op::Close), Do(Op::Push), Look],
];

/// To the end: the whole capacity is there, and then the ring is closed and drained.
const END: &[Part] = &[Look, Drain, Fill, Look, Do(Op::Pop), Do(Op::Close), Do(Op::Push), Drain, Look, Do(Op::Close)];

/// For what cannot be closed.
const OPEN_END: &[Part] = &[Look, Drain, Fill, Look, Do(Op::Pop), Drain, Look];

fn end<Q: Queue>() -> &'static [Part] {
    if Q::CLOSES { END } else { OPEN_END }
}

fn scripts<Q: Queue>() -> &'static [&'static [Part]] {
    if Q::CLOSES { &SCRIPTS } else { &SCRIPTS[..4] }
}

/// Where a ring is before the first call is stopped.
#[derive(Clone, Copy, Debug)]
struct Start {
    /// How many single items have passed through it.
    turns: usize,
    items: usize,
    closed: bool,
}

impl Horizon {
    /// All was exact until others had done `exact` operations.
    pub(crate) fn show(&self, name: &str, exact: usize) {
        let Self { stops, first_wrong, wrong, leaked } = self;
        println!("{name}: {stops} sleeps, wrong after {wrong} of them, {leaked} values leaked");
        assert!(*stops > 0, "{name}: nobody slept");
        if let Some((first, case)) = first_wrong {
            println!("    first after {first} operations: {case}");
            assert!(*first > exact, "within the horizon: {case}");
        }
    }
}

impl Start {
    /// Empty, partly full and full, open and closed, after each number of `turns`.
    fn after<Q: Queue>(turns: impl Iterator<Item = usize>) -> Vec<Self> {
        turns
            .flat_map(|turns| (0..=Q::N).map(move |items| (turns, items)))
            .flat_map(|(turns, items)| [false, true].map(|closed| Self { turns, items, closed }))
            .filter(|start| Q::CLOSES || !start.closed)
            .collect()
    }

    /// At each index in the first lap, and in the last one before narrow words are as in the beginning.
    fn some<Q: Queue>() -> Vec<Self> {
        Self::after::<Q>((0..Q::N).chain(Q::N.max(positions::<Q>() - Q::N)..positions::<Q>()))
    }

    /// At each position that narrow words have, and at each index of wide ones; closed at each fifth, which comes to all
    /// indices.
    fn all<Q: Queue>() -> Vec<Self> {
        let all = Self::after::<Q>(0..positions::<Q>());
        all.into_iter().filter(|start| !start.closed || Q::BITS != 8 || start.turns % 5 == 0).collect()
    }

    /// At the first position, and before laps wrap.
    fn few<Q: Queue>() -> Vec<Self> {
        Self::after::<Q>([0, positions::<Q>() - 1].into_iter())
    }
}

/// How many single items pass before all words are as in the beginning; with wide words, before the index is.
pub(crate) fn positions<Q: Queue>() -> usize {
    if Q::BITS == 8 { Q::N << (6 - Q::NAMES.next_power_of_two().trailing_zeros()) } else { Q::N }
}

/// A ring, and all that was asked of it.
struct Case<Q> {
    ring: Arc<Q>,
    next: u32,
    before: Plain,
    history: History<Call>,
    longest: usize,
}

/// One call that stands still.
struct Pending {
    from: usize,
    victim: Victim<Call>,
}

impl<Q: Queue> Case<Q> {
    fn new(start: Start) -> Self {
        let ring = Arc::new(Q::new());
        let mut case = Self { ring, next: 0, before: Plain::of::<Q>(), history: History::new(), longest: 0 };
        for _ in 0..start.turns {
            let value = case.value();
            case.ring.call(Op::Push, value);
            case.ring.call(Op::Pop, 0);
        }
        for _ in 0..start.items {
            let value = case.value();
            if let Call::Push(value, _) = case.ring.call(Op::Push, value) {
                case.before.items.push_back(value);
            }
        }
        if start.closed {
            case.ring.call(Op::Close, 0);
            case.before.closed = true;
        }
        case
    }

    fn value(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn value_for(&mut self, op: Op) -> u32 {
        if op == Op::Push { self.value() } else { 0 }
    }

    /// Starts a call on another thread, up to its step `k`; `None` if it has fewer.
    fn stop(&mut self, op: Op, k: usize) -> Option<Pending> {
        let (ring, value) = (self.ring.clone(), self.value_for(op));
        let from = self.history.calls.len();
        match Victim::stop(k, move || ring.call(op, value)) {
            Ok(victim) => Some(Pending { from, victim }),
            Err(call) => {
                self.history.calls.push(call);
                None
            }
        }
    }

    fn resume(&mut self, pending: Pending) {
        let answer = pending.victim.resume();
        self.returned(pending.from, answer);
    }

    /// A call that was stopped before the call number `from` of the others.
    fn returned(&mut self, from: usize, answer: Call) {
        let effect = match answer {
            Call::Len(said) => {
                assert!(said <= Q::N);
                Call::AnyLen
            }
            call => call,
        };
        self.history.stopped.push(Stopped { from, to: self.history.calls.len(), effects: vec![effect] });
    }

    /// Makes a call on this thread, while some stand still.
    fn call(&mut self, op: Op) -> Result<Call, Stalled> {
        let value = self.value_for(op);
        let (call, steps) = bounded(|| self.ring.call(op, value))?;
        self.longest = self.longest.max(steps);
        self.history.calls.push(call);
        Ok(call)
    }

    fn run(&mut self, script: &[Part]) -> Result<(), Stalled> {
        for part in script {
            match part {
                Do(op) => drop(self.call(*op)?),
                Fill => while let Call::Push(_, Ok(())) = self.call(Op::Push)? {},
                Drain => while let Call::Pop(Ok(_)) = self.call(Op::Pop)? {},
                Look => {
                    for op in [Op::Len, Op::IsEmpty, Op::IsFull, Op::IsClosed] {
                        self.call(op)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// No value came out that had not gone in, or twice.
    fn safe(self) -> Judged {
        let explained = self.history.is_explained_by(&self.before);
        let effects = self.history.stopped.iter().flat_map(|stopped| &stopped.effects);
        let mut out: Vec<u32> = (self.history.calls.iter().chain(effects))
            .filter_map(|call| if let Call::Pop(Ok(value)) = call { Some(*value) } else { None })
            .collect();
        let bound = if Q::VALUES_ARE_SMALL { Q::N as u32 } else { self.next };
        assert!(out.iter().all(|value| *value < bound), "out of range: {:?}", self.history);
        if !Q::VALUES_ARE_SMALL {
            let len = out.len();
            out.sort_unstable();
            out.dedup();
            assert_eq!(out.len(), len, "a value came twice: {:?}", self.history);
        }
        let drops = Arc::into_inner(self.ring).expect("all calls are over").drops(self.next);
        assert!(drops.iter().all(|drops| *drops <= 1), "dropped twice: {:?}", self.history);
        Judged { explained, leaked: drops.iter().filter(|drops| **drops == 0).count() }
    }

    /// Whether everything was as it is meant to be.
    fn judge(self) -> Result<usize, String> {
        if !self.history.is_explained_by(&self.before) {
            return Err(format!("no order explains {:?} after {:?}", self.history, self.before));
        }
        let drops = Arc::into_inner(self.ring).expect("all calls are over").drops(self.next);
        match drops.iter().filter(|drops| **drops != 1).count() {
            0 => Ok(self.longest),
            lost => Err(format!("{lost} values were lost or doubled in {:?}", self.history)),
        }
    }
}

/// Whether it wakes up before the others come to an end, or when they have gone: then nobody has had anything of it.
const WAKES: [bool; 2] = [false, true];

pub(crate) fn stop_one<Q: Queue>() -> Tally {
    let (mut tally, watchdog) = (Tally::default(), Watchdog::new());
    for start in Start::some::<Q>() {
        for op in OPS.into_iter().filter(|op| Q::CLOSES || matches!(op, Op::Push | Op::Pop)) {
            // Who only looks leaves nothing behind; two scripts show it.
            let scripts = if op.changes() { scripts::<Q>() } else { &SCRIPTS[..2] };
            for (script, late) in scripts.iter().flat_map(|script| WAKES.map(|late| (script, late))) {
                for k in 1.. {
                    let name = || format!("{op:?} stopped before step {k}, {start:?}, {script:?}, late: {late}");
                    watchdog.case(name());
                    let mut case = Case::<Q>::new(start);
                    let Some(pending) = case.stop(op, k) else { break };
                    let mut ran = case.run(script);
                    if late {
                        ran = ran.and_then(|()| case.run(end::<Q>()));
                    }
                    case.resume(pending);
                    if !late {
                        ran = ran.and_then(|()| case.run(end::<Q>()));
                    }
                    tally.add(name, ran.map_err(|Stalled| "stalled".into()).and_then(|()| case.judge()));
                }
            }
        }
    }
    tally
}

/// What happens between two stops: a hint of the first then lags behind what the second finds.
const BETWEEN: [&[Part]; 4] = [&[], &[Do(Op::Pop)], &[Do(Op::Push)], &[Do(Op::Push), Do(Op::Pop)]];

/// Two at once; they wake up in either order.
pub(crate) fn stop_two<Q: Queue>() -> Tally {
    let (mut tally, watchdog) = (Tally::default(), Watchdog::new());
    let changes = OPS.into_iter().filter(|op| op.changes());
    let pairs: Vec<_> = changes.clone().flat_map(|first| changes.clone().map(move |second| (first, second))).collect();
    for start in Start::few::<Q>().into_iter().filter(|start| !start.closed) {
        for ((first, second), between) in pairs.iter().flat_map(|pair| BETWEEN.map(|between| (*pair, between))) {
            for (script, turned) in SCRIPTS[..2].iter().flat_map(|script| [false, true].map(|turned| (script, turned)))
            {
                for j in 1.. {
                    let mut stopped = false;
                    for k in 1.. {
                        let name = || {
                            format!(
                                "{first:?} stopped before step {j}, {between:?}, {second:?} before step {k}, {start:?}, \
                                 {script:?}, turned: {turned}"
                            )
                        };
                        watchdog.case(name());
                        let mut case = Case::<Q>::new(start);
                        let Some(one) = case.stop(first, j) else { break };
                        stopped = true;
                        let mut ran = case.run(between);
                        let Some(two) = case.stop(second, k) else {
                            case.resume(one);
                            break;
                        };
                        ran = ran.and_then(|()| case.run(script));
                        let [one, two] = if turned { [two, one] } else { [one, two] };
                        case.resume(one);
                        ran = ran.and_then(|()| case.run(script));
                        case.resume(two);
                        ran = ran.and_then(|()| case.run(end::<Q>()));
                        tally.add(name, ran.map_err(|Stalled| "stalled".into()).and_then(|()| case.judge()));
                    }
                    if !stopped {
                        break;
                    }
                }
            }
        }
    }
    tally
}

/// Makes a call with others in it before step `k`, as in an interrupt of its thread; whether they and it got on. `None` if
/// the call has fewer steps.
fn interrupt_one<Q: Queue>(
    start: Start,
    op: Op,
    k: usize,
    inside: impl FnOnce(&mut Case<Q>) -> Result<(), Stalled> + 'static,
) -> Option<(Case<Q>, Result<(), Stalled>)> {
    let mut case = Case::<Q>::new(start);
    let (ring, value) = (case.ring.clone(), case.value_for(op));
    let case = Rc::new(RefCell::new(case));
    let ran = Rc::new(Cell::new(Ok(())));
    let inside = {
        let (case, ran) = (case.clone(), ran.clone());
        move || ran.set(inside(&mut case.borrow_mut()))
    };
    let answer = interrupted(k, || ring.call(op, value), inside);
    drop(ring);
    let mut case = Rc::into_inner(case).expect("the interrupt is over").into_inner();
    match answer {
        Ok(None) => None,
        Ok(Some(answer)) => {
            case.returned(0, answer);
            Some((case, ran.get()))
        }
        Err(stalled) => Some((case, Err(stalled))),
    }
}

/// Each call, and each script, in each call.
pub(crate) fn interrupt<Q: Queue>() -> Tally {
    let (mut tally, watchdog) = (Tally::default(), Watchdog::new());
    let calls = OPS.map(|op| vec![Do(op)]);
    let handlers: Vec<_> = calls.into_iter().chain(SCRIPTS.map(<[_]>::to_vec)).collect();
    for start in Start::all::<Q>() {
        for (op, handler) in OPS.into_iter().flat_map(|op| handlers.iter().map(move |handler| (op, handler))) {
            for k in 1.. {
                let name = || format!("{op:?} interrupted before step {k} by {handler:?}, {start:?}");
                watchdog.case(name());
                let script = handler.clone();
                let Some((mut case, ran)) = interrupt_one::<Q>(start, op, k, move |case| case.run(&script)) else {
                    break;
                };
                let ran = ran.and_then(|()| case.run(end::<Q>()));
                tally.add(name, ran.map_err(|Stalled| "stalled".into()).and_then(|()| case.judge()));
            }
        }
    }
    tally
}

/// What happens when a call sleeps for longer than it may.
#[derive(Debug, Default)]
pub(crate) struct Horizon {
    pub(crate) stops: usize,
    /// The fewest operations of others on one ring after which an answer was wrong, or something was lost.
    pub(crate) first_wrong: Option<(usize, String)>,
    pub(crate) wrong: usize,
    /// Values that never came back.
    pub(crate) leaked: usize,
}

/// Each call sleeps before each of its steps while others push and pop, up to more than twice round all laps.
pub(crate) fn oversleep<Q: Queue>() -> Horizon {
    let (mut horizon, watchdog) = (Horizon::default(), Watchdog::new());
    let starts = Start::few::<Q>().into_iter().filter(|start| !start.closed);
    let calls = OPS.into_iter().filter(|op| op.changes());
    for (start, op) in starts.flat_map(|start| calls.clone().map(move |op| (start, op))) {
        'steps: for k in 1.. {
            for pairs in 0..2 * positions::<Q>() + 8 {
                let name = format!("{op:?} asleep before step {k} for {pairs} pushes and pops, {start:?}");
                watchdog.case(name.clone());
                let pair = if start.items == Q::N { [Do(Op::Pop), Do(Op::Push)] } else { [Do(Op::Push), Do(Op::Pop)] };
                let others = move |case: &mut Case<Q>| (0..pairs).try_for_each(|_| case.run(&pair));
                let Some((mut case, mut ran)) = interrupt_one::<Q>(start, op, k, others) else { break 'steps };
                ran = ran.and_then(|()| case.run(end::<Q>()));
                horizon.stops += 1;
                // Nobody goes round in circles, however late it is.
                assert!(ran.is_ok(), "stalled: {name}: {:?}", case.history);
                let judged = case.safe();
                horizon.leaked += judged.leaked;
                if judged.explained && judged.leaked == 0 {
                    continue;
                }
                horizon.wrong += 1;
                if horizon.first_wrong.as_ref().is_none_or(|(first, _)| 2 * pairs < *first) {
                    horizon.first_wrong = Some((2 * pairs, name));
                }
            }
        }
    }
    horizon
}

/// What holds past the horizon, and whether more did.
struct Judged {
    explained: bool,
    leaked: usize,
}
