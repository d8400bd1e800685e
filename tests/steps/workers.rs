//! A worker thread is stopped: after a job of its own that says when, on the way to the next one, or to its end.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use jobring::steps::watch;
use jobring::{JobStatus, RecvError};

use crate::asleep::{is_asleep, this_thread};
use crate::host::{Books, Job, Pool, pool};
use crate::stop::{Gate, News, Watchdog, stop_at};

/// What a worker does from the job on that arms the stop.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    /// The next job is there already.
    Awake,
    /// It sleeps, until the next job comes.
    Asleep,
    /// It took a few jobs at once, and sleeps after them.
    Batch,
    /// The pool is closed.
    Leave,
}

/// A pool with one worker kept busy, so that the other one takes what comes.
struct Case {
    pool: Arc<Pool>,
    books: Books,
    /// Where the first worker waits.
    other: Arc<Gate>,
    /// Where the second one will.
    ice: Arc<Gate>,
    news: Receiver<News<()>>,
}

/// So many that a worker may take four jobs at once.
const CAPACITY: usize = 12;

impl Case {
    fn accept(&mut self, job: Job) -> jobring::JobId {
        self.books.accepted.push(job.number);
        self.pool.try_submit(job).expect("there is room")
    }

    /// True if the worker was stopped before its `k`th step after its job.
    fn new(next: Next, k: usize) -> (Self, bool) {
        let (send, news) = channel();
        let (other, ice) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
        let mut case = Self { pool: pool(CAPACITY), books: Books::default(), other, ice, news };
        let gated = Job::gated(0, &case.other);
        let gated = case.accept(gated);
        while case.pool.status(gated) != Some(JobStatus::Running) {
            thread::yield_now();
        }
        // Short jobs, so that it takes more than one at once.
        for number in 1..5 {
            let job = Job::new(number);
            case.accept(job);
            assert!(case.books.received.len() < 4);
            let outcome = case.pool.recv().expect("the pool is open");
            case.books.received.push(outcome.result.expect("it is done"));
        }
        let go = Arc::new(Gate::default());
        let armed = {
            let (ice, send, go) = (case.ice.clone(), send.clone(), go.clone());
            move || {
                go.wait();
                send.send(News::Begun(this_thread())).unwrap();
                stop_at(k, ice, send);
            }
        };
        let armed = Job { number: 5, first: Box::new(armed) };
        let done = |send: Sender<News<()>>| {
            let first = move || {
                watch(None);
                let _ = send.send(News::Done(()));
            };
            Job { number: 6, first: Box::new(first) }
        };
        let begun = |case: &Self| match case.news.recv() {
            Ok(News::Begun(thread)) => thread,
            _ => unreachable!("it begins first"),
        };
        match next {
            Next::Awake => {
                case.accept(armed);
                case.accept(done(send));
                go.open();
                begun(&case);
            }
            Next::Asleep | Next::Batch => {
                go.open();
                if next == Next::Batch {
                    case.books.accepted.extend([5, 7, 8, 9]);
                    let mut jobs = [armed, Job::new(7), Job::new(8), Job::new(9)].into_iter();
                    assert!(case.pool.submit_batch(&mut jobs).is_ok());
                } else {
                    case.accept(armed);
                }
                let thread = begun(&case);
                while !is_asleep(thread) {
                    thread::yield_now();
                }
                case.accept(done(send));
            }
            Next::Leave => {
                case.accept(armed);
                case.pool.close();
                go.open();
                drop(send);
                begun(&case);
            }
        }
        // A worker that has left has dropped its sender.
        let stopped = matches!(case.news.recv(), Ok(News::Stopped));
        (case, stopped)
    }
}

fn stop(next: &[Next], while_stopped: impl Fn(&mut Case)) -> usize {
    let watchdog = Watchdog::new();
    let mut stops = 0;
    for next in next {
        for k in 1.. {
            watchdog.case(format!("a worker stopped before step {k}, {next:?}"));
            let (mut case, stopped) = Case::new(*next, k);
            case.other.open();
            if stopped {
                while_stopped(&mut case);
                stops += 1;
            }
            case.ice.open();
            case.books.close(&case.pool);
            if !stopped {
                break;
            }
        }
    }
    stops
}

pub(crate) fn stop_workers() -> usize {
    stop(&[Next::Awake, Next::Asleep, Next::Batch], |case| case.books.rounds(&case.pool, 10..18))
}

/// Whoever waits for the end of a pool waits for its last worker; nobody else does, and the end is not said too early.
pub(crate) fn stop_leavers() -> usize {
    stop(&[Next::Leave], |case| {
        while !case.books.received.contains(&0) {
            let outcome = case.pool.recv().expect("an outcome is to come");
            case.books.received.push(outcome.result.expect("it is done"));
        }
        if case.pool.try_recv().is_err_and(|error| error == RecvError::Closed) {
            assert_eq!(case.books.received.len(), case.books.accepted.len(), "closed too early");
        }
    })
}
