//! A call on a ring is stopped before each of its steps in turn; the others must get exact answers, at once.

use std::sync::Arc;

use crate::history::{History, Stopped};
use crate::queue::{Call, OPS, Op, Plain, Queue};
use crate::stop::{Stalled, Victim, Watchdog, bounded};

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

/// Where a ring is before the first call is stopped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// How many single items have passed through it.
    pub(crate) turns: usize,
    pub(crate) items: usize,
    pub(crate) closed: bool,
}

impl Start {
    /// Empty, partly full and full, open and closed, at each index and before each wrap of narrow words.
    pub(crate) fn all<Q: Queue>() -> Vec<Self> {
        // For any capacity laps wrap within so many positions.
        let wrap = if Q::BITS == 8 { Q::N << (6 - Q::N.next_power_of_two().trailing_zeros()) } else { Q::N };
        let turns = (0..Q::N).chain(wrap.saturating_sub(Q::N + 1).max(Q::N)..wrap);
        turns
            .flat_map(|turns| (0..=Q::N).map(move |items| (turns, items)))
            .flat_map(|(turns, items)| [false, true].map(|closed| Self { turns, items, closed }))
            .collect()
    }
}

/// A ring, and all that was asked of it.
pub(crate) struct Case<Q> {
    ring: Arc<Q>,
    next: u32,
    before: Plain,
    history: History<Call>,
    longest: usize,
}

/// One call that stands still.
pub(crate) struct Pending {
    from: usize,
    victim: Victim<Call>,
}

impl<Q: Queue> Case<Q> {
    pub(crate) fn new(start: Start) -> Self {
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

    /// Starts a call on another thread, up to its step `k`; `None` if it has fewer.
    pub(crate) fn stop(&mut self, op: Op, k: usize) -> Option<Pending> {
        let (ring, value) = (self.ring.clone(), if op == Op::Push { self.value() } else { 0 });
        let from = self.history.calls.len();
        match Victim::stop(k, move || ring.call(op, value)) {
            Ok(victim) => Some(Pending { from, victim }),
            Err(call) => {
                self.history.calls.push(call);
                None
            }
        }
    }

    pub(crate) fn resume(&mut self, pending: Pending) {
        let effect = match pending.victim.resume() {
            Call::Len(said) => {
                assert!(said <= Q::N);
                Call::AnyLen
            }
            call => call,
        };
        self.history.stopped.push(Stopped { from: pending.from, to: self.history.calls.len(), effects: vec![effect] });
    }

    /// Makes a call on this thread, while some stand still.
    fn call(&mut self, op: Op) -> Result<Call, Stalled> {
        let value = if op == Op::Push { self.value() } else { 0 };
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

    /// Whether everything was as it is meant to be.
    fn judge(self) -> Result<usize, String> {
        if !self.history.is_explained_by(&self.before) {
            return Err(format!("no order explains {:?} after {:?}", self.history, self.before));
        }
        match Arc::into_inner(self.ring).expect("all calls are over").lost(self.next) {
            0 => Ok(self.longest),
            lost => Err(format!("{lost} values were lost or doubled in {:?}", self.history)),
        }
    }
}

/// What came of many stops.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) stops: usize,
    /// How often the others were held up, or told what is not so.
    pub(crate) stalls: usize,
    pub(crate) first: Option<String>,
    /// The most steps of a call of the others.
    pub(crate) longest: usize,
}

impl Tally {
    fn add(&mut self, case: impl FnOnce() -> String, verdict: Result<usize, String>) {
        self.stops += 1;
        match verdict {
            Ok(longest) => self.longest = self.longest.max(longest),
            Err(why) => {
                self.stalls += 1;
                self.first.get_or_insert_with(|| format!("{}: {why}", case()));
            }
        }
    }

    pub(crate) fn clean<Q: Queue>(&self, name: &str) {
        println!(
            "{name}: {}<{}> of {} bits: stopped {} times, no other call took more than {} steps",
            Q::NAME,
            Q::N,
            Q::BITS,
            self.stops,
            self.longest
        );
        assert!(self.first.is_none(), "{} of {} stops: {}", self.stalls, self.stops, self.first.as_ref().unwrap());
    }
}

/// Whether it wakes up before the others come to an end, or when they have gone.
const WAKES: [bool; 2] = [false, true];

pub(crate) fn stop_one<Q: Queue>() -> Tally {
    let (mut tally, watchdog) = (Tally::default(), Watchdog::new());
    for start in Start::all::<Q>() {
        for op in OPS {
            // Who only looks leaves nothing behind; two scripts show it.
            let scripts = if matches!(op, Op::Push | Op::Pop | Op::Close) { &SCRIPTS[..] } else { &SCRIPTS[..2] };
            for (script, late) in scripts.iter().flat_map(|script| WAKES.map(|late| (script, late))) {
                for k in 1.. {
                    let name = || format!("{op:?} stopped before step {k}, {start:?}, {script:?}, late: {late}");
                    watchdog.case(name());
                    let mut case = Case::<Q>::new(start);
                    let Some(pending) = case.stop(op, k) else { break };
                    let mut ran = case.run(script);
                    if late {
                        ran = ran.and_then(|()| case.run(END));
                    }
                    case.resume(pending);
                    if !late {
                        ran = ran.and_then(|()| case.run(END));
                    }
                    let verdict = match ran {
                        Ok(()) => case.judge(),
                        Err(Stalled) => Err("stalled".into()),
                    };
                    tally.add(name, verdict);
                }
            }
        }
    }
    tally
}
