//! crossbeam-channel.

use crossbeam_channel::{Receiver, Sender, bounded};

use super::channel::{ChannelPool, one_kind_of_channel, usual_rx, usual_tx};

pub struct Kind;
pub type Crossbeam = ChannelPool<Kind>;

usual_tx!(Sender<u64>);
usual_rx!(Receiver<u64>);
one_kind_of_channel!(Kind, "crossbeam-channel", Sender<u64>, Receiver<u64>, bounded);
