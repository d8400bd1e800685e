//! Instructions of every call: alone, and with an interrupt before each one of its instructions in turn.
//!
//! The interrupt makes calls of its own on the same ring or pool, and may close it. Only the main loop's
//! instructions are counted: those of the interrupt, measured the same way, are taken off.

use jobring::{PopError, RecvError, Ring, StaticPool, TicketRing};

use crate::board::{self, Guarded};
use crate::instructions;
use crate::interrupts;
use crate::report::{Report, check, note};

const SLOTS: usize = 8;

/// The last one only as an interrupt.
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
    /// One that is `fill` full, of `SLOTS`.
    fn fresh(fill: usize) -> Self;
    /// Whether it did it.
    fn call(&self, which: usize) -> bool;
    /// Whether the calls so far, as many of each kind as counted, left it whole. Takes everything out of it.
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
    note!("     {:36} {:>6} {:>12}   interrupted at", "instructions, call and return included", "alone", "interrupted");
    count::<TicketRing<SLOTS>>(report);
    count::<Ring<u32, SLOTS>>(report);
    count::<Pool>(report);
}

/// The timer's ticks from the first interrupt that is too early to the first that is too late.
const LONGEST: u32 = 10_000;

fn count<S: Subject>(report: &mut Report) {
    let entry = interrupt_alone();
    let mut sound = true;
    for (call, name) in S::CALLS.iter().enumerate() {
        let alone = (0..=SLOTS).map(|fill| instructions::of(|| S::fresh(fill).call(call)).1).max();
        let (mut worst, mut places) = (0, 0);
        for fill in 0..=SLOTS {
            for calls in S::INTERRUPTS {
                let swept = sweep::<S>(call, calls, fill, entry);
                sound &= swept.sound;
                worst = swept.worst.max(worst);
                places = swept.places.max(places);
            }
        }
        let alone = alone.unwrap_or(0);
        note!("     {:22}{:16}{alone:>6} {worst:>12}   {places} instructions", S::NAME, name);
    }
    check!(report, sound, "{}: whole after an interrupt at each instruction, be it a close", S::NAME);
}

struct Swept {
    worst: u32,
    places: u32,
    sound: bool,
}

/// One interrupt in each run, later and later.
fn sweep<S: Subject>(call: usize, calls: &'static [usize], fill: usize, entry: u32) -> Swept {
    let mut swept = Swept { worst: 0, places: 0, sound: true };
    for gap in 1..LONGEST {
        let subject = S::fresh(fill);
        let mut done = [fill as i32, 0, 0, 0];
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
        let mut ticks = 0;
        let landed = interrupts::during(&handler, 0, 1, || {
            board::arm(gap);
            let (made, all) = interrupts::exposed(|| instructions::ticks_of(true, || subject.call(call)));
            done[call] += i32::from(made);
            ticks = all;
        });
        let (made, in_interrupt) = by_interrupt.into_inner();
        done.iter_mut().zip(made).for_each(|(done, made)| *done += made);
        swept.sound &= subject.is_sound(&done);
        if landed.inside > 0 {
            swept.worst = instructions::net(ticks.saturating_sub(in_interrupt + entry)).max(swept.worst);
        }
        if landed.fired == 0 {
            swept.places = gap;
            break;
        }
    }
    swept
}

/// Ticks that an interrupt costs the main loop, without what it measures of itself.
fn interrupt_alone() -> u32 {
    0
}
