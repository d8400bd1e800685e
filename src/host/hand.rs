//! A thread's lane as one call uses it, if it has one: first what is at hand, then what all share, then what others have at
//! hand.
//!
//! The vocabulary (`quickly`, `apart`, `anywhere` and so on) is at the head of `docs/design.md`.

use super::lane::Lane;
use super::lanes::Lanes;
use super::stash::{Stash, Unsettled};
use super::storage::HeapTable;
use crate::pool::table::Run;
use crate::ring::PopError;
use crate::sync::{Ordering, fence};
use crate::wait::{Event, Look};

/// A thread that takes or gives back no more than this many at once has the next ones at hand. For larger takes the common set
/// and the ring are as good, and what is at hand would be in parts.
const FEW: usize = 16;

/// Where the slots went that were given back. No waiter has been told of them yet.
pub(crate) struct Released {
    /// To the common set.
    pub(super) common: usize,
    /// To what is at hand.
    pub(super) kept: usize,
}

impl Released {
    /// One, and it was kept.
    pub(super) const KEPT: Self = Self { common: 0, kept: 1 };
}

/// What this thread has at hand, if it may have anything.
#[derive(Clone, Copy)]
pub(crate) struct Hand<'a> {
    lanes: &'a Lanes,
    lane: Option<&'a Lane>,
}

impl<'a> Hand<'a> {
    #[inline(always)]
    pub(super) fn mine(lanes: &'a Lanes) -> Self {
        Self { lanes, lane: lanes.mine() }
    }

    /// Whether somebody waits for the event.
    #[inline(always)]
    pub(super) fn has_waiters(self, event: &Event) -> bool {
        self.lane.map_or_else(|| event.has_waiters(), |lane| lane.has_waiters(event))
    }

    /// A free slot that is at hand, if it is quickly had. If not, call [`claimed`](Self::claimed) next.
    #[inline(always)]
    pub(super) fn claim_quickly(self) -> Result<Run, Unsettled> {
        self.lane.map_or(Err(Unsettled::NOTHING), Lane::claim_quickly)
    }

    /// The slot that was claimed after all, or another one.
    pub(super) fn claimed(self, unsettled: Unsettled) -> Option<Run> {
        self.lane?.free.taken(unsettled).map(Run::from_span)
    }

    /// An outcome that is at hand, if it is quickly had. If not, call [`received`](Self::received) next.
    #[inline(always)]
    pub(super) fn outcome_quickly(self) -> Result<Run, Unsettled> {
        self.lane.map_or(Err(Unsettled::NOTHING), Lane::outcome_quickly)
    }

    /// The outcome that was taken after all, or another one.
    pub(super) fn received(self, unsettled: Unsettled) -> Option<Run> {
        self.lane?.outcomes.taken(unsettled).map(Run::from_span)
    }

    /// Gives back a vacant slot to this thread, if that is quickly done. If not, call [`release_one`](Self::release_one)
    /// next.
    #[inline(always)]
    pub(super) fn release_quickly(self, run: Run) -> Result<(), (Run, Unsettled)> {
        match self.lane {
            Some(lane) => lane.release_quickly(run),
            None => Err((run, Unsettled::NOTHING)),
        }
    }

    /// Gives it back after all.
    pub(super) fn release_one<J, R>(
        self,
        table: &HeapTable<J, R>,
        run: Run,
        unsettled: Unsettled,
        event: &Event,
    ) -> Released {
        if self.lane.is_some_and(|lane| lane.free.was_put(run.first(), unsettled)) {
            // It is in the stash, as part of what is there.
            let _ = run.into_span();
            Released::KEPT
        } else {
            self.release_elsewhere(table, run, event)
        }
    }

    /// Accepts the job that was put into a claimed slot, if that is quickly done. If not, call
    /// [`accept_apart`](Self::accept_apart) next.
    #[inline(always)]
    pub(super) fn accept_quickly<J, R>(self, table: &HeapTable<J, R>, run: Run) -> Result<(), Run> {
        match self.lane {
            Some(lane) => lane.accept_quickly(table, run),
            None => Err(run),
        }
    }

    /// Up to `limit` free slots that are at hand.
    #[inline(always)]
    pub(super) fn claim<J, R>(self, table: &HeapTable<J, R>, limit: usize) -> Option<Run> {
        self.lane?.free.take(table.longest(limit)).map(Run::from_span)
    }

    /// Up to `limit` outcomes that are at hand.
    #[inline(always)]
    pub(super) fn outcomes<J, R>(self, table: &HeapTable<J, R>, limit: usize) -> Option<Run> {
        self.lane?.outcomes.take(table.longest(limit)).map(Run::from_span)
    }

    /// Accepts the job that was put into a claimed slot; returns the run if the pool is closed.
    #[cold]
    #[inline(never)]
    pub(super) fn accept_apart<J, R>(self, table: &HeapTable<J, R>, run: Run) -> Result<(), Run> {
        match self.lane {
            Some(lane) => lane.accept_apart(table, run),
            None => table.accept(run),
        }
    }

    /// Takes up to `limit` free slots from anywhere, and some to have at hand. Other threads can have those, and are told.
    pub(super) fn claim_anywhere<J, R>(
        self,
        table: &HeapTable<J, R>,
        limit: usize,
        event: &Event,
        look: Look,
    ) -> Option<Run> {
        self.lanes.mark_used();
        let keep = self.keeper(limit, |lane| &lane.free);
        let Some(run) = table.claim(if keep.is_some() { self.lanes.share } else { limit }) else {
            return self.steal(|lane| &lane.free, table.longest(limit), look);
        };
        Some(self.keep(run, limit, keep, event))
    }

    /// Takes up to `limit` outcomes from anywhere, and some to have at hand where one look finds more in one word. Other
    /// threads can have those, and are told. (What the look misses stays in the ring, where the threads that were told of it
    /// find it.)
    pub(super) fn outcomes_anywhere<J, R>(
        self,
        table: &HeapTable<J, R>,
        limit: usize,
        event: &Event,
        look: Look,
    ) -> Result<Run, PopError> {
        self.lanes.mark_used();
        let keep = self.keeper(limit, |lane| &lane.outcomes);
        let taken = match keep.filter(|_| table.has_outcomes_beyond(limit)) {
            None => table.take_outcomes(limit),
            keep => {
                // K1, Relaxed: the exchange that takes outcomes releases it to any thread that sees them taken.
                self.lanes.keeping.fetch_add(1, Ordering::Relaxed);
                let taken = table.take_outcomes(self.lanes.share).map(|run| {
                    table.prefetch(&run);
                    self.keep(run, limit, keep, event)
                });
                // K2, pairs with K3
                self.lanes.keeping.fetch_sub(1, Ordering::Release);
                // K4: a thread that found the ring drained but `keeping > 0` (K3) reports Empty and may go to sleep, so it must
                // be woken once we stop keeping. Both sides have a SeqCst fence: ours lies between K2 and the check below, the
                // other's between its drained check and its load of `keeping` (K3). If that load missed K2, its fence precedes
                // ours; then our check sees the drained ring and we wake it.
                fence(Ordering::SeqCst);
                if table.is_drained() {
                    event.notify_all();
                }
                taken
            }
        };
        taken.or_else(|mut error| {
            if error == PopError::Closed {
                // K3: the ring is drained, so nobody can take another outcome from it. If `keeping` is also 0, every outcome
                // taken either has gone to its receiver or lies in a stash, where `steal` below finds it. The fence pairs with
                // K4's, also if a third thread's last pop became visible here before it did there.
                fence(Ordering::SeqCst);
                if self.lanes.keeping.load(Ordering::Acquire) > 0 {
                    error = PopError::Empty;
                }
            }
            // The end is not reported after a quick look.
            let look = if error == PopError::Closed { Look::Thorough } else { look };
            self.steal(|lane| &lane.outcomes, table.longest(limit), look).ok_or(error)
        })
    }

    /// Where to keep what is taken beyond the `limit` wanted, if any may be kept.
    fn keeper(self, limit: usize, stash: impl FnOnce(&'a Lane) -> &'a Stash) -> Option<&'a Stash> {
        self.lane.map(stash).filter(|stash| limit <= FEW && limit < self.lanes.share && stash.has_room())
    }

    /// Takes what other threads have at hand. Taking one of a few costs them and this thread more than it brings, so a call
    /// that can wait a little lets them give back first.
    fn steal(self, stash: impl Fn(&Lane) -> &Stash, limit: u32, look: Look) -> Option<Run> {
        if look == Look::Quick {
            return None;
        }
        let steal = |lane| stash(lane).steal(limit);
        self.lanes.all().find_map(steal).map(Run::from_span)
    }

    /// Keeps what is above the limit.
    fn keep(self, run: Run, limit: usize, stash: Option<&Stash>, event: &Event) -> Run {
        let Some(stash) = stash else { return run };
        let (run, rest) = run.split(limit);
        if let Some(rest) = rest {
            let kept = rest.len();
            stash.keep(rest.into_span());
            event.notify(kept);
        }
        run
    }

    /// Gives back vacant slots, first to this thread.
    #[inline(always)]
    pub(super) fn release<J, R>(self, table: &HeapTable<J, R>, run: Run, event: &Event) -> Released {
        let kept = run.len();
        let run = match self.stash_for(&run) {
            None => run,
            Some(free) => match free.put(run.into_span()) {
                Ok(()) => return Released { common: 0, kept },
                Err(span) => Run::from_span(span),
            },
        };
        self.release_elsewhere(table, run, event)
    }

    /// The stash that is to have these at hand, if any.
    #[inline(always)]
    fn stash_for(&self, run: &Run) -> Option<&Stash> {
        self.lane.filter(|_| run.len() <= FEW).map(|lane| &lane.free)
    }

    /// For slots that were not added to those at hand.
    #[cold]
    #[inline(never)]
    fn release_elsewhere<J, R>(self, table: &HeapTable<J, R>, run: Run, event: &Event) -> Released {
        let count = run.len();
        let Some(free) = self.stash_for(&run) else {
            table.release(run);
            return Released { common: count, kept: 0 };
        };
        self.flush(table, event);
        match free.put(run.into_span()) {
            Ok(()) => Released { common: 0, kept: count },
            Err(span) => {
                table.release(Run::from_span(span));
                Released { common: count, kept: 0 }
            }
        }
    }

    /// Gives back the free slots that are at hand; says how many. No more at once than a thread may have in its hands: waiters
    /// are told of these before the next are taken.
    pub(super) fn flush<J, R>(self, table: &HeapTable<J, R>, event: &Event) -> usize {
        let mut moved = 0;
        while let Some(run) = self.claim(table, self.lanes.share) {
            let count = run.len();
            table.release(run);
            event.notify(count);
            moved += count;
        }
        moved
    }
}
