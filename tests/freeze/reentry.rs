//! Interrupts: a handler pushes and pops in the middle of a push or a pop of its own thread, which cannot get on
//! before the handler returns. Whoever waits for anybody hangs here.

use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::thread;

use jobring::{PopError, Ring, SwapRing, TicketRing};

use crate::freezes;
use crate::ice::{Finally, Target, handle, wait};
use crate::rng::{Rng, mix};

/// So that there is more than the interrupted call can hold.
const CAPACITY: usize = 3;

static TICKETS: TicketRing<CAPACITY> = TicketRing::new();
/// Narrow words: all laps pass many times.
static NARROW: TicketRing<CAPACITY, u8> = TicketRing::with_words();
static VALUES: Ring<u64, CAPACITY> = Ring::new();
/// Of values that are too large to ride in words.
static LARGE: Ring<[u64; 2], CAPACITY> = Ring::new();
/// With a handle for the interrupted call and one for the handler's.
static SWAPS: SwapRing<u64, CAPACITY, 2> = SwapRing::new();

static NEXT: AtomicU64 = AtomicU64::new(0);
/// Pushed less popped, as a count and as a sum: both 0 in the end.
static COUNT: AtomicU64 = AtomicU64::new(0);
static SUM: AtomicU64 = AtomicU64::new(0);
static INTERRUPTS: AtomicUsize = AtomicUsize::new(0);
/// Answers in the handler that no ring may give there.
static WRONG: AtomicUsize = AtomicUsize::new(0);

fn pushed(value: u64) {
    COUNT.fetch_add(1, SeqCst);
    SUM.fetch_add(mix(value), SeqCst);
}

fn popped(value: u64) {
    COUNT.fetch_sub(1, SeqCst);
    SUM.fetch_sub(mix(value), SeqCst);
}

fn push_all() -> [bool; 5] {
    let value = NEXT.fetch_add(1, SeqCst);
    let ticket = (value % CAPACITY as u64) as u32;
    let count = |result: bool, value: u64| {
        if result {
            pushed(value);
        }
        result
    };
    [
        count(TICKETS.try_push(ticket) == Ok(()), u64::from(ticket)),
        count(NARROW.try_push(ticket) == Ok(()), u64::from(ticket)),
        count(VALUES.try_push(value).is_ok(), value),
        count(LARGE.try_push([value; 2]).is_ok(), value),
        count(SWAPS.handle().is_some_and(|mut handle| handle.try_push(value).is_ok()), value),
    ]
}

fn pop_all() -> [bool; 5] {
    let count = |result: Result<u64, PopError>| result.map(popped).is_ok();
    [
        count(TICKETS.try_pop().map(u64::from)),
        count(NARROW.try_pop().map(u64::from)),
        count(VALUES.try_pop()),
        count(LARGE.try_pop().map(|[value, _]| value)),
        count(SWAPS.handle().map_or(Err(PopError::Empty), |mut handle| handle.try_pop())),
    ]
}

/// After a push something is there to pop; and a ring that is full but for the interrupted call has something too.
extern "C" fn interrupt(_signal: libc::c_int) {
    push_all();
    if pop_all() != [true; 5] {
        WRONG.fetch_add(1, SeqCst);
    }
    INTERRUPTS.fetch_add(1, SeqCst);
}

pub(crate) fn interrupt_push_and_pop(name: &str) {
    handle(libc::SIGUSR2, interrupt);
    let mut rng = Rng::seeded(name);
    let interrupts = 10 * freezes();
    let (over, steps) = (AtomicBool::new(false), AtomicU64::new(0));
    let (send, receive) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        let _end = Finally(|| over.store(true, SeqCst));
        let (over, steps) = (&over, &steps);
        scope.spawn(move || {
            send.send(Target::me()).unwrap();
            for burst in (1..=CAPACITY + 2).cycle() {
                for _ in 0..burst {
                    push_all();
                }
                for _ in 0..burst {
                    pop_all();
                }
                steps.fetch_add(1, SeqCst);
                if over.load(SeqCst) {
                    return;
                }
            }
        });
        let victim = receive.recv().unwrap();
        for done in 0..interrupts {
            let later = steps.load(SeqCst) + 1;
            wait("the thread has gone on", || steps.load(SeqCst) >= later);
            (0..rng.below(128)).for_each(|_| core::hint::spin_loop());
            victim.signal(libc::SIGUSR2);
            wait("the handler returned", || INTERRUPTS.load(SeqCst) > done);
        }
    });
    while pop_all() != [false; 5] {}
    println!("{name}: interrupted {interrupts} times");
    assert_eq!(WRONG.load(SeqCst), 0, "wrong answers in the handler");
    assert_eq!((COUNT.load(SeqCst), SUM.load(SeqCst)), (0, 0), "lost, doubled or torn");
}
