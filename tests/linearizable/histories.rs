//! Makes histories: threads with random scripts on fresh rings, started together.

use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, PoisonError};
use std::thread;

use jobring::{Ring, SwapRing, TicketRing, Word};

use super::checker::{Answer, Call, Full, is_linearizable};

/// For each ring and each number of threads.
const HISTORIES: usize = 200;

/// Tests take turns: threads that have to share a core make calls that do not overlap.
static TURN: Mutex<()> = Mutex::new(());

#[derive(Clone, Copy)]
pub(crate) enum Op {
    Push(u32),
    Pop,
    Close,
}

pub(crate) trait Queue: Sync {
    const N: usize;
    const FULL: Full;
    fn new() -> Self;
    /// What the ring makes of a number that no other push of the history has.
    fn item(unique: u32) -> u32;
    fn call(&self, op: Op) -> Answer;
}

macro_rules! queue {
    ([$($generic:tt)*] $ring:ty, $full:expr, $item:expr, $($hand:tt)*) => {
        impl<const N: usize, $($generic)* W: Word> Queue for $ring {
            const N: usize = N;
            const FULL: Full = $full;

            fn new() -> Self {
                Self::with_words()
            }

            fn item(unique: u32) -> u32 {
                $item(unique, N as u32)
            }

            fn call(&self, op: Op) -> Answer {
                match op {
                    Op::Push(value) => Answer::Push(value, self$($hand)*.try_push(value)),
                    Op::Pop => Answer::Pop(self$($hand)*.try_pop()),
                    Op::Close => Answer::Close(self.close()),
                }
            }
        }
    };
}

queue!([] TicketRing<N, W>, Full::Exact, |unique, n| unique % n,);
// Where they ride in words no cell is in anybody's hands.
queue!([] Ring<u32, N, W>, if cfg!(has_pairs) && W::BITS == 64 { Full::Exact } else { Full::CountsCells },
    |unique, _| unique,);
// With a handle for each call: those come and go as well.
queue!([const HANDLES: usize,] SwapRing<u32, N, HANDLES, W>, Full::Exact, |unique, _| unique, .handle().unwrap());

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % n
    }
}

/// Two to four threads make 6 to 12 calls together.
fn script<Q: Queue>(random: &mut Random, thread: u64, threads: u64) -> Vec<Op> {
    let (least, most) = (6_u64.div_ceil(threads), 12 / threads);
    (0..least + random.below(most - least + 1))
        .map(|at| match random.below(24) {
            0 => Op::Close,
            1..=12 => Op::Push(Q::item((thread * 16 + at) as u32)),
            _ => Op::Pop,
        })
        .collect()
}

/// With `--cfg jobring_steps` this thread lets others run in the middle of its calls, at random steps: else calls that
/// take a few nanoseconds hardly ever overlap.
fn interrupt_often(_seed: u64) {
    #[cfg(jobring_steps)]
    {
        let mut random = Random(_seed | 1);
        jobring::steps::watch(Some(Box::new(move |_| {
            if random.below(3) == 0 {
                thread::yield_now();
            }
        })));
    }
}

/// All histories of so many threads, and how many of their calls overlapped.
fn check_threads<Q: Queue>(threads: u64, count: usize) -> usize {
    let rings: Vec<Q> = (0..count).map(|_| Q::new()).collect();
    for (turns, ring) in rings.iter().enumerate() {
        // The ring begins anywhere in its laps; with words of 8 bits that includes their end.
        for _ in 0..turns % 97 {
            ring.call(Op::Push(0));
            ring.call(Op::Pop);
        }
    }
    let (clock, arrived) = (AtomicU64::new(0), AtomicU64::new(0));
    let run = |thread: u64| {
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ (thread << 8) ^ threads ^ (Q::N as u64) << 16);
        let each = rings.iter().zip(1..).map(|(ring, round)| {
            let script = script::<Q>(&mut random, thread, threads);
            let mut calls = Vec::with_capacity(script.len());
            arrived.fetch_add(1, SeqCst);
            for spins in 0.. {
                if arrived.load(SeqCst) >= round * threads {
                    break;
                }
                // There may be fewer cores than threads.
                if spins % 64 == 63 {
                    thread::yield_now();
                }
            }
            interrupt_often(random.below(u64::MAX));
            for op in script {
                let from = clock.fetch_add(1, SeqCst);
                let answer = ring.call(op);
                calls.push(Call { from, to: clock.fetch_add(1, SeqCst), answer });
            }
            calls
        });
        each.collect::<Vec<_>>()
    };
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let histories: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn({
                    let run = &run;
                    move || run(thread)
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    drop(turn);
    let mut overlapping = 0;
    for round in 0..count {
        let mut calls: Vec<Call> = histories.iter().flat_map(|thread| thread[round].iter().copied()).collect();
        calls.sort_by_key(|call| call.from);
        overlapping += calls.windows(2).filter(|pair| pair[1].from < pair[0].to).count();
        assert!(is_linearizable(Q::N, Q::FULL, &calls), "capacity {}: no order explains {calls:#?}", Q::N);
    }
    overlapping
}

pub(crate) fn check<Q: Queue>() {
    let count = std::env::var("JOBRING_HISTORIES").map_or(HISTORIES, |count| count.parse().expect("a number"));
    for threads in 2..=4 {
        let overlapping = check_threads::<Q>(threads, count);
        println!("capacity {}, {threads} threads: {count} histories, {overlapping} calls overlapped", Q::N);
    }
}
