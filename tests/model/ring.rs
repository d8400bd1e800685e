//! Rings of all kinds against a `VecDeque` that can be closed.

use std::collections::VecDeque;

use jobring::{PopError, PushError, Ring, SwapRing, TicketRing, Word};
use proptest::prelude::*;

use super::cases;
use super::ledger::{Ledger, Token};

/// What all kinds of ring do with numbers.
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

/// What those kinds do that hold any values.
trait Values {
    const N: usize;

    fn new() -> Self;
    fn push(&self, token: Token) -> Result<(), PushError<Token>>;
    fn pop(&self) -> Result<Token, PopError>;
    fn close(&self) -> bool;
    fn state(&self) -> (usize, bool, bool, bool);
}

macro_rules! values {
    ([$($generic:tt)*] $ring:ty, push: $push:expr, pop: $pop:expr) => {
        impl<const N: usize, $($generic)* W: Word> Values for $ring {
            const N: usize = N;

            fn new() -> Self {
                Self::with_words()
            }

            fn push(&self, token: Token) -> Result<(), PushError<Token>> {
                $push(self, token)
            }

            fn pop(&self) -> Result<Token, PopError> {
                $pop(self)
            }

            fn close(&self) -> bool {
                self.close()
            }

            fn state(&self) -> (usize, bool, bool, bool) {
                (self.len(), self.is_empty(), self.is_full(), self.is_closed())
            }
        }
    };
}

values!([] Ring<Token, N, W>, push: Self::try_push, pop: Self::try_pop);
// Pushes take turns at the handles.
values!([const HANDLES: usize,] SwapRing<Token, N, HANDLES, W>,
    push: |ring: &Self, token: Token| {
        let mut handles: Vec<_> = (0..=token.number as usize % HANDLES).map(|_| ring.handle().unwrap()).collect();
        handles.last_mut().unwrap().try_push(token)
    },
    pop: |ring: &Self| ring.handle().unwrap().try_pop());

/// A ring of values that count their drops.
struct Tokens<R> {
    ring: R,
    ledger: Ledger,
}

impl<R: Values> Fifo for Tokens<R> {
    const N: usize = R::N;
    const LIMIT: u32 = u32::MAX;

    fn new() -> Self {
        Self { ring: R::new(), ledger: Ledger::default() }
    }

    fn push(&self, number: u32) -> Result<(), PushError<u32>> {
        self.ring.push(self.ledger.token(number)).map_err(|refused| match refused {
            PushError::Full(token) => PushError::Full(token.number),
            PushError::Closed(token) => PushError::Closed(token.number),
        })
    }

    fn pop(&self) -> Result<u32, PopError> {
        self.ring.pop().map(|token| token.number)
    }

    fn close(&self) -> bool {
        self.ring.close()
    }

    fn state(&self) -> (usize, bool, bool, bool) {
        self.ring.state()
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
fn play_and_drop<R: Values>(again: usize, body: &[(Call, usize)], end: &[(Call, usize)]) {
    play::<Tokens<R>>(again, body, end);
    let Tokens { ring, ledger } = Tokens::<R>::new();
    for &(call, times) in body {
        (0..times).for_each(|turn| match call {
            Call::Push => drop(ring.push(ledger.token(turn as u32))),
            _ => drop(ring.pop()),
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
            ($($word:ident)+) => { $(each!(@ $word: 1 2 3 4 5 7 8);)+ };
            (@ $word:ident: $($n:tt)+) => { $(
                play::<TicketRing<$n, $word>>(again, &body, &end);
                play_and_drop::<Ring<Token, $n, $word>>(again, &body, &end);
                each!(@swaps $n $word);
            )+ };
            // Words of eight bits can name eight cells.
            (@swaps 8 u8) => {};
            (@swaps 7 u8) => { play_and_drop::<SwapRing<Token, 7, 1, u8>>(again, &body, &end); };
            (@swaps $n:tt $word:ident) => { play_and_drop::<SwapRing<Token, $n, 3, $word>>(again, &body, &end); };
        }
        each!(u8 u16 u32 u64);
    }
}
