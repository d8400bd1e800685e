//! Which core a worker runs on.
//!
//! The system finds a core for each thread that wakes up. Threads that never sleep may share one for long, even while another
//! is idle: each has just run there, so its caches count as warm, and it is left where it is. A worker that takes many jobs
//! each time hardly ever sleeps, nor does a submitter that finds outcomes each time.

use super::attempts::Attempts;

/// How often a worker takes many jobs before it checks whether another thread shares its core.
const BUSY: u32 = 1024;

#[derive(Debug)]
pub(super) struct Placement {
    /// Whether there is a core for each worker and one for a submitter. If not, workers may be better off with each other than
    /// with the submitter, and a nap might bring one there.
    roomy: bool,
    busy: u32,
    naps: Attempts,
}

impl Placement {
    pub(super) fn new(workers: usize, cores: usize) -> Self {
        Self { roomy: workers < cores, busy: 0, naps: Attempts::new(1..=1 << 20) }
    }

    /// A worker has taken many jobs. Now and then it `gives` others its core, which answers whether one took it; if so, a `nap`
    /// brings it to a core that is idle. As long as nothing changes by it, since there is none, the naps are farther and
    /// farther apart. True if it did any of this.
    pub(super) fn look(&mut self, gives: impl FnOnce() -> bool, nap: impl FnOnce()) -> bool {
        if !self.roomy {
            return false;
        }
        self.busy += 1;
        if self.busy < BUSY {
            return false;
        }
        self.busy = 0;
        if !gives() {
            self.naps.was_of_use();
        } else if self.naps.is_due() {
            nap();
            // Unless the next look finds that it was not.
            self.naps.was_in_vain();
        }
        true
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{BUSY, Placement};

    /// How many looks go by until it gives its core to others; and whether it naps then, where one `took` it.
    fn next(placement: &mut Placement, took: bool) -> (u32, bool) {
        let mut napped = false;
        let looks = (1..).find(|_| placement.look(|| took, || napped = true));
        (looks.expect("it is roomy"), napped)
    }

    #[test]
    fn a_worker_that_shares_its_core_naps_and_does_so_less_often_as_long_as_that_changes_nothing() {
        let mut placement = Placement::new(2, 3);
        for _ in 0..2 {
            for naps in [true, false, true, false, false, true, false, false, false, false, true] {
                assert_eq!(next(&mut placement, true), (BUSY, naps));
            }
            assert_eq!(next(&mut placement, false), (BUSY, false));
        }
    }

    #[test]
    fn it_does_not_where_there_is_no_core_for_a_submitter() {
        let mut placement = Placement::new(2, 2);
        assert!((0..2 * BUSY).all(|_| !placement.look(|| panic!("gave its core"), || panic!("napped"))));
    }
}
