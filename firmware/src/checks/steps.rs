//! Instructions of every call: alone, and with an interrupt before each one of its instructions in turn.
//!
//! The interrupt makes calls of its own on the same ring or pool, and may close it. Only the main loop's
//! instructions are counted: those of the interrupt, measured the same way, are taken off.

use core::sync::atomic::{AtomicU32, Ordering};

use jobring::{PopError, RecvError, Ring, StaticPool, TicketRing};

use crate::board::{self, Guarded};
use crate::instructions;
use crate::interrupts::{self, Landed};
use crate::report::{Report, check, note};

const SLOTS: usize = 8;

/// Numbers of calls; only an interrupt makes the last one of each kind.
const PUSH: usize = 0;
const POP: usize = 1;
const CLOSE: usize = 2;

const SUBMIT: usize = 0;
const RUN: usize = 1;
const COLLECT: usize = 2;
const CANCEL: usize = 3;

trait Subject {
    const NAME: &'static str;
    /// The calls to count, in the order of their numbers.
    const CALLS: &'static [&'static str];
    /// What an interrupt does, as lists of calls.
    const INTERRUPTS: &'static [&'static [usize]];
    /// One with `fill` of its `SLOTS` filled.
    fn fresh(fill: usize) -> Self;
    /// Makes a call; says whether it succeeded.
    fn call(&self, which: usize) -> bool;
    /// Whether it is whole after the calls so far, `done` of each kind. Takes everything out of it.
    fn is_sound(&self, done: &[i32; 4]) -> bool;
}

/// `push` and `pop` as functions of their own, so that the same code is counted each time.
macro_rules! ring {
    ($name:literal, $ring:ty, $value:expr) => {
        impl Subject for $ring {
            const NAME: &'static str = $name;
            const CALLS: &'static [&'static str] = &["try_push", "try_pop"];
            const INTERRUPTS: &'static [&'static [usize]] = &[&[PUSH], &[POP], &[PUSH, POP], &[POP, PUSH], &[CLOSE]];

            fn fresh(fill: usize) -> Self {
                let ring = Self::new();
                // Not at the beginning of a lap.
                for _ in 0..3 {
                    let _ = ring.try_push($value);
                    let _ = ring.try_pop();
                }
                for _ in 0..fill {
                    let _ = ring.try_push($value);
                }
                ring
            }

            fn call(&self, which: usize) -> bool {
                #[inline(never)]
                fn push(ring: &$ring) -> bool {
                    ring.try_push($value).is_ok()
                }
                #[inline(never)]
                fn pop(ring: &$ring) -> bool {
                    ring.try_pop().is_ok()
                }
                match which {
                    PUSH => push(self),
                    POP => pop(self),
                    _ => self.close(),
                }
            }

            fn is_sound(&self, done: &[i32; 4]) -> bool {
                let end = if done[CLOSE] > 0 { PopError::Closed } else { PopError::Empty };
                let mut left = 0;
                loop {
                    match self.try_pop() {
                        Ok(_) => left += 1,
                        Err(why) => return why == end && left == done[PUSH] - done[POP],
                    }
                }
            }
        }
    };
}

ring!("TicketRing", TicketRing<SLOTS>, 5);
ring!("Ring<u32>", Ring<u32, SLOTS>, 5);

type Pool = StaticPool<u32, u32, SLOTS>;

impl Subject for Pool {
    const NAME: &'static str = "StaticPool<u32, u32>";
    const CALLS: &'static [&'static str] = &["try_submit", "try_run_one", "try_collect"];
    const INTERRUPTS: &'static [&'static [usize]] =
        &[&[SUBMIT], &[RUN], &[COLLECT], &[SUBMIT, RUN, COLLECT], &[COLLECT, RUN, SUBMIT], &[CANCEL]];

    /// Half of the jobs are run.
    fn fresh(fill: usize) -> Self {
        let pool = Self::new();
        for job in 0..fill {
            let _ = pool.try_submit(job as u32);
        }
        for _ in 0..fill / 2 {
            let _ = pool.worker(0).try_run_one(|job| job);
        }
        pool
    }

    fn call(&self, which: usize) -> bool {
        #[inline(never)]
        fn submit(pool: &Pool) -> bool {
            pool.try_submit(7).is_ok()
        }
        #[inline(never)]
        fn run_one(pool: &Pool) -> bool {
            pool.worker(0).try_run_one(|job| job).is_ok()
        }
        #[inline(never)]
        fn collect(pool: &Pool) -> bool {
            pool.try_collect().is_ok()
        }
        match which {
            SUBMIT => submit(self),
            RUN => run_one(self),
            COLLECT => collect(self),
            _ => {
                self.cancel();
                true
            }
        }
    }

    fn is_sound(&self, done: &[i32; 4]) -> bool {
        self.cancel();
        let mut left = 0;
        while let Ok(_outcome) = self.try_collect() {
            left += 1;
        }
        left == done[SUBMIT] - done[COLLECT] && self.try_collect() == Err(RecvError::Closed)
    }
}

pub(crate) fn run(report: &mut Report) {
    calibrate();
    note!(
        "     {:36}{:>6} {:>12} {:>15}",
        "instructions of the longest call",
        "alone",
        "interrupted",
        "at instructions"
    );
    count::<TicketRing<SLOTS>>(report);
    count::<Ring<u32, SLOTS>>(report);
    count::<Pool>(report);
}

fn count<S: Subject>(report: &mut Report) {
    let mut sound = true;
    for (call, name) in S::CALLS.iter().enumerate() {
        interrupts::take_places();
        let (mut alone, mut interrupted) = (0, 0);
        for fill in 0..=SLOTS {
            let subject = S::fresh(fill);
            alone = instructions::of(|| subject.call(call)).1.max(alone);
            for calls in S::INTERRUPTS {
                for gap in 1.. {
                    let once = once::<S>(call, calls, fill, gap);
                    sound &= once.sound;
                    if once.landed.inside > 0 {
                        interrupted = once.instructions().max(interrupted);
                    }
                    if once.landed.fired == 0 {
                        break;
                    }
                }
            }
        }
        let places = interrupts::take_places();
        note!("     {:22}{:14}{alone:>6} {interrupted:>12} {places:>15}", S::NAME, name);
    }
    check!(report, sound, "{}: whole after an interrupt at each instruction, be it a close", S::NAME);
}

/// One call, and one interrupt.
struct Once {
    landed: Landed,
    sound: bool,
    /// Of the call, including everything.
    ticks: u32,
    /// Of the calls in the interrupt.
    in_interrupt: u32,
}

impl Once {
    /// The main loop's own instructions.
    fn instructions(&self) -> u32 {
        let entry = ENTRY.load(Ordering::Relaxed);
        instructions::net(self.ticks.saturating_sub(self.in_interrupt + entry))
    }
}

/// What an interrupt costs besides what it measures itself, in ticks.
static ENTRY: AtomicU32 = AtomicU32::new(0);

fn calibrate() {
    let alone = instructions::ticks_of(true, || instructions::nops()).1;
    let hit = once::<Nops>(0, &[], 0, instructions::NOPS / 2);
    ENTRY.store(hit.ticks - alone - hit.in_interrupt, Ordering::Relaxed);
}

struct Nops;

impl Subject for Nops {
    const NAME: &'static str = "nops";
    const CALLS: &'static [&'static str] = &["nops"];
    const INTERRUPTS: &'static [&'static [usize]] = &[];

    fn fresh(_: usize) -> Self {
        Self
    }

    fn call(&self, _: usize) -> bool {
        instructions::nops();
        true
    }

    fn is_sound(&self, _: &[i32; 4]) -> bool {
        true
    }
}

/// The interrupt makes its `calls` `gap` instructions after the main loop begins.
#[inline(never)]
fn once<S: Subject>(call: usize, calls: &'static [usize], fill: usize, gap: u32) -> Once {
    let subject = S::fresh(fill);
    let by_interrupt = Guarded::new(([0; 4], 0));
    let handler = || {
        let (made, ticks) = instructions::ticks_of(true, || {
            let mut made = [0; 4];
            for &call in calls {
                made[call] += i32::from(subject.call(call));
            }
            made
        });
        by_interrupt.with(|by_interrupt| *by_interrupt = (made, ticks));
    };
    let mut done = [fill as i32, 0, 0, 0];
    let mut ticks = 0;
    let landed = interrupts::during(&handler, 0, 1, || {
        board::arm(gap);
        let made = interrupts::exposed(|| instructions::ticks_of(true, || subject.call(call)));
        done[call] += i32::from(made.0);
        ticks = made.1;
    });
    let (made, in_interrupt) = by_interrupt.into_inner();
    done.iter_mut().zip(made).for_each(|(done, made)| *done += made);
    Once { landed, sound: subject.is_sound(&done), ticks, in_interrupt }
}
