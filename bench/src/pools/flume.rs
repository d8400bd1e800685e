//! flume.

use flume::{Receiver, Sender, bounded};

use super::channel::{ChannelPool, one_kind_of_channel, usual_rx, usual_tx};

pub struct Kind;
pub type Flume = ChannelPool<Kind>;

usual_tx!(Sender<u64>);
usual_rx!(Receiver<u64>);
one_kind_of_channel!(Kind, "flume", Sender<u64>, Receiver<u64>, bounded);
