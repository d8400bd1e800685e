//! Rings, and the plain queue that they are meant to be.

use std::collections::VecDeque;
use std::mem::replace;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use jobring::{PopError, PushError, Ring, SwapRing, TicketRing, Word};

use crate::history::{Holds, Model};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Op {
    Push,
    Pop,
    Close,
    IsClosed,
    IsEmpty,
    IsFull,
    Len,
}

impl Op {
    /// Whether it does more than look.
    pub(crate) fn changes(self) -> bool {
        matches!(self, Self::Push | Self::Pop | Self::Close)
    }
}

pub(crate) const OPS: [Op; 7] = [Op::Push, Op::Pop, Op::Close, Op::IsClosed, Op::IsEmpty, Op::IsFull, Op::Len];

/// An operation with its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Call {
    Push(u32, Result<(), PushError<u32>>),
    Pop(Result<u32, PopError>),
    Close(bool),
    IsClosed(bool),
    IsEmpty(bool),
    IsFull(bool),
    Len(usize),
    /// A length that was taken while others pushed and popped is no promise.
    AnyLen,
}

/// A ring under test.
pub(crate) trait Queue: Send + Sync + 'static {
    const NAME: &'static str;
    const N: usize;
    /// How many things a word can name.
    const NAMES: usize = Self::N;
    /// Width of the words.
    const BITS: u32;
    /// Whether Full means that `N` values are in the ring; or else calls under way count as well.
    const FULL_IS_EXACT: bool;
    const CLOSES: bool = true;
    /// Whether all values are below `N`, and so come again.
    const VALUES_ARE_SMALL: bool = false;

    fn new() -> Self;
    /// `value` is pushed if it is a push; its low part, where values are small.
    fn call(&self, op: Op, value: u32) -> Call;
    /// How often each of the first `made` values was dropped, after the ring has gone; of small integers, nothing.
    fn drops(self, _made: u32) -> Vec<u32>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

impl<const N: usize, W: Word> Queue for TicketRing<N, W> {
    const NAME: &'static str = "TicketRing";
    const N: usize = N;
    const BITS: u32 = W::BITS;
    const FULL_IS_EXACT: bool = true;
    const VALUES_ARE_SMALL: bool = true;

    fn new() -> Self {
        Self::with_words()
    }

    fn call(&self, op: Op, value: u32) -> Call {
        let ticket = value % N as u32;
        match op {
            Op::Push => Call::Push(ticket, self.try_push(ticket)),
            Op::Pop => Call::Pop(self.try_pop()),
            Op::Close => Call::Close(self.close()),
            Op::IsClosed => Call::IsClosed(self.is_closed()),
            Op::IsEmpty => Call::IsEmpty(self.is_empty()),
            Op::IsFull => Call::IsFull(self.is_full()),
            Op::Len => Call::Len(self.len()),
        }
    }
}

/// Counts its drops, and would be freed twice if it were read twice.
pub(crate) struct Counted(pub(crate) Box<u32>, pub(crate) Drops);

/// The same, small enough to ride in a word.
pub(crate) struct Small(Box<Counted>);

impl From<Counted> for Small {
    fn from(counted: Counted) -> Self {
        Self(Box::new(counted))
    }
}

impl From<Small> for Counted {
    fn from(small: Small) -> Self {
        *small.0
    }
}

pub(crate) type Drops = Arc<[AtomicU32]>;

pub(crate) fn drops() -> Drops {
    (0..MOST_VALUES).map(|_| AtomicU32::new(0)).collect()
}

/// How many of the first `made` were not dropped exactly once.
pub(crate) fn lost(drops: &Drops, made: u32) -> usize {
    drops[..made as usize].iter().filter(|drops| drops.load(SeqCst) != 1).count()
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1[*self.0 as usize].fetch_add(1, SeqCst);
    }
}

const MOST_VALUES: u32 = 512;

/// For two calls that stand still, and those of the others.
const HANDLES: usize = 3;

macro_rules! values {
    ($(#[$doc:meta])* $name:ident: $ring:ident<$value:ty $(, $handles:ident)?>, names: $names:expr, full_is_exact: $exact:expr, $($hand:tt)*) => {
        $(#[$doc])*
        pub(crate) struct $name<const N: usize, W: Word> {
            ring: $ring<$value, N, $($handles,)? W>,
            drops: Drops,
        }

        impl<const N: usize, W: Word> Queue for $name<N, W> {
            const NAME: &'static str = stringify!($ring);
            const N: usize = N;
            const NAMES: usize = $names;
            const BITS: u32 = W::BITS;
            const FULL_IS_EXACT: bool = $exact;

            fn new() -> Self {
                Self { ring: $ring::with_words(), drops: drops() }
            }

            fn call(&self, op: Op, value: u32) -> Call {
                let ring = &self.ring;
                match op {
                    Op::Push => {
                        let back = ring$($hand)*.try_push(Counted(Box::new(value), self.drops.clone()).into());
                        let value_of = |value: $value| *Counted::from(value).0;
                        Call::Push(
                            value,
                            back.map_err(|error| match error {
                                PushError::Closed(value) => PushError::Closed(value_of(value)),
                                other => PushError::Full(value_of(other.into_inner())),
                            }),
                        )
                    }
                    Op::Pop => Call::Pop(ring$($hand)*.try_pop().map(|value| *Counted::from(value).0)),
                    Op::Close => Call::Close(ring.close()),
                    Op::IsClosed => Call::IsClosed(ring.is_closed()),
                    Op::IsEmpty => Call::IsEmpty(ring.is_empty()),
                    Op::IsFull => Call::IsFull(ring.is_full()),
                    Op::Len => Call::Len(ring.len()),
                }
            }

            fn drops(self, made: u32) -> Vec<u32> {
                drop(self.ring);
                self.drops[..made as usize].iter().map(|drops| drops.load(SeqCst)).collect()
            }
        }
    };
}

values! {
    /// A `Ring` of values whose drops are counted.
    Values: Ring<Counted>, names: N, full_is_exact: false,
}
values! {
    /// The same of small values.
    SmallValues: Ring<Small>, names: N, full_is_exact: cfg!(has_pairs) && W::BITS == 64,
}
values! {
    /// The same with a `SwapRing`, and with a handle for each call.
    Swaps: SwapRing<Counted, HANDLES>, names: N + HANDLES, full_is_exact: true, .handle().unwrap()
}

/// What a ring is meant to be.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) items: VecDeque<u32>,
    pub(crate) closed: bool,
    pub(crate) capacity: usize,
    pub(crate) full_is_exact: bool,
}

impl Plain {
    pub(crate) fn of<Q: Queue>() -> Self {
        Self { items: VecDeque::new(), closed: false, capacity: Q::N, full_is_exact: Q::FULL_IS_EXACT }
    }
}

impl Model for Plain {
    type Call = Call;

    fn answers_as(&mut self, call: &Call, held: usize) -> bool {
        let len = self.items.len();
        let may_be_full = len + if self.full_is_exact { 0 } else { held } >= self.capacity;
        match *call {
            Call::Push(value, Ok(())) => {
                self.items.push_back(value);
                !self.closed && len < self.capacity
            }
            Call::Push(value, Err(PushError::Full(back))) => back == value && !self.closed && may_be_full,
            Call::Push(value, Err(PushError::Closed(back))) => back == value && self.closed,
            Call::Pop(Ok(value)) => self.items.pop_front() == Some(value),
            Call::Pop(Err(PopError::Empty)) => len == 0 && !self.closed,
            Call::Pop(Err(PopError::Closed)) => len == 0 && self.closed,
            Call::Close(first) => replace(&mut self.closed, true) != first,
            Call::IsClosed(closed) => closed == self.closed,
            Call::IsEmpty(empty) => empty == (len == 0),
            Call::IsFull(full) => {
                if full {
                    may_be_full
                } else {
                    len < self.capacity
                }
            }
            Call::Len(said) => said == len,
            Call::AnyLen => true,
        }
    }

    fn holds(call: &Call) -> Holds {
        match call {
            Call::Push(_, Ok(())) => Holds::Before,
            Call::Push(_, Err(PushError::Closed(_))) => Holds::Always,
            Call::Pop(Ok(_)) => Holds::After,
            _ => Holds::Never,
        }
    }
}
