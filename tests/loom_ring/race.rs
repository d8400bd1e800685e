//! Races: scripts for threads, run on a ring in every order and judged by a plain queue.

use alloc::sync::Arc;

use jobring::model::{Remembered, Spans};
use jobring::{PopError, PushError, Ring, SwapHandle, SwapRing, TicketRing, Word};
use loom::thread;

use super::plain::{Call, Plain};
use Op::{Close, Pop, Push};

#[derive(Clone, Copy)]
pub(crate) enum Op {
    Push(u32),
    Pop,
    Close,
}

/// Positions of a ring of two in words of 8 bits, before its laps begin again; twice those of a ring of spans of four.
const WRAP: usize = 1 << (8 - 2);

/// A ring under test.
pub(crate) trait Queue: Send + Sync + 'static {
    const N: usize;
    /// Three values, as distinct as the ring allows.
    const ITEMS: [u32; 3];
    /// Whether Full means that `N` values are in the ring; or else calls under way count as well.
    const FULL_IS_EXACT: bool;
    /// How many single items pass through the ring before a race: narrow words are to wrap in it.
    const TURNS: usize;
    /// By how many preemptions a model has to be shallower, as each call takes more steps.
    const SHALLOWER: usize;

    /// Whether a push is refused when `N` tickets are in the ring. A ring of spans trusts that there are no more.
    const GETS_FULL: bool;

    /// What a thread pushes and pops with.
    type Hand<'a>;

    fn new() -> Self;
    fn hand(&self) -> Self::Hand<'_>;
    fn call(&self, hand: &mut Self::Hand<'_>, op: Op) -> Call;
    /// What it says of itself, if it says so.
    fn len(&self) -> Option<usize>;
    fn is_closed(&self) -> bool;

    /// As many of the items as the ring holds.
    fn full() -> Vec<u32> {
        Self::ITEMS.into_iter().cycle().take(Self::N).collect()
    }
}

/// A ring of values that are too large to ride in words.
pub(crate) struct Large<const N: usize, W: Word>(Ring<[u32; 4], N, W>);

impl<const N: usize, W: Word> Large<N, W> {
    fn with_words() -> Self {
        Self(Ring::with_words())
    }

    fn try_push(&self, value: u32) -> Result<(), PushError<u32>> {
        self.0.try_push([value; 4]).map_err(|error| match error {
            PushError::Full([value, ..]) => PushError::Full(value),
            PushError::Closed([value, ..]) => PushError::Closed(value),
        })
    }

    fn try_pop(&self) -> Result<u32, PopError> {
        let value = self.0.try_pop()?;
        assert_eq!(value, [value[0]; 4]);
        Ok(value[0])
    }

    fn close(&self) -> bool {
        self.0.close()
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

macro_rules! queue {
    (
        [$($generic:tt)*] $ring:ty, hand: $hand:ty = $take:expr, items: $items:expr, full_is_exact: $exact:expr,
        turns: $turns:expr, shallower: $shallower:expr, gets_full: $gets_full:expr, len: $len:expr
    ) => {
        impl<const N: usize, $($generic)* W: Word> Queue for $ring {
            const N: usize = N;
            const ITEMS: [u32; 3] = $items;
            const FULL_IS_EXACT: bool = $exact;
            const TURNS: usize = if W::BITS == 8 { $turns } else { 0 };
            const SHALLOWER: usize = if W::BITS == 8 { 1 } else { $shallower };
            const GETS_FULL: bool = $gets_full;

            type Hand<'a> = $hand;

            fn new() -> Self {
                Self::with_words()
            }

            fn hand(&self) -> Self::Hand<'_> {
                let take: fn(&Self) -> Self::Hand<'_> = $take;
                take(self)
            }

            fn call(&self, hand: &mut Self::Hand<'_>, op: Op) -> Call {
                match op {
                    Push(value) => Call::Push(value, hand.try_push(value)),
                    Pop => Call::Pop(hand.try_pop()),
                    Close => Call::Close(self.close()),
                }
            }

            fn len(&self) -> Option<usize> {
                let len: fn(&Self) -> Option<usize> = $len;
                len(self)
            }

            fn is_closed(&self) -> bool {
                self.is_closed()
            }
        }
    };
}

queue!([] TicketRing<N, W>, hand: &'a Self = |ring| ring, items: [0, 1 % N as u32, 2 % N as u32],
    full_is_exact: true, turns: WRAP - 1, shallower: 0, gets_full: true, len: |ring| Some(ring.len()));
// They ride in words, if those have 64 bits.
queue!([] Ring<u32, N, W>, hand: &'a Self = |ring| ring, items: [70, 71, 72],
    full_is_exact: W::BITS == 64, turns: WRAP - 1, shallower: 1, gets_full: true, len: |ring| Some(ring.len()));
queue!([] Large<N, W>, hand: &'a Self = |ring| ring, items: [70, 71, 72],
    full_is_exact: false, turns: WRAP - 1, shallower: 1, gets_full: true, len: |ring| Some(ring.len()));
// Its items are neighbours, so each push can join the one before.
queue!([] Spans<N, W>, hand: &'a Self = |ring| ring, items: [0, 1, 2],
    full_is_exact: true, turns: WRAP - 1, shallower: 1, gets_full: false, len: |_| None);
queue!([] Remembered<N, W>, hand: &'a Self = |ring| ring, items: [0, 1, 2],
    full_is_exact: true, turns: WRAP - 1, shallower: 1, gets_full: false, len: |_| None);
// Two bits less of its words are left for laps.
queue!([const HANDLES: usize,] SwapRing<u32, N, HANDLES, W>,
    hand: SwapHandle<'a, u32, N, HANDLES, W> = |ring| ring.handle().unwrap(), items: [70, 71, 72],
    full_is_exact: true, turns: WRAP / 4 - 1, shallower: 1, gets_full: true, len: |ring| Some(ring.len()));

/// Runs a model; `preemptions` is how often threads may be interrupted, unless the environment says otherwise.
pub(crate) fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    assert!(preemptions > 0, "without any, loom tries one order of the threads only");
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(preemptions));
    builder.max_branches = 10_000;
    builder.check(run);
}

/// Whether a race may end with pushes and pops refused.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Refusals {
    Explained,
    Never,
}

/// Races the scripts in a ring that holds `before`.
pub(crate) fn race<Q: Queue>(preemptions: usize, before: &[u32], scripts: &[&[Op]], refusals: Refusals) {
    let before = before.to_vec();
    let scripts: Vec<Arc<[Op]>> = scripts.iter().map(|script| Arc::from(*script)).collect();
    model(preemptions - Q::SHALLOWER, move || {
        let ring = Arc::new(Q::new());
        let mut hand = ring.hand();
        for _ in 0..Q::TURNS {
            ring.call(&mut hand, Push(0));
            ring.call(&mut hand, Pop);
        }
        for item in &before {
            ring.call(&mut hand, Push(*item));
        }
        drop(hand);
        // The main thread only waits: to leave it in the middle would cost a preemption.
        let racers: Vec<_> = scripts
            .iter()
            .map(|script| {
                let (ring, script) = (ring.clone(), script.clone());
                thread::spawn(move || {
                    let mut hand = ring.hand();
                    script.iter().map(|op| ring.call(&mut hand, *op)).collect::<Vec<_>>()
                })
            })
            .collect();
        let threads: Vec<_> = racers.into_iter().map(|racer| racer.join().unwrap()).collect();

        let (len, is_closed) = (ring.len(), ring.is_closed());
        let mut hand = ring.hand();
        let mut after: Vec<Call> = (0..=Q::N).map(|_| ring.call(&mut hand, Pop)).collect();
        let pushes = if Q::GETS_FULL { Q::N + 1 } else { 1 };
        after.extend((0..pushes).map(|i| ring.call(&mut hand, Push(i.min(Q::N - 1) as u32))));

        let held = if Q::FULL_IS_EXACT { 0 } else { threads.len() - 1 };
        let plain = Plain { items: before.iter().copied().collect(), closed: false, capacity: Q::N, held };
        let mut all: Vec<&[Call]> = threads.iter().map(Vec::as_slice).collect();
        assert!(
            plain.explains(&mut all, &after) || plain.explains_each_refusal(&threads, &after),
            "no order explains {threads:?}, then {after:?}"
        );
        assert!(
            refusals == Refusals::Explained || !threads.iter().flatten().any(|call| call.is_refused()),
            "{threads:?}"
        );
        let left = after.iter().filter(|call| matches!(call, Call::Pop(Ok(_)))).count();
        assert_eq!(len.unwrap_or(left), left);
        assert_eq!(is_closed, threads.iter().flatten().any(|call| matches!(call, Call::Close(_))));
    });
}
