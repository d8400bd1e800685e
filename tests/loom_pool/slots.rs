//! The slot table, its free set and its two rings, as `StaticPool`.

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
