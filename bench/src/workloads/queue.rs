//! Raw rings: nothing but push and pop.

use std::ops::Range;
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::feed::each;
use super::{Cell, Columns, Workload};
use crate::harness::{Figure, Peer, Task, one};
use crate::queues::{
    Array, Cells, Concurrent, Crossfire, Heapless, Kanal, Lfqueue, Patience, Queue, SLOTS, Scq, Thing, Tickets, Vyukov,
};

pub const WORKLOAD: Workload = Workload { name: "queue", columns: Columns::Shapes, cells, peers };

const SHAPES: [(&str, usize, usize); 5] =
    [("1p1c", 1, 1), ("2p2c", 2, 2), ("4p4c", 4, 4), ("10p1c", 10, 1), ("1p10c", 1, 10)];

/// Threads that both pop and push.
const AROUND: [(&str, usize); 2] = [("2-around", 2), ("8-around", 8)];

fn cells() -> Vec<Cell> {
    // A number that all of 1, 2, 4, 8 and 10 divide.
    let cell = |(shape, producers, consumers)| Cell { shape, workers: producers + consumers, jobs: 1_000_000 };
    let mut cells = vec![Cell { shape: "uncontended", workers: 1, jobs: 5_000_000 }];
    cells.extend(SHAPES.map(cell));
    cells.extend(AROUND.map(|(shape, threads)| Cell { shape, workers: threads, jobs: 1_000_000 }));
    cells
}

fn peers() -> Vec<Peer> {
    fn peer<Q: Queue>() -> Peer {
        Peer::here(Q::NAME, Q::KIND, sample::<Q>)
    }
    vec![
        peer::<Tickets>(),
        peer::<Cells>(),
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

fn sample<Q: Queue>(task: &Task) -> Vec<Figure> {
    let shape = task.shape.as_str();
    if let Some(&(_, producers, consumers)) = SHAPES.iter().find(|known| known.0 == shape) {
        one(contended::<Q>(producers, consumers, task.jobs))
    } else if let Some(&(_, threads)) = AROUND.iter().find(|known| known.0 == shape) {
        one(around::<Q>(threads, task.jobs))
    } else {
        one(uncontended::<Q>(task.jobs))
    }
}

/// The item that is pushed as the `n`th: any ring of tickets can hold it.
fn item(n: usize) -> u64 {
    (n % SLOTS) as u64
}

fn sum_of_items(items: usize) -> u64 {
    (0..items).map(item).sum()
}

/// One thread pushes and pops in turn.
fn uncontended<Q: Queue>(items: usize) -> f64 {
    let queue = Q::new();
    let lap = |items| {
        let mut sum = 0;
        for n in 0..items {
            push(&queue, item(n));
            sum += pop(&queue);
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

/// Some threads push, some pop, each its share.
fn contended<Q: Queue>(producers: usize, consumers: usize, items: usize) -> f64 {
    let ring = Ring { queue: Arc::new(Q::new()), begin: Arc::new(Barrier::new(producers + consumers)) };
    let push_share = move |queue: &Q| (0..items / producers).for_each(|n| push(queue, item(n)));
    let pop_share = move |queue: &Q| (0..items / consumers).map(|_| pop(queue)).sum::<u64>();
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

/// The ring is half full, and each thread pops an item and pushes it again, its share of times.
fn around<Q: Queue>(threads: usize, items: usize) -> f64 {
    let ring = Ring { queue: Arc::new(Q::new()), begin: Arc::new(Barrier::new(threads)) };
    let inside = SLOTS / 2;
    (0..inside).for_each(|n| push(&*ring.queue, item(n)));
    let share = move |queue: &Q| (0..items / threads).for_each(|_| push(queue, pop(queue)));
    let running: Vec<_> = (0..threads).map(|_| ring.spawn(share)).collect();
    let times: Vec<_> = running.into_iter().map(|thread| thread.join().expect("no panic").0).collect();
    let sum: u64 = (0..inside).map(|_| pop(&*ring.queue)).sum();
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

impl<Q: Queue> Ring<Q> {
    /// Has a thread use the queue, and say when it did.
    fn spawn<X: Send + 'static>(&self, run: impl FnOnce(&Q) -> X + Send + 'static) -> JoinHandle<(Range<Instant>, X)> {
        let (queue, begin) = (self.queue.clone(), self.begin.clone());
        thread::spawn(move || {
            begin.wait();
            let start = Instant::now();
            let result = run(&queue);
            (start..Instant::now(), result)
        })
    }
}

#[inline(always)]
fn push(queue: &impl Queue, item: u64) {
    let mut patience = Patience::new();
    while !queue.push(item) {
        patience.wait();
    }
}

#[inline(always)]
fn pop(queue: &impl Queue) -> u64 {
    let mut patience = Patience::new();
    loop {
        match queue.pop() {
            Some(item) => return item,
            None => patience.wait(),
        }
    }
}
