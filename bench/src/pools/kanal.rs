//! kanal.

use kanal::{Receiver, Sender, bounded};

use super::channel::{ChannelPool, Rx, Tx, one_kind_of_channel};
use super::draining::{Draining, RxBatch};

pub struct Kind;
pub type Kanal = ChannelPool<Kind>;

pub struct Batches;
pub type KanalBatch = Draining<Batches>;

impl Tx for Sender<u64> {
    #[inline]
    fn send(&self, value: u64) {
        Sender::send(self, value).expect("the receiver is there");
    }

    #[inline]
    fn try_send(&self, value: u64) -> bool {
        Sender::try_send(self, value).expect("the receiver is there")
    }
}

impl Rx for Receiver<u64> {
    #[inline]
    fn recv(&self) -> Option<u64> {
        Receiver::recv(self).ok()
    }

    #[inline]
    fn try_recv(&self) -> Option<u64> {
        Receiver::try_recv(self).ok().flatten()
    }
}

impl RxBatch for Receiver<u64> {
    #[inline]
    fn recv_batch(&self, space: &mut Vec<u64>, each: impl FnMut(u64)) -> bool {
        match Receiver::recv(self) {
            Ok(value) => space.push(value),
            Err(_) => return false,
        }
        self.drain_into(space).expect("this receiver is there");
        space.drain(..).for_each(each);
        true
    }
}

one_kind_of_channel!(Kind, "kanal", Sender<u64>, Receiver<u64>, bounded);
one_kind_of_channel!(Batches, "kanal-batch", Sender<u64>, Receiver<u64>, bounded);
