//! Marsaglia's xorshift: the same numbers in every run.

pub(crate) struct Random(u32);

impl Random {
    pub(crate) const fn new(seed: u32) -> Self {
        Self(seed)
    }

    /// Below `limit`, about evenly.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        // The high bits are the better ones, and M0 has no division.
        ((self.0 >> 16) * limit) >> 16
    }
}
