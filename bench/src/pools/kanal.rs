//! kanal.

use kanal::{Receiver, Sender, bounded};

use super::channel::{ChannelPool, Rx, Tx, one_kind_of_channel};

pub struct Kind;
pub type Kanal = ChannelPool<Kind>;

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

one_kind_of_channel!(Kind, "kanal", Sender<u64>, Receiver<u64>, bounded);
