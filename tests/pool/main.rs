//! The pool from outside: what its documentation says, as sentences.
#![cfg(not(loom))]

mod bad_input;
mod cancel;
mod life;
mod panics;
mod types;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jobring::Pool;

/// A pool whose jobs return themselves.
fn echo(workers: usize, capacity: usize) -> Pool<u32, u32> {
    Pool::builder().workers(workers).capacity(capacity).build(|_, job| job).unwrap()
}

/// A payload that counts its drops.
#[derive(Clone)]
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A door that jobs wait at until the test opens it.
#[derive(Clone, Default)]
struct Door(Arc<(std::sync::Mutex<bool>, std::sync::Condvar)>);

impl Door {
    fn wait(&self) {
        let mut open = self.0.0.lock().unwrap();
        while !*open {
            open = self.0.1.wait(open).unwrap();
        }
    }

    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
}
