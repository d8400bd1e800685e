//! `TicketRing<16>`
#![no_std]
#![no_main]

use jobring::TicketRing;

static QUEUE: TicketRing<16> = TicketRing::new();

jobring_size::program! {
    push(value) -> bool { value < 16 && QUEUE.try_push(value).is_ok() }
    pop() -> Option<u32> { QUEUE.try_pop().ok() }
}
