//! How long a call may wait, and the waiting.

use core::time::Duration;
use std::time::Instant;

use crate::wait::{Event, Look, wait_for};

/// How long a call may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    None,
    Until(Instant),
    Endless,
}

impl Patience {
    /// A time too long to be reckoned is endless.
    pub(crate) fn lasting(timeout: Duration) -> Self {
        Instant::now().checked_add(timeout).map_or(Self::Endless, Self::Until)
    }

    /// What to say when it is over.
    pub(super) fn over<X>(self, at_once: X, later: X) -> X {
        if let Self::None = self { at_once } else { later }
    }
}

/// `attempt`s once, or until it answers.
#[inline(always)]
pub(super) fn patiently<X>(patience: Patience, event: &Event, mut attempt: impl FnMut(Look) -> Option<X>) -> Option<X> {
    let deadline = match patience {
        Patience::None => return attempt(Look::Thorough),
        Patience::Until(deadline) => Some(deadline),
        Patience::Endless => None,
    };
    attempt(Look::Quick).or_else(|| wait_for(event, deadline, &mut attempt))
}
