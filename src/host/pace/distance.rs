//! How far behind the submitters a worker stays, where there is room for that.
//!
//! A worker that takes jobs as soon as they come is close to the submitter: both want the same cache lines, and each waits for
//! the other to have them. If the worker stays some words of many jobs behind, neither waits.

use super::attempts::Attempts;
use crate::pool::table::LONGEST;

/// Words of jobs.
pub(super) const FAR: usize = 8;

/// A pool has room for that if it has room for many times as much.
const LARGE: usize = 16 * FAR * LONGEST;

/// By how much a worker's takes of many jobs close behind the submitters must outnumber its takes of few before it waits to
/// fall behind: then many have been coming for some time, and more are likely to come.
const CLOSE: u32 = 32;

/// Yields of that wait: several times what it takes where jobs go on coming so.
const YIELDS: u32 = 32;

#[derive(Debug)]
pub(super) struct Distance {
    large: bool,
    /// Whether it has fallen behind, and tries to stay there.
    behind: bool,
    /// How often it took many while close, since it last was not close or waited; less the times that it took few.
    close: u32,
    waits: Attempts,
}

/// What a worker does so as not to be close to the submitters.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Nothing,
    /// It lets others run, once.
    Yield,
    /// It [falls behind](Distance::fall_behind).
    FallBehind,
}

impl Distance {
    /// For a pool with so many slots.
    pub(super) fn new(capacity: usize) -> Self {
        Self { large: capacity >= LARGE, behind: false, close: 0, waits: Attempts::new(1..=1 << 20) }
    }

    /// After a worker has taken `many` jobs, or not; `is_far` tells whether as many words are queued as it is to stay behind.
    pub(super) fn keep(&mut self, many: bool, is_far: impl FnOnce() -> bool) -> Keep {
        if !self.large {
            return Keep::Nothing;
        }
        if !many {
            self.close = self.close.saturating_sub(1);
            // There is nothing to be behind of.
            self.behind &= self.close > 0;
            return Keep::Nothing;
        }
        if is_far() {
            self.close = 0;
            return Keep::Nothing;
        }
        self.close += 1;
        if self.close == CLOSE {
            self.close = 0;
            self.behind = false;
            if self.waits.is_due() {
                return Keep::FallBehind;
            }
        }
        if self.behind { Keep::Yield } else { Keep::Nothing }
    }

    /// It [yields](Keep::Yield) no longer: somebody else wants this core.
    pub(super) fn give_up(&mut self) {
        self.behind = false;
    }

    /// Waits until it is far behind; not where somebody else wants this core that it `gives`, since jobs come together then
    /// anyhow. Each time that they do not come, the next wait is twice as far off.
    pub(super) fn fall_behind(&mut self, mut gives: impl FnMut() -> bool, is_far: impl Fn() -> bool) {
        for _ in 0..YIELDS {
            if gives() {
                return;
            }
            if is_far() {
                self.behind = true;
                return self.waits.was_of_use();
            }
        }
        self.waits.was_in_vain();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::cell::Cell;

    use super::{CLOSE, Distance, Keep, LARGE, YIELDS};

    /// So often in a row it is close, and does the same.
    fn close(distance: &mut Distance, times: u32, does: Keep) {
        for _ in 0..times {
            assert_eq!(distance.keep(true, || false), does);
        }
    }

    /// Falls behind: somebody `takes` its core or not, and after so many yields it is far. Gives the number of yields.
    fn fall_behind(distance: &mut Distance, takes: bool, far_after: u32) -> u32 {
        let yields = Cell::new(0);
        let gives = || {
            yields.set(yields.get() + 1);
            takes
        };
        distance.fall_behind(gives, || yields.get() >= far_after);
        yields.get()
    }

    #[test]
    fn a_worker_that_has_been_close_for_long_falls_behind_and_stays_there() {
        let mut distance = Distance::new(LARGE);
        close(&mut distance, CLOSE - 1, Keep::Nothing);
        close(&mut distance, 1, Keep::FallBehind);
        assert_eq!(fall_behind(&mut distance, false, 5), 5, "it waits no longer than it has to");
        close(&mut distance, CLOSE - 1, Keep::Yield);
        assert_eq!(distance.keep(true, || true), Keep::Nothing);
        close(&mut distance, CLOSE - 1, Keep::Yield);
        close(&mut distance, 1, Keep::FallBehind);
    }

    #[test]
    fn it_stays_there_no_longer_where_few_come_or_somebody_wants_its_core() {
        for core_is_wanted in [false, true] {
            let mut distance = Distance::new(LARGE);
            close(&mut distance, CLOSE - 1, Keep::Nothing);
            close(&mut distance, 1, Keep::FallBehind);
            fall_behind(&mut distance, false, 1);
            close(&mut distance, 2, Keep::Yield);
            if core_is_wanted {
                distance.give_up();
            } else {
                assert_eq!(distance.keep(false, || panic!("looked")), Keep::Nothing);
                close(&mut distance, 1, Keep::Yield);
                (0..2).for_each(|_| assert_eq!(distance.keep(false, || panic!("looked")), Keep::Nothing));
            }
            close(&mut distance, 1, Keep::Nothing);
        }
    }

    #[test]
    fn one_that_cannot_tries_it_less_and_less_often_and_does_nothing_else() {
        let mut distance = Distance::new(LARGE);
        for passed in [0, 1, 2, 4] {
            close(&mut distance, CLOSE * (passed + 1) - 1, Keep::Nothing);
            close(&mut distance, 1, Keep::FallBehind);
            assert_eq!(fall_behind(&mut distance, false, u32::MAX), YIELDS);
        }
    }

    #[test]
    fn one_whose_core_somebody_wants_lets_it_go_and_that_proves_nothing() {
        let mut distance = Distance::new(LARGE);
        for _ in 0..3 {
            close(&mut distance, CLOSE - 1, Keep::Nothing);
            close(&mut distance, 1, Keep::FallBehind);
            assert_eq!(fall_behind(&mut distance, true, 0), 1);
        }
    }

    #[test]
    fn few_jobs_and_those_of_a_small_pool_are_taken_as_they_come() {
        let mut distance = Distance::new(LARGE);
        for _ in 0..2 * CLOSE {
            assert_eq!(distance.keep(false, || panic!("looked")), Keep::Nothing);
            close(&mut distance, 1, Keep::Nothing);
        }
        close(&mut distance, CLOSE - 2, Keep::Nothing);
        close(&mut distance, 1, Keep::FallBehind);
        close(&mut Distance::new(LARGE - 1), 2 * CLOSE, Keep::Nothing);
    }
}
