//! The algorithm: a ring of tickets over words that somebody else stores.
//!
//! ```text
//!     EMPTY (lap) --push--> FULL (lap, ticket) --pop--> EMPTY (lap + 1)
//! ```
//!
//! Two hints, `tail` and `head`, say where to look for the next position to push or to pop. They may lag behind
//! the truth and are never ahead of it. One compare-exchange on the slot is the whole operation, so a thread that is
//! suspended at any instruction leaves behind a ring that is whole: at worst a hint lags, and the next one walks on.
//!
//! Every position before the tail has been pushed and every position before the head has been popped, in order; so
//! the slot at the tail decides between "free", "full" and "closed", and the slot at the head between "full",
//! "empty" and "closed", each in one load.
//!
//! # Orderings
//!
//! | label | access | pairs with |
//! |---|---|---|
//! | R1 | slot load, Acquire | R2: what the one who wrote this word did before is visible |
//! | R2 | slot compare-exchange, Release; relaxed on failure, since the slot is then looked at again | R1 |
//! | R3 | hint load, Acquire | R4 |
//! | R4 | hint store or compare-exchange, Release | R3: whoever starts at a hint knows all operations before it |
//!
//! R1 and R2 carry the payload: written before the push, read after the pop. The success side of R2 need not
//! acquire: the word it replaces is the one that R1 read, and a word never comes back within the horizon.
//! R3 and R4 carry knowledge: without them a thread could start at a hint whose past it has not seen, read a stale
//! slot there, and answer Full or Empty against the order of its own operations.

use super::word::{AtomicWord, Layout, Word};
use crate::sync::{Ordering, Padded};

/// Where the words of a ring live: inline in a `static`, or on the heap.
pub(crate) trait Words {
    /// Their width.
    type Word: Word;
    /// All of them; as many as the capacity.
    fn words(&self) -> &[<Self::Word as Word>::Atomic];
    /// How they divide into fields.
    fn layout(&self) -> Layout;
}

/// `N` words inline; `MARKED` if their tickets carry a mark.
pub(crate) struct Inline<W: Word, const N: usize, const MARKED: bool = false>([W::Atomic; N]);

impl<W: Word, const N: usize, const MARKED: bool> Inline<W, N, MARKED> {
    const LAYOUT: Layout = if MARKED { Layout::with_mark(N, W::BITS) } else { Layout::new(N, W::BITS) };

    #[cfg(not(loom))]
    pub(crate) const fn zeros() -> Self {
        const {
            let _ = Self::LAYOUT;
        }
        Self([const { W::ATOMIC_ZERO }; N])
    }

    #[cfg(loom)]
    pub(crate) fn zeros() -> Self {
        Self(core::array::from_fn(|_| W::atomic_zero()))
    }
}

impl<W: Word, const N: usize, const MARKED: bool> Words for Inline<W, N, MARKED> {
    type Word = W;

    #[inline(always)]
    fn words(&self) -> &[W::Atomic] {
        &self.0
    }

    #[inline(always)]
    fn layout(&self) -> Layout {
        Self::LAYOUT
    }
}

/// The verdict at the head or at the tail: the position can be used, or the reason why not.
enum Spot<W> {
    /// The word that a compare-exchange has to replace.
    Usable(W),
    /// Full at the tail, empty at the head, by this word.
    Refused(W),
    Closed,
}

/// Why a push or a pop was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Full for a push, empty for a pop.
    Now,
    /// Closed for a push, closed and drained for a pop.
    ForEver,
}

/// `STARTS_FULL`: slot i holds ticket i at the beginning. Words and hints are stored as their difference from the
/// initial ones, so that both kinds of ring begin as zeros and a `static` lies in .bss.
pub(crate) struct RawRing<B: Words, const STARTS_FULL: bool> {
    head: Padded<<B::Word as Word>::Atomic>,
    tail: Padded<<B::Word as Word>::Atomic>,
    words: B,
}

impl<B: Words, const STARTS_FULL: bool> RawRing<B, STARTS_FULL> {
    #[cfg(not(loom))]
    pub(crate) const fn over(words: B) -> Self {
        Self { head: Padded::new(B::Word::ATOMIC_ZERO), tail: Padded::new(B::Word::ATOMIC_ZERO), words }
    }

    #[cfg(loom)]
    pub(crate) fn over(words: B) -> Self {
        Self { head: Padded::new(B::Word::atomic_zero()), tail: Padded::new(B::Word::atomic_zero()), words }
    }

    #[inline(always)]
    pub(crate) fn layout(&self) -> Layout {
        self.words.layout()
    }

    /// For storage that is set up in place.
    #[cfg(feature = "capi-core")]
    pub(crate) fn storage(&self) -> &B {
        &self.words
    }

    /// What the word at `index` is stored as a difference from.
    #[inline(always)]
    fn initial(&self, index: u32) -> B::Word {
        if STARTS_FULL { self.layout().fill(B::Word::ZERO, index) } else { B::Word::ZERO }
    }

    #[inline(always)]
    fn load(&self, pos: B::Word) -> B::Word {
        let index = self.layout().low(pos);
        // R1
        self.words.words()[index as usize].load(Ordering::Acquire) ^ self.initial(index)
    }

    /// The one step by which anything happens to the ring.
    #[inline(always)]
    fn replace(&self, pos: B::Word, old: B::Word, new: B::Word) -> bool {
        let index = self.layout().low(pos);
        let initial = self.initial(index);
        // R2
        self.words.words()[index as usize]
            .compare_exchange(old ^ initial, new ^ initial, Ordering::Release, Ordering::Relaxed)
            .is_ok()
    }

    #[inline(always)]
    fn tail_start(&self) -> B::Word {
        if STARTS_FULL { self.layout().second_lap() } else { B::Word::ZERO }
    }

    #[inline(always)]
    fn tail_hint(&self) -> B::Word {
        // R3
        self.tail.load(Ordering::Acquire) ^ self.tail_start()
    }

    #[inline(always)]
    pub(crate) fn head_hint(&self) -> B::Word {
        // R3
        self.head.load(Ordering::Acquire)
    }

    /// Moves a hint forward to `to`, unless somebody moved it that far already.
    ///
    /// A thread that is suspended in here can move a wide hint back when it wakes: that costs the next one a walk of
    /// at most one lap. Where laps are few a hint that lags by half of them would be mistaken for one that is ahead,
    /// so narrow hints only ever move forward.
    #[inline(always)]
    fn advance(&self, hint: &<B::Word as Word>::Atomic, start: B::Word, to: B::Word) {
        let now = hint.load(Ordering::Relaxed) ^ start;
        if !self.layout().before(now, to) {
            return;
        }
        // R4
        if B::Word::BITS >= 64 {
            hint.store(to ^ start, Ordering::Release);
        } else {
            let _ = hint.compare_exchange(now ^ start, to ^ start, Ordering::Release, Ordering::Relaxed);
        }
    }

    #[inline(always)]
    pub(crate) fn advance_head(&self, to: B::Word) {
        self.advance(&self.head, B::Word::ZERO, to);
    }

    /// Walks from `pos` to the first position that has not been pushed.
    #[inline(always)]
    fn seek_tail(&self, pos: &mut B::Word) -> Spot<B::Word> {
        let layout = self.layout();
        let mut hint = *pos;
        loop {
            let word = self.load(*pos);
            let (lap, here) = (layout.lap(word), layout.lap(*pos));
            if lap == here {
                if layout.is_full(word) {
                    *pos = layout.next(*pos);
                } else if layout.is_closed(word) {
                    return Spot::Closed;
                } else {
                    return Spot::Usable(word);
                }
            } else if layout.before(here, lap) {
                // Whole laps went by since the hint. A full word was pushed in its own lap; an empty one says only
                // that the lap before was.
                let slots = layout.at_lap_of(*pos, word);
                *pos = layout.next(if layout.is_full(word) { slots } else { layout.lap_before(slots) });
            } else {
                // The lap before is still in the slot. Believe it only if the hint stands: one who slept here for
                // half of all laps reads a later lap as an earlier one.
                let now = self.tail_hint();
                if now != hint {
                    (hint, *pos) = (now, now);
                } else if layout.is_full(word) && lap == layout.lap_before(here) {
                    return if layout.is_closed(word) { Spot::Closed } else { Spot::Refused(word) };
                } else {
                    // Only past the horizon: the hint is ahead of the slots. Follow the slots.
                    *pos = layout.at_lap_of(*pos, word);
                }
            }
        }
    }

    /// Walks from `pos` to the first position that has not been popped.
    #[inline(always)]
    fn seek_head(&self, pos: &mut B::Word) -> Spot<B::Word> {
        let layout = self.layout();
        let mut hint = *pos;
        loop {
            let word = self.load(*pos);
            let (lap, here) = (layout.lap(word), layout.lap(*pos));
            if lap == here && layout.is_full(word) {
                return Spot::Usable(word);
            } else if layout.before(here, lap) {
                // Popped in the lap before the slot's.
                *pos = layout.next(layout.lap_before(layout.at_lap_of(*pos, word)));
            } else {
                let now = self.head_hint();
                if now != hint {
                    (hint, *pos) = (now, now);
                } else if lap != here {
                    // Only past the horizon, as above.
                    *pos = layout.at_lap_of(*pos, word);
                } else if layout.is_closed(word) {
                    return Spot::Closed;
                } else {
                    return Spot::Refused(word);
                }
            }
        }
    }

    /// `ticket` must be below the capacity.
    #[inline(always)]
    pub(crate) fn push(&self, ticket: u32) -> Result<(), Refusal> {
        let mut pos = self.tail_hint();
        loop {
            match self.seek_tail(&mut pos) {
                Spot::Usable(word) => {
                    if self.replace(pos, word, self.layout().fill(word, ticket)) {
                        self.advance(&self.tail, self.tail_start(), self.layout().next(pos));
                        return Ok(());
                    }
                }
                Spot::Refused(_) => return Err(Refusal::Now),
                Spot::Closed => return Err(Refusal::ForEver),
            }
        }
    }

    #[inline(always)]
    pub(crate) fn pop(&self) -> Result<u32, Refusal> {
        self.take(|_| None)
    }

    /// Pops the oldest ticket, or, where `rest` names a ticket to leave in its place, exchanges the two: that
    /// is how one job is taken off a chain of them. Either way it is one compare-exchange.
    #[inline(always)]
    pub(crate) fn take(&self, rest: impl FnMut(u32) -> Option<u32>) -> Result<u32, Refusal> {
        let start = self.head_hint();
        let mut pos = start;
        let ticket = self.take_from(&mut pos, rest)?;
        if pos != start {
            self.advance_head(pos);
        }
        Ok(ticket)
    }

    /// [`take`](Self::take) from `pos` on, which it moves past what it emptied; the hint is left to the caller.
    #[inline(always)]
    pub(crate) fn take_from(
        &self,
        pos: &mut B::Word,
        mut rest: impl FnMut(u32) -> Option<u32>,
    ) -> Result<u32, Refusal> {
        let layout = self.layout();
        loop {
            match self.seek_head(pos) {
                Spot::Usable(word) => {
                    let ticket = layout.low(word);
                    match rest(ticket) {
                        Some(rest) => {
                            if self.replace(*pos, word, layout.fill(word, rest)) {
                                return Ok(ticket);
                            }
                        }
                        None => {
                            if self.replace(*pos, word, layout.empty(word)) {
                                *pos = layout.next(*pos);
                                return Ok(ticket);
                            }
                        }
                    }
                }
                Spot::Refused(_) => return Err(Refusal::Now),
                Spot::Closed => return Err(Refusal::ForEver),
            }
        }
    }

    /// Closes the ring for pushes; true for the one call that did it.
    ///
    /// The mark is set on the word that the next push would have to replace: every push comes before it or is
    /// refused, and there is no flag beside the ring that could be read too early or too late.
    pub(crate) fn close(&self) -> bool {
        let mut pos = self.tail_hint();
        loop {
            match self.seek_tail(&mut pos) {
                // A full ring is closed on the word of the lap before: whoever pops it carries the mark over.
                Spot::Usable(word) | Spot::Refused(word) => {
                    if self.replace(pos, word, self.layout().close(word)) {
                        return true;
                    }
                }
                Spot::Closed => return false,
            }
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.seek_tail(&mut self.tail_hint()), Spot::Closed)
    }

    pub(crate) fn is_full(&self) -> bool {
        let mut pos = self.tail_hint();
        match self.seek_tail(&mut pos) {
            Spot::Usable(_) => false,
            Spot::Refused(_) => true,
            // Closed: full if the closing slot still holds the lap before.
            Spot::Closed => self.layout().is_full(self.load(pos)),
        }
    }

    /// Whether everything that was pushed has been popped, now.
    pub(crate) fn is_empty(&self) -> bool {
        !matches!(self.seek_head(&mut self.head_hint()), Spot::Usable(_))
    }

    /// Closed, and nothing left to pop: from here on nothing changes any more.
    pub(crate) fn is_drained(&self) -> bool {
        matches!(self.seek_head(&mut self.head_hint()), Spot::Closed)
    }

    /// Tickets in the ring; exact while nobody pushes or pops.
    pub(crate) fn len(&self) -> usize {
        let (mut head, mut tail) = (self.head_hint(), self.tail_hint());
        let _ = self.seek_head(&mut head);
        let _ = self.seek_tail(&mut tail);
        self.layout().distance(head, tail)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Inline, RawRing};

    /// A push is suspended between its compare-exchange and its hint, and its ticket is popped. The next push starts at a
    /// hint whose slot is a lap ahead, and must not leave a hole.
    #[test]
    fn a_push_whose_hint_lags_behind_a_popped_slot_goes_to_the_next_position() {
        for turns in 0..4 {
            let ring = RawRing::<Inline<u8, 4>, false>::over(Inline::zeros());
            for ticket in 0..turns {
                ring.push(ticket).unwrap();
                assert_eq!(ring.pop(), Ok(ticket));
            }
            let lagging = ring.tail_hint();
            ring.push(3).unwrap();
            assert_eq!(ring.pop(), Ok(3));
            ring.tail.store(lagging, crate::sync::Ordering::Release);
            ring.push(1).unwrap();
            ring.push(2).unwrap();
            assert_eq!((ring.pop(), ring.pop()), (Ok(1), Ok(2)));
        }
    }
}
