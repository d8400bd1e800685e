//! Push and pop: while a thread is frozen in them, two others move items through the same queue.

use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use core::time::Duration;
use std::thread;
use std::time::Instant;

use jobring::{Ring, SwapRing, TicketRing};

use crate::Verdict;
use crate::ice::{Finally, Freezer, LONG, Target, wait};
use crate::rng::{Rng, mix};

pub(crate) const CAPACITY: usize = 4;

pub(crate) trait Queue: Sync {
    /// Values are below this.
    const VALUES: u64 = u64::MAX;
    fn push(&self, value: u64) -> bool;
    fn pop(&self) -> Option<u64>;
}

impl Queue for TicketRing<CAPACITY> {
    const VALUES: u64 = CAPACITY as u64;

    fn push(&self, value: u64) -> bool {
        self.try_push(value as u32).is_ok()
    }

    fn pop(&self) -> Option<u64> {
        self.try_pop().ok().map(u64::from)
    }
}

impl Queue for Ring<u64, CAPACITY> {
    fn push(&self, value: u64) -> bool {
        self.try_push(value).is_ok()
    }

    fn pop(&self) -> Option<u64> {
        self.try_pop().ok()
    }
}

/// Values that are too large to ride in words.
impl Queue for Ring<[u64; 2], CAPACITY> {
    fn push(&self, value: u64) -> bool {
        self.try_push([value; 2]).is_ok()
    }

    fn pop(&self) -> Option<u64> {
        let [value, again] = self.try_pop().ok()?;
        assert_eq!(value, again, "torn");
        Some(value)
    }
}

/// With a handle for each call.
impl Queue for SwapRing<u64, CAPACITY, 8> {
    fn push(&self, value: u64) -> bool {
        self.handle().unwrap().try_push(value).is_ok()
    }

    fn pop(&self) -> Option<u64> {
        self.handle().unwrap().try_pop().ok()
    }
}

impl Queue for crossbeam_queue::ArrayQueue<u64> {
    fn push(&self, value: u64) -> bool {
        self.push(value).is_ok()
    }

    fn pop(&self) -> Option<u64> {
        self.pop()
    }
}

impl Queue for heapless::mpmc::Queue<u64, CAPACITY> {
    fn push(&self, value: u64) -> bool {
        self.enqueue(value).is_ok()
    }

    fn pop(&self) -> Option<u64> {
        self.dequeue()
    }
}

/// Count and sum of what went in or came out: equal at the end, unless something was lost, doubled or torn.
#[derive(Default)]
struct Sum(AtomicU64, AtomicU64);

impl Sum {
    fn add(&self, value: u64) {
        self.0.fetch_add(1, SeqCst);
        self.1.fetch_add(mix(value), SeqCst);
    }

    fn get(&self) -> (u64, u64) {
        (self.0.load(SeqCst), self.1.load(SeqCst))
    }
}

struct Flow<'a, Q> {
    queue: &'a Q,
    next: AtomicU64,
    pushed: Sum,
    popped: Sum,
}

impl<Q: Queue> Flow<'_, Q> {
    fn push(&self) {
        let value = self.next.fetch_add(1, SeqCst) % Q::VALUES;
        if self.queue.push(value) {
            self.pushed.add(value);
        }
    }

    fn pop(&self) -> bool {
        let value = self.queue.pop();
        value.map(|value| self.popped.add(value)).is_some()
    }
}

/// What the movers have to bring through while the victim is frozen.
const ITEMS: usize = 8 * CAPACITY;
const MOVERS: usize = 2;
/// Processor time without one item that is called a stall. A mover needs nobody, so each item takes far less than a
/// microsecond of it, however busy the machine.
const STALL: Duration = Duration::from_millis(5);

/// A round is one freeze; movers are at rest between rounds.
#[derive(Default)]
struct Rounds {
    begun: AtomicUsize,
    moved: AtomicUsize,
    given_up: AtomicBool,
    at_rest: AtomicUsize,
    over: AtomicBool,
}

pub(crate) fn freeze_push_and_pop<Q: Queue>(name: &str, queue: &Q, freezes: usize) -> Verdict {
    let freezer = Freezer::new();
    let mut rng = Rng::seeded(name);
    let flow = Flow { queue, next: AtomicU64::new(0), pushed: Sum::default(), popped: Sum::default() };
    let rounds = Rounds::default();
    let steps = AtomicUsize::new(0);
    let (send, receive) = std::sync::mpsc::channel();
    let mut verdict = Verdict::default();
    thread::scope(|scope| {
        let mut movers = Vec::new();
        let mut targets = Vec::new();
        for _ in 0..MOVERS {
            let (send, observer) = (send.clone(), thread::current());
            let (flow, rounds) = (&flow, &rounds);
            movers.push(scope.spawn(move || {
                send.send(Target::me()).unwrap();
                for round in 1.. {
                    while rounds.begun.load(SeqCst) < round {
                        if rounds.over.load(SeqCst) {
                            return;
                        }
                        thread::park();
                    }
                    while rounds.moved.load(SeqCst) < ITEMS && !rounds.given_up.load(SeqCst) {
                        flow.push();
                        if flow.pop() {
                            rounds.moved.fetch_add(1, SeqCst);
                        }
                    }
                    rounds.at_rest.fetch_add(1, SeqCst);
                    observer.unpark();
                }
            }));
            targets.push(receive.recv().unwrap());
        }
        let _end = Finally(|| {
            rounds.over.store(true, SeqCst);
            rounds.given_up.store(true, SeqCst);
            movers.iter().for_each(|mover| mover.thread().unpark());
        });
        let (send, flow, rounds, steps) = (send.clone(), &flow, &rounds, &steps);
        scope.spawn(move || {
            send.send(Target::me()).unwrap();
            // Bursts that find the queue full, empty and in between.
            for burst in (1..=CAPACITY + 2).cycle() {
                for _ in 0..burst {
                    flow.push();
                    steps.fetch_add(1, SeqCst);
                }
                for _ in 0..burst {
                    flow.pop();
                    steps.fetch_add(1, SeqCst);
                }
                if rounds.over.load(SeqCst) {
                    return;
                }
            }
        });
        let victim = receive.recv().unwrap();
        for _ in 0..freezes {
            // Away from where it was frozen before.
            let later = steps.load(SeqCst) + 2 + rng.below(32) as usize;
            wait("the victim has gone on", || steps.load(SeqCst) >= later);
            (0..rng.below(256)).for_each(|_| core::hint::spin_loop());
            let ice = freezer.freeze(victim);
            rounds.moved.store(0, SeqCst);
            rounds.given_up.store(false, SeqCst);
            rounds.at_rest.store(0, SeqCst);
            rounds.begun.fetch_add(1, SeqCst);
            movers.iter().for_each(|mover| mover.thread().unpark());
            verdict.frozen += 1;
            if stalls(rounds, &targets) {
                verdict.stalled += 1;
            }
            rounds.given_up.store(true, SeqCst);
            drop(ice);
            wait("the movers are at rest", || rounds.at_rest.load(SeqCst) == MOVERS);
        }
    });
    while flow.pop() {}
    assert_eq!(flow.pushed.get(), flow.popped.get(), "lost, doubled or torn");
    verdict.print(name);
    verdict
}

/// Waits until the movers are done, or have worked long enough without moving anything.
fn stalls(rounds: &Rounds, movers: &[Target]) -> bool {
    let busy = || movers.iter().map(|mover| mover.busy()).sum::<Duration>();
    let (mut moved, mut since, mut start) = (0, busy(), Instant::now());
    loop {
        match rounds.moved.load(SeqCst) {
            ITEMS.. => return false,
            now if now != moved => (moved, since, start) = (now, busy(), Instant::now()),
            _ if busy() - since > STALL || start.elapsed() > LONG => return true,
            _ => thread::park_timeout(Duration::from_micros(200)),
        }
    }
}
