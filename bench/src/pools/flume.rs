//! flume.

use flume::{Receiver, Sender, bounded};

use super::channel::{ChannelPool, one_kind_of_channel, usual_rx, usual_tx};
use super::draining::{Draining, RxBatch};

pub struct Kind;
pub type Flume = ChannelPool<Kind>;

pub struct Batches;
pub type FlumeBatch = Draining<Batches>;

usual_tx!(Sender<u64>);
usual_rx!(Receiver<u64>);

impl RxBatch for Receiver<u64> {
    #[inline]
    fn recv_batch(&self, _space: &mut Vec<u64>, mut each: impl FnMut(u64)) -> bool {
        match Receiver::recv(self) {
            Ok(value) => each(value),
            Err(_) => return false,
        }
        self.drain().for_each(each);
        true
    }
}

one_kind_of_channel!(Kind, "flume", Sender<u64>, Receiver<u64>, bounded);
one_kind_of_channel!(Batches, "flume-batch", Sender<u64>, Receiver<u64>, bounded);
