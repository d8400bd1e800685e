//! The pool with threads against a set of jobs. Jobs need a permit to end, so that the model knows what may have ended;
//! where threads decide, the answer is held to a law, and everywhere else it is known.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use jobring::{JobError, JobId, JobStatus, Outcome, Pool, RecvError, SubmitError};
use proptest::prelude::*;

use super::cases;
use super::ledger::{Ledger, Token};

/// How a job ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Return,
    Fail,
    Panic,
}

#[derive(Clone, Copy, Debug)]
enum How {
    Waiting,
    Trying,
    Timeout,
}

#[derive(Clone, Debug)]
enum Call {
    Submit(How, Kind),
    SubmitBatch {
        waiting: bool,
        kinds: Vec<Kind>,
    },
    Receive(How),
    ReceiveBatch {
        waiting: bool,
        room: usize,
    },
    /// Lets so many more jobs end.
    Permit(usize),
    Stats,
    Close,
    Cancel,
    Join,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let how = || prop_oneof![2 => Just(How::Waiting), 2 => Just(How::Trying), 1 => Just(How::Timeout)];
    let kind = || prop_oneof![4 => Just(Kind::Return), 1 => Just(Kind::Fail), 1 => Just(Kind::Panic)];
    let body = prop_oneof![
        8 => (how(), kind()).prop_map(|(how, kind)| Call::Submit(how, kind)),
        2 => (any::<bool>(), prop::collection::vec(kind(), 0..40))
            .prop_map(|(waiting, kinds)| Call::SubmitBatch { waiting, kinds }),
        8 => how().prop_map(Call::Receive),
        2 => (any::<bool>(), 0..40usize).prop_map(|(waiting, room)| Call::ReceiveBatch { waiting, room }),
        6 => (1..12usize).prop_map(Call::Permit),
        1 => Just(Call::Stats),
    ];
    let end = prop_oneof![6 => body.clone(), 1 => Just(Call::Close), 1 => Just(Call::Cancel), 1 => Just(Call::Join)];
    (prop::collection::vec(body, 1..60), prop::collection::vec(end, 0..24)).prop_map(|(body, end)| [body, end].concat())
}

struct Job {
    token: Token,
    kind: Kind,
}

/// What jobs and the test have in common.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<Inside>, Condvar)>);

#[derive(Default)]
struct Inside {
    permits: usize,
    started: BTreeMap<u32, JobId>,
}

impl Gate {
    fn with<X>(&self, f: impl FnOnce(&mut Inside) -> X) -> X {
        f(&mut self.0.0.lock().unwrap())
    }

    /// In a job: it has begun, and waits until it may end.
    fn pass(&self, number: u32, id: JobId) {
        let mut inside = self.0.0.lock().unwrap();
        let before = inside.started.insert(number, id);
        let mut inside = self.0.1.wait_while(inside, |inside| inside.permits == 0).unwrap();
        inside.permits -= 1;
        drop(inside);
        // Outside of the lock, and in a job: it becomes an outcome that the model does not know.
        assert_eq!(before, None, "job {number} has run already");
    }

    fn permit(&self, count: usize) {
        self.with(|inside| inside.permits += count);
        self.0.1.notify_all();
    }

    fn started(&self, number: u32) -> Option<JobId> {
        self.with(|inside| inside.started.get(&number).copied())
    }
}

/// Opens the gate when it goes, also by a panic of the test: else the pool's drop would wait for ever.
struct Opens(Gate);

impl Drop for Opens {
    fn drop(&mut self) {
        self.0.permit(1 << 30);
    }
}

/// Jobs accepted and not received, by number, in the order of submission; the name where submitting told it.
type Live = BTreeMap<u32, (Option<JobId>, Kind)>;

/// Dropped in the order of declaration: the gate opens before the pool joins.
struct Stage {
    gate: Opens,
    pool: Pool<Job, Result<Token, Token>>,
    ledger: Ledger,
    turn: u32,
    live: Live,
    received: u64,
    gone: Vec<JobId>,
    permits: usize,
    /// Outcomes received of jobs that ran, by how they ended.
    ran: [u64; 3],
    called_off: u64,
    closed: bool,
    cancelled: bool,
    joined: bool,
}

impl Stage {
    fn new(workers: usize, capacity: usize) -> Self {
        let (gate, ledger) = (Gate::default(), Ledger::default());
        let (inside, results) = (gate.clone(), ledger.clone());
        let pool = Pool::builder()
            .workers(workers)
            .capacity(capacity)
            .build_fallible(move |worker, Job { token, kind }: Job| {
                inside.pass(token.number, worker.job());
                match kind {
                    Kind::Return => Ok(results.token(token.number)),
                    Kind::Fail => Err(token),
                    // No hook, no message on the terminal.
                    Kind::Panic => resume_unwind(Box::new(token.number.to_string())),
                }
            })
            .unwrap();
        assert_eq!((pool.workers(), pool.capacity()), (workers, capacity));
        Self {
            gate: Opens(gate),
            pool,
            ledger,
            turn: 0,
            live: Live::new(),
            received: 0,
            gone: Vec::new(),
            permits: 0,
            ran: [0; 3],
            called_off: 0,
            closed: false,
            cancelled: false,
            joined: false,
        }
    }

    fn room(&self) -> usize {
        self.pool.capacity() - self.live.len()
    }

    fn job(&mut self, kind: Kind) -> Job {
        self.turn += 1;
        Job { token: self.ledger.token(self.turn), kind }
    }

    fn call(&mut self, call: &Call) {
        match *call {
            Call::Submit(how, kind) => self.submit(how, kind),
            Call::SubmitBatch { waiting, ref kinds } => self.submit_batch(waiting, kinds),
            Call::Receive(how) => self.receive(how),
            Call::ReceiveBatch { waiting, room } => self.receive_batch(waiting, room),
            Call::Permit(count) => self.permit(count),
            Call::Stats => self.stats(),
            Call::Close => {
                self.pool.close();
                self.closed = true;
            }
            Call::Cancel => {
                self.pool.cancel();
                (self.closed, self.cancelled) = (true, true);
            }
            Call::Join => {
                self.permit(self.live.len());
                self.pool.join();
                (self.closed, self.joined) = (true, true);
                self.stats();
            }
        }
        assert_eq!((self.pool.is_closed(), self.pool.is_cancelled()), (self.closed, self.cancelled));
        self.statuses();
    }

    fn permit(&mut self, count: usize) {
        self.permits += count;
        self.gate.0.permit(count);
    }

    fn submit(&mut self, how: How, kind: Kind) {
        let (room, job) = (self.room(), self.job(kind));
        let number = job.token.number;
        let answer = match how {
            // It would wait for ever.
            How::Waiting if room == 0 && !self.closed => return,
            How::Waiting => self.pool.submit(job),
            How::Trying => self.pool.try_submit(job),
            How::Timeout => self.pool.submit_timeout(job, Duration::ZERO),
        };
        match answer {
            Ok(id) => {
                assert!(!self.closed && room > 0);
                assert!(id.slot() < self.pool.capacity());
                assert!(self.live.values().all(|(name, _)| name.is_none_or(|name| name.slot() != id.slot())));
                assert!(!self.gone.contains(&id), "{id} was the name of another job");
                self.live.insert(number, (Some(id), kind));
            }
            Err(error) => {
                match error {
                    SubmitError::Closed(_) => assert!(self.closed),
                    SubmitError::Full(_) => assert!(!self.closed && room == 0 && matches!(how, How::Trying)),
                    SubmitError::Timeout(_) => assert!(!self.closed && room == 0 && matches!(how, How::Timeout)),
                    _ => panic!("{error}"),
                }
                assert_eq!(error.into_job().token.number, number, "another job came back");
            }
        }
    }

    fn submit_batch(&mut self, waiting: bool, kinds: &[Kind]) {
        let room = self.room();
        if waiting && !self.closed && kinds.len() > room {
            return;
        }
        let first = self.turn + 1;
        let jobs: Vec<_> = kinds.iter().map(|kind| self.job(*kind)).collect();
        let mut jobs = jobs.into_iter();
        let answer = if waiting { self.pool.submit_all(jobs.by_ref()) } else { self.pool.submit_batch(&mut jobs) };
        match answer {
            Ok(count) => {
                let expected = if self.closed { 0 } else { kinds.len().min(room) };
                assert_eq!(count, expected);
                assert!(!self.closed || kinds.is_empty());
                assert_eq!(jobs.len(), kinds.len() - count, "the others are still in the iterator");
                self.live.extend((first..).zip(kinds[..count].iter().map(|kind| (None, *kind))));
            }
            Err(error) => {
                assert!(self.closed && error.accepted == 0);
                let back = error.refused.iter().chain(jobs.as_slice()).map(|job| job.token.number);
                assert!(back.eq(first..first + kinds.len() as u32), "all come back, in order");
            }
        }
    }

    /// Whether all live jobs will end or have ended.
    fn all_end(&self) -> bool {
        self.permits as u64 >= self.ran.iter().sum::<u64>() + self.live.len() as u64
    }

    fn receive(&mut self, how: How) {
        let answer = match how {
            How::Waiting if !self.all_end() || (self.live.is_empty() && !self.closed) => return,
            How::Waiting => self.pool.recv(),
            How::Trying => self.pool.try_recv(),
            How::Timeout => self.pool.recv_timeout(Duration::ZERO),
        };
        match answer {
            Ok(outcome) => self.outcome(outcome),
            Err(error) => self.nothing(error, how),
        }
    }

    fn receive_batch(&mut self, waiting: bool, room: usize) {
        if waiting && (!self.all_end() || (self.live.is_empty() && !self.closed)) {
            return;
        }
        let mut space = Vec::new();
        space.reserve_exact(room);
        let answer = if waiting { self.pool.recv_batch(&mut space) } else { self.pool.try_recv_batch(&mut space) };
        match answer {
            Ok(count) => {
                assert!(count == space.len() && count <= space.capacity());
                assert!(count > 0 || room == 0);
                assert!(!self.joined || count == self.live.len().min(space.capacity()));
                space.into_iter().for_each(|outcome| self.outcome(outcome));
            }
            Err(error) => self.nothing(error, if waiting { How::Waiting } else { How::Trying }),
        }
    }

    fn nothing(&self, error: RecvError, how: How) {
        match (error, how) {
            (RecvError::Closed, _) => assert!(self.closed && self.live.is_empty()),
            (RecvError::Empty, How::Trying) | (RecvError::Timeout, How::Timeout) => {
                assert!(!self.joined, "all outcomes are there, and the end is known");
            }
            _ => panic!("{error} from {how:?}"),
        }
    }

    fn outcome(&mut self, outcome: Outcome<Job, Result<Token, Token>>) {
        let Outcome { job, worker, result } = outcome;
        let (number, ending) = match &result {
            Ok(Ok(token)) => (token.number, Some(Kind::Return)),
            Ok(Err(token)) => (token.number, Some(Kind::Fail)),
            Err(JobError::Panicked(message)) => (message.parse().expect(message), Some(Kind::Panic)),
            Err(JobError::Cancelled(job)) => (job.token.number, None),
            Err(other) => panic!("{other}"),
        };
        let oldest = self.live.keys().next().copied();
        let (name, kind) = self.live.remove(&number).expect("a job that was accepted and not received");
        assert!(name.is_none_or(|name| name == job), "{name:?} came back as {job}");
        if self.pool.workers() == 1 && !self.cancelled {
            assert_eq!(Some(number), oldest, "one worker keeps the order");
        }
        match ending {
            Some(ending) => {
                assert_eq!(ending, kind);
                assert_eq!(self.gate.0.started(number), Some(job));
                assert!(worker.index() < self.pool.workers());
                self.ran[ending as usize] += 1;
            }
            None => {
                assert!(self.cancelled);
                assert_eq!(self.gate.0.started(number), None, "cancelled, and run");
                assert_eq!(worker, jobring::WorkerId::NONE);
                self.called_off += 1;
            }
        }
        assert!(self.ran.iter().sum::<u64>() <= self.permits as u64, "it ended without a permit");
        self.received += 1;
        self.gone.push(job);
    }

    fn stats(&self) {
        let stats = self.pool.stats();
        assert_eq!(stats.in_flight, self.live.len() as u64, "only submitting and receiving change it");
        assert_eq!(stats.workers.len(), self.pool.workers());
        let of_workers = |count: fn(&jobring::WorkerStats) -> u64| stats.workers.iter().map(count).sum::<u64>();
        assert_eq!(of_workers(|worker| worker.done), stats.done);
        assert_eq!(of_workers(|worker| worker.failed), stats.failed);
        assert_eq!(of_workers(|worker| worker.panicked), stats.panicked);
        for (worker, expected) in stats.workers.iter().enumerate() {
            if self.joined {
                assert_eq!(self.pool.worker_stats(worker), Some(*expected));
            }
        }
        assert_eq!(self.pool.worker_stats(self.pool.workers()), None);
        // At least what was received has been counted.
        let counts = [stats.done, stats.failed, stats.panicked];
        assert!(counts.iter().zip(self.ran).all(|(count, ran)| *count >= ran) && stats.cancelled >= self.called_off);
        if self.joined || self.live.is_empty() {
            assert_eq!(stats.accepted, self.received + stats.in_flight);
            assert_eq!(stats.accepted, counts.iter().sum::<u64>() + stats.cancelled);
        }
    }

    fn statuses(&self) {
        for (number, (name, _)) in &self.live {
            let Some(name) = *name else { continue };
            let (before, status) = (self.gate.0.started(*number).is_some(), self.pool.status(name));
            let begun = before || self.gate.0.started(*number).is_some();
            match status {
                Some(JobStatus::Queued) => assert!(!before),
                Some(JobStatus::Running) => assert!(!self.joined),
                Some(JobStatus::Finished) => assert!(begun || self.cancelled),
                None => panic!("{name} is unknown and in flight"),
            }
            assert!(!self.joined || status == Some(JobStatus::Finished));
        }
        for name in self.gone.iter().rev().take(8) {
            assert_eq!(self.pool.status(*name), None);
        }
    }

    /// Everything comes out in the end, or is dropped with the pool.
    fn end(mut self, receive: bool) {
        if receive {
            self.call(&Call::Join);
            while !self.live.is_empty() {
                self.receive(How::Trying);
            }
            assert_eq!(self.pool.recv().err(), Some(RecvError::Closed));
            self.stats();
        }
        let ledger = self.ledger.clone();
        drop(self);
        assert_eq!(ledger.alive(), 0);
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn any_sequence_of_calls_goes_as_the_documentation_says(
        workers in 1..4usize,
        capacity in prop_oneof![1..10usize, Just(40)],
        calls in calls(),
        receive in any::<bool>(),
    ) {
        let mut stage = Stage::new(workers, capacity);
        for call in &calls {
            stage.call(call);
        }
        stage.end(receive);
    }
}
