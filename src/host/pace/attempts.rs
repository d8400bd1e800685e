//! What is tried less and less often as long as it is in vain.

use core::ops::RangeInclusive;

#[derive(Debug)]
pub(super) struct Attempts {
    /// How many occasions will pass before the next attempt.
    left: u32,
    /// And how many will after it, if that is in vain.
    next: u32,
    passed: RangeInclusive<u32>,
}

impl Attempts {
    /// After an attempt in vain so many occasions pass: at first the fewest, twice as many each time, and at most the most.
    pub(super) fn new(passed: RangeInclusive<u32>) -> Self {
        Self { left: 0, next: *passed.start(), passed }
    }

    /// An occasion: whether to try.
    pub(super) fn is_due(&mut self) -> bool {
        let due = self.left == 0;
        self.left = self.left.saturating_sub(1);
        due
    }

    /// The last attempt, or what came of it.
    pub(super) fn was_in_vain(&mut self) {
        self.left = self.next;
        self.next = self.next.saturating_mul(2).min(*self.passed.end());
    }

    pub(super) fn was_of_use(&mut self) {
        *self = Self::new(self.passed.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::Attempts;

    /// How many occasions pass before the next attempt, which is in vain.
    fn passed(attempts: &mut Attempts) -> usize {
        let passed = (0..).take_while(|_| !attempts.is_due()).count();
        attempts.was_in_vain();
        passed
    }

    #[test]
    fn attempts_in_vain_become_rarer_up_to_a_point_until_one_is_of_use() {
        let mut attempts = Attempts::new(3..=20);
        for _ in 0..2 {
            for expected in [0, 3, 6, 12, 20, 20] {
                assert_eq!(passed(&mut attempts), expected);
            }
            attempts.was_of_use();
        }
    }
}
