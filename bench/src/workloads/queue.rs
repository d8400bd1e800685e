//! Raw rings: nothing but push and pop.

use std::ops::Range;
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::feed::each;
use super::{Cell, Columns, Workload};
use crate::harness::{Figure, Peer, Task, one};
use crate::queues::{
    Array, Concurrent, Crossfire, End, Ends, Heapless, Kanal, LargeSwaps, Larger, Lfqueue, MOST_THREADS, Patience,
    SLOTS, Scq, Swaps, Thing, Tickets, Values, Vyukov,
};

pub const WORKLOAD: Workload = Workload { name: "queue", columns: Columns::Shapes(cell), cells, peers };

fn cells() -> Vec<Cell> {
    let shapes = ["uncontended", "1p1c", "2p2c", "4p4c", "10p1c", "1p10c", "1-around", "2-around", "8-around"];
    shapes.into_iter().filter_map(cell).collect()
}

fn cell(name: &str) -> Option<Cell> {
    let (threads, items) = match Shape::of(name)? {
        Shape::Uncontended => (1, 5_000_000),
        Shape::Contended { producers, consumers } => (producers + consumers, 1_000_000),
        Shape::Around(threads) => (threads, 1_000_000),
    };
    Some(Cell::new(name, threads, items))
}

/// Who uses the ring.
enum Shape {
    /// One thread pushes and pops in turn: `uncontended`.
    Uncontended,
    /// Some threads push, some pop: `2p1c`.
    Contended { producers: usize, consumers: usize },
    /// So many threads that each pop and push, on a ring that is half full: `2-around`.
    Around(usize),
}

impl Shape {
    fn of(name: &str) -> Option<Self> {
        let count = |digits: &str| digits.parse().ok().filter(|count| (1..=MOST_THREADS).contains(count));
        if let Some(threads) = name.strip_suffix("-around") {
            return Some(Self::Around(count(threads)?));
        }
        match name.strip_suffix('c').and_then(|name| name.split_once('p')) {
            Some((producers, consumers)) => {
                Some(Self::Contended { producers: count(producers)?, consumers: count(consumers)? })
            }
            None => (name == "uncontended").then_some(Self::Uncontended),
        }
    }
}

fn peers() -> Vec<Peer> {
    fn peer<Q: Ends>() -> Peer {
        Peer::here(Q::NAME, Q::KIND, sample::<Q>)
    }
    vec![
        peer::<Tickets>(),
        peer::<Values>(),
        peer::<Larger>(),
        peer::<Swaps>(),
        peer::<LargeSwaps>(),
        peer::<Array>(),
        peer::<Heapless>(),
        peer::<Vyukov>(),
        peer::<Scq>(),
        peer::<Lfqueue>(),
        peer::<Crossfire>(),
        peer::<Kanal>(),
        peer::<Thing>(),
        peer::<Concurrent>(),
    ]
}

fn sample<Q: Ends>(task: &Task) -> Vec<Figure> {
    match Shape::of(&task.shape) {
        Some(Shape::Contended { producers, consumers }) => one(contended::<Q>(producers, consumers, task.jobs)),
        Some(Shape::Around(threads)) => one(around::<Q>(threads, task.jobs)),
        _ => one(uncontended::<Q>(task.jobs)),
    }
}

/// The item that is pushed as the `n`th: any ring of tickets can hold it.
fn item(n: usize) -> u64 {
    (n % SLOTS) as u64
}

fn sum_of_items(items: usize) -> u64 {
    (0..items).map(item).sum()
}

fn uncontended<Q: Ends>(items: usize) -> f64 {
    let queue = Q::new();
    let mut end = queue.end();
    let mut lap = |items| {
        let mut sum = 0;
        for n in 0..items {
            push(&mut end, item(n));
            sum += pop(&mut end);
        }
        sum
    };
    lap(items / 20);
    let start = Instant::now();
    let sum = lap(items);
    let took = start.elapsed();
    assert_eq!(sum, sum_of_items(items), "the sum of the items");
    each(took, items)
}

/// Each thread has its share.
fn contended<Q: Ends>(producers: usize, consumers: usize, items: usize) -> f64 {
    let ring = Ring { queue: Arc::new(Q::new()), begin: Arc::new(Barrier::new(producers + consumers)) };
    let items = items.next_multiple_of(producers * consumers);
    let push_share = move |end: &mut Q::End<'_>| (0..items / producers).for_each(|n| push(end, item(n)));
    let pop_share = move |end: &mut Q::End<'_>| (0..items / consumers).map(|_| pop(end)).sum::<u64>();
    let pushers: Vec<_> = (0..producers).map(|_| ring.spawn(push_share)).collect();
    let poppers: Vec<_> = (0..consumers).map(|_| ring.spawn(pop_share)).collect();
    let pushed = pushers.into_iter().map(|thread| thread.join().expect("no panic").0);
    let mut times: Vec<_> = pushed.collect();
    let mut sum = 0;
    for thread in poppers {
        let (time, popped) = thread.join().expect("no panic");
        times.push(time);
        sum += popped;
    }
    assert_eq!(sum, producers as u64 * sum_of_items(items / producers), "the sum of the items");
    each(span(&times), items)
}

/// Each thread pops an item and pushes it again, its share of times.
fn around<Q: Ends>(threads: usize, items: usize) -> f64 {
    let ring = Ring { queue: Arc::new(Q::new()), begin: Arc::new(Barrier::new(threads)) };
    let items = items.next_multiple_of(threads);
    let inside = SLOTS / 2;
    let fill = |end: &mut Q::End<'_>| (0..inside).for_each(|n| push(end, item(n)));
    fill(&mut ring.queue.end());
    let share = move |end: &mut Q::End<'_>| {
        for _ in 0..items / threads {
            let item = pop(end);
            push(end, item);
        }
    };
    let running: Vec<_> = (0..threads).map(|_| ring.spawn(share)).collect();
    let times: Vec<_> = running.into_iter().map(|thread| thread.join().expect("no panic").0).collect();
    let mut end = ring.queue.end();
    let sum: u64 = (0..inside).map(|_| pop(&mut end)).sum();
    assert_eq!(sum, sum_of_items(inside), "the sum of the items");
    each(span(&times), items)
}

/// From when the first began until the last was done.
fn span(times: &[Range<Instant>]) -> Duration {
    let start = times.iter().map(|time| time.start).min().expect("threads");
    let end = times.iter().map(|time| time.end).max().expect("threads");
    end - start
}

/// A queue, and a line behind which its users wait for each other.
struct Ring<Q> {
    queue: Arc<Q>,
    begin: Arc<Barrier>,
}

impl<Q: Ends> Ring<Q> {
    /// Has a thread use the queue, and say when it did.
    fn spawn<X: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Q::End<'_>) -> X + Send + 'static,
    ) -> JoinHandle<(Range<Instant>, X)> {
        let (queue, begin) = (self.queue.clone(), self.begin.clone());
        thread::spawn(move || {
            let mut end = queue.end();
            begin.wait();
            let start = Instant::now();
            let result = run(&mut end);
            (start..Instant::now(), result)
        })
    }
}

#[inline(always)]
fn push(end: &mut impl End, item: u64) {
    let mut patience = Patience::new();
    while !end.push(item) {
        patience.wait();
    }
}

#[inline(always)]
fn pop(end: &mut impl End) -> u64 {
    let mut patience = Patience::new();
    loop {
        match end.pop() {
            Some(item) => return item,
            None => patience.wait(),
        }
    }
}
