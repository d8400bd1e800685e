//! async-channel, by its blocking calls.

use async_channel::{Receiver, Sender, bounded};

use super::channel::{ChannelPool, one_kind_of_channel, usual_rx, usual_tx};

pub struct Kind;
pub type AsyncChannel = ChannelPool<Kind>;

usual_tx!(Sender<u64>, Sender<u64>, send_blocking);
usual_rx!(Receiver<u64>, Receiver<u64>, recv_blocking);
one_kind_of_channel!(Kind, "async-channel", Sender<u64>, Receiver<u64>, bounded);
