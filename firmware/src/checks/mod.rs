//! What the image checks.

pub(crate) mod at_rest;
pub(crate) mod idle;
mod order;
pub(crate) mod pool;
pub(crate) mod rings;
pub(crate) mod steps;
