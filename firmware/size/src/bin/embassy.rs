//! `embassy_sync::channel::Channel<CriticalSectionRawMutex, u32, 16>`
#![no_std]
#![no_main]

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;

static QUEUE: Channel<CriticalSectionRawMutex, u32, 16> = Channel::new();

jobring_size::program! {
    push(value) -> bool { QUEUE.try_send(value).is_ok() }
    pop() -> Option<u32> { QUEUE.try_receive().ok() }
}
