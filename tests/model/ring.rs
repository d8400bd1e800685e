//! Rings of both kinds against a `VecDeque` that can be closed.

use std::collections::VecDeque;

use jobring::{PopError, PushError, Ring, TicketRing, Word};
use proptest::prelude::*;

use super::cases;
use super::ledger::{Ledger, Token};

/// What both kinds of ring do with numbers.
trait Fifo {
    const N: usize;
    /// Numbers are below this.
    const LIMIT: u32;

    fn new() -> Self;
    fn push(&self, number: u32) -> Result<(), PushError<u32>>;
    fn pop(&self) -> Result<u32, PopError>;
    fn close(&self) -> bool;
    /// `len`, `is_empty`, `is_full`, `is_closed`.
    fn state(&self) -> (usize, bool, bool, bool);
    /// Values that live somewhere; for the ring of integers, its length.
    fn alive(&self) -> usize;
}

impl<const N: usize, W: Word> Fifo for TicketRing<N, W> {
    const N: usize = N;
    const LIMIT: u32 = N as u32;

    fn new() -> Self {
        Self::with_words()
    }

    fn push(&self, number: u32) -> Result<(), PushError<u32>> {
        self.try_push(number)
    }

    fn pop(&self) -> Result<u32, PopError> {
        self.try_pop()
    }

    fn close(&self) -> bool {
        self.close()
    }

    fn state(&self) -> (usize, bool, bool, bool) {
        (self.len(), self.is_empty(), self.is_full(), self.is_closed())
    }

    fn alive(&self) -> usize {
        self.len()
    }
}

/// A ring of values that count their drops.
struct Tokens<const N: usize, W: Word> {
    ring: Ring<Token, N, W>,
    ledger: Ledger,
}

impl<const N: usize, W: Word> Fifo for Tokens<N, W> {
    const N: usize = N;
    const LIMIT: u32 = u32::MAX;

    fn new() -> Self {
        Self { ring: Ring::with_words(), ledger: Ledger::default() }
    }

    fn push(&self, number: u32) -> Result<(), PushError<u32>> {
        self.ring.try_push(self.ledger.token(number)).map_err(|refused| match refused {
            PushError::Full(token) => PushError::Full(token.number),
            PushError::Closed(token) => PushError::Closed(token.number),
        })
    }

    fn pop(&self) -> Result<u32, PopError> {
        self.ring.try_pop().map(|token| token.number)
    }

    fn close(&self) -> bool {
        self.ring.close()
    }

    fn state(&self) -> (usize, bool, bool, bool) {
        (self.ring.len(), self.ring.is_empty(), self.ring.is_full(), self.ring.is_closed())
    }

    fn alive(&self) -> usize {
        self.ledger.alive()
    }
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Push,
    Pop,
    Close,
}

fn run_of(call: Call) -> impl Strategy<Value = (Call, usize)> {
    (Just(call), 1..=9usize)
}

/// Plays the calls; after each of them everything that can be seen must be as in the model.
fn play<Q: Fifo>(again: usize, body: &[(Call, usize)], end: &[(Call, usize)]) {
    let ring = Q::new();
    let (mut model, mut closed, mut turn) = (VecDeque::new(), false, 0);
    let body = std::iter::repeat_n(body, again).flatten();
    for &(call, times) in body.chain(end) {
        for _ in 0..times {
            match call {
                Call::Push => {
                    let number = turn % Q::LIMIT;
                    turn += 1;
                    let expected = if closed {
                        Err(PushError::Closed(number))
                    } else if model.len() == Q::N {
                        Err(PushError::Full(number))
                    } else {
                        model.push_back(number);
                        Ok(())
                    };
                    assert_eq!(ring.push(number), expected);
                }
                Call::Pop => {
                    let nothing = if closed { PopError::Closed } else { PopError::Empty };
                    assert_eq!(ring.pop(), model.pop_front().ok_or(nothing));
                }
                Call::Close => {
                    assert_eq!(ring.close(), !closed);
                    closed = true;
                }
            }
            assert_eq!(ring.state(), (model.len(), model.is_empty(), model.len() == Q::N, closed));
            assert_eq!(ring.alive(), model.len());
        }
    }
}

/// What is left in the ring goes with it.
fn play_and_drop<const N: usize, W: Word>(again: usize, body: &[(Call, usize)], end: &[(Call, usize)]) {
    play::<TicketRing<N, W>>(again, body, end);
    play::<Tokens<N, W>>(again, body, end);
    let Tokens { ring, ledger } = Tokens::<N, W>::new();
    for &(call, times) in body {
        (0..times).for_each(|turn| match call {
            Call::Push => drop(ring.try_push(ledger.token(turn as u32))),
            _ => drop(ring.try_pop()),
        });
    }
    drop(ring);
    assert_eq!(ledger.alive(), 0);
}

proptest! {
    #![proptest_config(cases(48))]

    /// 8-bit words wrap after at most 64 positions, so they do it a dozen times in most of the sequences.
    #[test]
    fn any_sequence_of_calls_goes_as_in_a_deque_that_can_be_closed(
        again in 1..24usize,
        body in prop::collection::vec(prop_oneof![run_of(Call::Push), run_of(Call::Pop)], 1..24),
        end in prop::collection::vec(prop_oneof![4 => run_of(Call::Push), 4 => run_of(Call::Pop), 1 => run_of(Call::Close)], 0..24),
    ) {
        macro_rules! each {
            ($($word:ty)+) => { $(each!(@ $word: 1 2 3 4 5 7 8);)+ };
            (@ $word:ty: $($n:literal)+) => { $(play_and_drop::<$n, $word>(again, &body, &end);)+ };
        }
        each!(u8 u16 u32 u64);
    }
}
