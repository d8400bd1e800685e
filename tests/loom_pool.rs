//! Models of the pool: what its threads may do to each other, tried in every order.
//!
//! ```sh
//! RUSTFLAGS="--cfg loom" cargo test --release --test loom_pool
//! LOOM_MAX_PREEMPTIONS=3 RUSTFLAGS="--cfg loom" cargo test --release --test loom_pool -- cancel --nocapture
//! ```
//!
//! Five layers, from the inside out:
//!
//! - `slots`: the slot table, its free set and its two rings, as `StaticPool`: nobody waits, and the threads are the
//!   model's own. Scripts of submitters, workers, collectors, closers and cancellers race; afterwards the books must
//!   balance.
//! - `stash`: what a thread keeps at hand, and others take from it. Each ticket has one owner.
//! - `hand`: the stashes of the threads of a pool. What one keeps another can have, and it is not forgotten at the end.
//! - `event`: what threads wait for. A wake-up that is lost is a deadlock, and loom reports those.
//! - `pool`: `Pool` itself, on loom's threads.
//!
//! Payloads are tracked: one that is leaked or dropped twice fails the model. Every model says how many preemptions it
//! tries, as many as take a few seconds; `LOOM_MAX_PREEMPTIONS` overrides it, and `--nocapture` shows the runs made.
#![cfg(loom)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize as Count, Ordering::Relaxed};
use std::time::Instant;

use jobring::{JobError, JobId, Outcome};
use loom::alloc::Track;
use loom::thread;

fn model(preemptions: usize, check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(preemptions));
    builder.max_branches = 20_000;
    let (runs, start) = (Arc::new(Count::new(0)), Instant::now());
    let count = runs.clone();
    builder.check(move || {
        count.fetch_add(1, Relaxed);
        check();
    });
    let this = std::thread::current();
    println!("{}: {} runs, {:.1?}", this.name().unwrap_or_default(), runs.load(Relaxed), start.elapsed());
}

type Payload = Track<u32>;

/// What workers do to a job.
fn doubled(job: Payload) -> Payload {
    Track::new(2 * job.into_inner())
}

/// The accepted jobs and the outcomes must match one to one, each with the payload that is its own.
fn assert_balanced(mut accepted: Vec<(JobId, u32)>, outcomes: Vec<Outcome<Payload, Payload>>) {
    let mut came: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| match outcome.result {
            Ok(value) => (outcome.job, value.into_inner() / 2),
            Err(JobError::Cancelled(job)) => (outcome.job, job.into_inner()),
            Err(error) => panic!("{error}"),
        })
        .collect();
    accepted.sort();
    came.sort();
    assert_eq!(accepted, came, "what was accepted is not what came back");
}

mod slots {
    use jobring::{JobStatus, Native, PopError, RecvError, StaticPool, Word};

    use super::*;

    type Pool<const N: usize, W> = StaticPool<Payload, Payload, N, W>;

    /// What a thread does.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Submit(u32),
        /// Becomes a worker, tries to run a job so many times, and leaves.
        Work(usize),
        Collect,
        Close,
        Cancel,
    }
    use Step::{Cancel, Close, Collect, Submit, Work};

    /// What a thread saw.
    #[derive(Default)]
    struct Record {
        accepted: Vec<(JobId, u32)>,
        full: bool,
        outcomes: Vec<Outcome<Payload, Payload>>,
        /// It was told that no more outcomes come.
        over: bool,
    }

    fn play<const N: usize, W: Word>(pool: &Pool<N, W>, number: u32, script: &[Step]) -> Record {
        let mut record = Record::default();
        let mut closed = false;
        for step in script {
            match *step {
                Submit(value) => match pool.try_submit(Track::new(value)) {
                    Ok(id) => {
                        assert!(!closed, "accepted after it was closed");
                        record.accepted.push((id, value));
                    }
                    Err(error) => {
                        (closed, record.full) = (closed | error.is_closed(), record.full | !error.is_closed());
                        assert_eq!(error.into_job().into_inner(), value);
                    }
                },
                Work(times) => {
                    let worker = pool.worker(number);
                    for _ in 0..times {
                        if let Err(PopError::Closed) = worker.try_run_one(doubled) {
                            break;
                        }
                    }
                }
                Collect => match pool.try_collect() {
                    Ok(outcome) => record.outcomes.push(outcome),
                    Err(error) => record.over |= error == RecvError::Closed,
                },
                Close => {
                    pool.close();
                    closed = true;
                }
                Cancel => {
                    pool.cancel();
                    closed = true;
                }
            }
        }
        record
    }

    /// Plays `before` alone and then the scripts at once; then lets the pool run dry and balances the books.
    fn race<const N: usize, W: Word, const T: usize>(
        preemptions: usize,
        before: &'static [Step],
        scripts: [&'static [Step]; T],
    ) {
        model(preemptions, move || {
            let pool = Arc::new(Pool::<N, W>::with_words());
            let mut records = vec![play(&pool, 0, before)];
            let threads: Vec<_> = (1..T)
                .map(|number| {
                    let pool = pool.clone();
                    thread::spawn(move || play(&pool, number as u32, scripts[number]))
                })
                .collect();
            records.push(play(&pool, 0, scripts[0]));
            records.extend(threads.into_iter().map(|thread| thread.join().unwrap()));

            let over = records.iter().any(|record| record.over);
            let submits = before.iter().chain(scripts.into_iter().flatten()).filter(|step| matches!(step, Submit(_)));
            assert!(submits.count() > N || records.iter().all(|record| !record.full), "full, with a slot for each");

            let mut rest = play(&pool, 0, &[Close, Work(usize::MAX)]);
            let end = loop {
                match pool.try_collect() {
                    Ok(outcome) => rest.outcomes.push(outcome),
                    Err(error) => break error,
                }
            };
            assert_eq!(end, RecvError::Closed);
            assert!(!over || rest.outcomes.is_empty(), "told that no more come, and more came");
            records.push(rest);

            let accepted: Vec<_> = records.iter().flat_map(|record| record.accepted.iter().copied()).collect();
            assert!(accepted.iter().all(|(id, _)| pool.status(*id).is_none()));
            assert_eq!(pool.in_flight(), 0);
            assert_balanced(accepted, records.into_iter().flat_map(|record| record.outcomes).collect());
        });
    }

    #[test]
    fn each_job_gives_one_outcome_whoever_runs_it() {
        race::<2, Native, 2>(3, &[], [&[Submit(1), Submit(2)], &[Work(2)]]);
        race::<2, Native, 2>(3, &[Submit(1)], [&[Submit(2), Collect], &[Work(2)]]);
        race::<2, Native, 2>(2, &[Submit(1), Submit(2)], [&[Work(1)], &[Work(1)]]);
        race::<2, Native, 3>(1, &[], [&[Submit(1)], &[Submit(2)], &[Work(2), Collect]]);
    }

    #[test]
    fn one_slot_goes_round() {
        race::<1, Native, 2>(3, &[Submit(1)], [&[Work(1), Work(1)], &[Collect, Submit(2)]]);
        race::<1, Native, 2>(1, &[], [&[Submit(1), Work(1), Collect], &[Submit(2), Work(1), Collect]]);
        race::<1, Native, 3>(2, &[], [&[Submit(1), Submit(2)], &[Work(2)], &[Collect]]);
    }

    #[test]
    fn what_is_submitted_while_another_closes_is_run_or_comes_back() {
        race::<2, Native, 2>(3, &[], [&[Submit(1), Submit(2)], &[Close, Work(2), Collect]]);
        race::<2, Native, 3>(1, &[Submit(1)], [&[Submit(2), Close], &[Close, Submit(3)], &[Work(2)]]);
        race::<1, Native, 3>(2, &[], [&[Submit(1), Submit(2)], &[Close], &[Work(2), Collect]]);
    }

    #[test]
    fn outcomes_are_over_only_after_the_last_of_them() {
        race::<2, Native, 2>(3, &[Submit(1), Close], [&[Work(1)], &[Collect, Collect]]);
        race::<2, Native, 2>(2, &[Submit(1), Submit(2), Close], [&[Work(1)], &[Work(1)]]);
        race::<2, Native, 3>(1, &[Submit(1), Close], [&[Work(1)], &[Work(1)], &[Collect, Collect]]);
    }

    #[test]
    fn a_worker_that_leaves_early_leaves_the_end_to_the_others() {
        race::<2, Native, 2>(3, &[Submit(1), Work(1), Submit(2)], [&[Close, Work(1)], &[Collect, Collect, Collect]]);
        race::<1, Native, 3>(2, &[Submit(1), Work(1)], [&[Close], &[Collect, Collect], &[Collect]]);
    }

    #[test]
    fn a_job_that_is_cancelled_while_others_work_is_run_or_comes_back() {
        race::<2, Native, 2>(3, &[], [&[Submit(1), Submit(2)], &[Cancel]]);
        race::<2, Native, 2>(3, &[Submit(1)], [&[Submit(2)], &[Cancel, Collect]]);
        race::<2, Native, 2>(2, &[Submit(1), Close], [&[Cancel], &[Work(1)]]);
        race::<2, Native, 2>(1, &[Submit(1), Submit(2)], [&[Cancel, Collect], &[Work(2)]]);
    }

    /// 4 slots in 8-bit words have 8 laps: position 32 is position 0 again.
    #[test]
    fn words_that_wrap_change_nothing() {
        const ALMOST_AROUND: [Step; 3 * 30] = {
            let mut steps = [Collect; 3 * 30];
            let mut round = 0;
            while round < 30 {
                (steps[3 * round], steps[3 * round + 1]) = (Submit(9), Work(1));
                round += 1;
            }
            steps
        };
        race::<4, u8, 2>(2, &ALMOST_AROUND, [&[Submit(1), Submit(2)], &[Work(2), Collect]]);
        race::<4, u8, 2>(2, &ALMOST_AROUND, [&[Submit(1), Submit(2), Submit(3)], &[Close, Work(2)]]);
    }

    #[test]
    fn a_name_means_its_own_job_and_no_later_one_in_the_same_slot() {
        model(3, || {
            let pool = Arc::new(Pool::<1, Native>::new());
            let first = pool.try_submit(Track::new(1)).unwrap();
            let watcher = {
                let pool = pool.clone();
                thread::spawn(move || {
                    let seen = [(); 3].map(|()| pool.status(first));
                    let age = |status: &Option<JobStatus>| match status {
                        Some(JobStatus::Queued) => 0,
                        Some(JobStatus::Running) => 1,
                        Some(JobStatus::Finished) => 2,
                        None => 3,
                    };
                    assert!(seen.is_sorted_by_key(age), "{seen:?}");
                })
            };
            pool.worker(0).try_run_one(doubled).unwrap();
            assert_eq!(pool.status(first), Some(JobStatus::Finished));
            let outcome = pool.try_collect().unwrap();
            assert_eq!((outcome.job, pool.status(first)), (first, None));
            let second = pool.try_submit(Track::new(2)).unwrap();
            assert_eq!((first.slot(), first.generation() + 1), (second.slot(), second.generation()));
            assert_eq!((pool.status(first), pool.status(second)), (None, Some(JobStatus::Queued)));
            watcher.join().unwrap();
        });
    }
}

mod stash {
    use jobring::model::Stash;
    use loom::cell::UnsafeCell;

    use super::*;

    /// A stash and what its tickets are the right to.
    struct Desk {
        stash: Stash,
        things: [UnsafeCell<u32>; 4],
    }

    impl Desk {
        fn new() -> Arc<Self> {
            Arc::new(Self { stash: Stash::new(), things: [0; 4].map(UnsafeCell::new) })
        }

        /// Whoever has the ticket has the thing for itself: loom reports it if not.
        fn touch(&self, ticket: u32) -> u32 {
            self.things[ticket as usize].with_mut(|thing| unsafe { *thing += 1 });
            ticket
        }

        fn take(&self) -> Option<u32> {
            self.stash.take().map(|ticket| self.touch(ticket))
        }

        fn steal(&self) -> Option<u32> {
            self.stash.steal().map(|ticket| self.touch(ticket))
        }

        /// For the owner; whether it was added.
        fn put(&self, ticket: u32) -> bool {
            self.touch(ticket);
            self.stash.put(ticket)
        }

        fn keep(&self, tickets: core::ops::Range<u32>) -> bool {
            for ticket in tickets.clone() {
                self.touch(ticket);
            }
            self.stash.keep(tickets)
        }
    }

    fn spawn<T: 'static>(desk: &Arc<Desk>, f: impl FnOnce(&Desk) -> T + 'static) -> thread::JoinHandle<T> {
        let desk = desk.clone();
        thread::spawn(move || f(&desk))
    }

    /// All of them, once each, are with somebody or still in the stash.
    fn assert_whole(desk: &Desk, taken: impl IntoIterator<Item = u32>, of: u32) {
        let mut all: Vec<u32> = taken.into_iter().collect();
        while let Some(ticket) = desk.steal() {
            all.push(ticket);
        }
        all.sort();
        assert_eq!(all, (0..of).collect::<Vec<_>>());
    }

    #[test]
    fn each_ticket_goes_to_the_owner_or_to_one_of_those_who_rob_it() {
        model(3, || {
            let desk = Desk::new();
            assert!(desk.keep(0..3));
            let thief = spawn(&desk, |desk| [desk.steal(), desk.steal()]);
            let owner = [desk.take(), desk.take()];
            assert_whole(&desk, thief.join().unwrap().into_iter().chain(owner).flatten(), 3);
        });
        model(2, || {
            let desk = Desk::new();
            assert!(desk.keep(0..2));
            let thieves = [(); 2].map(|()| spawn(&desk, Desk::steal));
            let owner = desk.take();
            let taken = thieves.into_iter().filter_map(|thief| thief.join().unwrap());
            assert_whole(&desk, taken.chain(owner).collect::<Vec<_>>(), 2);
        });
    }

    #[test]
    fn a_thief_who_finds_nothing_has_not_read_what_the_owner_takes_back() {
        model(2, || {
            let desk = Desk::new();
            assert!(desk.keep(0..2));
            let first = spawn(&desk, Desk::steal);
            let second = spawn(&desk, |desk| {
                let taken = desk.steal();
                assert!(taken.is_some() || desk.steal().is_none(), "nothing was there, and then something was");
                taken
            });
            let owner: Vec<_> = desk.stash.take_two().map(|ticket| desk.touch(ticket)).collect();
            let stolen = [first, second].map(|thief| thief.join().unwrap());
            assert_whole(&desk, stolen.into_iter().flatten().chain(owner), 2);
        });
    }

    #[test]
    fn what_the_owner_adds_while_it_is_robbed_is_added_or_still_its_own() {
        model(3, || {
            let desk = Desk::new();
            assert!(desk.keep(0..1));
            let thief = spawn(&desk, |desk| [desk.steal(), desk.steal()]);
            let mine = (!desk.put(1)).then_some(1);
            assert_whole(&desk, thief.join().unwrap().into_iter().flatten().chain(mine), 2);
        });
        // One makes it public, with what it saw last, and another one takes that.
        model(2, || {
            let desk = Desk::new();
            assert!(desk.keep(0..1));
            let thieves = [(); 2].map(|()| spawn(&desk, |desk| [desk.steal(), desk.steal()]));
            let mine = (!desk.put(1)).then_some(1);
            let taken = thieves.into_iter().flat_map(|thief| thief.join().unwrap()).flatten();
            assert_whole(&desk, taken.chain(mine).collect::<Vec<_>>(), 2);
        });
    }

    #[test]
    fn an_owner_that_was_robbed_can_keep_things_again() {
        model(3, || {
            let desk = Desk::new();
            assert!(desk.keep(0..1));
            let thief = spawn(&desk, |desk| [desk.steal(), desk.steal(), desk.steal()]);
            let mut mine: Vec<u32> = desk.take().into_iter().chain(desk.take()).collect();
            if !desk.keep(1..3) {
                mine.extend([1, 2]);
            }
            mine.extend(desk.take());
            assert_whole(&desk, thief.join().unwrap().into_iter().flatten().chain(mine), 3);
        });
    }

    /// Somebody who slept since the stash was private for the first time.
    #[test]
    fn what_is_kept_is_there_for_whoever_looks_afterwards() {
        model(3, || {
            let desk = Desk::new();
            assert!(desk.keep(0..1));
            let thief = spawn(&desk, Desk::steal);
            let owner = desk.take();
            assert_eq!(thief.join().unwrap().is_some(), owner.is_none());
            assert!(desk.take().is_none());
            assert!(desk.keep(1..2) || desk.keep(1..2));
            assert_eq!(desk.steal(), Some(1));
        });
    }
}

/// What threads keep at hand of a pool. Four slots: a thread takes two at once, and keeps one.
mod hand {
    use jobring::model::Workerless as Pool;

    use super::*;

    #[test]
    fn a_slot_that_one_submitter_keeps_another_can_have() {
        model(2, || {
            let pool = Pool::new(4);
            let other = pool.another();
            let submitter = thread::spawn(move || assert!(other.try_submit(1)));
            assert!(pool.try_submit(2));
            submitter.join().unwrap();
            assert!(pool.try_submit(3) && pool.try_submit(4), "three are taken");
            assert!(!pool.try_submit(5), "all are taken");
        });
    }

    #[test]
    fn an_outcome_that_one_receiver_keeps_another_can_have() {
        model(2, || {
            let pool = Pool::new(4);
            assert!(pool.try_submit(1) && pool.try_submit(2));
            pool.work();
            let other = pool.another();
            let rest = thread::spawn(move || {
                other.end();
                core::iter::from_fn(|| other.recv()).collect::<Vec<u32>>()
            });
            // This one receives one, keeps the other perhaps, and comes no more.
            let mut got: Vec<u32> = pool.recv().into_iter().collect();
            got.extend(rest.join().unwrap());
            got.sort();
            assert_eq!(got, [1, 2]);
        });
    }
}

mod event {
    use jobring::model::Event;
    use loom::sync::atomic::AtomicBool;

    use super::*;

    /// Two things to publish, and the event of their being there.
    struct Shelf {
        items: [AtomicBool; 2],
        event: Event,
    }

    impl Shelf {
        fn new() -> Arc<Self> {
            Arc::new(Self { items: [AtomicBool::new(false), AtomicBool::new(false)], event: Event::new() })
        }

        /// Relaxed: what makes a look after the event see it is the event.
        fn publish(&self, item: usize) {
            self.items[item].store(true, Relaxed);
            self.event.notify(1);
        }

        fn take(&self) -> Option<usize> {
            (0..2).find(|&item| {
                let item = &self.items[item];
                item.load(Relaxed) && item.compare_exchange(true, false, Relaxed, Relaxed).is_ok()
            })
        }

        fn wait(&self) -> usize {
            self.event.wait_for(None, || self.take()).unwrap()
        }

        /// Nothing is there, and no signal either: the one that waits looks twice, finds no time to sleep, and looks
        /// once more.
        fn assert_quiet(&self) {
            let mut looks = 0;
            let got = self.event.wait_for(Some(Instant::now()), || {
                looks += 1;
                self.take()
            });
            assert_eq!((got, looks), (None, 3));
        }
    }

    fn spawn<T: 'static>(shelf: &Arc<Shelf>, f: impl FnOnce(&Shelf) -> T + 'static) -> thread::JoinHandle<T> {
        let shelf = shelf.clone();
        thread::spawn(move || f(&shelf))
    }

    #[test]
    fn one_publisher_wakes_one_sleeper() {
        model(4, || {
            let shelf = Shelf::new();
            let sleeper = spawn(&shelf, |shelf| {
                let mut looks = 0;
                let got = shelf.event.wait_for(None, || {
                    looks += 1;
                    shelf.take()
                });
                assert!(got.is_some() && looks <= 3, "awake, and does not see why");
            });
            shelf.publish(0);
            sleeper.join().unwrap();
            shelf.assert_quiet();
        });
    }

    #[test]
    fn a_sleeper_gets_what_two_publishers_published() {
        model(2, || {
            let shelf = Shelf::new();
            let sleeper = spawn(&shelf, |shelf| shelf.wait() + shelf.wait());
            let publisher = spawn(&shelf, |shelf| shelf.publish(0));
            shelf.publish(1);
            publisher.join().unwrap();
            assert_eq!(sleeper.join().unwrap(), 1);
            shelf.assert_quiet();
        });
    }

    #[test]
    fn two_sleepers_get_what_one_publisher_published() {
        model(2, || {
            let shelf = Shelf::new();
            let sleepers = [(); 2].map(|()| spawn(&shelf, Shelf::wait));
            shelf.publish(0);
            shelf.publish(1);
            let got = sleepers.map(|sleeper| sleeper.join().unwrap());
            assert_eq!(got[0] + got[1], 1);
            shelf.assert_quiet();
        });
    }

    #[test]
    fn one_notice_of_two_things_wakes_two_sleepers() {
        model(2, || {
            let shelf = Shelf::new();
            let sleepers = [(); 2].map(|()| spawn(&shelf, Shelf::wait));
            shelf.items.iter().for_each(|item| item.store(true, Relaxed));
            shelf.event.notify(2);
            for sleeper in sleepers {
                sleeper.join().unwrap();
            }
            shelf.assert_quiet();
        });
    }

    #[test]
    fn what_concerns_everyone_wakes_everyone() {
        model(2, || {
            let shelf = Shelf::new();
            let sleepers = [(); 2].map(|()| {
                spawn(&shelf, |shelf| shelf.event.wait_for(None, || shelf.items[0].load(Relaxed).then_some(())))
            });
            shelf.items[0].store(true, Relaxed);
            shelf.event.notify_all();
            for sleeper in sleepers {
                sleeper.join().unwrap();
            }
        });
    }

    #[test]
    fn one_that_gives_up_takes_no_signal_from_one_that_waits() {
        model(2, || {
            let shelf = Shelf::new();
            let sleeper = spawn(&shelf, Shelf::wait);
            let hasty = spawn(&shelf, |shelf| {
                if let Some(item) = shelf.event.wait_for(Some(Instant::now()), || shelf.take()) {
                    shelf.publish(item);
                }
            });
            shelf.publish(0);
            sleeper.join().unwrap();
            hasty.join().unwrap();
            shelf.assert_quiet();
        });
    }
}

mod pool {

    use jobring::{Collector, RecvError, SubmitError};

    use super::*;

    type Pool = jobring::Pool<Payload, Payload>;

    fn pool(workers: usize, capacity: usize) -> Pool {
        jobring::Pool::builder().workers(workers).capacity(capacity).build(|_, job| doubled(job)).unwrap()
    }

    fn submit(pool: &Pool, value: u32) -> (JobId, u32) {
        (pool.submit(Track::new(value)).unwrap(), value)
    }

    /// Until the pool is closed and drained.
    fn collect(collector: Collector<Payload, Payload>) -> thread::JoinHandle<Vec<Outcome<Payload, Payload>>> {
        thread::spawn(move || collector.outcomes().collect())
    }

    #[test]
    fn a_job_wakes_the_worker_and_its_outcome_the_receiver() {
        model(3, || {
            let pool = pool(1, 2);
            let accepted = submit(&pool, 1);
            let outcome = pool.recv().unwrap();
            assert_eq!((outcome.job, outcome.result.unwrap().into_inner()), (accepted.0, 2));
            let stats = pool.join();
            assert_eq!((stats.accepted, stats.done, stats.in_flight), (1, 1, 0));
            assert_eq!(pool.recv().unwrap_err(), RecvError::Closed);
        });
    }

    #[test]
    fn a_submit_that_waits_for_a_slot_is_woken_by_the_collector() {
        model(1, || {
            let pool = pool(1, 1);
            let outcomes = collect(pool.collector());
            let accepted = vec![submit(&pool, 1), submit(&pool, 2)];
            pool.close();
            assert_balanced(accepted, outcomes.join().unwrap());
        });
    }

    #[test]
    fn two_workers_share_the_jobs_and_the_last_one_out_wakes_the_receiver() {
        model(1, || {
            let pool = pool(2, 2);
            let accepted = vec![submit(&pool, 1), submit(&pool, 2)];
            pool.close();
            assert_balanced(accepted, pool.outcomes().collect());
        });
    }

    #[test]
    fn close_wakes_a_receiver_that_waits() {
        model(3, || {
            let pool = pool(1, 1);
            let outcomes = collect(pool.collector());
            pool.close();
            assert!(outcomes.join().unwrap().is_empty());
        });
    }

    #[test]
    fn close_wakes_a_submitter_that_waits_and_gives_the_job_back() {
        model(1, || {
            let pool = pool(1, 1);
            let accepted = vec![submit(&pool, 1)];
            let submitter = pool.submitter();
            let refused = thread::spawn(move || submitter.submit(Track::new(2)).unwrap_err());
            pool.close();
            let SubmitError::Closed(job) = refused.join().unwrap() else { panic!("neither accepted nor closed") };
            assert_eq!(job.into_inner(), 2);
            assert_balanced(accepted, pool.outcomes().collect());
        });
    }

    #[test]
    fn two_receivers_that_wait_each_get_an_outcome_or_the_end() {
        model(1, || {
            let pool = pool(1, 1);
            let receivers = [(); 2].map(|()| collect(pool.collector()));
            let accepted = vec![submit(&pool, 1)];
            pool.close();
            assert_balanced(accepted, receivers.into_iter().flat_map(|receiver| receiver.join().unwrap()).collect());
        });
    }

    #[test]
    fn dropping_the_pool_runs_the_jobs_that_wait() {
        model(3, || {
            let pool = pool(1, 2);
            let collector = pool.collector();
            let accepted = vec![submit(&pool, 1), submit(&pool, 2)];
            drop(pool);
            let outcomes: Vec<_> = collector.outcomes().collect();
            assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
            assert_balanced(accepted, outcomes);
        });
        // And nobody wants the outcomes.
        model(3, || {
            let pool = pool(1, 2);
            submit(&pool, 1);
            submit(&pool, 2);
        });
    }

    #[test]
    fn a_cancelled_pool_gives_back_what_it_did_not_run() {
        model(1, || {
            let pool = pool(1, 2);
            let accepted = vec![submit(&pool, 1), submit(&pool, 2)];
            pool.cancel();
            let outcomes: Vec<_> = pool.outcomes().collect();
            let cancelled = outcomes.iter().filter(|outcome| outcome.result.is_err()).count() as u64;
            assert_balanced(accepted, outcomes);
            let stats = pool.join();
            assert_eq!(
                (stats.accepted, stats.done, stats.cancelled, stats.in_flight),
                (2, 2 - cancelled, cancelled, 0)
            );
        });
    }

    #[test]
    fn whoever_cancels_a_closed_pool_counts_among_the_last_out() {
        model(1, || {
            let pool = Arc::new(pool(1, 1));
            let accepted = vec![submit(&pool, 1)];
            pool.close();
            let other = pool.clone();
            let canceller = thread::spawn(move || other.cancel());
            assert_balanced(accepted, pool.outcomes().collect());
            canceller.join().unwrap();
        });
    }

    #[test]
    fn batches_wake_whom_they_concern() {
        model(1, || {
            let pool = pool(1, 2);
            let collector = pool.collector();
            let outcomes = thread::spawn(move || {
                let mut outcomes = Vec::with_capacity(3);
                while collector.recv_batch(&mut outcomes).is_ok_and(|count| count > 0) {}
                outcomes
            });
            pool.submit_all([1, 2, 3].map(Track::new)).unwrap();
            let mut came: Vec<_> =
                outcomes.join().unwrap().into_iter().map(|outcome| outcome.result.unwrap().into_inner()).collect();
            came.sort();
            assert_eq!(came, [2, 4, 6]);
        });
    }

    #[test]
    fn two_may_join_at_once() {
        model(2, || {
            let pool = Arc::new(pool(1, 1));
            submit(&pool, 1);
            let other = pool.clone();
            let joiner = thread::spawn(move || other.join());
            assert_eq!((pool.join().done, joiner.join().unwrap().done), (1, 1));
            assert_eq!(pool.recv().unwrap().result.unwrap().into_inner(), 2);
        });
    }
}
