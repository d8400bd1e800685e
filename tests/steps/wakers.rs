//! Tasks that wait, and notifiers that are stopped in the middle: others must be able to wake the tasks.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use jobring::{Outcome, RecvError, StaticPool, Wakers, WithWakers};

use crate::stop::{Victim, Watchdog};
use crate::tasks::{Count, poll};

/// A pool for tasks, one of which can wait for each thing.
struct Both {
    pool: StaticPool<u32, u32, 4>,
    wakers: Wakers<1>,
}

impl Both {
    fn new() -> Arc<Self> {
        Arc::new(Self { pool: StaticPool::new(), wakers: Wakers::new() })
    }

    fn with(&self) -> WithWakers<'_, u32, u32, 4, 1> {
        self.pool.with_wakers(&self.wakers)
    }
}

fn publish(both: &Both) {
    both.with().worker(0).try_run_one(|job| job).unwrap();
}

/// What the task does while the notifier stands still.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meanwhile {
    Nothing,
    /// It looks again without having been woken, as in a `select`.
    Looks,
    /// It looks again as another task.
    Moves,
    /// It goes, and another one comes.
    Goes,
    /// It looks again when somebody else has taken the outcome; and the notifier goes on before the next outcome comes.
    LooksTooLate,
}

/// A worker is stopped before each step of its job and of telling the receiver, in turn. Then another outcome is published.
pub(crate) fn stop_notifiers(meanwhile: Meanwhile) -> usize {
    let watchdog = Watchdog::new();
    (1..)
        .take_while(|k| {
            watchdog.case(format!("a notifier stopped before step {k}, the task {meanwhile:?}"));
            stop_notifier(*k, meanwhile)
        })
        .count()
}

/// False if the call has fewer steps.
fn stop_notifier(k: usize, meanwhile: Meanwhile) -> bool {
    let both = Both::new();
    for job in 0..4 {
        both.with().try_submit(job).unwrap();
    }
    let [first, second]: [Arc<Count>; 2] = Default::default();
    let mut woken = &first;
    let mut outcome = Box::pin(both.with().recv());
    assert!(poll(outcome.as_mut(), woken).is_pending());
    assert_eq!(woken.take(), 0, "it has the place");
    let theirs = both.clone();
    let victim = Victim::stop(k, move || publish(&theirs));
    let mut received = 0;
    // Its answer, if it took the first outcome.
    let early = match meanwhile {
        Meanwhile::Nothing => Poll::Pending,
        Meanwhile::Looks => {
            woken.take();
            let early = poll(outcome.as_mut(), woken);
            assert_eq!(woken.take(), 0, "with priorities it would look for ever, and the notifier not go on");
            early
        }
        Meanwhile::Moves => {
            woken = &second;
            poll(outcome.as_mut(), woken)
        }
        Meanwhile::Goes => {
            outcome = Box::pin(both.with().recv());
            woken = &second;
            poll(outcome.as_mut(), woken)
        }
        Meanwhile::LooksTooLate => {
            received += usize::from(both.with().try_collect().is_ok());
            woken.take();
            poll(outcome.as_mut(), woken)
        }
    };
    received += usize::from(early.is_ready());
    let mut victim = Some(victim);
    let mut go_on = || victim.take().map(|victim| victim.map(Victim::resume).is_ok());
    let mut stopped = if let Meanwhile::LooksTooLate = meanwhile { go_on() } else { None };
    publish(&both);
    if early.is_pending() {
        assert_ne!(woken.take(), 0, "nobody told the task of the second outcome");
        assert!(poll(outcome.as_mut(), woken).is_ready());
        received += 1;
    }
    drop(outcome);
    stopped = stopped.or_else(go_on);
    // Nothing is left behind: there is a place for the next one, and one wake-up for it.
    while both.with().try_collect().is_ok() {
        received += 1;
    }
    assert_eq!(received, 2);
    let next = Arc::<Count>::default();
    let mut outcome = pin!(both.with().recv());
    assert!(poll(outcome.as_mut(), &next).is_pending());
    assert_eq!(next.take(), 0, "the place was not given back");
    publish(&both);
    publish(&both);
    assert_eq!(next.take(), 1);
    assert!(poll(outcome.as_mut(), &next).is_ready());
    assert_eq!([&first, &second].map(Arc::strong_count), [1, 1], "a waker was left behind");
    stopped.expect("it has gone on")
}

/// A closer is stopped before each step in turn; then somebody else closes.
pub(crate) fn stop_closers() -> usize {
    let watchdog = Watchdog::new();
    (1..)
        .take_while(|k| {
            watchdog.case(format!("a closer stopped before step {k}"));
            stop_closer(*k)
        })
        .count()
}

fn stop_closer(k: usize) -> bool {
    let both = Both::new();
    let woken = Arc::<Count>::default();
    let mut outcome = pin!(both.with().recv());
    assert!(poll(outcome.as_mut(), &woken).is_pending());
    let theirs = both.clone();
    let victim = Victim::stop(k, move || theirs.with().close());
    both.with().close();
    assert_ne!(woken.take(), 0, "nobody told the task of the end");
    let closed: Poll<Result<Outcome<u32, u32>, _>> = Poll::Ready(Err(RecvError::Closed));
    assert_eq!(poll(outcome, &woken), closed);
    victim.map(Victim::resume).is_ok()
}
