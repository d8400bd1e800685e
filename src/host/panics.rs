//! Panics of the caller's code, turned into values.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::any::Any;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use crate::pool::PanicMessage;

/// Runs `f`; a panic becomes its message.
///
/// Unwind safety is the caller's affair: what `f` shares with other jobs is in the state that the panic left.
pub(crate) fn caught<X>(f: impl FnOnce() -> X) -> Result<X, PanicMessage> {
    catch_unwind(AssertUnwindSafe(f)).map_err(message)
}

fn message(mut payload: Box<dyn Any + Send>) -> PanicMessage {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        return Cow::Borrowed(*text).into();
    }
    if let Some(text) = payload.downcast_mut::<String>() {
        return Cow::<'static, str>::Owned(core::mem::take(text)).into();
    }
    // A payload of another type may panic again when it is dropped, and that one's payload too: the second is leaked.
    if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        core::mem::forget(second);
    }
    PanicMessage::UNKNOWN
}
