//! The same for the pool with threads. There the others are at work at the same time, so that not every run is alike; each
//! call is stopped in each of its steps all the same, also in those between falling asleep and being woken.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use jobring::{JobError, Outcome, RecvError, SubmitError};

use crate::asleep::{is_asleep, this_thread};
use crate::stop::{Gate, Starting, Victim, Watchdog};

pub(crate) struct Job {
    pub(crate) number: u64,
    pub(crate) first: Box<dyn FnOnce() + Send>,
}

impl Job {
    pub(crate) fn new(number: u64) -> Self {
        Self { number, first: Box::new(|| {}) }
    }

    /// Waits at the gate.
    pub(crate) fn gated(number: u64, gate: &Arc<Gate>) -> Self {
        let gate = gate.clone();
        Self { number, first: Box::new(move || gate.wait()) }
    }
}

pub(crate) type Pool = jobring::Pool<Job, u64>;

/// A wait that is over only if somebody is held up for ever.
const FOR_EVER: Duration = Duration::from_secs(20);

fn number(outcome: Outcome<Job, u64>) -> u64 {
    match outcome.result {
        Ok(number) => number,
        Err(JobError::Cancelled(job)) => job.number,
        Err(error) => panic!("no job panics: {error}"),
    }
}

/// What went in, and what came out.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) accepted: Vec<u64>,
    pub(crate) received: Vec<u64>,
}

impl Books {
    pub(crate) fn add(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.received.extend(other.received);
    }

    fn submitted(&mut self, number: u64, answer: Result<jobring::JobId, SubmitError<Job>>) -> bool {
        match answer {
            Ok(_) => {
                self.accepted.push(number);
                true
            }
            Err(_) => false,
        }
    }

    fn collected(&mut self, answer: Result<Outcome<Job, u64>, RecvError>) -> bool {
        assert_ne!(answer.as_ref().err(), Some(&RecvError::Timeout), "a collector is held up");
        answer.map(|outcome| self.received.push(number(outcome))).is_ok()
    }

    /// The threads of both workers, which have run a job each.
    fn meet_workers(&mut self, pool: &Pool) -> Vec<libc::pid_t> {
        let (send, threads) = channel();
        let both = Arc::new(Barrier::new(2));
        for number in [900, 901] {
            let (send, both) = (send.clone(), both.clone());
            let first = move || {
                both.wait();
                send.send(this_thread()).unwrap();
            };
            assert!(self.submitted(number, pool.try_submit(Job { number, first: Box::new(first) })));
        }
        drop(send);
        for _ in 0..2 {
            assert!(self.collected(pool.recv_timeout(FOR_EVER)));
        }
        threads.into_iter().collect()
    }

    /// Others use the pool: each job comes back while one stands still.
    pub(crate) fn rounds(&mut self, pool: &Pool, numbers: std::ops::Range<u64>) {
        for first in numbers.step_by(2) {
            for number in [first, first + 1] {
                // While it is full there are outcomes to come besides what is held.
                while !self.submitted(number, pool.try_submit(Job::new(number))) {
                    assert!(self.collected(pool.recv_timeout(FOR_EVER)));
                }
            }
            while !(self.received.contains(&first) && self.received.contains(&(first + 1))) {
                assert!(self.collected(pool.recv_timeout(FOR_EVER)));
            }
        }
    }

    /// Each accepted job has come back once.
    pub(crate) fn balance(mut self) {
        self.accepted.sort_unstable();
        self.received.sort_unstable();
        assert_eq!(self.accepted, self.received);
    }

    /// Nothing is missing from the pool, now that nobody stands still any more: neither a job nor a slot.
    pub(crate) fn close(mut self, pool: &Pool) {
        if !pool.is_closed() {
            while self.received.len() < self.accepted.len() {
                assert!(self.collected(pool.recv_timeout(FOR_EVER)));
            }
            let more = 1000..1000 + pool.capacity() as u64;
            for number in more {
                assert!(self.submitted(number, pool.try_submit(Job::new(number))), "a slot is lost");
            }
            assert!(matches!(pool.try_submit(Job::new(0)), Err(SubmitError::Full(_))));
        }
        pool.join();
        while self.collected(pool.try_recv()) {}
        assert_eq!(pool.try_recv(), Err(RecvError::Closed));
        assert_eq!(pool.stats().in_flight, 0);
        self.balance();
    }
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.number.fmt(f)
    }
}

pub(crate) fn pool(capacity: usize) -> Arc<Pool> {
    let run = |_: &jobring::Worker<'_>, job: Job| {
        (job.first)();
        job.number
    };
    Arc::new(jobring::Pool::builder().workers(2).capacity(capacity).build(run).unwrap())
}

fn fall_asleep(workers: &[libc::pid_t]) {
    while !workers.iter().all(|worker| is_asleep(*worker)) {
        thread::yield_now();
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    TrySubmit,
    Submit,
    SubmitBatch,
    SubmitAll,
    TryRecv,
    Recv,
    TryRecvBatch,
    RecvBatch,
    Close,
    Cancel,
    Join,
    Look,
}

const OPS: [Op; 12] = [
    Op::TrySubmit,
    Op::Submit,
    Op::SubmitBatch,
    Op::SubmitAll,
    Op::TryRecv,
    Op::Recv,
    Op::TryRecvBatch,
    Op::RecvBatch,
    Op::Close,
    Op::Cancel,
    Op::Join,
    Op::Look,
];

/// Jobs, or places for outcomes, in a batch.
const BATCH: u64 = 3;

fn call(pool: &Pool, op: Op) -> Books {
    let mut books = Books::default();
    match op {
        Op::TrySubmit => drop(books.submitted(100, pool.try_submit(Job::new(100)))),
        Op::Submit => drop(books.submitted(100, pool.submit(Job::new(100)))),
        Op::SubmitBatch | Op::SubmitAll => {
            let mut jobs = (100..100 + BATCH).map(Job::new);
            let answer = if op == Op::SubmitAll { pool.submit_all(jobs) } else { pool.submit_batch(&mut jobs) };
            let accepted = answer.unwrap_or_else(|error| error.accepted);
            books.accepted.extend(100..100 + accepted as u64);
        }
        Op::TryRecv => drop(books.collected(pool.try_recv())),
        Op::Recv => drop(books.collected(pool.recv())),
        Op::TryRecvBatch | Op::RecvBatch => {
            let mut space = [const { None }; BATCH as usize];
            let answer = if op == Op::RecvBatch {
                pool.recv_batch(space.as_mut_slice())
            } else {
                pool.try_recv_batch(space.as_mut_slice())
            };
            books.received.extend(space.into_iter().flatten().map(number));
            assert_eq!(answer.unwrap_or(0), books.received.len());
        }
        Op::Close => {
            pool.close();
        }
        Op::Cancel => pool.cancel(),
        Op::Join => drop(pool.join()),
        Op::Look => {
            assert!(pool.stats().in_flight <= CAPACITY as u64);
            pool.is_closed();
            pool.status(jobring::JobId::from_u64(0));
        }
    }
    books
}

/// So many that two are left to the others beside a batch that is held.
const CAPACITY: usize = 6;

/// What a pool is at when a call is stopped.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Start {
    Idle,
    Outcomes,
    /// One worker sleeps, and the other one has a job that lasts.
    OneAsleep,
    /// Both workers have a job, and one waits.
    Busy,
    Full,
    Closed,
}

/// What happens while one stands still.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Others {
    /// They use the pool.
    GoOn,
    /// They end the pool, to the last thread.
    End,
}

pub(crate) fn stop_callers() -> usize {
    let watchdog = Watchdog::new();
    let mut stops = 0;
    for start in [Start::Idle, Start::Outcomes, Start::OneAsleep, Start::Busy, Start::Full, Start::Closed] {
        for (op, others) in OPS.into_iter().flat_map(|op| [Others::GoOn, Others::End].map(|others| (op, others))) {
            for k in 1.. {
                watchdog.case(format!("{op:?} stopped before step {k}, {start:?}, {others:?}"));
                if !stop_caller(start, op, others, k) {
                    break;
                }
                stops += 1;
            }
        }
    }
    stops
}

/// False if the call has fewer steps.
fn stop_caller(start: Start, op: Op, others: Others, k: usize) -> bool {
    let (pool, gate) = (pool(CAPACITY), Arc::new(Gate::default()));
    let mut books = Books::default();
    let workers = books.meet_workers(&pool);
    let before = match start {
        Start::Idle => 0,
        Start::OneAsleep => 1,
        Start::Outcomes | Start::Closed => 2,
        Start::Busy => 3,
        Start::Full => CAPACITY as u64,
    };
    for number in 0..before {
        let gated = matches!(start, Start::OneAsleep | Start::Busy | Start::Full) && number < 2;
        let job = if gated { Job::gated(number, &gate) } else { Job::new(number) };
        assert!(books.submitted(number, pool.try_submit(job)));
    }
    // At the gate, or for want of a job.
    fall_asleep(&workers);
    if start == Start::Closed {
        pool.close();
    }
    let mut starting = Victim::start(k, {
        let pool = pool.clone();
        move || call(&pool, op)
    });
    if !starting.settles() {
        if start != Start::OneAsleep || op == Op::Join {
            gate.open();
        }
        wake(&mut books, &pool, &mut starting, op);
    }
    let victim = match starting.stopped() {
        Ok(victim) => victim,
        Err(answer) => {
            gate.open();
            books.add(answer);
            books.close(&pool);
            return false;
        }
    };
    if start != Start::OneAsleep {
        gate.open();
    }
    if others == Others::GoOn && start != Start::Closed && !matches!(op, Op::Close | Op::Cancel | Op::Join) {
        books.rounds(&pool, 10..18);
    }
    gate.open();
    if others == Others::End {
        let waiting = match start {
            Start::Busy => 1,
            Start::Full => CAPACITY - 2,
            _ => 0,
        };
        if op == Op::Cancel {
            // The end is not there before it has brought the outcomes of jobs that waited.
            pool.close();
            while books.accepted.len() - books.received.len() > waiting {
                assert!(books.collected(pool.recv_timeout(FOR_EVER)));
            }
        } else {
            pool.join();
        }
        while books.collected(pool.try_recv()) {}
        let held = books.accepted.len().saturating_sub(books.received.len());
        let most = match op {
            Op::TryRecv | Op::Recv => 1,
            Op::TryRecvBatch | Op::RecvBatch => BATCH as usize,
            Op::Cancel => waiting,
            _ => 0,
        };
        assert!(held <= most, "{held} outcomes are missing");
    }
    if matches!(op, Op::Recv | Op::RecvBatch) && others == Others::GoOn {
        // It may have come for nothing so far.
        books.submitted(60, pool.try_submit(Job::new(60)));
    }
    books.add(victim.resume());
    books.close(&pool);
    true
}

/// What a call sleeps for, until it has it or has stopped on the way.
fn wake(books: &mut Books, pool: &Pool, starting: &mut Starting<Books>, op: Op) {
    let submits = matches!(op, Op::Submit | Op::SubmitAll);
    if !submits {
        books.submitted(50, pool.try_submit(Job::new(50)));
    }
    while !starting.has_settled() {
        if submits {
            books.collected(pool.try_recv());
        }
        thread::yield_now();
    }
}
