//! Tickets that one thread keeps for itself, and that any other thread can have.
//!
//! A thread that submits or receives job by job would pay for each one with a compare-exchange at the free set or at the
//! outcomes. So it takes several tickets at once and keeps the rest in a stash of its own, where taking one is a store and
//! a load. But what it keeps must not be out of reach: the thread may be suspended, or never call again. So a stash is
//! private only until somebody else needs it:
//!
//! ```text
//!     PRIVATE ────────▶ ASKED ──────────────▶ PUBLIC ────────────▶ (taken from, by anyone, by compare-exchange)
//!       ▲   anyone              anyone, or            the owner,
//!       │   who needs it        the owner             when nothing is left
//!       └─────────────────────────────────────────────┘
//! ```
//!
//! The word `now` is what is in a private stash; only the owner writes it, with plain stores. The word `state` says whether
//! it is private.
//!
//! ```text
//!     owner                                   another thread
//!     now := what it will be        S1        PRIVATE becomes ASKED         S4
//!     light fence                   S2        heavy fence                   S5
//!     still PRIVATE? then it is so  S3        look at `now`                 S6
//!         no: settle                S7        ASKED becomes PUBLIC,         S7
//!                                                 with what it saw
//!                                             take from PUBLIC              S8
//! ```
//!
//! The fences are in one order (see `wait::barrier`; the heavy one is `membarrier`, and the light one costs nothing). If S2
//! comes first, S6 sees what the owner wrote. If S5 comes first, S3 sees that somebody asked. Then the two agree by the
//! exchange of ASKED for PUBLIC, which succeeds once: the owner proposes what `now` will be, the others what they saw. A
//! sequence bit that changes with each write of `now` tells the owner which of the two it became, and so whether its last
//! operation has happened; also long after, when the tickets have been taken.
//!
//! A thief that reads PRIVATE and then an empty `now` must not yet conclude that the stash is empty: a request may have
//! preceded the owner's write, which the owner then undoes (`settle`). So it issues a fence and reads `state` again (S10). If
//! the requester's fence (S5) comes first, S10 sees the request. Otherwise the requester's read (S6) sees the same empty `now`,
//! so the owner's write stands and the answer is correct.
//!
//! Nobody waits for anybody: whoever finds ASKED can finish it, whoever finds PUBLIC can take.
//!
//! Its horizon: the epoch counts how often a stash was made private, in 29 bits. A thread that is suspended between S6 and S7
//! while that happens exactly a multiple of 2^29 times, and that then finds ASKED, would publish what it saw at S6.
//!
//! This is biased locking without the lock: the bias is revoked by agreement instead of by stopping the owner.

use crate::ring::layout::Span;
use crate::sync::{AtomicU64, Ordering, fence};
use crate::wait::Asymmetric;

/// A word is `[ epoch | mode | sequence | length | start ]`.
///
/// One bit more than a start needs: where all is taken of the last tickets that there can be, it is one beyond them.
const START_BITS: u32 = 25;
const LENGTH_BITS: u32 = 7;
const SPAN_BITS: u32 = START_BITS + LENGTH_BITS;
const SPAN: u64 = (1 << SPAN_BITS) - 1;
const SEQUENCE: u64 = 1 << SPAN_BITS;
const MODE: u64 = 3 << (SPAN_BITS + 1);
const PRIVATE: u64 = 0;
const ASKED: u64 = 1 << (SPAN_BITS + 1);
const PUBLIC: u64 = 2 << (SPAN_BITS + 1);
const EPOCH: u64 = !(MODE | SEQUENCE | SPAN);
const ONE_EPOCH: u64 = 1 << (SPAN_BITS + 3);

const ONE: u64 = 1 << START_BITS;

// What a word holds. Where the length is 0 the start means nothing.

#[inline(always)]
fn span(word: u64) -> Span {
    Span { start: (word & (ONE - 1)) as u32, len: ((word & SPAN) >> START_BITS) as u32 }
}

#[inline(always)]
fn is_empty(word: u64) -> bool {
    word & SPAN < ONE
}

#[inline(always)]
fn pack(span: Span) -> u64 {
    u64::from(span.len) << START_BITS | u64::from(span.start)
}

/// Up to `limit` tickets of a word that is not empty, the first ones, and the word without them.
#[inline(always)]
fn split(word: u64, limit: u32) -> (Span, u64) {
    let Span { start, len } = span(word);
    let count = if limit == 1 { 1 } else { limit.min(len) };
    (Span { start, len: count }, word + u64::from(count) - u64::from(count) * ONE)
}

/// The word with the tickets, if it is empty or they are neighbours of those in it.
#[inline(always)]
fn with(word: u64, more: Span) -> Option<u64> {
    debug_assert!(more.len <= MOST);
    let Span { start, len } = span(word);
    if len == 0 {
        Some(word & !SPAN | pack(more))
    } else if start + len == more.start && len + more.len <= MOST {
        Some(word + u64::from(more.len) * ONE)
    } else {
        None
    }
}

/// What was packed, if that was something. Out-of-line functions pack their answer, since a word is returned in a register.
#[inline(always)]
fn unpack(word: u64) -> Option<Span> {
    if is_empty(word) { None } else { Some(span(word)) }
}

const NOTHING: u64 = 0;

/// What the owner did quickly up to S3; it holds what `now` was before. Settled once, before the owner does anything else with
/// the stash.
#[derive(Debug)]
#[must_use = "what is not settled may be lost, or be there twice"]
pub(crate) struct Unsettled(u64);

impl Unsettled {
    /// Nothing was done: the stash had nothing, the ticket did not fit, or the stash was not looked at. (What `now` holds has no mode.)
    pub(crate) const NOTHING: Self = Self(MODE);
}

/// How many times an owner finds its stash public before it makes it private again: whoever is robbed often does
/// better without.
const PATIENCE: u64 = if cfg!(loom) { 1 } else { 256 };

/// The most tickets that a stash holds.
pub(crate) const MOST: u32 = 64;
const _: () = assert!(MOST < 1 << LENGTH_BITS);

#[derive(Debug)]
pub(crate) struct Stash {
    now: AtomicU64,
    state: AtomicU64,
    /// For the owner: how often it found the stash public.
    robbed: AtomicU64,
    barrier: Asymmetric,
}

impl Stash {
    pub(crate) fn new(barrier: Asymmetric) -> Self {
        Self { now: AtomicU64::new(0), state: AtomicU64::new(0), robbed: AtomicU64::new(0), barrier }
    }

    // For the owner.

    #[inline(always)]
    fn write(&self, now: u64) {
        // S1, Release, pairs with S6
        self.now.store(now, Ordering::Release);
    }

    /// Makes `now` become `new`, which differs from it by its span. False if that did not happen, since the stash was
    /// made public before, just now or long ago.
    #[inline(always)]
    fn replace(&self, now: u64, new: u64) -> bool {
        self.replace_quickly(now, new).is_ok() || self.settle(now, new)
    }

    /// The same up to S3. If the stash is not private [`settle`](Self::settle) says what became of it, and has to come before
    /// anything else that the owner does.
    #[inline(always)]
    fn replace_quickly(&self, now: u64, new: u64) -> Result<(), Unsettled> {
        self.write(new ^ SEQUENCE);
        // S2, pairs with S5
        self.barrier.light();
        // S3
        let other = self.state.load(Ordering::Relaxed) ^ now;
        if other & (EPOCH | MODE) == PRIVATE { Ok(()) } else { Err(Unsettled(now)) }
    }

    /// The stash is not private, and `now` became `new`: whether that happened before it was made public.
    #[cold]
    fn settle(&self, now: u64, new: u64) -> bool {
        let new = new ^ SEQUENCE;
        let asked = new & EPOCH | ASKED;
        // S7, Release, pairs with S8. The owner itself gets nothing from others but the news that it was robbed.
        match self.state.compare_exchange(asked, new | PUBLIC, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => true,
            Err(state) if state & SEQUENCE == new & SEQUENCE => true,
            Err(_) => {
                // So that the next operation is not mistaken for one that has happened. Relaxed: a thread that reads it from
                // now on finds the stash public at S7 or S10.
                self.now.store(now, Ordering::Relaxed);
                false
            }
        }
    }

    /// Takes the first ticket, if that is quickly done. If not, the owner does not touch the stash before it has called
    /// [`taken`](Self::taken).
    #[inline(always)]
    pub(crate) fn take_quickly(&self) -> Result<Span, Unsettled> {
        let now = self.now.load(Ordering::Relaxed);
        if is_empty(now) {
            return Err(Unsettled::NOTHING);
        }
        let (first, rest) = split(now, 1);
        self.replace_quickly(now, rest).map(|()| first)
    }

    /// What [`take_quickly`](Self::take_quickly) has taken after all; or another ticket that is there, if the stash was robbed,
    /// or if nothing was tried.
    pub(crate) fn taken(&self, unsettled: Unsettled) -> Option<Span> {
        let Unsettled(now) = unsettled;
        if now == Unsettled::NOTHING.0 {
            return self.take(1);
        }
        let (first, rest) = split(now, 1);
        if self.settle(now, rest) { Some(first) } else { unpack(self.take_robbed(1)) }
    }

    /// Takes up to `limit` tickets, the first ones.
    #[inline(always)]
    pub(crate) fn take(&self, limit: u32) -> Option<Span> {
        let now = self.now.load(Ordering::Relaxed);
        if is_empty(now) {
            return unpack(self.take_last(limit));
        }
        let (first, rest) = split(now, limit);
        if self.replace(now, rest) { Some(first) } else { unpack(self.take_robbed(limit)) }
    }

    /// Nothing is in it if it is private.
    #[cold]
    fn take_last(&self, limit: u32) -> u64 {
        if self.is_private() { NOTHING } else { self.take_robbed(limit) }
    }

    fn is_private(&self) -> bool {
        // Relaxed: only the owner makes it private.
        self.state.load(Ordering::Relaxed) == self.now.load(Ordering::Relaxed) & EPOCH | PRIVATE
    }

    #[cold]
    fn take_robbed(&self, limit: u32) -> u64 {
        let taken = self.rob(limit);
        let robbed = self.robbed.load(Ordering::Relaxed) + 1;
        self.robbed.store(robbed, Ordering::Relaxed);
        if taken == NOTHING && robbed.is_multiple_of(PATIENCE) {
            self.make_private(NOTHING);
        }
        taken
    }

    /// Adds tickets to those that are there, if they are neighbours; else gives them back.
    #[inline(always)]
    pub(crate) fn put(&self, span: Span) -> Result<(), Span> {
        let now = self.now.load(Ordering::Relaxed);
        match with(now, span) {
            Some(new) if self.replace(now, new) => Ok(()),
            _ => Err(span),
        }
    }

    /// Adds a ticket as [`put`](Self::put) does, if that is quickly done. If not, the owner does not touch the stash before it
    /// has called [`was_put`](Self::was_put).
    #[inline(always)]
    pub(crate) fn put_quickly(&self, ticket: u32) -> Result<(), Unsettled> {
        let now = self.now.load(Ordering::Relaxed);
        let Some(new) = with(now, Span::one(ticket)) else { return Err(Unsettled::NOTHING) };
        self.replace_quickly(now, new)
    }

    /// Whether [`put_quickly`](Self::put_quickly) has added the ticket after all.
    pub(crate) fn was_put(&self, ticket: u32, unsettled: Unsettled) -> bool {
        let Unsettled(now) = unsettled;
        with(now, Span::one(ticket)).is_some_and(|new| now != Unsettled::NOTHING.0 && self.settle(now, new))
    }

    /// Whether the owner may [`keep`](Self::keep) something: it is private, and empty.
    #[inline(always)]
    pub(crate) fn has_room(&self) -> bool {
        is_empty(self.now.load(Ordering::Relaxed)) && self.is_private()
    }

    /// Keeps tickets, after [`has_room`](Self::has_room), whatever happened since.
    #[inline(always)]
    pub(crate) fn keep(&self, span: Span) {
        if self.put(span).is_err() {
            // It was made public while it was empty.
            self.make_private(pack(span));
        }
    }

    /// Private again, with this in it. Only when it is public and empty: then nobody else changes the state.
    #[cold]
    fn make_private(&self, span: u64) {
        let state = self.state.load(Ordering::Relaxed);
        debug_assert!(state & MODE == PUBLIC && is_empty(state));
        let epoch = (state & EPOCH).wrapping_add(ONE_EPOCH);
        self.write(epoch | span);
        // S9, Release, pairs with S5, which is a fence: a thread that saw this epoch sees no `now` of the one before.
        self.state.store(epoch | PRIVATE, Ordering::Release);
    }

    // For everyone.

    /// Takes up to `limit` tickets, the first ones, and makes the stash public for that.
    pub(crate) fn steal(&self, limit: u32) -> Option<Span> {
        unpack(self.rob(limit))
    }

    fn rob(&self, limit: u32) -> u64 {
        loop {
            // Relaxed: what follows from PRIVATE and ASKED is decided after S5, and what follows from PUBLIC after S8.
            let state = self.state.load(Ordering::Relaxed);
            match state & MODE {
                PRIVATE => {
                    if is_empty(self.now.load(Ordering::Relaxed)) {
                        // S10, pairs with S5. The owner may have written this after a request, and may take it back: but then
                        // the request is seen here.
                        fence(Ordering::SeqCst);
                        if self.state.load(Ordering::Relaxed) == state {
                            return NOTHING;
                        }
                        continue;
                    }
                    // S4
                    let asked = state & EPOCH | ASKED;
                    let _ = self.state.compare_exchange(state, asked, Ordering::Relaxed, Ordering::Relaxed);
                }
                ASKED => {
                    // S5, pairs with S2. Also by threads that did not ask: the requester may be suspended.
                    self.barrier.heavy();
                    // S6
                    let now = self.now.load(Ordering::Acquire);
                    // S7, Release, pairs with S8
                    let _ = self.state.compare_exchange(state, now | PUBLIC, Ordering::Release, Ordering::Relaxed);
                }
                _ => return self.take_public(limit),
            }
        }
    }

    /// Takes up to `limit` tickets of a public stash.
    #[cold]
    fn take_public(&self, limit: u32) -> u64 {
        loop {
            // S8, Acquire, pairs with S7
            let state = self.state.load(Ordering::Acquire);
            if state & MODE != PUBLIC || is_empty(state) {
                return NOTHING;
            }
            let (first, left) = split(state, limit);
            // Relaxed: a read-modify-write, so later takers still pair with S7.
            if self.state.compare_exchange(state, left, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                return pack(first);
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{MOST, Span, Stash, Unsettled};
    use crate::host::storage::MAX_CAPACITY;
    use crate::wait::Barrier;

    #[test]
    fn an_owner_that_has_not_tried_anything_yet_takes_what_is_there() {
        let Some(barrier) = Barrier::expect_asymmetric() else { return };
        let stash = Stash::new(barrier);
        assert_eq!(stash.taken(Unsettled::NOTHING), None);
        stash.put(Span { start: 3, len: 2 }).unwrap();
        for ticket in [3, 4] {
            assert_eq!(stash.taken(Unsettled::NOTHING), Some(Span::one(ticket)));
        }
        assert_eq!(stash.taken(Unsettled::NOTHING), None);
    }

    #[test]
    fn the_last_tickets_of_the_largest_pool_are_taken_once_like_all_others() {
        let Some(barrier) = Barrier::expect_asymmetric() else { return };
        let last = Span { start: MAX_CAPACITY as u32 - MOST, len: MOST };
        for stolen in [false, true] {
            let stash = Stash::new(barrier);
            stash.put(last).unwrap();
            let take = || if stolen { stash.steal(1) } else { stash.take(1) };
            for ticket in last.start..last.start + last.len {
                assert_eq!(take(), Some(Span::one(ticket)));
            }
            assert_eq!(take(), None);
        }
    }
}
