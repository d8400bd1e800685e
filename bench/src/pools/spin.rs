//! Two `ArrayQueue`s whose users spin a little and then yield, for ever: quick, and never at rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_queue::ArrayQueue;

use super::channel::{Channel, ChannelPool, Rx, Tx};
use crate::harness::Kind;
use crate::queues::Patience;

pub struct Spin;
pub type ArrayQueueSpin = ChannelPool<Spin>;

struct Queue {
    items: ArrayQueue<u64>,
    senders: AtomicUsize,
}

pub struct SpinTx(Arc<Queue>);

#[derive(Clone)]
pub struct SpinRx(Arc<Queue>);

impl Clone for SpinTx {
    fn clone(&self) -> Self {
        self.0.senders.fetch_add(1, Ordering::Relaxed);
        Self(self.0.clone())
    }
}

impl Drop for SpinTx {
    fn drop(&mut self) {
        // Release: who finds no sender finds what they sent.
        self.0.senders.fetch_sub(1, Ordering::Release);
    }
}

impl Tx for SpinTx {
    #[inline]
    fn send(&self, value: u64) {
        let mut patience = Patience::new();
        while self.0.items.push(value).is_err() {
            patience.wait();
        }
    }

    #[inline]
    fn try_send(&self, value: u64) -> bool {
        self.0.items.push(value).is_ok()
    }
}

impl Rx for SpinRx {
    #[inline]
    fn recv(&self) -> Option<u64> {
        let mut patience = Patience::new();
        loop {
            if let Some(value) = self.0.items.pop() {
                return Some(value);
            }
            if self.0.senders.load(Ordering::Acquire) == 0 {
                return self.0.items.pop();
            }
            patience.wait();
        }
    }

    #[inline]
    fn try_recv(&self) -> Option<u64> {
        self.0.items.pop()
    }
}

fn bounded(capacity: usize) -> (SpinTx, SpinRx) {
    let queue = Arc::new(Queue { items: ArrayQueue::new(capacity), senders: AtomicUsize::new(1) });
    (SpinTx(queue.clone()), SpinRx(queue))
}

impl Channel for Spin {
    const NAME: &'static str = "ArrayQueue, spinning";
    const KIND: Kind = Kind::Spin;

    type JobTx = SpinTx;
    type JobRx = SpinRx;
    type OutcomeTx = SpinTx;
    type OutcomeRx = SpinRx;

    fn jobs(capacity: usize) -> (SpinTx, SpinRx) {
        bounded(capacity)
    }

    fn outcomes(capacity: usize) -> (SpinTx, SpinRx) {
        bounded(capacity)
    }
}
