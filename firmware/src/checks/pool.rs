//! One pool, two contexts that both submit, run and collect; in the end an interrupt closes it.

use jobring::{JobId, PopError, RecvError, StaticPool, SubmitError};

use super::order::{INTERRUPT, MAIN, Order};
use crate::board::{self, Guarded};
use crate::random::Random;
use crate::report::{Report, check};
use crate::{instructions, interrupts};

const SLOTS: i32 = 8;
/// The most instructions between two interrupts.
const GAP: u32 = 250;
const SEQUENCE: u32 = 1 << 31;

static POOL: StaticPool<u32, u64, { SLOTS as usize }> = StaticPool::new();

fn answer(job: u32) -> u64 {
    u64::from(!job) << 32 | u64::from(job)
}

#[inline(never)]
fn submit(job: u32) -> Result<JobId, SubmitError<u32>> {
    POOL.try_submit(job)
}

/// The job that was run.
#[inline(never)]
fn run_one(worker: usize) -> Result<u32, PopError> {
    let mut ran = 0;
    POOL.worker(worker as u32).try_run_one(|job| {
        ran = job;
        answer(job)
    })?;
    Ok(ran)
}

/// The job whose outcome this is, if it is right.
#[inline(never)]
fn collect() -> Result<(JobId, Option<u32>), RecvError> {
    let outcome = POOL.try_collect()?;
    let job = outcome.result.ok().filter(|&result| answer(result as u32) == result);
    Ok((outcome.job, job.filter(|_| outcome.worker.index() < 2).map(|result| result as u32)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Submit,
    Run,
    Collect,
}

/// Outcomes of one producer's jobs: each comes once, in an order that may differ a little.
#[derive(Default)]
struct Once {
    /// All numbers below this are in.
    next: u32,
    /// The numbers after it that are in, one bit each.
    ahead: u64,
}

impl Once {
    fn get(&mut self, number: u32) -> bool {
        let bit = 1u64.checked_shl(number.wrapping_sub(self.next)).unwrap_or(0);
        let new = bit != 0 && self.ahead & bit == 0;
        self.ahead |= bit;
        while self.ahead & 1 != 0 {
            self.next += 1;
            self.ahead >>= 1;
        }
        new
    }
}

struct Account {
    open: Option<Call>,
    /// Jobs between submission and start.
    waiting: Order,
    collected: [Once; 2],
    finished: i32,
    received: i32,
    /// The names of jobs, by the call that submitted them or by the outcome, whichever came first.
    names: [[Option<JobId>; 64]; 2],
    /// The most jobs in flight, and the fewest that waited and that were finished, during the main loop's call.
    peak: i32,
    least_waiting: i32,
    least_finished: i32,
    closing: bool,
    refused_rightly: u32,
    refused_wrongly: u32,
    wrong: u32,
}

impl Account {
    fn new() -> Self {
        Self {
            open: None,
            waiting: Order::new(SEQUENCE),
            collected: Default::default(),
            finished: 0,
            received: 0,
            names: [[None; 64]; 2],
            peak: 0,
            least_waiting: 0,
            least_finished: 0,
            closing: false,
            refused_rightly: 0,
            refused_wrongly: 0,
            wrong: 0,
        }
    }

    fn in_flight(&self) -> i32 {
        self.waiting.entered() as i32 - self.received
    }

    fn ready(&self) -> i32 {
        self.finished - self.received
    }

    fn open(&mut self, call: Call) {
        self.open = Some(call);
        (self.peak, self.least_waiting, self.least_finished) = (i32::MIN, i32::MAX, i32::MAX);
    }

    fn see(&mut self) {
        self.peak = self.peak.max(self.in_flight());
        self.least_waiting = self.least_waiting.min(self.waiting.len());
        self.least_finished = self.least_finished.min(self.ready());
    }

    fn refuse(&mut self, rightly: bool) {
        *(if rightly { &mut self.refused_rightly } else { &mut self.refused_wrongly }) += 1;
    }

    /// The names that a submission and an outcome give to one job must agree; the second one checks.
    fn name(&mut self, job: u32, id: JobId) {
        let name = &mut self.names[usize::from(job >= SEQUENCE)][job as usize % 64];
        match name.take() {
            None => *name = Some(id),
            Some(other) => self.wrong += u32::from(other != id),
        }
    }

    fn submitted(&mut self, by: usize, job: u32, result: Result<JobId, SubmitError<u32>>) {
        match result {
            Ok(id) => {
                self.waiting.enter(by);
                self.name(job, id);
            }
            Err(SubmitError::Full(back)) => {
                let held = i32::from(by == INTERRUPT && self.open == Some(Call::Submit));
                let most = if by == MAIN { self.in_flight().max(self.peak) } else { self.in_flight() + held };
                self.refuse(back == job && most >= SLOTS);
            }
            Err(refused) => self.wrong += u32::from(!self.closing || refused.into_job() != job),
        }
        self.close(by);
    }

    fn ran(&mut self, by: usize, result: Result<u32, PopError>) {
        let main_runs = self.open == Some(Call::Run);
        match (by, result) {
            (MAIN, result) => {
                self.waiting.leave_to_main(result.ok());
                if result.is_err() {
                    self.refuse(self.waiting.len().min(self.least_waiting) <= 0);
                }
            }
            (_, Ok(job)) => self.waiting.leave_to_interrupt(job, main_runs),
            (_, Err(_)) => {
                let taken = i32::from(main_runs && !self.waiting.is_overtaken());
                self.refuse(self.waiting.len() - taken <= 0);
            }
        }
        self.finished += i32::from(result.is_ok());
        self.wrong += u32::from(result == Err(PopError::Closed) && !self.closing);
        self.close(by);
    }

    fn collected(&mut self, by: usize, result: Result<(JobId, Option<u32>), RecvError>) {
        match result {
            Ok((id, Some(job))) => {
                let fresh = self.collected[usize::from(job >= SEQUENCE)].get(job % SEQUENCE);
                self.wrong += u32::from(!fresh);
                self.name(job, id);
                self.received += 1;
            }
            Ok((_, None)) => self.wrong += 1,
            Err(RecvError::Closed) if by == MAIN => self.wrong += u32::from(!self.closing || self.in_flight() != 0),
            // The call that the interrupt hits may be the one that ends the pool, or takes the last outcome.
            Err(RecvError::Closed) => self.wrong += u32::from(!self.closing || self.in_flight() > 1),
            Err(_) => {
                let taken = i32::from(by == INTERRUPT && self.open == Some(Call::Collect));
                let least = if by == MAIN { self.ready().min(self.least_finished) } else { self.ready() - taken };
                self.refuse(least <= 0);
            }
        }
        self.close(by);
    }

    /// The end of a call.
    fn close(&mut self, by: usize) {
        match by {
            MAIN => self.open = None,
            _ => self.see(),
        }
    }

    fn verdict(&self) -> u32 {
        self.wrong + self.waiting.verdict() + u32::from(self.in_flight() != 0 || self.ready() != 0)
    }
}

/// How long calls took, in ticks.
#[derive(Default)]
struct Marks {
    submit: u32,
    run: u32,
    collect: u32,
}

pub(crate) fn run(report: &mut Report) {
    let alone = Marks {
        submit: instructions::ticks_of(true, || submit(0)).1,
        run: instructions::ticks_of(true, || run_one(MAIN)).1,
        collect: instructions::ticks_of(true, collect).1,
    };
    let account = Guarded::new(Account::new());
    let marks = Guarded::new(Marks::default());
    let random = Guarded::new(Random::new(0x1234_5678));

    let handler = || {
        account.with(Account::see);
        if account.with(|account| account.closing) {
            POOL.close();
        }
        let (operations, measured) = random.with(|random| (1 + random.below(5), random.below(5)));
        for operation in 0..operations {
            let timed = operation == measured;
            match random.with(|random| random.below(3)) {
                0 => {
                    let job = account.with(|account| account.waiting.next(INTERRUPT));
                    let (result, ticks) = instructions::ticks_of(timed, || submit(job));
                    account.with(|account| account.submitted(INTERRUPT, job, result));
                    marks.with(|marks| marks.submit = ticks.max(marks.submit));
                }
                1 => {
                    let (result, ticks) = instructions::ticks_of(timed, || run_one(INTERRUPT));
                    account.with(|account| account.ran(INTERRUPT, result));
                    marks.with(|marks| marks.run = ticks.max(marks.run));
                }
                _ => {
                    let (result, ticks) = instructions::ticks_of(timed, collect);
                    account.with(|account| account.collected(INTERRUPT, result));
                    marks.with(|marks| marks.collect = ticks.max(marks.collect));
                }
            }
        }
    };

    interrupts::take_places();
    let landed = interrupts::during(&handler, GAP, 0x5555_aaaa, || {
        let mut random = Random::new(0x8765_4321);
        loop {
            match random.below(3) {
                0 => {
                    let job = account.with(|account| {
                        account.open(Call::Submit);
                        account.waiting.next(MAIN)
                    });
                    let result = interrupts::exposed(|| submit(job));
                    account.with(|account| account.submitted(MAIN, job, result));
                }
                1 => {
                    account.with(|account| account.open(Call::Run));
                    let result = interrupts::exposed(|| run_one(MAIN));
                    account.with(|account| account.ran(MAIN, result));
                }
                _ => {
                    account.with(|account| account.open(Call::Collect));
                    let result = interrupts::exposed(collect);
                    account.with(|account| account.collected(MAIN, result));
                    if result == Err(RecvError::Closed) {
                        break;
                    }
                }
            }
            if interrupts::inside() >= board::INTERRUPTS {
                account.with(|account| account.closing = true);
            }
        }
    });

    let account = account.into_inner();
    let wrong = account.verdict();
    check!(
        report,
        wrong == 0 && account.refused_wrongly == 0 && POOL.in_flight() == 0,
        "StaticPool<u32, u64, {SLOTS}>: {} interrupts, {} inside of a call, at {} instructions; of {} jobs {wrong} \
         were lost, doubled, misnamed or out of order, up to the close; {} calls refused wrongly ({} rightly)",
        landed.fired,
        landed.inside,
        interrupts::take_places(),
        account.waiting.entered(),
        account.refused_wrongly,
        account.refused_rightly,
    );
    let marks = marks.into_inner();
    let [submit, run, collect] = [marks.submit, marks.run, marks.collect].map(instructions::net);
    let [submit_alone, run_alone, collect_alone] = [alone.submit, alone.run, alone.collect].map(instructions::net);
    check!(
        report,
        submit <= 3 * submit_alone && run <= 3 * run_alone && collect <= 3 * collect_alone,
        "StaticPool: the interrupt never spins; its longest submit took {submit} instructions (undisturbed \
         {submit_alone}), run {run} ({run_alone}), collect {collect} ({collect_alone})",
    );
}
