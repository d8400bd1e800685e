//! The tickets that nobody holds, as a bitmap.
//!
//! ```text
//!     [ releases | used ]        half the bits each: one bit a ticket, and how often tickets came back
//! ```
//!
//! The bit is the ownership: one compare-exchange for each word claims a span of tickets, one addition releases them, and nothing is
//! linked: a claim is right also where a word has come back as it was meanwhile. Neighbours that come back in any order are
//! neighbours again.
//!
//! For a pool neighbours lie in one word, or in the next one, since it claims spans of them. For a ring of values that would be bad: what is
//! claimed and what comes back are a few tickets apart there, and both sides would meet at one word all the time. So its
//! neighbours are spread over many words, up to one for each, and it claims its cells in the order of its positions.
//!
//! "None is free" is said exactly, also of many words: after a look at all of them that found nothing a second one must
//! find that no ticket came back meanwhile. Then, between the two, none was free. (How often they came back is counted
//! with half the bits: exactly so many between the two, or a multiple, would go unnoticed.)
//!
//! | label | access | pairs with |
//! |---|---|---|
//! | F1 | load, Acquire | F3: what the last holder did with the ticket comes before what this one does. F2, F3: whoever finds nothing, since others claimed, knows what these had released before |
//! | F2 | claim, Release; and Acquire, since the word may not be the one that F1 read, but one that has come back as it was | F1; F3 |
//! | F3 | release, Release | F1, F2 |

use super::backoff::Backoff;
use super::layout::Span;
use super::raw::Words;
use super::word::{AtomicWord, Word};
use crate::sync::{AtomicU32, Ordering, Padded};

/// All tickets below the layout's capacity; in the beginning each is free, and all words are zero.
pub(crate) struct FreeSet<B: Words, const SPREAD: bool = false> {
    /// A hint: the word where the last search found something or, spread, where the last ticket came back since.
    cursor: Padded<AtomicU32>,
    words: B,
}

impl<B: Words, const SPREAD: bool> FreeSet<B, SPREAD> {
    /// Tickets a word.
    const BLOCK: u32 = B::Word::BITS / 2;

    /// Words for `capacity` tickets.
    pub(crate) const fn blocks(capacity: usize) -> usize {
        capacity.div_ceil(Self::BLOCK as usize)
    }

    /// As many words as keep both sides apart, where words are wide; elsewhere as few as there need to be, which are looked
    /// through sooner.
    const fn spread_blocks(capacity: usize) -> usize {
        let tickets = capacity / 1024;
        if B::Word::BITS < 64 || tickets >= Self::BLOCK as usize {
            Self::blocks(capacity)
        } else {
            capacity.div_ceil(if tickets > 1 { tickets } else { 1 })
        }
    }

    crate::sync::const_unless_loom! {
        /// Over zeros, at least as many as [`blocks`](Self::blocks) says; spread, a word for each ticket is enough.
        pub(crate) fn over(words: B) -> Self {
            Self { cursor: Padded::new(AtomicU32::new(0)), words }
        }
    }

    /// For storage that is set up in place.
    #[cfg(feature = "capi-core")]
    pub(crate) fn storage(&self) -> &B {
        &self.words
    }

    /// Whether each ticket has a word of its own.
    #[inline(always)]
    fn has_own_words(&self) -> bool {
        SPREAD && B::Word::BITS >= 64 && self.all_blocks() as usize == self.words.layout().capacity()
    }

    /// The words in use.
    #[inline(always)]
    fn all_blocks(&self) -> u32 {
        let capacity = self.words.layout().capacity();
        (if SPREAD { Self::spread_blocks(capacity) } else { Self::blocks(capacity) }) as u32
    }

    /// The block and the bit of a ticket.
    #[inline(always)]
    fn place(&self, ticket: u32) -> (u32, u32) {
        let blocks = self.all_blocks();
        if SPREAD { (ticket % blocks, ticket / blocks) } else { (ticket / Self::BLOCK, ticket % Self::BLOCK) }
    }

    /// The inverse.
    #[inline(always)]
    fn ticket(&self, (block, bit): (u32, u32)) -> u32 {
        if SPREAD { bit * self.all_blocks() + block } else { block * Self::BLOCK + bit }
    }

    /// The bits of a span that lies in one block.
    #[inline(always)]
    fn bits(start: u32, len: u32) -> B::Word {
        if SPREAD && len == 1 { B::Word::bit(start) } else { B::Word::bit(start + len).minus(B::Word::bit(start)) }
    }

    /// The free ones of a block, as bits.
    #[inline(always)]
    fn free(&self, block: u32, word: B::Word) -> u32 {
        if self.has_own_words() {
            return !word.to_ticket() & 1;
        }
        let unused = (!word & Self::bits(0, Self::BLOCK)).to_ticket();
        if unused == 0 {
            return 0;
        }
        // There may be bits of no ticket: in the last block or, spread, in all but the first ones.
        let capacity = self.words.layout().capacity() as u32;
        let tickets = if SPREAD {
            (capacity - block).div_ceil(self.all_blocks())
        } else {
            (capacity - block * Self::BLOCK).min(Self::BLOCK)
        };
        unused & Self::bits(0, tickets).to_ticket()
    }

    /// Takes up to `limit` neighbouring tickets, or `None` if not one is free.
    #[inline(always)]
    pub(crate) fn claim(&self, limit: u32) -> Option<Span> {
        if self.all_blocks() == 1 {
            return self.claim_in(0, 0, limit).ok();
        }
        let cursor = self.cursor.load(Ordering::Relaxed);
        let span = self.claim_in(cursor, 0, limit).ok().or_else(|| self.search(cursor + 1, limit))?;
        // The first of these the compiler knows where single tickets are claimed.
        Some(if limit > 1 && span.len < limit { self.extend(span, limit) } else { span })
    }

    /// Adds the first tickets of the next blocks to a span that ends where they begin, as long as they are free.
    fn extend(&self, mut span: Span, limit: u32) -> Span {
        while span.len < limit {
            let (block, bit) = self.place(span.start + span.len);
            if bit > 0 || block == self.all_blocks() {
                break;
            }
            let word = self.look(block);
            let len = self.free(block, word).trailing_ones().min(limit - span.len);
            // Where somebody else is faster the span stays as long as it is.
            if len == 0 || !self.mark(block, word, 0, len) {
                break;
            }
            span.len += len;
            // Relaxed: a hint.
            self.cursor.store(block, Ordering::Relaxed);
        }
        span
    }

    /// Takes a ticket, `wanted` if that is free; any one where all are in one block. `none` is asked where those in its block
    /// are taken, and may say that all are, for which every block would have to be looked at.
    #[inline(always)]
    pub(crate) fn claim_near(&self, wanted: impl FnOnce() -> u32, none: impl FnOnce() -> bool) -> Option<u32> {
        let one_block = self.all_blocks() == 1;
        let (block, bit) = if one_block { (0, 0) } else { self.place(wanted()) };
        match self.claim_in(block, bit, 1) {
            Ok(span) => Some(span.start),
            Err(_) if one_block || none() => None,
            Err(_) => self.search(self.cursor.load(Ordering::Relaxed), 1).map(|span| span.start),
        }
    }

    /// Takes tickets of any block, the first one that has some, from this one on.
    #[cold]
    fn search(&self, from: u32, limit: u32) -> Option<Span> {
        let blocks = self.all_blocks();
        let mut before = None;
        loop {
            // All that were found empty, added up: if the sum is the same twice, each of them is.
            let mut sum = B::Word::ZERO;
            for block in (from..blocks).chain(0..from) {
                match self.claim_in(block, 0, limit) {
                    Ok(span) => {
                        self.cursor.store(block, Ordering::Relaxed);
                        return Some(span);
                    }
                    Err(word) => sum = sum.plus(word & !Self::bits(0, Self::BLOCK)),
                }
            }
            if before == Some(sum) {
                return None;
            }
            before = Some(sum);
        }
    }

    #[inline(always)]
    fn look(&self, block: u32) -> B::Word {
        // F1
        self.words.word(block).load(Ordering::Acquire)
    }

    /// Claims bits of a block that were free when it was this word; false if it is another one by now.
    #[inline(always)]
    fn mark(&self, block: u32, word: B::Word, start: u32, len: u32) -> bool {
        let claimed = word | Self::bits(start, len);
        // F2
        let atomic = self.words.word(block);
        atomic.compare_exchange_weak(word, claimed, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// A claim in one block, of this bit if it is free; or the word that says that nothing is free there.
    #[inline(always)]
    fn claim_in(&self, block: u32, bit: u32, limit: u32) -> Result<Span, B::Word> {
        let mut backoff = Backoff::new();
        loop {
            let word = self.look(block);
            let free = self.free(block, word);
            if free == 0 {
                return Err(word);
            }
            let start = if SPREAD && bit > 0 && free >> bit & 1 == 1 { bit } else { free.trailing_zeros() };
            let len = if SPREAD { 1 } else { (free >> start).trailing_ones().min(limit) };
            if self.mark(block, word, start, len) {
                return Ok(Span { start: self.ticket((block, start)), len });
            }
            backoff.pause();
        }
    }

    /// Gives back tickets, which the caller claimed.
    #[inline(always)]
    pub(crate) fn release(&self, span: Span) {
        let mut rest = Some(span);
        while let Some(span) = rest {
            let (block, start) = self.place(span.start);
            let (here, after) = span.split(if SPREAD { 1 } else { Self::BLOCK - start });
            // The bits are set, so taking them away borrows nothing from the count beside them.
            let change = B::Word::bit(Self::BLOCK).minus(Self::bits(start, here.len));
            // F3
            self.words.word(block).fetch_add(change, Ordering::Release);
            if SPREAD && self.all_blocks() > 1 {
                // Relaxed: a hint.
                self.cursor.store(block, Ordering::Relaxed);
            }
            rest = after;
        }
    }

    /// Whether no ticket was free: exact while nobody claims or releases.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn is_empty(&self) -> bool {
        (0..self.all_blocks()).all(|block| self.free(block, self.look(block)) == 0)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    extern crate alloc;

    use alloc::vec::Vec;

    use super::super::raw::Inline;
    use super::{FreeSet, Span};

    #[test]
    fn every_ticket_is_claimed_once_and_comes_back_through_every_wrap() {
        fn check<const N: usize, const S: bool>() {
            check_set(&FreeSet::<Inline<u8, N, S>>::over(Inline::zeros()), |set, limit, _| set.claim(limit));
            check_set(&FreeSet::<Inline<u8, N, S>, true>::over(Inline::zeros()), |set, _, near| {
                set.claim_near(|| near % N as u32, || false).map(Span::one)
            });
        }
        fn check_set<const N: usize, const S: bool, const SPREAD: bool>(
            set: &FreeSet<Inline<u8, N, S>, SPREAD>,
            claim: impl Fn(&FreeSet<Inline<u8, N, S>, SPREAD>, u32, u32) -> Option<Span>,
        ) {
            for turn in 0..200 {
                let mut claimed = Vec::new();
                while let Some(span) = claim(set, turn % 3 + 1, turn) {
                    assert!(span.len <= turn % 3 + 1);
                    claimed.push(span);
                }
                assert!(set.is_empty());
                let mut tickets: Vec<_> = claimed.iter().flat_map(|span| span.start..span.start + span.len).collect();
                tickets.sort();
                assert_eq!(tickets, (0..N as u32).collect::<Vec<_>>());
                claimed.into_iter().rev().for_each(|span| set.release(span));
            }
        }
        check::<1, false>();
        check::<3, false>();
        check::<4, false>();
        check::<5, true>();
        check::<8, true>();
    }

    #[test]
    fn the_ticket_that_is_wanted_is_claimed_if_it_is_free() {
        let set = FreeSet::<Inline<u64, 100>, true>::over(Inline::zeros());
        let order: Vec<u32> = (0..100).map(|at| at * 37 % 100).collect();
        for wanted in &order {
            assert_eq!(set.claim_near(|| *wanted, || unreachable!()), Some(*wanted));
        }
        assert_eq!((set.claim_near(|| 5, || true), set.claim_near(|| 5, || false)), (None, None));
        set.release(Span::one(99));
        assert_eq!((set.claim_near(|| 0, || false), set.claim_near(|| 99, || false)), (Some(99), None));
    }

    #[test]
    fn neighbours_that_come_back_one_by_one_are_claimed_as_one_span() {
        let set = FreeSet::<Inline<u64, 100>>::over(Inline::zeros());
        while set.claim(7).is_some() {}
        for ticket in [40, 38, 41, 39] {
            set.release(Span::one(ticket));
        }
        assert_eq!(set.claim(32), Some(Span { start: 38, len: 4 }));
        set.release(Span { start: 30, len: 10 });
        assert_eq!(
            (set.claim(32), set.claim(32)),
            (Some(Span { start: 32, len: 8 }), Some(Span { start: 30, len: 2 }))
        );
        assert_eq!(set.claim(1), None);
    }

    #[test]
    fn a_claim_goes_on_into_the_next_blocks_as_far_as_their_first_tickets_are_free() {
        let set = FreeSet::<Inline<u64, 100>>::over(Inline::zeros());
        assert_eq!(
            (set.claim(20), set.claim(60)),
            (Some(Span { start: 0, len: 20 }), Some(Span { start: 20, len: 60 }))
        );
        assert_eq!((set.claim(99), set.claim(1)), (Some(Span { start: 80, len: 20 }), None));
        set.release(Span { start: 30, len: 10 });
        set.release(Span { start: 63, len: 37 });
        // From the block on that the last claim has ended in.
        for (start, len) in [(96, 4), (30, 10), (63, 33)] {
            assert_eq!(set.claim(99), Some(Span { start, len }));
        }
        assert_eq!(set.claim(1), None);
    }

    /// While others move the one free ticket from block to block, at any steps of the look for it.
    #[cfg(jobring_steps)]
    #[test]
    fn a_ticket_is_found_whenever_one_was_free_all_the_time() {
        use alloc::boxed::Box;
        use alloc::sync::Arc;
        use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

        for moves in 0..1u32 << 12 {
            let set = Arc::new(FreeSet::<Inline<u8, 8>>::over(Inline::zeros()));
            while set.claim(8).is_some() {}
            set.release(Span::one(4));
            let (theirs, at) = (set.clone(), AtomicU32::new(1));
            crate::sync::steps::watch(Some(Box::new(move |step| {
                if step <= 12 && moves >> (step - 1) & 1 == 1 {
                    // The free one is in this block; first another one comes free, then it is claimed, unless it has been.
                    let from = at.load(Relaxed);
                    if theirs.is_empty() {
                        return;
                    }
                    theirs.release(Span::one((1 - from) * 4));
                    assert!(theirs.claim_in(from, 0, 1).is_ok());
                    at.store(1 - from, Relaxed);
                }
            })));
            let found = set.claim(1);
            crate::sync::steps::watch(None);
            assert!(found.is_some(), "moved before the steps {moves:b}");
        }
    }
}
