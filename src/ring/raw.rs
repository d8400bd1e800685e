//! The algorithm: a ring of tickets over words that are stored elsewhere.
//!
//! ```text
//!     EMPTY (lap) --push--> FULL (lap, span) --pop--> EMPTY (lap + 1)
//! ```
//!
//! Two hints, `tail` and `head`, say where to look for the next position to push or to pop. They may lag behind
//! the truth and are never ahead of it. One compare-exchange on the word is the whole operation, so a thread that is
//! suspended at any instruction leaves behind a ring that is whole: at worst a hint lags, and the next thread walks on.
//!
//! Every position before the tail has been pushed and every position before the head has been popped, in order; so
//! the word at the tail decides between "free", "full" and "closed", and the word at the head between "full",
//! "empty" and "closed", each in one load.
//!
//! # Spans
//!
//! Where a word has room, it holds a span of neighbouring tickets. A pop takes as many of the first ones as it wants and
//! leaves the rest in the word. A push whose ticket continues the span of the last word joins it, except the first of a lap: so
//! pushes of single tickets make spans as well, and a pop gets many tickets for one compare-exchange.
//!
//! A join is a push that comes before every later word. It reads the last word, then the word at the tail, and exchanges
//! the last one. If that succeeds nobody has popped there in between, and so nobody can tell whether the join happened
//! when the tail was read; at that time the word was the last one and the ring was open.
//!
//! # Orderings
//!
//! | label | access | pairs with |
//! |---|---|---|
//! | R1 | word load, Acquire | R2: what the thread that wrote this word did before is visible |
//! | R2 | word compare-exchange, Release, of narrow words Acquire, too; relaxed on failure, since the word is then looked at again | R1; R2 |
//! | R3 | hint load, Acquire | R4 |
//! | R4 | hint store or compare-exchange, Release | R3: whoever starts at a hint knows all operations before it |
//!
//! R1 and R2 carry the payload: written before the push, read after the pop. The success side of R2 need not
//! acquire: the word it replaces is one that R1 read or that this thread wrote, and a word never comes back within the
//! horizon. Past the horizon, which is in reach where words are narrow, the word may be another one that looks the same: so
//! narrow words are acquired here, and what is popped is whole even then.
//! R3 and R4 carry knowledge: without them a thread could start at a hint whose past it has not seen, read a stale
//! word there, and answer Full or Empty against the order of its own operations.

use super::backoff::Backoff;
use super::layout::{Layout, Span};
use super::word::{AtomicWord, Word};
use crate::sync::{Ordering, Padded};

/// Where the words of a ring live: inline in a `static`, or on the heap.
pub(crate) trait Words {
    /// Their width.
    type Word: Word;
    /// Whether they may hold more than a ticket each, as their layout says.
    const SPANS: bool = true;
    /// One of them; there are as many as the capacity.
    fn word(&self, index: u32) -> &<Self::Word as Word>::Atomic;
    /// This one and the next, if it is not the last one.
    fn neighbours(&self, first: u32) -> Option<[&<Self::Word as Word>::Atomic; 2]>;
    /// How they divide into fields.
    fn layout(&self) -> Layout;
}

/// [`Words::neighbours`], for words in a slice.
#[inline(always)]
pub(crate) fn neighbours<A>(words: &[A], first: u32) -> Option<[&A; 2]> {
    let first = first as usize;
    let [word, next] = words.get(first..=first + 1)? else { return None };
    Some([word, next])
}

/// `N` words inline; with `SPANS`, as many tickets in each as there is room for; with `SPARES`, so many tickets more than words.
pub(crate) struct Inline<W: Word, const N: usize, const SPANS: bool = false, const SPARES: usize = 0>([W::Atomic; N]);

impl<W: Word, const N: usize, const SPANS: bool, const SPARES: usize> Inline<W, N, SPANS, SPARES> {
    const LAYOUT: Layout = if SPANS { Layout::with_spans(N, W::BITS) } else { Layout::with_spares(N, SPARES, W::BITS) };

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

impl<W: Word, const N: usize, const SPANS: bool, const SPARES: usize> Words for Inline<W, N, SPANS, SPARES> {
    type Word = W;
    const SPANS: bool = SPANS;

    #[inline(always)]
    fn word(&self, index: u32) -> &W::Atomic {
        &self.0[index as usize]
    }

    #[inline(always)]
    fn neighbours(&self, first: u32) -> Option<[&W::Atomic; 2]> {
        neighbours(&self.0, first)
    }

    #[inline(always)]
    fn layout(&self) -> Layout {
        Self::LAYOUT
    }
}

/// What can be done at the head or at the tail. A walk returns it with the position, which together fit registers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// The word there is to be replaced.
    Usable,
    /// Nothing: at the tail the ring is full, at the head it is empty.
    Refused,
    /// Nothing, for ever.
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

impl Spot {
    #[inline(always)]
    fn usable(self) -> Result<(), Refusal> {
        match self {
            Self::Usable => Ok(()),
            Self::Refused => Err(Refusal::Now),
            Self::Closed => Err(Refusal::ForEver),
        }
    }
}

/// A walk over more words than this repairs a 64-bit hint itself; after a shorter one, the thread that moved the ring on is
/// probably about to.
const LAG: u32 = if cfg!(loom) { 0 } else { 8 };

/// Where a word of the ring is.
struct Place<'a, W: Word>(&'a W::Atomic);

impl<W: Word> Place<'_, W> {
    #[inline(always)]
    fn load(&self) -> W {
        // R1
        self.0.load(Ordering::Acquire)
    }

    /// R2
    const REPLACED: Ordering = if W::BITS < 64 { Ordering::AcqRel } else { Ordering::Release };

    /// The one step by which anything happens to a ring.
    #[inline(always)]
    fn replace(&self, old: W, new: W) -> bool {
        self.0.compare_exchange_weak(old, new, Self::REPLACED, Ordering::Relaxed).is_ok()
    }
}

/// What a thread remembers of its last push.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastPush<W> {
    /// The word that it pushed to.
    word: W,
    /// What the word after it is as long as nobody has pushed there: EMPTY, of the same lap.
    after: W,
    /// Which word.
    index: u32,
    /// The ticket after the last one.
    next: u32,
    /// What one more ticket adds to the word.
    one_more: W,
}

#[cfg(feature = "std")]
impl<W: Word> LastPush<W> {
    /// Nothing was pushed.
    pub(crate) const NONE: Self = Self { word: W::ZERO, after: W::ZERO, index: 0, next: u32::MAX, one_more: W::ZERO };
}

/// Everything begins as zeros, so a `static` ring lies in .bss.
pub(crate) struct RawRing<B: Words> {
    head: Padded<<B::Word as Word>::Atomic>,
    tail: Padded<<B::Word as Word>::Atomic>,
    words: B,
}

impl<B: Words> RawRing<B> {
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

    /// With what else is stored there.
    #[inline(always)]
    pub(crate) fn storage(&self) -> &B {
        &self.words
    }

    #[inline(always)]
    fn place(&self, layout: Layout, pos: B::Word) -> Place<'_, B::Word> {
        Place(self.words.word(layout.index(pos)))
    }

    #[inline(always)]
    fn tail_hint(&self) -> B::Word {
        // R3
        self.tail.load(Ordering::Acquire)
    }

    /// The index of the position that will be pushed next, if nobody comes between.
    #[inline(always)]
    pub(crate) fn next_index(&self) -> u32 {
        self.layout().index(self.tail_hint())
    }

    #[inline(always)]
    fn head_hint(&self) -> B::Word {
        // R3
        self.head.load(Ordering::Acquire)
    }

    /// Moves a hint forward to `to`, from `pos` where it led, unless somebody moved it meanwhile.
    ///
    /// A thread that is suspended in here can move a wide hint back when it wakes: that costs the next one a walk of at most one
    /// lap, after which the hint is right again. Where laps are few a hint that lags by half of them would be mistaken for one
    /// that is ahead, so narrow hints only ever move forward.
    #[inline(always)]
    fn advance(layout: Layout, hint: &<B::Word as Word>::Atomic, pos: B::Word, to: B::Word) {
        if B::Word::BITS < 64 {
            Self::catch_up(hint, pos, to);
        } else if layout.before(hint.load(Ordering::Relaxed), to) {
            Self::set(hint, to);
        }
    }

    #[inline(always)]
    fn set(hint: &<B::Word as Word>::Atomic, to: B::Word) {
        // R4
        hint.store(to, Ordering::Release);
    }

    /// Moves a narrow hint from where it was seen to where the walk from there has led. A wide one needs none of that: a store
    /// moves it from wherever it is.
    #[inline(always)]
    fn catch_up(hint: &<B::Word as Word>::Atomic, seen: B::Word, to: B::Word) {
        if B::Word::BITS < 64 {
            // R4
            let _ = hint.compare_exchange_weak(seen, to, Ordering::Release, Ordering::Relaxed);
        }
    }

    /// Sets a wide hint right after a walk of so many words that ended where no hint is moved: in a refusal, or at a word of
    /// which a pop may leave some. Otherwise each call on a ring that stays empty, or full, or that takes one of many, would
    /// walk as far.
    #[inline(always)]
    fn mend(hint: &<B::Word as Word>::Atomic, walked: u32, to: B::Word) {
        if B::Word::BITS >= 64 && walked > LAG {
            Self::set(hint, to);
        }
    }

    /// Walks from `pos` to the first position that has not been pushed.
    #[cold]
    #[inline(never)]
    fn seek_tail(&self, mut pos: B::Word) -> (Spot, B::Word) {
        let layout = self.layout();
        let (mut hint, mut walked) = (pos, 0u32);
        loop {
            let word = self.place(layout, pos).load();
            let (lap, here) = (layout.lap(word), layout.lap(pos));
            if lap == here {
                if layout.is_full(word) {
                    pos = layout.next(pos);
                } else if layout.is_closed(word) {
                    Self::mend(&self.tail, walked, pos);
                    return (Spot::Closed, pos);
                } else {
                    // Where the hint was right nothing is written: calls that only look disturb nobody.
                    if hint != pos {
                        Self::catch_up(&self.tail, hint, pos);
                    }
                    return (Spot::Usable, pos);
                }
            } else if layout.before(here, lap) {
                // Whole laps went by since the hint. A full word was pushed in its own lap; an empty one says only
                // that the lap before was.
                let words = layout.at_lap_of(pos, word);
                pos = layout.next(if layout.is_full(word) { words } else { layout.lap_before(words) });
            } else {
                // The lap before is still in the word. Believe it only if the hint stands: a thread that slept here for half of
                // all laps reads a later lap as an earlier one.
                let now = self.tail_hint();
                if now != hint {
                    (hint, pos) = (now, now);
                } else if layout.is_full(word) && lap == layout.lap_before(here) {
                    Self::mend(&self.tail, walked, pos);
                    return (if layout.is_closed(word) { Spot::Closed } else { Spot::Refused }, pos);
                } else {
                    // Only past the horizon: the hint is ahead of the words. Follow the words.
                    pos = layout.at_lap_of(pos, word);
                }
            }
            walked = walked.saturating_add(1);
        }
    }

    /// Walks from `pos` to the first position that has not been popped.
    #[cold]
    #[inline(never)]
    fn seek_head(&self, mut pos: B::Word) -> (Spot, B::Word) {
        let layout = self.layout();
        let (mut hint, mut walked) = (pos, 0u32);
        loop {
            let word = self.place(layout, pos).load();
            let (lap, here) = (layout.lap(word), layout.lap(pos));
            if layout.is_full_at(word, pos) {
                if hint != pos {
                    Self::catch_up(&self.head, hint, pos);
                }
                Self::mend(&self.head, walked, pos);
                return (Spot::Usable, pos);
            } else if layout.before(here, lap) {
                // Popped in the lap before the word's.
                pos = layout.next(layout.lap_before(layout.at_lap_of(pos, word)));
            } else {
                let now = self.head_hint();
                if now != hint {
                    (hint, pos) = (now, now);
                } else if lap != here {
                    // Only past the horizon, as above.
                    pos = layout.at_lap_of(pos, word);
                } else {
                    Self::mend(&self.head, walked, pos);
                    return (if layout.is_closed(word) { Spot::Closed } else { Spot::Refused }, pos);
                }
            }
            walked = walked.saturating_add(1);
        }
    }

    /// The span must lie below the capacity.
    #[inline(always)]
    pub(crate) fn push(&self, span: Span) -> Result<(), Refusal> {
        let (layout, pos) = (self.layout(), self.tail_hint());
        // A span of full length joins none; the conditions before that are for the compiler.
        if B::SPANS && layout.has_spans() && span.len < layout.max_span() && self.join(layout, pos, span).is_some() {
            Ok(())
        } else if B::SPANS {
            self.append_apart(pos, span)
        } else {
            self.append(layout, pos, span).map(|_| ())
        }
    }

    /// [`append`](Self::append), out of the way of a push that joins.
    #[cold]
    #[inline(never)]
    fn append_apart(&self, pos: B::Word, span: Span) -> Result<(), Refusal> {
        self.append(self.layout(), pos, span).map(|_| ())
    }

    /// As [`push`](Self::push), for one ticket, and sooner if that is the one after the last that this thread pushed.
    #[cfg(all(feature = "std", any(test, loom)))]
    pub(crate) fn push_next(&self, ticket: u32, last: &mut LastPush<B::Word>) -> Result<(), Refusal> {
        if self.join_last(ticket, last) { Ok(()) } else { self.push_apart(ticket, last) }
    }

    /// Pushes a ticket that is the one after the last by a [`join`](Self::join) of a word that this thread wrote or, if it has
    /// the seat of a thread that ended, knows from it; false if that cannot be. While a word holds a span of its lap that span
    /// only grows at its end and shrinks at its beginning, so if the exchange succeeds the word has not changed since.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn join_last(&self, ticket: u32, last: &mut LastPush<B::Word>) -> bool {
        if ticket != last.next {
            return false;
        }
        let Some(joined) = self.layout().lengthen_by(last.word, last.one_more) else { return false };
        let Some([word, after]) = self.words.neighbours(last.index) else { return false };
        if Place::<B::Word>(after).load() != last.after || !Place::<B::Word>(word).replace(last.word, joined) {
            return false;
        }
        last.word = joined;
        last.next += 1;
        true
    }

    /// [`push`](Self::push), by a thread that remembers it, and has not joined what it remembers.
    #[cfg(feature = "std")]
    pub(crate) fn push_apart(&self, ticket: u32, last: &mut LastPush<B::Word>) -> Result<(), Refusal> {
        let (layout, pos, span) = (self.layout(), self.tail_hint(), Span::one(ticket));
        let (index, word) = match self.join(layout, pos, span) {
            Some(joined) => joined,
            None => self.append(layout, pos, span)?,
        };
        *last = LastPush { word, after: layout.lap(word), index, next: ticket + 1, one_more: layout.one_more() };
        Ok(())
    }

    /// Fills the first free word at `pos` or after it; says which one that is, and what it is now.
    #[inline(always)]
    fn append(&self, layout: Layout, pos: B::Word, span: Span) -> Result<(u32, B::Word), Refusal> {
        let (pos, word) = self.replace_at_tail(layout, pos, |word, _| layout.fill(word, span))?;
        Ok((layout.index(pos), layout.fill(word, span)))
    }

    /// Replaces the first free word at `pos` or after it by what `full` makes of it there; says where that was, and what was
    /// there before.
    #[inline(always)]
    fn replace_at_tail(
        &self,
        layout: Layout,
        mut pos: B::Word,
        mut full: impl FnMut(B::Word, B::Word) -> B::Word,
    ) -> Result<(B::Word, B::Word), Refusal> {
        let mut backoff = Backoff::new();
        loop {
            let place = self.place(layout, pos);
            let word = place.load();
            // EMPTY, of this lap: the hint was right.
            if layout.is_empty_at(word, pos) && place.replace(word, full(word, pos)) {
                Self::advance(layout, &self.tail, pos, layout.next(pos));
                return Ok((pos, word));
            }
            let spot;
            (spot, pos) = self.seek_tail(pos);
            spot.usable()?;
            if backoff.pause() {
                pos = layout.later(pos, self.tail_hint());
            }
        }
    }

    /// Adds the span to the word before `pos`, if that was pushed last and the span begins where it ends. For the first
    /// position of a lap the word before is at the other end, and is not joined. Says which word it is, and what it is now.
    #[inline(always)]
    fn join(&self, layout: Layout, pos: B::Word, span: Span) -> Option<(u32, B::Word)> {
        let before = layout.index(pos).checked_sub(1)?;
        let [last, next] = self.words.neighbours(before)?;
        let last = Place::<B::Word>(last);
        let old = last.load();
        let joined = layout.join(old, span)?;
        // It was pushed last if after it was read the next position is free.
        (Place::<B::Word>(next).load() == layout.lap(pos) && last.replace(old, joined)).then_some((before, joined))
    }

    /// Takes the oldest ticket, and up to `limit` if others are in the same word.
    #[inline(always)]
    pub(crate) fn pop(&self, limit: u32) -> Result<Span, Refusal> {
        let layout = self.layout();
        self.replace_at_head(layout, |word, _| match layout.span(word).split(limit) {
            (taken, Some(rest)) => (layout.refill(word, rest), taken),
            (taken, None) => (layout.empty(word), taken),
        })
    }

    /// Replaces the first full word by what `take` makes of it there; gives what that took.
    #[inline(always)]
    fn replace_at_head<X>(
        &self,
        layout: Layout,
        take: impl Fn(B::Word, B::Word) -> (B::Word, X),
    ) -> Result<X, Refusal> {
        let mut pos = self.head_hint();
        let mut backoff = Backoff::new();
        loop {
            let place = self.place(layout, pos);
            let word = place.load();
            // FULL, of this lap: the hint was right.
            if layout.is_full_at(word, pos) {
                let (left, taken) = take(word, pos);
                if place.replace(word, left) {
                    if !layout.has_spans() || !layout.is_full(left) {
                        Self::advance(layout, &self.head, pos, layout.next(pos));
                    }
                    return Ok(taken);
                }
            }
            let spot;
            (spot, pos) = self.seek_head(pos);
            spot.usable()?;
            if backoff.pause() {
                pos = layout.later(pos, self.head_hint());
            }
        }
    }

    // A ring of swaps keeps a ticket in each word, also in those that are free: not the ticket itself, but how it differs from
    // the word's index, so that everything begins as zeros here, too.

    /// Appends a ticket, for the one that was in the free word. `prepare` is called before it tries, each time that it finds
    /// room.
    #[inline(always)]
    pub(crate) fn swap_in(&self, ticket: u32, mut prepare: impl FnMut()) -> Result<u32, Refusal> {
        let layout = self.layout();
        let (pos, word) = self.replace_at_tail(layout, self.tail_hint(), |word, pos| {
            prepare();
            layout.refill(word, Span::one(ticket ^ layout.index(pos)))
        })?;
        Ok(layout.span(word).start ^ layout.index(pos))
    }

    /// Takes the oldest ticket, and leaves another one in the word, which is free then.
    #[inline(always)]
    pub(crate) fn swap_out(&self, ticket: u32) -> Result<u32, Refusal> {
        let layout = self.layout();
        self.replace_at_head(layout, |word, pos| {
            let index = layout.index(pos);
            (layout.empty_with(word, ticket ^ index), layout.span(word).start ^ index)
        })
    }

    /// Closes the ring for pushes; true for the one call that did it.
    ///
    /// The mark is set on the word that the next push would have to replace: every push comes before it or is
    /// refused, and there is no flag beside the ring that could be read too early or too late.
    pub(crate) fn close(&self) -> bool {
        let layout = self.layout();
        let mut pos = self.tail_hint();
        loop {
            let spot;
            (spot, pos) = self.seek_tail(pos);
            if spot == Spot::Closed {
                return false;
            }
            let place = self.place(layout, pos);
            let word = place.load();
            // A full ring is closed on the word of the lap before: whoever pops it carries the mark over.
            let open = layout.is_empty_at(word, pos)
                || layout.is_full_at(word, layout.lap_before(pos)) && !layout.is_closed(word);
            if open && place.replace(word, layout.close(word)) {
                return true;
            }
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.seek_tail(self.tail_hint()).0 == Spot::Closed
    }

    pub(crate) fn is_full(&self) -> bool {
        match self.seek_tail(self.tail_hint()) {
            (Spot::Usable, _) => false,
            (Spot::Refused, _) => true,
            // Closed: full if the closing word still holds the lap before.
            (Spot::Closed, pos) => {
                let layout = self.layout();
                layout.is_full(self.place(layout, pos).load())
            }
        }
    }

    /// Whether everything that was pushed has been popped, now.
    pub(crate) fn is_empty(&self) -> bool {
        self.seek_head(self.head_hint()).0 != Spot::Usable
    }

    /// Closed, and nothing left to pop: from here on nothing changes any more.
    pub(crate) fn is_drained(&self) -> bool {
        self.seek_head(self.head_hint()).0 == Spot::Closed
    }

    /// Whether that many words hold tickets, judged by the last of them: nothing is read that a push is about to write.
    #[cfg(feature = "std")]
    pub(crate) fn seems_to_have(&self, words: usize) -> bool {
        let layout = self.layout();
        let last = (1..words).fold(self.head_hint(), |pos, _| layout.next(pos));
        layout.is_full_at(self.place(layout, last).load(), last)
    }

    /// The tickets that will be popped next, as far as one look can tell.
    #[cfg(feature = "std")]
    pub(crate) fn seems_next(&self) -> Option<Span> {
        let (layout, pos) = (self.layout(), self.head_hint());
        let word = self.place(layout, pos).load();
        layout.is_full_at(word, pos).then(|| layout.span(word))
    }

    /// Words that hold tickets; exact while nobody pushes or pops.
    pub(crate) fn len(&self) -> usize {
        let (_, head) = self.seek_head(self.head_hint());
        let (_, tail) = self.seek_tail(self.tail_hint());
        self.layout().distance(head, tail)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Inline, RawRing, Refusal, Span};
    use crate::sync::Ordering;

    #[cfg(feature = "std")]
    #[test]
    fn one_look_tells_which_tickets_come_next() {
        let ring = RawRing::<Inline<u64, 4, true>>::over(Inline::zeros());
        for start in [0, 2, 1, 3, 0] {
            assert_eq!(ring.seems_next(), None);
            let span = Span { start, len: 2.min(4 - start) };
            ring.push(span).unwrap();
            assert_eq!(ring.seems_next(), Some(span));
            assert_eq!(ring.pop(2), Ok(span));
        }
    }

    #[cfg(feature = "std")]
    #[test]
    fn one_look_tells_whether_so_many_words_wait_also_across_the_end_of_a_lap() {
        let ring = RawRing::<Inline<u32, 4>>::over(Inline::zeros());
        for _ in 0..3 {
            for words in 1..=4 {
                assert!(!ring.seems_to_have(words));
                ring.push(Span::one(0)).unwrap();
                assert!(ring.seems_to_have(words));
            }
            assert!(!ring.seems_to_have(5), "no more than there are places");
            for words in (1..=4).rev() {
                assert!(ring.seems_to_have(words));
                ring.pop(1).unwrap();
            }
            ring.push(Span::one(0)).unwrap();
            ring.pop(1).unwrap();
        }
    }

    /// By a thread that was suspended before it stored them, say. A call that is refused, or only looks, sets them right.
    #[test]
    fn a_wide_hint_that_was_set_back_costs_one_walk() {
        let ring = RawRing::<Inline<u64, 40>>::over(Inline::zeros());
        let push = |ticket: u32| ring.push(Span::one(ticket % 40));
        let hints = || (ring.tail_hint(), ring.head_hint());
        let set_back = |(tail, head)| {
            ring.tail.store(tail, Ordering::Relaxed);
            ring.head.store(head, Ordering::Relaxed);
        };
        for turns in [20, 40, 100] {
            let before = hints();
            for ticket in 0..turns {
                push(ticket).unwrap();
                ring.pop(1).unwrap();
            }
            let right = hints();
            set_back(before);
            assert_eq!(ring.pop(1), Err(Refusal::Now));
            assert_eq!(ring.head_hint(), right.1);
            set_back(before);
            assert!(ring.is_empty());
            assert_eq!(ring.head_hint(), right.1);

            set_back(right);
            (0..40).for_each(|ticket| push(ticket).unwrap());
            let right = hints();
            set_back(before);
            assert_eq!(push(0), Err(Refusal::Now));
            assert_eq!(ring.tail_hint(), right.0);
            (0..40).for_each(|ticket| assert_eq!(ring.pop(1), Ok(Span::one(ticket))));
        }
        let before = hints();
        (0..20).for_each(|ticket| push(ticket).unwrap());
        ring.close();
        let right = hints();
        set_back(before);
        assert_eq!(push(20), Err(Refusal::ForEver));
        assert_eq!(ring.tail_hint(), right.0);
        (0..20).for_each(|ticket| assert_eq!(ring.pop(1), Ok(Span::one(ticket))));
        let right = hints();
        set_back(before);
        assert_eq!(ring.pop(1), Err(Refusal::ForEver));
        assert_eq!(ring.head_hint(), right.1);
    }

    #[test]
    fn one_walk_sets_a_wide_hint_right_also_where_pops_leave_a_rest() {
        let ring = RawRing::<Inline<u64, 40, true>>::over(Inline::zeros());
        for turns in [20, 40, 100] {
            let before = ring.head_hint();
            for ticket in 0..turns {
                ring.push(Span::one(ticket % 40)).unwrap();
                ring.pop(1).unwrap();
            }
            ring.push(Span { start: 5, len: 3 }).unwrap();
            let right = ring.head_hint();
            ring.head.store(before, Ordering::Relaxed);
            assert_eq!(ring.pop(1), Ok(Span::one(5)));
            assert_eq!(ring.head_hint(), right);
            assert_eq!(ring.pop(3), Ok(Span { start: 6, len: 2 }));
        }
    }

    /// A push is suspended between its compare-exchange and its hint, and its ticket is popped. The next push starts at a
    /// hint whose word is a lap ahead, and must not leave a hole.
    #[test]
    fn a_push_whose_hint_lags_behind_a_popped_word_goes_to_the_next_position() {
        for turns in 0..4 {
            let ring = RawRing::<Inline<u8, 4>>::over(Inline::zeros());
            let push = |ticket| ring.push(Span::one(ticket)).unwrap();
            let pop = || ring.pop(1).map(|span| span.start);
            for ticket in 0..turns {
                push(ticket);
                assert_eq!(pop(), Ok(ticket));
            }
            let lagging = ring.tail_hint();
            let lag = || ring.tail.store(lagging, Ordering::Release);
            push(3);
            assert_eq!(pop(), Ok(3));
            lag();
            push(1);
            // Also where the next one is full.
            lag();
            push(2);
            assert_eq!((pop(), pop()), (Ok(1), Ok(2)));
        }
    }

    #[test]
    fn pushes_of_neighbours_become_one_span_and_pops_take_as_many_as_they_want() {
        let ring = RawRing::<Inline<u64, 100, true>>::over(Inline::zeros());
        for ticket in (0..40).chain([50, 51, 49]) {
            ring.push(Span::one(ticket)).unwrap();
        }
        for expected in [(0, 5), (5, 27), (32, 8), (50, 2), (49, 1)] {
            let limit = if expected == (0, 5) { 5 } else { 99 };
            assert_eq!(ring.pop(limit), Ok(Span { start: expected.0, len: expected.1 }));
        }
        assert_eq!(ring.pop(1), Err(Refusal::Now));
        ring.push(Span { start: 7, len: 20 }).unwrap();
        ring.close();
        assert_eq!(ring.push(Span::one(27)), Err(Refusal::ForEver));
        assert_eq!((ring.pop(19), ring.pop(19)), (Ok(Span { start: 7, len: 19 }), Ok(Span::one(26))));
        assert_eq!(ring.pop(1), Err(Refusal::ForEver));
    }

    #[cfg(feature = "std")]
    #[test]
    fn a_push_joins_what_its_thread_remembers_as_long_as_that_is_the_last_word_and_open() {
        let ring = RawRing::<Inline<u64, 100, true>>::over(Inline::zeros());
        let mut last = super::LastPush::NONE;
        let mut push = |ticket| ring.push_next(ticket, &mut last);
        let pop = |limit| ring.pop(limit).map(|span| (span.start, span.len));
        (0..35).for_each(|ticket| push(ticket).unwrap());
        assert_eq!((pop(99), pop(1)), (Ok((0, 32)), Ok((32, 1))));
        // Somebody has taken some of it.
        push(35).unwrap();
        ring.push(Span::one(50)).unwrap();
        // Somebody has pushed behind it.
        push(36).unwrap();
        push(37).unwrap();
        assert_eq!((pop(99), pop(99)), (Ok((33, 3)), Ok((50, 1))));
        assert_eq!(pop(99), Ok((36, 2)));
        // Somebody has taken all of it.
        push(38).unwrap();
        ring.close();
        assert_eq!(push(39), Err(Refusal::ForEver));
        assert_eq!((pop(99), pop(99)), (Ok((38, 1)), Err(Refusal::ForEver)));
    }
}
