//! What threads keep at hand of a pool. Four slots: a thread takes two at once, and keeps one.

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

#[test]
fn an_outcome_that_one_receiver_takes_alone_is_no_end_for_another_that_keeps_one() {
    model(2, || {
        let pool = Pool::new(4);
        assert!(pool.try_submit(1) && pool.try_submit(2) && pool.try_submit(3));
        pool.work_on_the_third_first();
        let other = pool.another();
        let rest = thread::spawn(move || {
            other.end();
            core::iter::from_fn(|| other.recv()).collect::<Vec<u32>>()
        });
        // The first word has one outcome and the next one two, of which this one may keep one and come no more.
        let mut got: Vec<u32> = [pool.recv(), pool.recv()].into_iter().flatten().collect();
        got.extend(rest.join().unwrap());
        got.sort();
        assert_eq!(got, [1, 2, 3]);
    });
}
