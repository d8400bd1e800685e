//! A panic may pass by everything here: what the caller's code can unwind through leaves rings and pools whole. So one can use
//! them in `catch_unwind` without `AssertUnwindSafe`, whatever their values are. (Not so what has wakers of async tasks: one
//! that panics may leave others asleep until the next notification.)

use core::panic::{RefUnwindSafe, UnwindSafe};

use crate::pool::{StaticPool, StaticWorker};
use crate::ring::{Ring, SwapHandle, SwapRing, Word};

macro_rules! survive {
    ($([$($parameters:tt)*] $type:ty;)+) => {$(
        impl<$($parameters)*> UnwindSafe for $type {}
        impl<$($parameters)*> RefUnwindSafe for $type {}
    )+};
}

survive! {
    [T, const N: usize, W: Word] Ring<T, N, W>;
    [T, const N: usize, const HANDLES: usize, W: Word] SwapRing<T, N, HANDLES, W>;
    [T, const N: usize, const HANDLES: usize, W: Word] SwapHandle<'_, T, N, HANDLES, W>;
    [J, R, const N: usize, W: Word] StaticPool<J, R, N, W>;
    [J, R, const N: usize, W: Word] StaticWorker<'_, J, R, N, W>;
}

#[cfg(feature = "std")]
survive! {
    [J, R] crate::host::Pool<J, R>;
    [J, R] crate::host::Submitter<J, R>;
    [J, R] crate::host::Collector<J, R>;
    [J, R] crate::host::Outcomes<'_, J, R>;
}
