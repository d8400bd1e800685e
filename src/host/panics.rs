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
        return PanicMessage::new(Cow::Borrowed(*text));
    }
    if let Some(text) = payload.downcast_mut::<String>() {
        return PanicMessage::new(Cow::Owned(core::mem::take(text)));
    }
    discard(payload);
    PanicMessage::UNKNOWN
}

/// How many panics of one payload's drop are taken in turn.
const ROUNDS: usize = 8;

/// Drops the payload of a panic. Its drop may panic, with a payload whose drop may panic, and so on without end: what
/// still panics after some rounds is forgotten.
pub(crate) fn discard(mut payload: Box<dyn Any + Send>) {
    for _ in 0..ROUNDS {
        match catch_unwind(AssertUnwindSafe(move || drop(payload))) {
            Ok(()) => return,
            Err(next) => payload = next,
        }
    }
    core::mem::forget(payload);
}

#[cfg(all(test, not(loom)))]
mod tests {
    use alloc::boxed::Box;
    use alloc::sync::Arc;
    use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::panic::resume_unwind;

    use super::{ROUNDS, caught};

    /// Its drop panics with one that has a round less to go. No hook, no message on the terminal.
    struct Bomb(usize, Arc<AtomicUsize>);

    impl Drop for Bomb {
        fn drop(&mut self) {
            self.1.fetch_add(1, Relaxed);
            if self.0 > 0 {
                resume_unwind(Box::new(Self(self.0 - 1, self.1.clone())));
            }
        }
    }

    #[test]
    fn payloads_that_panic_when_they_are_dropped_are_all_dropped() {
        for rounds in 0..ROUNDS {
            let drops = Arc::new(AtomicUsize::new(0));
            let bomb = Bomb(rounds, drops.clone());
            let message = caught(|| resume_unwind(Box::new(bomb))).unwrap_err();
            assert_eq!((message.as_str(), drops.load(Relaxed)), ("(no message)", rounds + 1));
            assert_eq!(Arc::strong_count(&drops), 1, "nothing leaks");
        }
    }

    #[test]
    fn a_payload_that_panics_without_end_is_forgotten() {
        /// Without size, so that nothing leaks.
        struct Endless;

        impl Drop for Endless {
            fn drop(&mut self) {
                resume_unwind(Box::new(Self));
            }
        }

        assert_eq!(caught(|| resume_unwind(Box::new(Endless))).unwrap_err().as_str(), "(no message)");
    }
}
