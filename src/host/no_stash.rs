//! Instead of stashes where atomics have 32 bits: no thread keeps anything. Words hold one ticket there, so what is taken
//! for later costs as much as what is taken when it is needed.

use crate::ring::layout::Span;
use crate::wait::Asymmetric;

/// None, and so no thread has one.
pub(crate) const MOST: u32 = 0;

#[derive(Debug)]
pub(crate) enum Stash {}

#[derive(Debug)]
pub(crate) struct Unsettled;

impl Unsettled {
    pub(crate) const NOTHING: Self = Self;
}

impl Stash {
    pub(crate) fn new(_: Asymmetric) -> Self {
        unreachable!("a stash of no tickets")
    }

    pub(crate) fn take(&self, _: u32) -> Option<Span> {
        match *self {}
    }

    pub(crate) fn take_quickly(&self) -> Result<Span, Unsettled> {
        match *self {}
    }

    pub(crate) fn taken(&self, _: Unsettled) -> Option<Span> {
        match *self {}
    }

    pub(crate) fn put_quickly(&self, _: u32) -> Result<(), Unsettled> {
        match *self {}
    }

    pub(crate) fn was_put(&self, _: u32, _: Unsettled) -> bool {
        match *self {}
    }

    pub(crate) fn put(&self, _: Span) -> Result<(), Span> {
        match *self {}
    }

    pub(crate) fn has_room(&self) -> bool {
        match *self {}
    }

    pub(crate) fn keep(&self, _: Span) {
        match *self {}
    }

    pub(crate) fn steal(&self, _: u32) -> Option<Span> {
        match *self {}
    }
}
