//! What the types promise.

use std::cell::Cell;
use std::panic::{RefUnwindSafe, UnwindSafe};

use jobring::{Collector, Outcome, Pool, Submitter};

use super::echo;

#[test]
fn a_panic_may_pass_by_a_pool_and_its_handles() {
    fn survives<T: UnwindSafe + RefUnwindSafe>() {}
    survives::<Pool<Cell<u32>, Cell<u32>>>();
    survives::<Submitter<Cell<u32>, Cell<u32>>>();
    survives::<Collector<Cell<u32>, Cell<u32>>>();
}

#[test]
fn results_are_unwrapped_also_where_jobs_have_no_debug() {
    type Job = Box<dyn FnOnce() -> u32 + Send>;
    let pool = Pool::builder().workers(1).capacity(2).build(|_, job: Job| job()).unwrap();
    pool.submit(Box::new(|| 7)).unwrap();
    assert_eq!(pool.recv().unwrap().result.unwrap(), 7);
    pool.submit(Box::new(|| panic!("as told"))).unwrap();
    let outcome: Outcome<Job, u32> = pool.recv().unwrap();
    let said = format!("{outcome:?}");
    assert!(said.ends_with(r#"result: Err(Panicked("as told")) }"#), "{said}");
    let error: Box<dyn std::error::Error> = outcome.result.unwrap_err().into();
    assert_eq!(error.to_string(), "the job panicked: as told");
}

#[test]
fn a_pool_says_how_many_jobs_are_in_flight() {
    let pool = echo(1, 4);
    pool.submit_all([1, 2, 3]).unwrap();
    pool.join();
    assert_eq!(pool.in_flight(), 3);
    drop(pool.recv().unwrap());
    assert_eq!((pool.in_flight(), pool.stats().in_flight), (2, 2));
}

#[test]
fn an_array_is_space_for_outcomes() {
    let pool = echo(1, 4);
    pool.submit_all([1, 2, 3]).unwrap();
    pool.join();
    let mut space = [const { None }; 2];
    assert_eq!(pool.recv_batch(&mut space), Ok(2));
    assert_eq!(space.map(|outcome| outcome.unwrap().result), [Ok(1), Ok(2)]);
}
