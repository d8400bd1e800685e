//! A thread is frozen at a random instruction, again and again, and the others must get on without it: no time limit
//! can prove that, but thousands of freezes in a loop of few instructions leave little room.
//!
//! `JOBRING_FREEZES` sets how often (2000), `JOBRING_SEED` when. `JOBRING_NO_MEMBARRIER=1` says that the kernel refuses
//! `membarrier`, without which nobody has anything at hand.
#![cfg(all(not(loom), target_os = "linux"))]

extern crate alloc;

mod close;
mod ice;
mod join;
mod membarrier;
mod pools;
mod queues;
mod reentry;
mod rng;

use jobring::{Ring, SwapRing, TicketRing};
use pools::{Victim, freeze_in_pool};

fn freezes() -> usize {
    std::env::var("JOBRING_FREEZES").map_or(2000, |count| count.parse().expect("JOBRING_FREEZES is a number"))
}

/// Fewer where threads stall: that takes time.
fn controls() -> usize {
    freezes().div_ceil(4)
}

#[derive(Debug, Default)]
struct Verdict {
    frozen: usize,
    stalled: usize,
}

impl Verdict {
    fn print(&self, name: &str) {
        println!("{name}: frozen {} times, stalled {} times", self.frozen, self.stalled);
    }
}

#[test]
fn a_thread_frozen_in_a_ticket_rings_push_or_pop_holds_up_nobody() {
    assert_eq!(queues::freeze_push_and_pop("TicketRing push and pop", &TicketRing::new(), freezes()).stalled, 0);
}

#[test]
fn a_thread_frozen_in_a_rings_push_or_pop_holds_up_nobody() {
    let ring = Ring::<u64, { queues::CAPACITY }>::new();
    assert_eq!(queues::freeze_push_and_pop("Ring push and pop", &ring, freezes()).stalled, 0);
}

#[test]
fn a_thread_frozen_in_push_or_pop_of_a_ring_of_large_values_holds_up_nobody() {
    let ring = Ring::<[u64; 2], { queues::CAPACITY }>::new();
    assert_eq!(queues::freeze_push_and_pop("Ring push and pop, large", &ring, freezes()).stalled, 0);
}

#[test]
fn a_thread_frozen_in_a_swap_rings_push_or_pop_holds_up_nobody() {
    assert_eq!(queues::freeze_push_and_pop("SwapRing push and pop", &SwapRing::new(), freezes()).stalled, 0);
}

#[test]
fn a_thread_frozen_in_close_holds_up_nobody_and_one_call_closes() {
    assert_eq!(close::freeze_close("TicketRing close").stalled, 0);
}

#[test]
fn a_thread_frozen_in_the_pools_submit_holds_up_no_other_job() {
    assert_eq!(freeze_in_pool("Pool submit", Victim::Submitter, 8).stalled, 0);
}

#[test]
fn a_thread_frozen_in_join_holds_up_nobody_who_joins_too() {
    assert_eq!(join::freeze_join("Pool join").stalled, 0);
}

#[test]
fn a_worker_frozen_in_a_step_holds_up_only_the_jobs_it_took() {
    assert_eq!(freeze_in_pool("Pool worker", Victim::Worker, 64).stalled, 0);
}

#[test]
fn a_thread_frozen_in_the_pools_recv_holds_up_one_outcome_at_most() {
    assert_eq!(freeze_in_pool("Pool recv", Victim::Collector, 8).stalled, 0);
}

/// In a pool of 64 a thread takes up to 8 at once and keeps them at hand, where others can have them.
#[test]
fn a_thread_frozen_with_free_slots_at_hand_holds_up_no_other_job() {
    membarrier::expect();
    assert_eq!(freeze_in_pool("Pool submit, slots at hand", Victim::Submitter, 64).stalled, 0);
}

#[test]
fn a_thread_frozen_with_outcomes_at_hand_holds_up_those_of_one_call_at_most() {
    membarrier::expect();
    assert_eq!(freeze_in_pool("Pool recv, outcomes at hand", Victim::Collector, 64).stalled, 0);
}

#[test]
fn interrupts_may_push_and_pop_in_the_middle_of_a_push_or_pop() {
    reentry::interrupt_push_and_pop("Interrupts");
}

/// The test can fail.
#[test]
fn control_a_thread_frozen_in_an_array_queue_stalls_the_others() {
    let queue = crossbeam_queue::ArrayQueue::new(queues::CAPACITY);
    assert_ne!(queues::freeze_push_and_pop("crossbeam_queue::ArrayQueue", &queue, controls()).stalled, 0);
}

/// The test can fail.
#[test]
fn control_a_thread_frozen_in_heapless_mpmc_stalls_the_others() {
    #[expect(deprecated, reason = "it is deprecated for what is shown here")]
    let queue = heapless::mpmc::Queue::new();
    assert_ne!(queues::freeze_push_and_pop("heapless::mpmc", &queue, controls()).stalled, 0);
}
