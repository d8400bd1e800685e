//! A thread is stopped before each access to shared memory in turn, and the others must get on without it: every point
//! where a call can be suspended, and not only those that chance finds (`tests/freeze`).
//!
//! ```text
//! RUSTFLAGS="--cfg jobring_steps" cargo test --release --target-dir target/steps --test steps -- --nocapture
//! ```
#![cfg(jobring_steps)]

mod history;
mod queue;
mod rings;
mod stop;

use jobring::TicketRing;
use queue::Values;

macro_rules! rings {
    ($($name:ident: $queue:ty;)+) => {$(
        mod $name {
            use super::*;

            #[test]
            fn a_call_stopped_before_any_step_holds_up_nobody() {
                rings::stop_one::<$queue>().clean::<$queue>("one stopped");
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
    one_narrow_value: Values<1, u8>;
    two_narrow_values: Values<2, u8>;
    three_narrow_values: Values<3, u8>;
}
