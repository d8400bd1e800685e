//! Cores with 32-bit atomics only are small and mostly alone: there RAM costs more than false sharing, so nothing is padded.
//! Loom has no caches.

#[derive(Debug, Default)]
pub(crate) struct Padded<T>(T);

impl<T> Padded<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> core::ops::Deref for Padded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
