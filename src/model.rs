//! What the models test from inside.
#![allow(missing_docs, clippy::new_without_default, reason = "for models only")]

use core::cell::Cell;
use std::time::Instant;

use crate::host::{Patience, Shared};
use crate::pool::table::Run;
use crate::ring::free::FreeSet;
use crate::ring::layout::Span;
use crate::ring::raw::{Inline, LastPush, RawRing};
use crate::sync::UnsafeCell;
use crate::sync::host::{Arc, per_thread};
use crate::{PopError, PushError, Word, WorkerId};

pub struct Event(crate::wait::Event);

impl Event {
    pub fn new() -> Self {
        Self(crate::wait::Event::new(crate::wait::Barrier::new()))
    }

    pub fn wait_for<T>(&self, deadline: Option<Instant>, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        look().or_else(|| crate::wait::wait_for(&self.0, deadline, &mut |_| look()))
    }

    pub fn notify(&self, count: usize) {
        self.0.notify(count);
    }

    pub fn notify_all(&self) {
        self.0.notify_all();
    }

    /// How many signals it has ever given to sleepers.
    pub fn given(&self) -> u32 {
        self.0.given()
    }
}

/// A pool whose one worker is whoever plays it.
pub struct Workerless(Arc<Shared<u32, u32>>);

impl Workerless {
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Shared::new(capacity, 1).unwrap_or_else(|_| unreachable!())))
    }

    pub fn another(&self) -> Self {
        Self(self.0.clone())
    }

    pub fn try_submit(&self, job: u32) -> bool {
        self.0.submit(Patience::None, job).is_ok()
    }

    /// Runs the jobs that wait.
    pub fn work(&self) {
        while let Ok(run) = self.0.try_take_jobs(usize::MAX) {
            self.finish(run);
        }
    }

    /// Runs two jobs that wait, and before them the one after: their outcomes are no neighbours.
    pub fn work_on_the_third_first(&self) {
        let two = self.0.try_take_jobs(2).expect("two jobs wait");
        self.finish(self.0.try_take_jobs(1).expect("and a third"));
        self.finish(two);
    }

    fn finish(&self, run: Run) {
        for slot in self.0.table().slots(&run) {
            let (running, job) = slot.take();
            slot.finish(running, WorkerId(0), Ok(job));
        }
        self.0.publish(run);
    }

    /// Closes, and the worker leaves.
    pub fn end(&self) {
        self.0.close();
        self.work();
        self.0.leave();
    }

    /// Waits for an outcome; `None` once all have been received.
    pub fn recv(&self) -> Option<u32> {
        self.0.recv(Patience::Endless).ok().and_then(|outcome| outcome.result.ok())
    }
}

/// The free tickets of a pool of 8 slots, in two words.
pub struct FreeTickets(FreeSet<Inline<u8, 8>>);

impl FreeTickets {
    pub fn new() -> Self {
        Self(FreeSet::over(Inline::zeros()))
    }

    /// Up to `limit` neighbours; empty if none is free.
    pub fn claim(&self, limit: u32) -> core::ops::Range<u32> {
        self.0.claim(limit).map_or(0..0, |span| span.start..span.start + span.len)
    }

    pub fn release(&self, tickets: core::ops::Range<u32>) {
        self.0.release(Span { start: tickets.start, len: tickets.end - tickets.start });
    }
}

/// A ring of spans of tickets, as in the pools.
pub struct Spans<const N: usize, W: Word>(RawRing<Inline<W, N, true>>);

impl<const N: usize, W: Word> Spans<N, W> {
    pub fn with_words() -> Self {
        Self(RawRing::over(Inline::zeros()))
    }

    pub fn try_push(&self, ticket: u32) -> Result<(), PushError<u32>> {
        self.0.push(Span::one(ticket)).map_err(|_| PushError::Closed(ticket))
    }

    pub fn try_pop(&self) -> Result<u32, PopError> {
        Ok(self.try_pop_many(1)?.start)
    }

    /// The first of the tickets and how many there are.
    pub fn try_pop_many(&self, limit: u32) -> Result<core::ops::Range<u32>, PopError> {
        let Span { start, len } = self.0.pop(limit)?;
        Ok(start..start + len)
    }

    pub fn close(&self) -> bool {
        self.0.close()
    }

    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

/// [`Spans`], where each thread remembers its last push, as the submitters of a pool do.
pub struct Remembered<const N: usize, W: Word> {
    spans: Spans<N, W>,
    /// For as many threads as a model may have.
    lasts: [UnsafeCell<LastPush<W>>; 5],
    /// Threads that have one. Not loom's: no order follows from it.
    threads: core::sync::atomic::AtomicUsize,
}

per_thread! {
    /// Which one is this thread's. There is one ring in a model.
    static MINE: Cell<Option<usize>> = Cell::new(None);
}

// SAFETY: each thread has its own of `lasts`; loom would notice.
unsafe impl<const N: usize, W: Word> Sync for Remembered<N, W> {}

impl<const N: usize, W: Word> Remembered<N, W> {
    pub fn with_words() -> Self {
        Self {
            spans: Spans::with_words(),
            lasts: core::array::from_fn(|_| UnsafeCell::new(LastPush::NONE)),
            threads: core::sync::atomic::AtomicUsize::new(0),
        }
    }

    pub fn try_push(&self, ticket: u32) -> Result<(), PushError<u32>> {
        let mine = MINE.with(|mine| {
            let number = mine.get().unwrap_or_else(|| self.threads.fetch_add(1, core::sync::atomic::Ordering::Relaxed));
            mine.set(Some(number));
            number
        });
        // SAFETY: this thread's.
        let pushed = self.lasts[mine].with_mut(|last| self.spans.0.push_next(ticket, unsafe { &mut *last }));
        pushed.map_err(|_| PushError::Closed(ticket))
    }

    pub fn try_pop(&self) -> Result<u32, PopError> {
        self.spans.try_pop()
    }

    pub fn close(&self) -> bool {
        self.spans.close()
    }

    pub fn is_closed(&self) -> bool {
        self.spans.is_closed()
    }
}

/// What a thread of a pool keeps at hand.
pub struct Stash(crate::host::Stash);

impl Stash {
    pub fn new() -> Self {
        let barrier = crate::wait::Barrier::new().asymmetric().unwrap_or_else(|| unreachable!());
        Self(crate::host::Stash::new(barrier))
    }

    /// For the owner: one ticket.
    pub fn take(&self) -> Option<u32> {
        let taken = self.0.take_quickly();
        let span = taken.or_else(|unsettled| self.0.taken(unsettled).ok_or(()));
        span.ok().map(|span| span.start)
    }

    /// For the owner: up to two tickets.
    pub fn take_two(&self) -> core::ops::Range<u32> {
        self.0.take(2).map_or(0..0, |span| span.start..span.start + span.len)
    }

    /// For the owner: whether the ticket was added.
    pub fn put(&self, ticket: u32) -> bool {
        self.0
            .put_quickly(ticket)
            .or_else(|unsettled| self.0.was_put(ticket, unsettled).then_some(()).ok_or(()))
            .is_ok()
    }

    /// For the owner: whether the tickets, if there was room, were kept.
    pub fn keep(&self, tickets: core::ops::Range<u32>) -> bool {
        let room = self.0.has_room();
        if room {
            self.0.keep(Span { start: tickets.start, len: tickets.end - tickets.start });
        }
        room
    }

    /// For anyone: one ticket.
    pub fn steal(&self) -> Option<u32> {
        self.0.steal(1).map(|span| span.start)
    }
}
