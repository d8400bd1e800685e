//! Threads that stop for good before their k-th step, and calls that must get on without them.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use jobring::steps::watch;

use crate::asleep::{is_asleep, this_thread};

/// More steps than any call takes on a ring of few slots: whoever takes so many while all others stand still goes round
/// in circles.
const MOST: usize = 1000;

/// A call that did not get on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stalled;

/// Makes a call; says how many steps it took.
pub(crate) fn bounded<X>(call: impl FnOnce() -> X) -> Result<(X, usize), Stalled> {
    let taken = Rc::new(Cell::new(0));
    let seen = taken.clone();
    watch(Some(Box::new(move |step| {
        seen.set(step);
        if step > MOST {
            resume_unwind(Box::new(Stalled));
        }
    })));
    Ok((caught(call)?, taken.get()))
}

/// Runs `call` with `inside` in it, before step `k`, as an interrupt would. `None` if the call has fewer steps; then
/// `inside` was not run.
pub(crate) fn interrupted<X>(
    k: usize,
    call: impl FnOnce() -> X,
    inside: impl FnOnce() + 'static,
) -> Result<Option<X>, Stalled> {
    let mut inside = Some(inside);
    let fired = Rc::new(Cell::new(false));
    let fire = fired.clone();
    watch(Some(Box::new(move |step| {
        if step == k
            && let Some(inside) = inside.take()
        {
            fire.set(true);
            inside();
        }
        if step > k + MOST {
            resume_unwind(Box::new(Stalled));
        }
    })));
    let answer = caught(call)?;
    Ok(fired.get().then_some(answer))
}

/// The end of what is watched.
fn caught<X>(call: impl FnOnce() -> X) -> Result<X, Stalled> {
    let answer = catch_unwind(AssertUnwindSafe(call));
    watch(None);
    answer.map_err(|panic| if panic.is::<Stalled>() { Stalled } else { resume_unwind(panic) })
}

/// A door that a stopped thread waits at.
#[derive(Default)]
pub(crate) struct Gate {
    open: Mutex<bool>,
    bell: Condvar,
}

impl Gate {
    pub(crate) fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.bell.notify_all();
    }

    pub(crate) fn wait(&self) {
        drop(self.bell.wait_while(self.open.lock().unwrap(), |open| !*open).unwrap());
    }
}

/// What a thread with a stop ahead of it reports.
pub(crate) enum News<X> {
    /// By the thread of this number.
    Begun(libc::pid_t),
    Stopped,
    Done(X),
}

/// Stops this thread before its `k`th step from now: it says so and waits at the gate.
pub(crate) fn stop_at<X: Send + 'static>(k: usize, gate: Arc<Gate>, news: Sender<News<X>>) {
    watch(Some(Box::new(move |step| {
        if step == k {
            news.send(News::Stopped).unwrap();
            gate.wait();
        }
    })));
}

/// A thread that stands still in the middle of a call.
pub(crate) struct Victim<X> {
    gate: Arc<Gate>,
    news: Receiver<News<X>>,
    thread: Sender<Task>,
}

type Task = Box<dyn FnOnce() + Send>;

thread_local! {
    /// Threads that have been victims and may be again: most of a stop would be the making of its thread.
    static IDLE: RefCell<Vec<Sender<Task>>> = const { RefCell::new(Vec::new()) };
}

fn on_a_thread(task: Task) -> Sender<Task> {
    let thread = IDLE.with_borrow_mut(Vec::pop).unwrap_or_else(|| {
        let (send, receive) = channel::<Task>();
        thread::spawn(move || receive.into_iter().for_each(|task| task()));
        send
    });
    thread.send(task).unwrap();
    thread
}

fn retire(thread: Sender<Task>) {
    IDLE.with_borrow_mut(|idle| idle.push(thread));
}

/// A thread on its way to where it stops.
pub(crate) struct Starting<X> {
    victim: Victim<X>,
    thread: libc::pid_t,
    first: Option<News<X>>,
}

impl<X: Send + 'static> Starting<X> {
    /// Returns once it has stopped or ended, or fallen asleep. False for the last.
    pub(crate) fn settles(&mut self) -> bool {
        while self.first.is_none() {
            // In this order: one who has stopped sleeps, too.
            let asleep = is_asleep(self.thread);
            if self.has_settled() || asleep {
                break;
            }
            thread::yield_now();
        }
        self.first.is_some()
    }

    /// Whether it has stopped or ended.
    pub(crate) fn has_settled(&mut self) -> bool {
        self.first = self.first.take().or_else(|| self.victim.news.try_recv().ok());
        self.first.is_some()
    }

    /// The answer, if the call was over before it came to the step.
    pub(crate) fn stopped(self) -> Result<Victim<X>, X> {
        let Self { victim, first, .. } = self;
        match first.unwrap_or_else(|| victim.next()) {
            News::Done(answer) => {
                retire(victim.thread);
                Err(answer)
            }
            _ => Ok(victim),
        }
    }
}

impl<X: Send + 'static> Victim<X> {
    /// Makes the call on another thread, which will stop before step `k`.
    pub(crate) fn start(k: usize, call: impl FnOnce() -> X + Send + 'static) -> Starting<X> {
        let gate = Arc::new(Gate::default());
        let (send, news) = channel();
        let at = gate.clone();
        let thread = on_a_thread(Box::new(move || {
            send.send(News::Begun(this_thread())).unwrap();
            stop_at(k, at, send.clone());
            let answer = call();
            watch(None);
            let _ = send.send(News::Done(answer));
        }));
        let victim = Self { gate, news, thread };
        let News::Begun(thread) = victim.next() else { unreachable!("it begins first") };
        Starting { victim, thread, first: None }
    }

    /// Makes the call on another thread, which stops before step `k`; the answer if it has fewer steps.
    pub(crate) fn stop(k: usize, call: impl FnOnce() -> X + Send + 'static) -> Result<Self, X> {
        Self::start(k, call).stopped()
    }

    fn next(&self) -> News<X> {
        self.news.recv().expect("the victim does not panic")
    }

    /// Lets it go on to its end.
    pub(crate) fn resume(self) -> X {
        self.gate.open();
        let last = self.next();
        retire(self.thread);
        match last {
            News::Done(answer) => answer,
            _ => unreachable!("it stops once"),
        }
    }
}

/// Names the case that the tests are at, should it hang: a lock is no step.
pub(crate) struct Watchdog {
    over: Arc<Gate>,
    case: Arc<Mutex<String>>,
}

const FOR_EVER: Duration = Duration::from_secs(20);

impl Watchdog {
    pub(crate) fn new() -> Self {
        let (over, case) = (Arc::new(Gate::default()), Arc::new(Mutex::new(String::new())));
        let (gate, at) = (over.clone(), case.clone());
        thread::spawn(move || {
            let mut last = String::from("-");
            loop {
                let open = gate.open.lock().unwrap();
                if *gate.bell.wait_timeout_while(open, FOR_EVER, |open| !*open).unwrap().0 {
                    return;
                }
                let now = at.lock().unwrap().clone();
                if now == last {
                    eprintln!("held up for ever: {now}");
                    std::process::abort();
                }
                last = now;
            }
        });
        Self { over, case }
    }

    pub(crate) fn case(&self, case: String) {
        *self.case.lock().unwrap() = case;
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("in this case: {}", self.case.lock().unwrap());
        }
        self.over.open();
    }
}
