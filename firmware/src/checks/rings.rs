//! One queue, two contexts that both push and pop: the main loop, and an interrupt that comes at any instruction.
//!
//! What is in the queue is counted beside it, exactly: only the calls themselves are open to interrupts, the
//! accounts are kept with interrupts off. The interrupt runs to its end, so it sees at most one unfinished call,
//! the main loop's; and no account is off by more than that one call.

use heapless::mpmc;
use jobring::{Ring, SwapRing, TicketRing};

use super::order::{INTERRUPT, MAIN, Order};
use crate::board::{self, Guarded};
use crate::instructions;
use crate::interrupts::{self, Landed};
use crate::random::Random;
use crate::report::{Report, check, note};

/// The most instructions between two interrupts: about as many as a call has.
const GAP: u32 = 120;

/// A queue of numbers. They are below twice `SEQUENCE`.
trait Queue {
    const CAPACITY: i32;
    /// Each producer counts its values modulo this.
    const SEQUENCE: u32 = 1 << 31;
    /// Whether a pop in the middle may still hold the place of the value that it has taken.
    const POP_HOLDS: bool = true;
    fn push(&self, value: u32) -> bool;
    fn pop(&self) -> Option<u32>;
    /// Values in the queue, where the queue itself knows this exactly.
    fn exact_len(&self) -> Option<i32> {
        None
    }
}

impl<const N: usize> Queue for TicketRing<N> {
    const CAPACITY: i32 = N as i32;
    const SEQUENCE: u32 = N as u32 / 2;
    const POP_HOLDS: bool = false;

    #[inline(never)]
    fn push(&self, value: u32) -> bool {
        self.try_push(value).is_ok()
    }

    #[inline(never)]
    fn pop(&self) -> Option<u32> {
        self.try_pop().ok()
    }

    fn exact_len(&self) -> Option<i32> {
        Some(self.len() as i32)
    }
}

impl<const N: usize> Queue for Ring<u32, N> {
    const CAPACITY: i32 = N as i32;

    #[inline(never)]
    fn push(&self, value: u32) -> bool {
        self.try_push(value).is_ok()
    }

    #[inline(never)]
    fn pop(&self) -> Option<u32> {
        self.try_pop().ok()
    }
}

/// A handle for each call, so that handles come and go as well.
impl<const N: usize> Queue for SwapRing<u32, N, 2> {
    const CAPACITY: i32 = N as i32;
    const POP_HOLDS: bool = false;

    #[inline(never)]
    fn push(&self, value: u32) -> bool {
        self.handle().is_some_and(|mut handle| handle.try_push(value).is_ok())
    }

    #[inline(never)]
    fn pop(&self) -> Option<u32> {
        self.handle()?.try_pop().ok()
    }

    fn exact_len(&self) -> Option<i32> {
        Some(self.len() as i32)
    }
}

/// Many words for each value: a torn value is not among the values expected.
impl<const N: usize> Queue for Ring<[u32; 5], N> {
    const CAPACITY: i32 = N as i32;

    #[inline(never)]
    fn push(&self, value: u32) -> bool {
        self.try_push([value, !value, value, !value, value]).is_ok()
    }

    #[inline(never)]
    fn pop(&self) -> Option<u32> {
        let [a, b, c, d, e] = self.try_pop().ok()?;
        Some(if a == !b && a == c && a == !d && a == e { a } else { u32::MAX })
    }
}

impl<const N: usize> Queue for mpmc::Queue<u32, N> {
    const CAPACITY: i32 = N as i32;

    #[inline(never)]
    fn push(&self, value: u32) -> bool {
        self.enqueue(value).is_ok()
    }

    #[inline(never)]
    fn pop(&self) -> Option<u32> {
        self.dequeue()
    }
}

/// The call that the main loop is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Push,
    Pop,
}

/// What must be in the queue, and the refusals that contradict it.
struct Account {
    capacity: i32,
    pop_holds: bool,
    order: Order,
    /// What the main loop is in the middle of.
    open: Option<Call>,
    /// How full and how empty the queue was during the main loop's call, as interrupts saw it.
    peak: i32,
    trough: i32,
    full: u32,
    empty: u32,
    refused_with_room: u32,
    refused_with_values: u32,
}

impl Account {
    fn of<Q: Queue>() -> Self {
        Self {
            capacity: Q::CAPACITY,
            pop_holds: Q::POP_HOLDS,
            order: Order::new(Q::SEQUENCE),
            open: None,
            peak: 0,
            trough: 0,
            full: 0,
            empty: 0,
            refused_with_room: 0,
            refused_with_values: 0,
        }
    }

    fn see(&mut self) {
        self.peak = self.peak.max(self.order.len());
        self.trough = self.trough.min(self.order.len());
    }

    fn open(&mut self, call: Call) {
        (self.open, self.peak, self.trough) = (Some(call), i32::MIN, i32::MAX);
    }

    /// The main loop's push has returned. While it was being refused, the account was exact.
    fn pushed_by_main(&mut self, done: bool) {
        self.open = None;
        if done {
            self.order.enter(MAIN);
        } else {
            self.refuse_push(self.order.len().max(self.peak) >= self.capacity);
        }
    }

    fn popped_by_main(&mut self, value: Option<u32>) {
        self.open = None;
        self.order.leave_to_main(value);
        if value.is_none() {
            self.refuse_pop(self.order.len().min(self.trough) <= 0);
        }
    }

    /// A push of the interrupt. The push that it hits may hold one place; the pop that it hits may hold the place of a value
    /// that the account counts as taken, if that value is known to be out.
    fn pushed_by_interrupt(&mut self, done: bool) {
        let held = self.open == Some(Call::Push) || self.pop_holds && self.order.is_overtaken();
        if done {
            self.order.enter(INTERRUPT);
        } else {
            self.refuse_push(self.order.len() + i32::from(held) >= self.capacity);
        }
        self.see();
    }

    fn popped_by_interrupt(&mut self, value: Option<u32>) {
        let main_pops = self.open == Some(Call::Pop);
        match value {
            Some(value) => self.order.leave_to_interrupt(value, main_pops),
            None => self.refuse_pop(self.order.len() - i32::from(main_pops && !self.order.is_overtaken()) <= 0),
        }
        self.see();
    }

    fn refuse_push(&mut self, rightly: bool) {
        *(if rightly { &mut self.full } else { &mut self.refused_with_room }) += 1;
    }

    fn refuse_pop(&mut self, rightly: bool) {
        *(if rightly { &mut self.empty } else { &mut self.refused_with_values }) += 1;
    }
}

/// What the interrupt saw of the queue's calls.
#[derive(Default)]
struct Marks {
    /// The longest calls, in ticks.
    push: u32,
    pop: u32,
    /// Refusals that the queue's own count contradicts.
    denied: u32,
}

struct Run {
    /// The same as in `marks`, without interrupts.
    alone: Marks,
    landed: Landed,
    /// Instructions at which calls of the main loop were interrupted.
    places: u32,
    account: Account,
    marks: Marks,
}

/// Runs until `inside` interrupts have come inside a push or a pop of the main loop.
fn stress<Q: Queue>(queue: &Q, inside: u32) -> Run {
    interrupts::take_places();
    let alone = Marks {
        push: instructions::ticks_of(true, || queue.push(0)).1,
        pop: instructions::ticks_of(true, || queue.pop()).1,
        denied: 0,
    };
    let account = Guarded::new(Account::of::<Q>());
    let random = Guarded::new(Random::new(0x2545_f491));
    let marks = Guarded::new(Marks::default());

    let handler = || {
        account.with(Account::see);
        let (operations, measured) = random.with(|random| (1 + random.below(6), random.below(6)));
        for operation in 0..operations {
            // Reading the clock is slow, so each interrupt measures one call at the most.
            let timed = operation == measured;
            if random.with(|random| random.below(2)) == 0 {
                let value = account.with(|account| account.order.next(INTERRUPT));
                let (done, ticks) = instructions::ticks_of(timed, || queue.push(value));
                let denied = !done && queue.exact_len().is_some_and(|len| len != Q::CAPACITY);
                account.with(|account| account.pushed_by_interrupt(done));
                marks.with(|marks| {
                    marks.push = ticks.max(marks.push);
                    marks.denied += u32::from(denied);
                });
            } else {
                let (value, ticks) = instructions::ticks_of(timed, || queue.pop());
                let denied = value.is_none() && queue.exact_len().is_some_and(|len| len != 0);
                account.with(|account| account.popped_by_interrupt(value));
                marks.with(|marks| {
                    marks.pop = ticks.max(marks.pop);
                    marks.denied += u32::from(denied);
                });
            }
        }
    };

    let landed = interrupts::during(&handler, GAP, 0x9e37_79b9, || {
        let mut random = Random::new(0x0bad_cafe);
        while interrupts::inside() < inside {
            if random.below(2) == 0 {
                let value = account.with(|account| {
                    account.open(Call::Push);
                    account.order.next(MAIN)
                });
                let done = interrupts::exposed(|| queue.push(value));
                account.with(|account| account.pushed_by_main(done));
            } else {
                account.with(|account| account.open(Call::Pop));
                let value = interrupts::exposed(|| queue.pop());
                account.with(|account| account.popped_by_main(value));
            }
        }
    });

    let mut account = account.into_inner();
    while account.order.len() > 0 {
        let left = account.order.len();
        account.popped_by_main(queue.pop());
        if account.order.len() == left {
            break;
        }
    }
    account.popped_by_main(queue.pop());
    Run { alone, landed, places: interrupts::take_places(), account, marks: marks.into_inner() }
}

#[expect(deprecated, reason = "the peer to compare with")]
pub(crate) fn run(report: &mut Report) {
    static TICKETS_8: TicketRing<8> = TicketRing::new();
    static TICKETS_5: TicketRing<5> = TicketRing::new();
    static RING_8: Ring<u32, 8> = Ring::new();
    static RING_3: Ring<[u32; 5], 3> = Ring::new();
    static SWAPS_5: SwapRing<u32, 5, 2> = SwapRing::new();
    static PEER: mpmc::Queue<u32, 8> = mpmc::Queue::new();

    judge(report, "TicketRing<8>", &stress(&TICKETS_8, board::INTERRUPTS));
    judge(report, "TicketRing<5>", &stress(&TICKETS_5, board::INTERRUPTS / 4));
    let ours = stress(&RING_8, board::INTERRUPTS);
    judge(report, "Ring<u32, 8>", &ours);
    judge(report, "Ring<[u32; 5], 3>", &stress(&RING_3, board::INTERRUPTS / 4));
    judge(report, "SwapRing<u32, 5, 2>", &stress(&SWAPS_5, board::INTERRUPTS / 4));

    let theirs = stress(&PEER, board::INTERRUPTS);
    note!("     {:22} {:>12} {:>15}", "the same program", "Ring<u32, 8>", "heapless::mpmc");
    let rows = |run: &Run| {
        [
            ("interrupts", run.landed.fired),
            ("inside of a call", run.landed.inside),
            ("pushes refused, room", run.account.refused_with_room),
            ("pops refused, values", run.account.refused_with_values),
            ("lost, doubled, order", run.account.order.verdict()),
        ]
    };
    for ((what, ours), (_, theirs)) in rows(&ours).into_iter().zip(rows(&theirs)) {
        note!("     {what:22} {ours:>12} {theirs:>15}");
    }
    let found = theirs.account.refused_with_room > 0 && theirs.account.refused_with_values > 0;
    check!(report, found, "the program finds wrong refusals where they are known (heapless issue 583)");
}

fn judge(report: &mut Report, name: &str, run: &Run) {
    let Run { alone, landed, places, account, marks } = run;
    let [push, pop, push_alone, pop_alone] = [marks.push, marks.pop, alone.push, alone.pop].map(instructions::net);
    let wrong = account.order.verdict();
    check!(
        report,
        wrong == 0 && account.refused_with_room == 0 && account.refused_with_values == 0 && marks.denied == 0,
        "{name}: {} interrupts, {} inside of a push or pop, at {places} instructions of them; of {} values {} were lost, \
         doubled or out of order; {} pushes were refused with room ({} when full), {} pops with values ({} when empty)",
        landed.fired,
        landed.inside,
        account.order.entered(),
        wrong,
        account.refused_with_room,
        account.full,
        account.refused_with_values,
        account.empty,
    );
    // Undisturbed, a call finds its place at the hint; one that interrupts others walks first.
    check!(
        report,
        push <= 3 * push_alone && pop <= 3 * pop_alone,
        "{name}: the interrupt never spins; its longest push took {push} instructions (undisturbed {push_alone}), its \
         longest pop {pop} ({pop_alone})",
    );
}
