//! A program without std and without an allocator: that it links proves that jobring needs neither.
#![no_std]
#![no_main]

use jobring::{PopError, Ring, StaticPool, SwapRing, TicketRing};

static TICKETS: TicketRing<3> = TicketRing::new();
static RING: Ring<u32, 5> = Ring::new();
static SWAPS: SwapRing<u32, 5, 1> = SwapRing::new();
static POOL: StaticPool<u32, u32, 4> = StaticPool::new();

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: abort takes nothing and does not return.
    unsafe { abort() }
}

unsafe extern "C" {
    fn abort() -> !;
}

/// The precompiled `core` names it; nothing unwinds here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    for ticket in 0..3 {
        assert!(TICKETS.try_push(ticket).is_ok());
    }
    assert!(TICKETS.is_full() && TICKETS.try_pop() == Ok(0));
    assert!(RING.try_push(7).is_ok() && RING.try_pop() == Ok(7) && RING.try_pop() == Err(PopError::Empty));
    let mut handle = SWAPS.handle().unwrap();
    assert!(handle.try_push(7).is_ok() && handle.try_pop() == Ok(7) && handle.try_pop() == Err(PopError::Empty));
    assert!(POOL.try_submit(20).is_ok());
    assert!(POOL.worker(0).try_run_one(|job| job + 1).is_ok());
    assert!(POOL.try_collect().is_ok_and(|outcome| outcome.result == Ok(21)));
    0
}
