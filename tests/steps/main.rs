//! A thread is stopped before each access to shared memory in turn, and the others must get on without it: every point
//! where a call can be suspended, and not only those that chance finds (`tests/freeze`).
//!
//! ```text
//! RUSTFLAGS="--cfg jobring_steps" cargo test --release --target-dir target/steps --test steps -- --nocapture
//! ```
#![cfg(all(jobring_steps, target_os = "linux"))]

mod asleep;
mod cancellers;
mod control;
mod history;
mod host;
mod jobs;
#[path = "../freeze/membarrier.rs"]
mod membarrier;
mod queue;
mod rings;
mod stashes;
mod static_pool;
mod stop;
mod tally;
#[cfg(feature = "async")]
#[path = "../tasks/mod.rs"]
mod tasks;
#[cfg(feature = "async")]
mod wakers;
mod workers;

use jobring::TicketRing;
use queue::{Queue, SmallValues, Swaps, Values};

/// That the test would notice.
#[test]
fn rings_that_claim_a_slot_and_then_publish_it_stall() {
    let answers = rings::stop_one::<control::Vyukov<false>>();
    let spins = rings::stop_one::<control::Vyukov<true>>();
    println!("control: a ring that gives up: {} of {} stops hold up others", answers.stalls, answers.stops);
    println!("control: a ring that waits: {} of {} stops hold up others", spins.stalls, spins.stops);
    assert!(answers.stalls > 0 && spins.stalls > 0);
}

fn name<Q: Queue>(what: &str) -> String {
    format!("{what}: {}<{}> of {} bits", Q::NAME, Q::N, Q::BITS)
}

macro_rules! rings {
    ($($name:ident: $queue:ty;)+) => {$(
        mod $name {
            use super::*;

            #[test]
            fn a_call_stopped_before_any_step_holds_up_nobody() {
                rings::stop_one::<$queue>().clean(&name::<$queue>("one stopped"));
            }

            #[test]
            fn two_calls_stopped_before_any_two_steps_hold_up_nobody() {
                rings::stop_two::<$queue>().clean(&name::<$queue>("two stopped"));
            }

            #[test]
            fn a_call_interrupted_before_any_step_and_the_interrupt_are_answered_in_some_order() {
                rings::interrupt::<$queue>().clean(&name::<$queue>("interrupted"));
            }
        }
    )+};
}

rings! {
    one_ticket: TicketRing<1>;
    two_tickets: TicketRing<2>;
    three_tickets: TicketRing<3>;
    one_narrow_ticket: TicketRing<1, u8>;
    two_narrow_tickets: TicketRing<2, u8>;
    three_narrow_tickets: TicketRing<3, u8>;
    one_value: Values<1, u64>;
    two_values: Values<2, u64>;
    three_values: Values<3, u64>;
    one_small_value: SmallValues<1, u64>;
    two_small_values: SmallValues<2, u64>;
    three_small_values: SmallValues<3, u64>;
    one_narrow_value: Values<1, u8>;
    two_narrow_values: Values<2, u8>;
    three_narrow_values: Values<3, u8>;
    one_swap: Swaps<1, u64>;
    two_swaps: Swaps<2, u64>;
    three_swaps: Swaps<3, u64>;
    one_narrow_swap: Swaps<1, u8>;
    two_narrow_swaps: Swaps<2, u8>;
    three_narrow_swaps: Swaps<3, u8>;
}

fn oversleep<Q: Queue>() {
    // Half of all laps: 2^(b-3) or more, but where words name more than the ring holds.
    let exact = if Q::BITS == 8 { rings::positions::<Q>() } else { usize::MAX };
    rings::oversleep::<Q>().show(&name::<Q>("overslept"), exact);
}

#[test]
fn a_ring_is_exact_up_to_the_horizon_and_safe_past_it() {
    oversleep::<TicketRing<1, u8>>();
    oversleep::<TicketRing<2, u8>>();
    oversleep::<TicketRing<3, u8>>();
    oversleep::<Values<1, u8>>();
    oversleep::<Values<2, u8>>();
    oversleep::<Values<3, u8>>();
    oversleep::<Swaps<1, u8>>();
    oversleep::<Swaps<2, u8>>();
    oversleep::<Swaps<3, u8>>();
    oversleep::<TicketRing<3>>();
    oversleep::<Values<3, u64>>();
    oversleep::<SmallValues<3, u64>>();
    oversleep::<Swaps<3, u64>>();
}

#[test]
fn a_pool_is_exact_up_to_the_horizon_and_safe_past_it() {
    // 2^(b-4): a bit of each word says whether more than one job travels.
    static_pool::oversleep::<1>().show("overslept: StaticPool<1> of u8", 16);
    static_pool::oversleep::<2>().show("overslept: StaticPool<2> of u8", 16);
    static_pool::oversleep::<3>().show("overslept: StaticPool<3> of u8", 16);
}

macro_rules! pools {
    ($($name:ident: $n:literal $word:ident;)+) => {$(
        mod $name {
            use super::*;

            #[test]
            fn a_call_stopped_before_any_step_holds_up_nobody() {
                let name = concat!("one stopped: StaticPool<", $n, "> of ", stringify!($word));
                static_pool::stop_one::<$n, $word>().clean(name);
            }

            #[test]
            fn a_call_interrupted_before_any_step_and_the_interrupt_are_answered_in_some_order() {
                let name = concat!("interrupted: StaticPool<", $n, "> of ", stringify!($word));
                static_pool::interrupt::<$n, $word>().clean(name);
            }
        }
    )+};
}

pools! {
    pool_of_one: 1 u64;
    pool_of_two: 2 u64;
    pool_of_three: 3 u64;
    narrow_pool_of_one: 1 u8;
    narrow_pool_of_two: 2 u8;
    narrow_pool_of_three: 3 u8;
}

#[test]
fn two_calls_on_a_pool_stopped_before_any_two_steps_hold_up_nobody() {
    static_pool::stop_two::<2, u64>().clean("two stopped: StaticPool<2> of u64");
}

/// Nobody was held up by those who were stopped.
fn show(what: &str, stops: usize) {
    println!("{what}: {stops} stops");
    assert!(stops > 0, "{what}: nobody was stopped");
}

#[test]
fn a_caller_of_a_pool_stopped_before_any_step_holds_up_nobody() {
    show("callers of Pool", host::stop_callers());
}

#[test]
fn a_worker_stopped_before_any_step_keeps_its_jobs_and_holds_up_nobody() {
    show("workers of Pool", workers::stop_workers());
}

#[test]
fn a_worker_stopped_before_any_step_of_its_leaving_loses_no_outcome() {
    show("leaving workers of Pool", workers::stop_leavers());
}

#[test]
fn a_receiver_sleeps_beside_no_more_outcomes_than_a_stopped_canceller_may_have_in_its_hands() {
    show("cancellers beside a sleeper", cancellers::stop_cancellers());
}

#[test]
fn a_thread_with_many_slots_at_hand_stopped_before_any_step_leaves_most_to_the_others() {
    show("keepers of slots", stashes::stop_keepers());
}

#[cfg(feature = "async")]
#[test]
fn a_notifier_stopped_before_any_step_leaves_no_task_asleep_beside_what_comes_later() {
    use wakers::Meanwhile;

    for meanwhile in [Meanwhile::Nothing, Meanwhile::Looks, Meanwhile::Moves, Meanwhile::Goes, Meanwhile::LooksTooLate]
    {
        show(&format!("notifiers of a task that {meanwhile:?}"), wakers::stop_notifiers(meanwhile));
    }
}

#[cfg(feature = "async")]
#[test]
fn a_closer_stopped_before_any_step_leaves_no_task_asleep_once_somebody_else_has_closed() {
    show("closers of a task", wakers::stop_closers());
}
