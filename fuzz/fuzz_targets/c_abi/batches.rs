//! Many jobs, or many outcomes, in one call.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::MutexGuard;

use jobring::capi::jobring_status::*;
use jobring::capi::*;

use crate::calls::{Action, Odd};
use crate::job::World;
use crate::memory::Buffer;
use crate::model::Model;
use crate::stage::{NO_NAME, NO_OUTCOME, Places, accepted, job_bytes};

/// In place of a number that the library should write.
const NO_NUMBER: usize = usize::MAX - 7;

/// From the main thread, which has the model for itself: so what is accepted is known.
pub fn submit_batch(
    pool: *mut jobring_pool,
    model: &mut Model,
    (all, count, named): (bool, usize, bool),
    action: Action,
    odd: Odd,
    shift: u8,
) {
    let free = model.capacity - model.in_flight();
    // The main thread must not wait for a slot: only it frees some for certain.
    let all = all && (model.closed || count <= free);
    let bytes: Vec<u8> = (0..count as u64).flat_map(|at| job_bytes(model, model.accepted + at)).collect();
    let mut jobs = Buffer::new(&bytes, shift);
    let mut names = vec![NO_NAME; count].into_boxed_slice();
    let mut number = NO_NUMBER;

    let submit = if all { jobring_pool_submit_all } else { jobring_pool_submit_batch };
    let from = if odd.second() { null_mut() } else { jobs.pointer() };
    let to_names = if named { names.as_mut_ptr() } else { null_mut() };
    let to_number = if odd.third() { null_mut() } else { &raw mut number };
    // SAFETY: NULL, or a pool, `count` jobs, `count` names and a number.
    let status = unsafe { submit(pool, from.cast_const(), count, to_names, to_number) };
    assert_eq!(jobs.bytes(), bytes, "they are only read");
    if odd.first() || odd.second() && count > 0 || odd.third() {
        assert_eq!((status, number), (JOBRING_ERR_NULL, NO_NUMBER));
        assert!(names.iter().all(|name| *name == NO_NAME));
        return;
    }
    let expected = match count.min(free) {
        _ if count == 0 => (JOBRING_OK, 0),
        _ if model.closed => (JOBRING_CLOSED, 0),
        0 => (JOBRING_FULL, 0),
        fit => (JOBRING_OK, fit),
    };
    assert_eq!((status, number), expected);
    for name in &names[..number] {
        accepted(model, action, named.then_some(*name));
    }
}

/// As [`submit_batch`], but for the wait.
pub fn receive_batch<'a>(
    pool: *mut jobring_pool,
    world: &'a World,
    mut model: MutexGuard<'a, Model>,
    (waits, count): (bool, usize),
    (result, job): (bool, bool),
    odd: Odd,
    shift: u8,
) {
    let wrong = odd.first() || odd.second() && count > 0 || odd.third();
    if waits && count > 0 && !wrong && model.in_flight() == 0 && !model.closed {
        return;
    }
    let mut outcomes = vec![NO_OUTCOME; count].into_boxed_slice();
    let mut results = result.then(|| Buffer::untouched(model.result_size * count, shift));
    let mut jobs = (job || model.needs_jobs()).then(|| Buffer::untouched(model.job_size * count, shift / 16));
    let mut number = NO_NUMBER;
    let mut call = || {
        let pointer = |buffer: &mut Option<Buffer>| buffer.as_mut().map_or(null_mut::<c_void>(), Buffer::pointer);
        let recv = if waits { jobring_pool_recv_batch } else { jobring_pool_try_recv_batch };
        let to = if odd.second() { null_mut() } else { outcomes.as_mut_ptr() };
        let to_number = if odd.third() { null_mut() } else { &raw mut number };
        // SAFETY: NULL, or a pool, `count` outcomes, results and jobs, and a number.
        unsafe { recv(pool, to, pointer(&mut results), pointer(&mut jobs), count, to_number) }
    };
    let status = if waits && !wrong {
        // Jobs may go on, and do what they like but take the outcomes away.
        world.gate(&mut model, true);
        model.receiving = true;
        drop(model);
        let status = call();
        model = world.model();
        model.receiving = false;
        status
    } else {
        call()
    };

    if wrong {
        assert_eq!((status, number), (JOBRING_ERR_NULL, NO_NUMBER));
        number = 0;
    } else {
        match status {
            JOBRING_OK => assert!(number <= count && (number > 0 || count == 0)),
            JOBRING_CLOSED => assert!(number == 0 && model.closed && model.in_flight() == 0),
            status => {
                assert!((status, number, waits) == (JOBRING_EMPTY, 0, false), "{status:?}");
                assert!(!model.joined, "all outcomes are there, and the end is known");
            }
        }
    }
    let part = |buffer: &Option<Buffer>, at: usize, size: usize| {
        buffer.as_ref().map(|buffer| Buffer::new(&buffer.bytes()[at * size..][..size], 0))
    };
    let (result_size, job_size) = (model.result_size, model.job_size);
    for (at, outcome) in outcomes.iter().enumerate() {
        let (result, job) = (part(&results, at, result_size), part(&jobs, at, job_size));
        let places = Places { outcome: *outcome, result, job };
        if at < number { places.received(&mut model) } else { places.untouched() }
    }
}
