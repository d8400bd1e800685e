//! What is in a word, and what a position is: pure functions, no atomics.
//!
//! A ring is made of words, and each always says the whole truth about its place:
//!
//! ```text
//!     [ lap | CLOSED | FULL | span ]            lap in the high bits, so laps wrap as the word does
//!
//!     EMPTY        (lap)         free for the push whose lap this is
//!     FULL         (lap, span)   holds what the push of this lap left, or what pops have left of it
//!     CLOSED       (lap)         free, and no push will ever use it
//!     FULL|CLOSED  (lap, span)   full; whoever empties it leaves CLOSED (lap + 1)
//! ```
//!
//! A span is a ticket and how many neighbours follow it: always none where a ring holds single tickets. A ring of swaps has a
//! ticket also in its EMPTY and CLOSED words; in all others nothing is there.
//!
//! No state means "somebody is in the middle of something": that is why the ring is lock-free.
//!
//! A position is `[ lap | 0 | 0 | index ]`, index of a word below the capacity, in the same scale. Its lap has as
//! many bits as a word's, and it counts lap by lap for any capacity, a power of two or not.

use super::word::Word;

/// Two state bits; three lap bits are the least that can tell "one lap behind" from "ahead".
const STATE_BITS: u32 = 2;
const MIN_LAP_BITS: u32 = 3;

/// Neighbouring tickets, `start` and the `len - 1` after it: what one word of a ring holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Span {
    #[inline(always)]
    pub(crate) const fn one(ticket: u32) -> Self {
        Self { start: ticket, len: 1 }
    }

    /// The first `count` of them, at least one, and what is left.
    #[inline(always)]
    pub(crate) fn split(self, count: u32) -> (Self, Option<Self>) {
        let count = count.clamp(1, self.len);
        let left = self.len - count;
        (Self { len: count, ..self }, (left > 0).then_some(Self { start: self.start + count, len: left }))
    }
}

/// How the words of a ring of a given capacity divide into fields.
///
/// A word holds a span of tickets, as its first ticket and, above that, how many more there are. Where it is always one
/// ticket the second field has no bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    index_bits: u32,
    index_mask: u32,
    last: u32,
    /// The FULL bit; CLOSED is the next one, and the lap begins after that.
    full: u64,
}

impl Layout {
    /// The largest capacity that words of `bits` bits can address.
    pub(crate) const fn max_capacity(bits: u32) -> usize {
        let index_bits = bits - STATE_BITS - MIN_LAP_BITS;
        // Tickets travel as u32, and a few values above the last one stay free for "none".
        if index_bits > 31 { 1 << 31 } else { 1 << index_bits }
    }

    /// For a ring of single tickets.
    ///
    /// # Panics
    /// If `capacity` is zero or too large for words of `bits` bits: in a constant, at compile time.
    pub(crate) const fn new(capacity: usize, bits: u32) -> Self {
        assert!(capacity >= 1, "a ring needs a capacity of at least 1");
        assert!(
            capacity <= Self::max_capacity(bits),
            "this capacity leaves too few lap bits in the ring's word (2^27 is the most for 32-bit words)"
        );
        let index_bits = usize::BITS - (capacity - 1).leading_zeros();
        Self {
            index_bits,
            index_mask: ((1u64 << index_bits) - 1) as u32,
            last: (capacity - 1) as u32,
            full: 1 << index_bits,
        }
    }

    /// For a ring of spans, as long as the words have bits to spare for that: in 64 bits 32 tickets, and where that is more
    /// up to an eighth of the capacity, 128 at most; in the 8 bits of tests 2, if that leaves the laps that a ring needs; and
    /// 1 elsewhere, where every bit is a lap's.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub(crate) const fn with_spans(capacity: usize, bits: u32) -> Self {
        let layout = Self::new(capacity, bits);
        let wanted = match (bits, capacity) {
            (64, ..512) => 5,
            (64, ..1024) => 6,
            (64, _) => 7,
            (8, _) => 1,
            _ => 0,
        };
        // A span is packed and unpacked in 32 bits.
        let room = if bits > 32 { 32 } else { bits - STATE_BITS - MIN_LAP_BITS };
        let spare = room - layout.index_bits;
        Self { full: layout.full << if wanted <= spare { wanted } else { spare }, ..layout }
    }

    /// For a ring of single tickets, of which there are so many more than places.
    ///
    /// # Panics
    /// As [`new`](Self::new), also for as many places as there are tickets.
    pub(crate) const fn with_spares(capacity: usize, spares: usize, bits: u32) -> Self {
        Self { last: Self::new(capacity, bits).last, ..Self::new(capacity + spares, bits) }
    }

    /// To keep it in two atomics.
    #[cfg(feature = "capi-core")]
    pub(crate) const fn into_fields(self) -> (u32, u32) {
        (self.index_bits << 8 | self.max_span().ilog2(), self.last)
    }

    /// The inverse of [`into_fields`](Self::into_fields).
    #[cfg(feature = "capi-core")]
    #[inline(always)]
    pub(crate) const fn from_fields((bits, last): (u32, u32)) -> Self {
        let (index_bits, span_bits) = (bits >> 8, bits & 0xff);
        Self { index_bits, index_mask: ((1u64 << index_bits) - 1) as u32, last, full: 1 << (index_bits + span_bits) }
    }

    #[inline(always)]
    pub(crate) const fn capacity(self) -> usize {
        self.last as usize + 1
    }

    /// The most tickets that one word holds.
    #[inline(always)]
    pub(crate) const fn max_span(self) -> u32 {
        (self.full >> self.index_bits) as u32
    }

    /// Whether that is more than one.
    #[inline(always)]
    pub(crate) const fn has_spans(self) -> bool {
        self.full > self.index_mask as u64 + 1
    }

    #[inline(always)]
    fn full_bit<W: Word>(self) -> W {
        W::from_u64(self.full)
    }

    #[inline(always)]
    fn closed_bit<W: Word>(self) -> W {
        W::from_u64(self.full << 1)
    }

    #[inline(always)]
    fn one_lap<W: Word>(self) -> W {
        W::from_u64(self.full << STATE_BITS)
    }

    #[inline(always)]
    fn low_mask<W: Word>(self) -> W {
        self.full_bit::<W>().minus(W::bit(0))
    }

    /// The lap of a word or a position, other fields zero. A lap alone is the word EMPTY (lap).
    #[inline(always)]
    pub(crate) fn lap<W: Word>(self, word: W) -> W {
        word & !self.one_lap::<W>().minus(W::bit(0))
    }

    /// The index of a position.
    #[inline(always)]
    pub(crate) fn index<W: Word>(self, pos: W) -> u32 {
        pos.to_ticket() & self.index_mask
    }

    /// What a full word holds.
    #[inline(always)]
    pub(crate) fn span<W: Word>(self, word: W) -> Span {
        let low = (word & self.low_mask()).to_ticket();
        Span { start: low & self.index_mask, len: (low >> self.index_bits) + 1 }
    }

    #[inline(always)]
    pub(crate) fn is_full<W: Word>(self, word: W) -> bool {
        word & self.full_bit() != W::ZERO
    }

    /// EMPTY, of the lap of this position.
    #[inline(always)]
    pub(crate) fn is_empty_at<W: Word>(self, word: W, pos: W) -> bool {
        (word ^ pos) & !self.low_mask::<W>() == W::ZERO
    }

    /// FULL, of the lap of this position.
    #[inline(always)]
    pub(crate) fn is_full_at<W: Word>(self, word: W, pos: W) -> bool {
        (word ^ pos) & !(self.closed_bit::<W>() | self.low_mask()) == self.full_bit()
    }

    #[inline(always)]
    pub(crate) fn is_closed<W: Word>(self, word: W) -> bool {
        word & self.closed_bit() != W::ZERO
    }

    /// EMPTY (lap) becomes FULL (lap, span).
    #[inline(always)]
    pub(crate) fn fill<W: Word>(self, word: W, span: Span) -> W {
        debug_assert!(span.len <= self.max_span());
        let low = span.start | (span.len - 1) << self.index_bits;
        word.plus(W::from_u64(u64::from(low))) | self.full_bit()
    }

    /// FULL (lap, _) becomes FULL (lap, span).
    #[inline(always)]
    pub(crate) fn refill<W: Word>(self, word: W, span: Span) -> W {
        self.fill(word & !self.low_mask::<W>(), span)
    }

    /// A full word with `span` after its own, if that begins where its own ends and there is room for both.
    #[inline(always)]
    pub(crate) fn join<W: Word>(self, word: W, span: Span) -> Option<W> {
        let Span { start, len } = self.span(word);
        if self.is_full(word) && start + len == span.start { self.lengthen(word, span.len) } else { None }
    }

    /// A full word with so many more tickets, if there is room for them.
    #[inline(always)]
    fn lengthen<W: Word>(self, word: W, len: u32) -> Option<W> {
        self.lengthen_by(word, W::from_u64(u64::from(len) << self.index_bits))
    }

    /// What one more ticket adds to a full word.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn one_more<W: Word>(self) -> W {
        W::from_u64(u64::from(self.index_mask) + 1)
    }

    /// A full word with as many more tickets as that says, if there is room for them.
    #[inline(always)]
    pub(crate) fn lengthen_by<W: Word>(self, word: W, more: W) -> Option<W> {
        let longer = word.plus(more);
        // Where there is no room the sum has carried into the FULL bit and cleared it.
        self.is_full(longer).then_some(longer)
    }

    /// FULL (lap, _) becomes EMPTY (lap + 1), and FULL|CLOSED (lap, _) becomes CLOSED (lap + 1).
    #[inline(always)]
    pub(crate) fn empty<W: Word>(self, word: W) -> W {
        // Without FULL and what is below it.
        (word & !self.closed_bit::<W>().minus(W::bit(0))).plus(self.one_lap())
    }

    /// The same, with a ticket in it.
    #[inline(always)]
    pub(crate) fn empty_with<W: Word>(self, word: W, ticket: u32) -> W {
        self.empty(word).plus(W::from_u64(u64::from(ticket)))
    }

    /// EMPTY becomes CLOSED, FULL becomes FULL|CLOSED.
    #[inline(always)]
    pub(crate) fn close<W: Word>(self, word: W) -> W {
        word | self.closed_bit()
    }

    /// The position after `pos`.
    #[inline(always)]
    pub(crate) fn next<W: Word>(self, pos: W) -> W {
        if W::BITS < 64 && self.last == self.index_mask {
            // Less code: the index carries into the lap, over what is between them.
            let between = self.one_lap::<W>().minus(W::from_u64(u64::from(self.index_mask) + 1));
            (pos | between).plus(W::bit(0)) & !between
        } else if self.index(pos) == self.last {
            self.lap(pos).plus(self.one_lap())
        } else {
            pos.plus(W::bit(0))
        }
    }

    /// The position at the same index as `pos`, in the lap of `word`.
    #[inline(always)]
    pub(crate) fn at_lap_of<W: Word>(self, pos: W, word: W) -> W {
        self.lap(word) | (pos & self.low_mask())
    }

    /// The same position one lap earlier.
    #[inline(always)]
    pub(crate) fn lap_before<W: Word>(self, pos: W) -> W {
        pos.minus(self.one_lap())
    }

    /// Whether position `a` comes before position `b`, as long as they are less than half the laps apart.
    #[inline(always)]
    pub(crate) fn before<W: Word>(self, a: W, b: W) -> bool {
        a.minus(b).is_negative()
    }

    /// Of two positions that are less than half the laps apart.
    #[inline(always)]
    pub(crate) fn later<W: Word>(self, a: W, b: W) -> W {
        if self.before(a, b) { b } else { a }
    }

    /// How many positions `to` lies after `from`; 0 if it does not, and at most the capacity.
    pub(crate) fn distance<W: Word>(self, from: W, to: W) -> usize {
        if !self.before(from, to) {
            return 0;
        }
        let (from_index, to_index) = (self.index(from) as usize, self.index(to) as usize);
        let laps = self.lap(to).minus(self.lap(from));
        if laps == W::ZERO {
            to_index - from_index
        } else if laps == self.one_lap() && to_index < from_index {
            self.capacity() - from_index + to_index
        } else {
            self.capacity()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every capacity an 8-bit word allows, every lap: a position survives the whole circle.
    #[test]
    fn positions_count_word_by_word_and_lap_by_lap_through_every_wrap() {
        for capacity in 1..=Layout::max_capacity(8) {
            let layout = Layout::new(capacity, 8);
            let mut pos = 0u8;
            let laps = 1usize << (8 - 2 - layout.index_bits);
            for step in 0..laps * capacity {
                assert_eq!(layout.index(pos) as usize, step % capacity);
                let next = layout.next(pos);
                assert!(layout.before(pos, next) && !layout.before(next, pos) && !layout.before(pos, pos));
                assert_eq!(layout.distance(pos, next), 1);
                pos = next;
            }
            assert_eq!(pos, 0, "capacity {capacity}");
        }
    }

    /// A pool in a `static` may have as many slots as a ring, and they may be nothing but a tag.
    #[test]
    fn the_last_tickets_of_the_largest_pools_fit_their_word() {
        for bits in 20..=31 {
            let capacity = 1 << bits;
            let layout = Layout::with_spans(capacity, 64);
            let len = layout.max_span();
            let last = Span { start: capacity as u32 - len, len };
            let word = layout.fill(0u64, last);
            assert_eq!((layout.span(word), layout.lap(word), layout.is_full(word)), (last, 0, true), "2^{bits}");
        }
    }

    #[test]
    fn a_word_goes_empty_full_empty_and_keeps_its_close_mark() {
        for capacity in 1..=Layout::max_capacity(8) {
            let layout = Layout::new(capacity, 8);
            let mut word = 0u8;
            for turn in 0..1000u32 {
                let ticket = Span::one(turn % capacity as u32);
                let full = layout.fill(word, ticket);
                assert!(layout.is_full(full) && !layout.is_closed(full));
                assert_eq!((layout.span(full), layout.lap(full)), (ticket, layout.lap(word)));
                let closing = layout.close(full);
                assert_eq!(layout.span(closing), ticket);
                let closed = layout.empty(closing);
                assert!(layout.is_closed(closed) && !layout.is_full(closed));
                word = layout.empty(full);
                assert_eq!(layout.close(word), closed);
                assert_eq!(layout.lap_before(layout.lap(word)), layout.lap(full));
            }
        }
    }

    #[test]
    fn a_word_holds_any_span_that_fits_and_keeps_its_lap() {
        assert_eq!((Layout::with_spans(4, 8).max_span(), Layout::new(4, 64).max_span()), (2, 1));
        let longest = |capacity| Layout::with_spans(capacity, 64).max_span();
        assert_eq!([511, 512, 1023, 1024, 1 << 25, 1 << 27].map(longest), [32, 64, 64, 128, 128, 32]);
        for capacity in [100, 600, 2000, 1 << 25] {
            let layout = Layout::with_spans(capacity, 64);
            let (lap, last, most) = (layout.lap(!0u64), capacity as u32, layout.max_span());
            for start in (0..100).chain(last - 100..last) {
                for len in 1..=most.min(last - start) {
                    let span = Span { start, len };
                    let full = layout.fill(lap, span);
                    assert_eq!((layout.span(full), layout.lap(full), layout.is_full(full)), (span, lap, true));
                    let (first, rest) = span.split(5);
                    assert_eq!(first.len, len.min(5));
                    let joined = rest.map_or(Some(full), |rest| layout.join(layout.fill(lap, first), rest));
                    assert_eq!(joined, Some(full));
                    assert_eq!(layout.join(full, Span::one(start + len + 1)), None);
                    assert_eq!(layout.join(full, Span { start: start + len, len: most + 1 - len }), None);
                    assert_eq!(layout.join(lap, span), None);
                }
            }
        }
    }

    #[test]
    fn distance_is_exact_within_a_lap_and_saturates_at_the_capacity() {
        for capacity in 1..=Layout::max_capacity(8) {
            let layout = Layout::new(capacity, 8);
            let mut from = 0u8;
            for _ in 0..200 {
                let mut to = from;
                for expected in 0..=capacity {
                    assert_eq!(layout.distance(from, to), expected);
                    to = layout.next(to);
                }
                assert_eq!(layout.distance(from, to), capacity);
                from = layout.next(from);
            }
        }
    }
}
