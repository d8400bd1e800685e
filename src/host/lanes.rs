//! What each thread keeps at hand of a pool: free slots to submit with, and outcomes to receive.
//!
//! What is in a stash others can have. What is on its way into one or out of it they cannot, so that must be little: an
//! eighth of the pool's slots, 64 at most. Where an eighth is less than two, or the kernel has no `membarrier`, nobody keeps
//! anything.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::lane::Lane;
use super::seat::{self, Seat};
use super::stash::MOST;
use super::storage::OutOfMemory;
use crate::sync::{AtomicU32, AtomicUsize, Ordering, Padded, update};
use crate::wait::Barrier;

/// Of all threads that have one; the others do without, and so do small pools.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Box<[Padded<Lane>]>,
    /// Lanes that have ever been used, as bits: the others need not be looked at.
    used: AtomicU32,
    /// How many slots or outcomes a thread takes at once, if there are so many, one of them to use and the others to keep.
    pub(super) share: usize,
    /// Threads that may have taken outcomes to keep and not kept them yet.
    pub(super) keeping: AtomicUsize,
}

impl Lanes {
    pub(super) fn new(capacity: usize, barrier: Barrier) -> Result<Self, OutOfMemory> {
        // A thread that is suspended with what it has just taken must leave most slots to the others.
        let share = (capacity / if cfg!(loom) { 2 } else { 8 }).min(MOST as usize);
        let mut lanes = Vec::new();
        if let Some(barrier) = barrier.asymmetric().filter(|_| share > 1) {
            lanes.try_reserve_exact(seat::COUNT).map_err(|_| OutOfMemory)?;
            lanes.resize_with(seat::COUNT, || Padded::new(Lane::new(barrier)));
        }
        let (used, keeping) = (AtomicU32::new(0), AtomicUsize::new(0));
        Ok(Self { lanes: lanes.into_boxed_slice(), used, share, keeping })
    }

    /// This thread's, if it may have one.
    #[inline(always)]
    pub(super) fn mine(&self) -> Option<&Lane> {
        let lane = self.of(Seat::mine());
        if lane.is_some() { lane } else { self.enter() }
    }

    /// Of the thread with that seat; `None` if it has no seat yet, or this pool no lanes.
    #[inline(always)]
    pub(super) fn of(&self, seat: Seat) -> Option<&Lane> {
        self.lanes.get(seat.number()).map(|lane| &**lane)
    }

    /// For a thread without a seat: it gets one, if it can and if this pool has lanes.
    #[cold]
    fn enter(&self) -> Option<&Lane> {
        if self.lanes.is_empty() { None } else { self.of(seat::take()) }
    }

    /// Marks this thread's lane, before the thread keeps anything in it. A thread that must not miss what is kept is sure to
    /// see it by a fence of this thread that comes afterwards; the mark comes before that fence too, so Relaxed.
    pub(super) fn mark_used(&self) {
        let mine = 1u32.checked_shl(Seat::mine().number() as u32).unwrap_or(0);
        update(&self.used, Ordering::Relaxed, |used| (used & mine != mine).then_some(used | mine));
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Lane> {
        let mut used = self.used.load(Ordering::Relaxed);
        core::iter::from_fn(move || {
            let lane = self.lanes.get(used.trailing_zeros() as usize)?;
            used &= used - 1;
            Some(&**lane)
        })
    }
}
