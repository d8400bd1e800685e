//! Numbers for the threads of the process that use pools: each has one as long as it lives, and another one may have it
//! afterwards. A thread that finds none left has none, and nothing at hand. (A thread whose first call comes when its
//! thread-locals have ended, from a destructor of a pthread key, keeps its number for ever; and in a forked child the numbers
//! of the parent's other threads stay taken.)

use core::marker::PhantomData;

use super::number::{self, UNKNOWN};
use crate::sync::host::per_process;
use crate::sync::{AtomicU32, Ordering, take_lowest};

pub(super) const COUNT: usize = if cfg!(loom) { 3 } else { 32 };
const NONE: usize = UNKNOWN - 1;

per_process! {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
}

/// The calling thread's, which it keeps for itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat(usize, PhantomData<*const ()>);

impl Seat {
    #[inline(always)]
    pub(crate) fn mine() -> Self {
        Self(number::get(), PhantomData)
    }

    /// Below [`COUNT`] if the thread has a number.
    #[inline(always)]
    pub(super) fn number(self) -> usize {
        self.0
    }
}

/// A seat for a thread that has had none so far; without a number if there is none left, and at the end of a thread.
pub(super) fn take() -> Seat {
    if Seat::mine().number() != UNKNOWN {
        return Seat::mine();
    }
    // Acquire, pairs with the Release of the thread that had the number before.
    number::set(take_lowest(&TAKEN, COUNT, Ordering::Acquire).unwrap_or(NONE));
    end::at_the_end_of_the_thread();
    Seat::mine()
}

fn give_back() {
    let mine = number::get();
    number::set(NONE);
    if let number @ 0..COUNT = mine {
        // Release: the next thread with this number knows what this one left in its lanes.
        TAKEN.fetch_and(!(1 << number), Ordering::Release);
    }
}

#[cfg(not(loom))]
mod end {
    struct End;

    impl Drop for End {
        fn drop(&mut self) {
            super::give_back();
        }
    }

    std::thread_local! {
        static END: End = const { End };
    }

    /// Gives the number back then; now, if that is now.
    pub(super) fn at_the_end_of_the_thread() {
        if END.try_with(|_| ()).is_err() {
            super::give_back();
        }
    }
}

/// The threads of a model keep their numbers: loom ends thread-locals when its atomics are gone.
#[cfg(loom)]
mod end {
    pub(super) fn at_the_end_of_the_thread() {
        let _ = super::give_back;
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{COUNT, Seat, UNKNOWN, take};

    #[test]
    fn a_thread_begins_without_a_number_and_then_has_one_of_its_own() {
        let mine = take().number();
        assert!(mine < COUNT);
        let other = std::thread::spawn(|| {
            assert_eq!(Seat::mine().number(), UNKNOWN);
            let other = take().number();
            assert_eq!((Seat::mine().number(), take().number()), (other, other));
            other
        });
        assert_ne!(other.join().unwrap(), mine);
        assert_eq!(Seat::mine().number(), mine);
    }
}
