//! `Ring<u32, 16>`
#![no_std]
#![no_main]

use jobring::Ring;

static QUEUE: Ring<u32, 16> = Ring::new();

jobring_size::program! {
    push(value) -> bool { QUEUE.try_push(value).is_ok() }
    pop() -> Option<u32> { QUEUE.try_pop().ok() }
}
