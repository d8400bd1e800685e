//! The usual pool: a channel for jobs, a channel for outcomes, and threads between them.

use std::marker::PhantomData;
use std::thread::{self, JoinHandle};

use super::{Pool, Shared, Size, Submit};
use crate::harness::Kind;
use crate::work::Work;

/// A kind of channel. The two directions may differ: outcomes have only one receiver.
pub trait Channel {
    const NAME: &'static str;
    const KIND: Kind = Kind::Peer;

    type JobTx: Tx;
    type JobRx: Rx + Clone + Send;
    type OutcomeTx: Tx;
    type OutcomeRx: Rx;

    fn jobs(capacity: usize) -> (Self::JobTx, Self::JobRx);
    fn outcomes(capacity: usize) -> (Self::OutcomeTx, Self::OutcomeRx);
}

pub trait Tx: Clone + Send + 'static {
    /// Waits while the channel is full.
    fn send(&self, value: u64);
    fn try_send(&self, value: u64) -> bool;
}

pub trait Rx: 'static {
    /// None once all senders are gone and the channel is empty.
    fn recv(&self) -> Option<u64>;
    fn try_recv(&self) -> Option<u64>;
}

pub struct ChannelPool<C: Channel> {
    jobs: Option<C::JobTx>,
    outcomes: C::OutcomeRx,
    threads: Vec<JoinHandle<()>>,
    channel: PhantomData<C>,
}

impl<C: Channel> ChannelPool<C> {
    /// A pool each of whose threads does this with its ends of the channels.
    pub fn with_workers(size: Size, worker: impl Fn(&C::JobRx, &C::OutcomeTx) + Copy + Send + 'static) -> Self {
        let (jobs, job_rx) = C::jobs(size.queue);
        let (outcome_tx, outcomes) = C::outcomes(size.queue);
        let start = |_| {
            let (jobs, outcomes) = (job_rx.clone(), outcome_tx.clone());
            thread::spawn(move || worker(&jobs, &outcomes))
        };
        let threads = (0..size.workers).map(start).collect();
        Self { jobs: Some(jobs), outcomes, threads, channel: PhantomData }
    }

    #[inline(always)]
    pub fn outcomes(&self) -> &C::OutcomeRx {
        &self.outcomes
    }

    #[inline(always)]
    fn jobs(&self) -> &C::JobTx {
        self.jobs.as_ref().expect("not closed")
    }
}

impl<C: Channel> Pool for ChannelPool<C> {
    const NAME: &'static str = C::NAME;
    const KIND: Kind = C::KIND;

    fn start(size: Size, work: impl Work) -> Self {
        Self::with_workers(size, move |jobs, outcomes| {
            while let Some(job) = jobs.recv() {
                outcomes.send(work(job));
            }
        })
    }

    #[inline]
    fn submit(&self, job: u64) {
        self.jobs().send(job);
    }

    #[inline]
    fn try_submit(&self, job: u64) -> bool {
        self.jobs().try_send(job)
    }

    #[inline]
    fn recv(&self) -> u64 {
        self.outcomes.recv().expect("an outcome is to come")
    }

    #[inline]
    fn try_recv(&self) -> Option<u64> {
        self.outcomes.try_recv()
    }

    fn close(&mut self) {
        self.jobs = None;
    }
}

impl<C: Channel> Shared for ChannelPool<C> {
    type Submitter = Sender<C::JobTx>;

    fn submitter(&self) -> Self::Submitter {
        Sender(self.jobs().clone())
    }
}

pub struct Sender<T>(T);

impl<T: Tx> Submit for Sender<T> {
    #[inline]
    fn submit(&self, job: u64) {
        self.0.send(job);
    }
}

impl<C: Channel> Drop for ChannelPool<C> {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            thread.join().expect("workers do not panic");
        }
    }
}

/// [`Tx`] for a sender whose calls have the usual names and results; they may be those of a type it derefs to.
macro_rules! usual_tx {
    ($sender:ty) => {
        usual_tx!($sender, $sender, send);
    };
    ($sender:ty, $callee:ty, $send:ident) => {
        impl $crate::pools::channel::Tx for $sender {
            #[inline]
            fn send(&self, value: u64) {
                <$callee>::$send(self, value).expect("the receiver is there");
            }

            #[inline]
            fn try_send(&self, value: u64) -> bool {
                <$callee>::try_send(self, value).is_ok()
            }
        }
    };
}

/// [`Rx`], likewise.
macro_rules! usual_rx {
    ($receiver:ty) => {
        usual_rx!($receiver, $receiver, recv);
    };
    ($receiver:ty, $callee:ty, $recv:ident) => {
        impl $crate::pools::channel::Rx for $receiver {
            #[inline]
            fn recv(&self) -> Option<u64> {
                <$callee>::$recv(self).ok()
            }

            #[inline]
            fn try_recv(&self) -> Option<u64> {
                <$callee>::try_recv(self).ok()
            }
        }
    };
}

/// [`Channel`] for a crate with one kind of channel.
macro_rules! one_kind_of_channel {
    ($channel:ty, $name:literal, $sender:ty, $receiver:ty, $bounded:path) => {
        impl $crate::pools::channel::Channel for $channel {
            const NAME: &'static str = $name;

            type JobTx = $sender;
            type JobRx = $receiver;
            type OutcomeTx = $sender;
            type OutcomeRx = $receiver;

            fn jobs(capacity: usize) -> ($sender, $receiver) {
                $bounded(capacity)
            }

            fn outcomes(capacity: usize) -> ($sender, $receiver) {
                $bounded(capacity)
            }
        }
    };
}

pub(super) use {one_kind_of_channel, usual_rx, usual_tx};
