//! crossfire: many receivers for jobs, and its channel for a single receiver for outcomes.

use crossfire::{MRx, MTx, Rx, Tx, detect_backoff_cfg, mpmc, mpsc};

use super::channel::{Channel, ChannelPool, usual_rx, usual_tx};

pub struct Plain;
pub type Crossfire = ChannelPool<Plain>;

/// After a call of `detect_backoff_cfg`, which makes it yield at once where there is only one core, and changes
/// nothing elsewhere. It lasts for the rest of the process.
pub struct Detected;
pub type CrossfireBackoff = ChannelPool<Detected>;

type JobTx = MTx<mpmc::Array<u64>>;
type JobRx = MRx<mpmc::Array<u64>>;
type OutcomeTx = MTx<mpsc::Array<u64>>;
type OutcomeRx = Rx<mpsc::Array<u64>>;

macro_rules! channel {
    ($kind:ty, $name:literal $(, $before:expr)?) => {
        impl Channel for $kind {
            const NAME: &'static str = $name;

            type JobTx = JobTx;
            type JobRx = JobRx;
            type OutcomeTx = OutcomeTx;
            type OutcomeRx = OutcomeRx;

            fn jobs(capacity: usize) -> (JobTx, JobRx) {
                $($before;)?
                mpmc::bounded_blocking(capacity)
            }

            fn outcomes(capacity: usize) -> (OutcomeTx, OutcomeRx) {
                mpsc::bounded_blocking(capacity)
            }
        }
    };
}

usual_tx!(JobTx, Tx<mpmc::Array<u64>>, send);
usual_rx!(JobRx, Rx<mpmc::Array<u64>>, recv);
usual_tx!(OutcomeTx, Tx<mpsc::Array<u64>>, send);
usual_rx!(OutcomeRx);
channel!(Plain, "crossfire");
channel!(Detected, "crossfire-backoff", detect_backoff_cfg());
