//! Memory that only the owner of a ticket touches.

/// `core::cell::UnsafeCell` with loom's closure interface.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(core::cell::UnsafeCell::new(value))
    }

    /// Hands out the pointer to read through; the caller ensures that nobody writes meanwhile.
    #[cfg(feature = "async")]
    #[inline(always)]
    pub(crate) fn with<X>(&self, f: impl FnOnce(*const T) -> X) -> X {
        super::step();
        f(self.0.get())
    }

    /// Hands out the pointer to write or move through; the caller ensures exclusivity.
    #[inline(always)]
    pub(crate) fn with_mut<X>(&self, f: impl FnOnce(*mut T) -> X) -> X {
        super::step();
        f(self.0.get())
    }
}
