//! One pool after the other, played from the main thread.

use core::ffi::{CStr, c_void};
use core::ptr::{from_mut, null, null_mut};
use std::sync::{Arc, MutexGuard};

use jobring::capi::jobring_outcome_kind::*;
use jobring::capi::jobring_status::*;
use jobring::capi::*;

use crate::batches::{receive_batch, submit_batch};
use crate::calls::{Action, Call, Config, How, Odd, StructSize};
use crate::job::{Raw, World, run};
use crate::memory::{Buffer, SizedStruct, bytes_of};
use crate::model::{Entry, Model, Phase, result_of};

/// The statuses of the header.
const DOCUMENTED: [i32; 16] = [0, 1, 2, 3, 4, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26];

impl How {
    /// The same without waiting.
    pub fn in_a_job(self) -> Self {
        match self {
            Self::Timeout(_) => Self::Timeout(0),
            _ => Self::Trying,
        }
    }

    fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::ForEver)
    }
}

#[derive(Default)]
pub struct Stage {
    /// The world outlives its pool.
    world: Option<Arc<World>>,
}

impl Stage {
    pub fn call(&mut self, call: &Call) {
        match *call {
            Call::Create(ref config) => {
                self.destroy();
                self.world = create(config);
            }
            Call::Others(status) => others(status),
            Call::Destroy => self.destroy(),
            _ => {
                if let Some(world) = self.world.clone() {
                    on_pool(&world, call);
                }
            }
        }
    }

    pub fn destroy(&mut self) {
        let Some(world) = self.world.take() else { return };
        let pool = world.raw();
        let mut model = world.model();
        model.destroying = true;
        world.gate(&mut model, true);
        drop(model);
        // SAFETY: made by `create`; nobody uses it any more.
        assert_eq!(unsafe { jobring_pool_destroy(pool) }, JOBRING_OK);
        let model = world.model();
        for entry in model.live.values().chain(&model.unnamed) {
            match entry.phase {
                Phase::Returned(_) | Phase::Panicked => {}
                Phase::Queued => assert!(model.cancelled, "{entry:?} was accepted and not run"),
                Phase::Running => panic!("{entry:?} runs in a pool that is gone"),
            }
        }
    }
}

fn create(config: &Config) -> Option<Arc<World>> {
    const TOO_LARGE: [usize; 4] = [usize::MAX, usize::MAX - 14, isize::MAX as usize, isize::MAX as usize + 1];
    let Config { workers, capacity, job_size, result_size, size, ref name, stack_size, odd } = *config;
    let workers = workers.pick(1..4, &[0, 32_769, usize::MAX]);
    let capacity = capacity.pick(1..8, &[0, (1 << 24) + 1, usize::MAX]);
    let [no_job, no_result] = [(job_size, &[&[0], &TOO_LARGE[..]].concat()[..]), (result_size, &TOO_LARGE[..])];
    let job_size = no_job.0.pick(1..40, no_job.1);
    let result_size = no_result.0.pick(0..40, no_result.1);
    let stack_size = stack_size.pick(0..2, &[1 << 16, usize::MAX, usize::MAX / 2]);
    let name: Option<Vec<u8>> = name.map(|name| name.into_iter().take_while(|byte| *byte != 0).chain([0]).collect());
    let (size, noise) = size.pick(size_of::<jobring_config>());

    let world = Arc::new(World::new(Model { workers, capacity, job_size, result_size, ..Model::default() }));
    let c_config = jobring_config {
        size,
        workers,
        capacity,
        job_size,
        result_size,
        run: if odd.third() { None } else { Some(run) },
        user: Arc::as_ptr(&world).cast_mut().cast(),
        name: name.as_ref().map_or(null(), |name| name.as_ptr().cast()),
        stack_size,
    };
    // SAFETY: words only.
    let mut c_config = SizedStruct::new(&unsafe { bytes_of(&c_config) }, size, noise);

    let mut faults = Vec::new();
    let mut fault = |found: bool, status| found.then(|| faults.push(status));
    fault(odd.first() || odd.second() || odd.third(), JOBRING_ERR_NULL);
    fault(bad_input::<jobring_config>(size, noise), JOBRING_ERR_STRUCT_SIZE);
    fault(workers == 0 || workers > 32_768, JOBRING_ERR_WORKERS);
    fault(capacity == 0 || capacity > 1 << 24, JOBRING_ERR_CAPACITY);
    fault(job_size == 0, JOBRING_ERR_JOB_SIZE);
    fault(TOO_LARGE.contains(&job_size) || TOO_LARGE.contains(&result_size), JOBRING_ERR_NO_MEMORY);
    fault(stack_size > 1 << 16, JOBRING_ERR_THREAD);

    let untouched = core::ptr::dangling_mut::<jobring_pool>();
    let mut pool = untouched;
    let input = if odd.first() { null_mut() } else { c_config.pointer::<jobring_config>() };
    let output = if odd.second() { null_mut() } else { from_mut(&mut pool) };
    // SAFETY: NULL, or as long as it says; NULL, or writable.
    let status = unsafe { jobring_pool_create(input, output) };
    if status == JOBRING_OK {
        assert!(faults.is_empty() && pool != untouched && !pool.is_null(), "a pool in spite of {faults:?}");
        *world.pool.lock().unwrap() = Raw(pool);
        return Some(world);
    }
    assert!(faults.contains(&status), "{status:?} instead of {faults:?}");
    assert_eq!(pool, untouched, "no output with an error");
    assert_eq!(Arc::strong_count(&world), 1);
    None
}

/// Whether a struct that goes in has a size that the library cannot know, or unknown fields.
fn bad_input<T>(size: usize, noise: bool) -> bool {
    bad_output::<T>(size) || (noise && size > size_of::<T>())
}

/// Whether a struct that comes out has a size that the library cannot know.
fn bad_output<T>(size: usize) -> bool {
    size < size_of::<T>() || size > 4096
}

fn others(status: i32) {
    let text = jobring_status_str(status);
    // SAFETY: never NULL, and static.
    let text = unsafe { CStr::from_ptr(text) };
    assert_eq!(text == c"unknown status", !DOCUMENTED.contains(&status));
    // SAFETY: NULL is allowed.
    unsafe {
        assert_eq!(jobring_worker_id(null()), JOBRING_NO_WORKER);
        assert_eq!(jobring_worker_job(null()), u64::MAX);
        assert!(!jobring_worker_is_cancelled(null()));
        assert_eq!(jobring_pool_destroy(null_mut()), JOBRING_OK);
        assert_eq!(CStr::from_ptr(jobring_version()).to_str().unwrap().split('.').count(), 3);
    }
    assert_eq!(jobring_abi_version(), JOBRING_ABI_VERSION);
}

fn on_pool(world: &World, call: &Call) {
    let pool = world.raw();
    let pool_or_null = |odd: Odd| if odd.first() { null_mut() } else { pool };
    let ok_or_null = |odd: Odd| if odd.first() { JOBRING_ERR_NULL } else { JOBRING_OK };
    let mut model = world.model();
    match *call {
        Call::Submit { how, odd, .. } if odd.first() || odd.second() => {
            submit_null(pool_or_null(odd), &model, how, odd)
        }
        Call::Submit { how, action, name, shift, .. } => {
            let how = how.unless_it_waits(&model);
            submit_as(pool, &mut model, how, action, name, shift)
        }
        Call::Receive { how, odd, .. } if odd.first() || odd.second() => receive_null(pool_or_null(odd), how, odd),
        Call::Receive { how, result, job, shift, .. } => receive_as(pool, world, model, how, result, job, shift),
        Call::SubmitBatch { all, count, action, names, odd, shift } => {
            let how = (all, usize::from(count % 12), names);
            submit_batch(pool_or_null(odd), &mut model, how, action, odd, shift)
        }
        Call::ReceiveBatch { waits, count, results, jobs, odd, shift } => {
            let how = (waits, usize::from(count % 12));
            receive_batch(pool_or_null(odd), world, model, how, (results, jobs), odd, shift)
        }
        Call::Stats { size, odd } => stats_as(pool_or_null(odd), &model, size, odd),
        Call::WorkerStats { worker, size, odd } => worker_stats(pool_or_null(odd), &model, worker, size, odd),
        Call::Gate(open) => world.gate(&mut model, open),
        Call::Close(odd) => {
            // SAFETY: NULL or a pool, here and below.
            assert_eq!(unsafe { jobring_pool_close(pool_or_null(odd)) }, ok_or_null(odd));
            model.closed |= !odd.first();
        }
        Call::Cancel(odd) => {
            // SAFETY: as above.
            assert_eq!(unsafe { jobring_pool_cancel(pool_or_null(odd)) }, ok_or_null(odd));
            model.closed |= !odd.first();
            model.cancelled |= !odd.first();
        }
        Call::Join(odd) => {
            world.gate(&mut model, true);
            model.joining = !odd.first();
            drop(model);
            // SAFETY: as above.
            assert_eq!(unsafe { jobring_pool_join(pool_or_null(odd)) }, ok_or_null(odd));
            let mut model = world.model();
            model.closed |= !odd.first();
            (model.joined, model.joining) = (model.joined || !odd.first(), false);
        }
        Call::Create(_) | Call::Destroy | Call::Others(_) => {}
    }
}

impl How {
    /// Submitting from the main thread must not wait for a slot: only that thread frees some for certain.
    fn unless_it_waits(self, model: &Model) -> Self {
        if self.waits() && model.in_flight() >= model.capacity && !model.closed { Self::Timeout(0) } else { self }
    }
}

fn call_submit(pool: *mut jobring_pool, how: How, job: *const c_void, name: *mut u64) -> jobring_status {
    // SAFETY: NULL, or a pool, `job_size` bytes and a number.
    unsafe {
        match how {
            How::Waiting => jobring_pool_submit(pool, job, name),
            How::Trying => jobring_pool_try_submit(pool, job, name),
            How::Timeout(nanos) => jobring_pool_submit_timeout(pool, job, nanos.into(), name),
            How::ForEver => jobring_pool_submit_timeout(pool, job, u64::MAX, name),
        }
    }
}

/// What a job submits.
pub fn submit(pool: *mut jobring_pool, model: &mut Model, how: How, action: Action) {
    submit_as(pool, model, how, action, true, 1);
}

pub const NO_NAME: u64 = 0xA5A5_A5A5_A5A5_A5A5;

fn submit_null(pool: *mut jobring_pool, model: &Model, how: How, odd: Odd) {
    let mut job = Buffer::untouched(model.job_size, 0);
    let mut name = NO_NAME;
    let pointer = if odd.second() { null_mut() } else { job.pointer() };
    assert_eq!(call_submit(pool, how, pointer, &mut name), JOBRING_ERR_NULL);
    assert_eq!(name, NO_NAME);
}

/// The job with this serial.
pub fn job_bytes(model: &Model, serial: u64) -> Vec<u8> {
    (0..model.job_size).map(|at| (serial >> (at % 2 * 8)) as u8 ^ at as u8).collect()
}

/// The next job is in the pool.
pub fn accepted(model: &mut Model, action: Action, name: Option<u64>) {
    let serial = model.accepted;
    let bytes = job_bytes(model, serial);
    let entry = Entry { serial, bytes, action, phase: Phase::Queued, worker: JOBRING_NO_WORKER };
    model.accepted += 1;
    match name {
        Some(name) => model.name(name, entry),
        None => model.unnamed.push(entry),
    }
}

fn submit_as(pool: *mut jobring_pool, model: &mut Model, how: How, action: Action, named: bool, shift: u8) {
    let bytes = job_bytes(model, model.accepted);
    let mut name = NO_NAME;
    let pointer = if named { from_mut(&mut name) } else { null_mut() };
    let mut job = Buffer::new(&bytes, shift);
    let status = call_submit(pool, how, job.pointer(), pointer);
    assert_eq!(job.bytes(), bytes, "it is only read");
    let refusal = if how == How::Trying { JOBRING_FULL } else { JOBRING_TIMEOUT };
    let full = model.in_flight() >= model.capacity;
    match status {
        JOBRING_OK => {
            assert!(!model.closed && (!full || model.receiving));
            return accepted(model, action, named.then_some(name));
        }
        JOBRING_CLOSED => assert!(model.closed || model.joining),
        status => assert!(status == refusal && full && !model.closed, "{status:?}"),
    }
    assert_eq!(name, NO_NAME, "no output with an error");
}

fn call_receive(
    pool: *mut jobring_pool,
    how: How,
    outcome: *mut jobring_outcome,
    result: *mut c_void,
    job: *mut c_void,
) -> jobring_status {
    // SAFETY: NULL, or a pool, an outcome, `result_size` bytes and `job_size` bytes.
    unsafe {
        match how {
            How::Waiting => jobring_pool_recv(pool, outcome, result, job),
            How::Trying => jobring_pool_try_recv(pool, outcome, result, job),
            How::Timeout(nanos) => jobring_pool_recv_timeout(pool, nanos.into(), outcome, result, job),
            How::ForEver => jobring_pool_recv_timeout(pool, u64::MAX, outcome, result, job),
        }
    }
}

/// No outcome that the library makes.
pub const NO_OUTCOME: jobring_outcome =
    jobring_outcome { job: NO_NAME, worker: 77, kind: JOBRING_CANCELLED, error: 78, reserved: 79 };

fn receive_null(pool: *mut jobring_pool, how: How, odd: Odd) {
    let mut outcome = NO_OUTCOME;
    let pointer = if odd.second() { null_mut() } else { from_mut(&mut outcome) };
    assert_eq!(call_receive(pool, how, pointer, null_mut(), null_mut()), JOBRING_ERR_NULL);
    assert_eq!(outcome, NO_OUTCOME);
}

/// Where an outcome goes.
pub struct Places {
    pub outcome: jobring_outcome,
    pub result: Option<Buffer>,
    pub job: Option<Buffer>,
}

impl Places {
    fn new(model: &Model, result: bool, job: bool, shift: u8) -> Self {
        Self {
            outcome: NO_OUTCOME,
            result: result.then(|| Buffer::untouched(model.result_size, shift)),
            job: job.then(|| Buffer::untouched(model.job_size, shift / 16)),
        }
    }

    fn call(&mut self, pool: *mut jobring_pool, how: How) -> jobring_status {
        let pointer = |buffer: &mut Option<Buffer>| buffer.as_mut().map_or(null_mut(), Buffer::pointer);
        call_receive(pool, how, &mut self.outcome, pointer(&mut self.result), pointer(&mut self.job))
    }

    /// Whether the model allows the answer.
    fn check(&self, model: &mut Model, how: How, status: jobring_status) {
        let refusal = if how == How::Trying { JOBRING_EMPTY } else { JOBRING_TIMEOUT };
        match status {
            JOBRING_OK => return self.received(model),
            JOBRING_CLOSED => assert!(model.closed && model.in_flight() == 0),
            status => {
                assert!(status == refusal && !how.waits(), "{status:?} from {how:?}");
                assert!(!model.joined, "all outcomes are there, and the end is known");
            }
        }
        self.untouched();
    }

    pub fn untouched(&self) {
        assert_eq!(self.outcome, NO_OUTCOME, "no output with an error");
        assert!(self.result.iter().chain(&self.job).all(Buffer::is_untouched));
    }

    pub fn received(&self, model: &mut Model) {
        let jobring_outcome { job: name, worker, kind, error, reserved } = self.outcome;
        assert_eq!(reserved, 0);
        let (oldest, result_size) = (model.oldest(), model.result_size);
        let bytes = self.job.as_ref().map(Buffer::bytes);
        let cancelled = kind == JOBRING_CANCELLED;
        let entry = model.job(name, bytes, |entry| cancelled == (entry.phase == Phase::Queued));
        entry.expect("an outcome of a job that was accepted and not received");
        let entry = model.live.remove(&name).expect("it was there");
        model.received += 1;
        let expected = match entry.phase {
            Phase::Returned(0) => (JOBRING_DONE, 0),
            Phase::Returned(error) => (JOBRING_FAILED, error),
            Phase::Panicked => (JOBRING_PANICKED, 0),
            Phase::Queued if model.cancelled => (JOBRING_CANCELLED, 0),
            Phase::Queued | Phase::Running => panic!("{entry:?} has an outcome: {kind:?}"),
        };
        assert_eq!(((kind, error), worker), (expected, entry.worker));
        assert!(model.workers > 1 || model.cancelled || Some(entry.serial) == oldest, "one worker keeps the order");
        assert!(bytes.is_none_or(|bytes| bytes == entry.bytes));
        if let Some(result) = &self.result {
            match kind {
                JOBRING_DONE | JOBRING_FAILED => assert_eq!(result.bytes(), result_of(name, result_size)),
                _ => assert!(result.is_untouched(), "no result"),
            }
        }
    }
}

/// What a job receives.
pub fn receive(pool: *mut jobring_pool, model: &mut Model, how: How) {
    let mut places = Places::new(model, true, true, 3);
    let status = places.call(pool, how);
    places.check(model, how, status);
}

fn receive_as(
    pool: *mut jobring_pool,
    world: &World,
    mut model: MutexGuard<'_, Model>,
    how: How,
    result: bool,
    job: bool,
    shift: u8,
) {
    let job = job || model.needs_jobs();
    let mut places = Places::new(&model, result, job, shift);
    if !how.waits() {
        let status = places.call(pool, how);
        return places.check(&mut model, how, status);
    }
    if model.in_flight() == 0 && !model.closed {
        return;
    }
    // Jobs may go on, and do what they like but take the outcome away.
    world.gate(&mut model, true);
    model.receiving = true;
    drop(model);
    let status = places.call(pool, how);
    let mut model = world.model();
    model.receiving = false;
    places.check(&mut model, how, status);
}

/// What a job sees.
pub fn stats(pool: *mut jobring_pool, model: &Model) {
    let right = size_of::<jobring_stats>();
    check_stats(pool, model, right, false);
}

fn stats_as(pool: *mut jobring_pool, model: &Model, size: StructSize, odd: Odd) {
    let (size, _) = size.pick(size_of::<jobring_stats>());
    if odd.first() {
        let mut stats = SizedStruct::new(&[0xA5; size_of::<jobring_stats>()], size, false);
        // SAFETY: NULL, and as long as it says.
        assert_eq!(unsafe { jobring_pool_stats(pool, stats.pointer()) }, JOBRING_ERR_NULL);
    } else {
        check_stats(pool, model, size, odd.second());
    }
}

/// What became of a struct that the library was to fill, `known` of whose bytes it knows.
fn filled<T: Copy>(before: &SizedStruct, after: &SizedStruct, written: bool) -> Option<T> {
    if !written {
        assert_eq!(after.bytes(), before.bytes(), "no output with an error");
        return None;
    }
    assert_eq!(after.bytes()[..8], before.bytes()[..8], "the size is the caller's");
    assert!(after.bytes()[size_of::<T>()..].iter().all(|byte| *byte == 0), "fields that it does not know are zero");
    // SAFETY: integers, and as long as this.
    Some(unsafe { after.bytes().as_ptr().cast::<T>().read_unaligned() })
}

fn check_stats(pool: *mut jobring_pool, model: &Model, size: usize, no_struct: bool) {
    let noise = [0xA5; 4096];
    let known = &noise[..size.clamp(size_of::<jobring_stats>(), 4096)];
    let before = SizedStruct::new(known, size, false);
    let mut stats = SizedStruct::new(known, size, false);
    let pointer = if no_struct { null_mut() } else { stats.pointer() };
    // SAFETY: a pool; NULL, or as long as it says.
    let status = unsafe { jobring_pool_stats(pool, pointer) };
    let expected = if no_struct {
        JOBRING_ERR_NULL
    } else if bad_output::<jobring_stats>(size) {
        JOBRING_ERR_STRUCT_SIZE
    } else {
        JOBRING_OK
    };
    assert_eq!(status, expected);
    let Some(stats) = filled::<jobring_stats>(&before, &stats, status == JOBRING_OK) else { return };
    assert_eq!((stats.capacity, stats.workers), (model.capacity as u64, model.workers as u64));
    if model.receiving {
        return;
    }
    assert_eq!(stats.in_flight, model.in_flight() as u64);
    if model.joined || model.in_flight() == 0 {
        assert_eq!(stats.accepted, model.accepted);
        assert_eq!(stats.accepted, model.received + stats.in_flight);
        assert_eq!(stats.accepted, stats.done + stats.failed + stats.panicked + stats.cancelled);
    }
}

fn worker_stats(pool: *mut jobring_pool, model: &Model, worker: u8, size: StructSize, odd: Odd) {
    let (size, _) = size.pick(size_of::<jobring_worker_stats>());
    // One too many, and the number of no worker.
    let worker = match worker {
        255 => u32::MAX,
        worker => u32::from(worker) % (model.workers as u32 + 1),
    };
    let noise = [0xA5; 4096];
    let known = &noise[..size.clamp(size_of::<jobring_worker_stats>(), 4096)];
    let before = SizedStruct::new(known, size, false);
    let mut stats = SizedStruct::new(known, size, false);
    let pointer = if odd.second() { null_mut() } else { stats.pointer() };
    // SAFETY: NULL, or a pool; NULL, or as long as it says.
    let status = unsafe { jobring_pool_worker_stats(pool, worker, pointer) };
    let mut faults = Vec::new();
    let mut fault = |found: bool, status| found.then(|| faults.push(status));
    fault(odd.first() || odd.second(), JOBRING_ERR_NULL);
    fault(worker as usize >= model.workers, JOBRING_ERR_WORKER);
    fault(bad_output::<jobring_worker_stats>(size), JOBRING_ERR_STRUCT_SIZE);
    assert!(if faults.is_empty() { status == JOBRING_OK } else { faults.contains(&status) }, "{status:?}: {faults:?}");
    let Some(stats) = filled::<jobring_worker_stats>(&before, &stats, status == JOBRING_OK) else { return };
    assert!(stats.done + stats.failed + stats.panicked <= model.accepted);
}
