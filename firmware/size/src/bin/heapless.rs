//! `heapless::mpmc::Queue<u32, 16>`
#![no_std]
#![no_main]
#![expect(deprecated, reason = "the peer to compare with")]

use heapless::mpmc::Queue;

static QUEUE: Queue<u32, 16> = Queue::new();

jobring_size::program! {
    push(value) -> bool { QUEUE.enqueue(value).is_ok() }
    pop() -> Option<u32> { QUEUE.dequeue() }
}
