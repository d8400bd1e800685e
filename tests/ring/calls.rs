//! One thread: every answer is that of a `VecDeque`.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use jobring::{PopError, PushError, Ring, SwapRing, TicketRing};

use super::fifo::{Fifo, for_rings};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Push,
    Pop,
    Close,
}

/// A ring and the queue that it has to agree with after every step.
pub(crate) struct Pair<Q> {
    ring: Q,
    queue: VecDeque<u32>,
    closed: bool,
    pushes: u32,
}

impl<Q: Fifo> Pair<Q> {
    fn new() -> Self {
        Self { ring: Q::new(), queue: VecDeque::new(), closed: false, pushes: 0 }
    }

    pub(crate) fn step(&mut self, step: Step) {
        match step {
            Step::Push => {
                let value = self.pushes % Q::N as u32;
                self.pushes += 1;
                let expected = match (self.closed, self.queue.len() == Q::N) {
                    (true, _) => Err(PushError::Closed(value)),
                    (false, true) => Err(PushError::Full(value)),
                    (false, false) => {
                        self.queue.push_back(value);
                        Ok(())
                    }
                };
                assert_eq!(self.ring.push(value), expected);
            }
            Step::Pop => {
                let refusal = if self.closed { PopError::Closed } else { PopError::Empty };
                assert_eq!(self.ring.pop(), self.queue.pop_front().ok_or(refusal));
            }
            Step::Close => {
                assert_eq!(self.ring.close(), !self.closed);
                self.closed = true;
            }
        }
        let len = self.queue.len();
        assert_eq!(self.ring.state(), (len, len == 0, len == Q::N, self.closed));
    }

    pub(crate) fn steps(&mut self, step: Step, times: usize) {
        (0..times).for_each(|_| self.step(step));
    }
}

#[test]
fn a_ring_closes_once_wherever_it_stands_and_however_full_it_is() {
    fn closes<Q: Fifo>() {
        for offset in 0..=2 * Q::N {
            for filled in 0..=Q::N {
                for popped in 0..=filled {
                    let mut pair = Pair::<Q>::new();
                    (0..offset).for_each(|_| [Step::Push, Step::Pop].into_iter().for_each(|step| pair.step(step)));
                    pair.steps(Step::Push, filled);
                    pair.steps(Step::Close, 1);
                    pair.steps(Step::Pop, popped);
                    pair.steps(Step::Push, 2);
                    pair.steps(Step::Close, 1);
                    pair.steps(Step::Pop, Q::N + 1);
                    pair.steps(Step::Push, 1);
                }
            }
        }
    }
    for_rings!(closes(): 1 u64, 2 u64, 3 u64, 4 u64, 7 u64, 8 u64, 1 u8, 2 u8, 3 u8, 8 u8);
}

#[test]
fn a_ring_fills_and_drains_through_every_wrap_of_its_words() {
    fn wraps<Q: Fifo>(rounds: usize) {
        let mut pair = Pair::<Q>::new();
        for round in 0..rounds {
            // One too many, then one too few, so that it is full at every slot in turn.
            let filled = if round % 2 == 0 { Q::N + 1 } else { Q::N - 1 };
            pair.steps(Step::Push, filled);
            pair.steps(Step::Pop, filled);
        }
    }
    for_rings!(wraps(1000): 1 u8, 2 u8, 3 u8, 4 u8, 5 u8, 7 u8, 8 u8, 3 u32, 7 u64);
    // These words wrap after at most 2^14 positions: here twice or more.
    for_rings!(wraps(66_000): 1 u16);
    for_rings!(wraps(17_000): 4 u16);
    for_rings!(wraps(10_000): 7 u16);
}

#[test]
fn a_refused_push_gives_the_very_value_back() {
    fn gives_back<Q: Fifo<Box<u32>>>() {
        let ring = Q::new();
        ring.push(Box::new(1)).unwrap();
        let value = Box::new(2);
        let address = &raw const *value;
        let refused = ring.push(value).unwrap_err();
        assert!(refused.is_full() && !refused.is_closed());
        let value = refused.into_inner();
        assert!(core::ptr::eq(&*value, address));

        ring.close();
        let refused = ring.push(value).unwrap_err();
        assert!(refused.is_closed() && !refused.is_full());
        assert!(core::ptr::eq(&*refused.into_inner(), address));
        assert_eq!(ring.pop(), Ok(Box::new(1)));
        // And again, with a free cell that the refusal has to put back.
        assert!(ring.push(Box::new(3)).unwrap_err().is_closed());
        assert_eq!(ring.state(), (0, true, false, true));
    }
    gives_back::<Ring<Box<u32>, 1>>();
    gives_back::<SwapRing<Box<u32>, 1, 1>>();
}

#[test]
#[should_panic(expected = "a ticket must be below the ring's capacity")]
fn a_ticket_that_is_no_index_is_a_mistake_of_the_caller() {
    let _ = TicketRing::<3>::new().try_push(3);
}
