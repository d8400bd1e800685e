//! What the header says that there is.

use std::collections::{BTreeMap, BTreeSet};

use crate::calls::Action;

/// Where a job is, as far as its callback knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    Queued,
    Running,
    Returned(i32),
    Panicked,
}

/// A job that was accepted and not received.
#[derive(Debug)]
pub struct Entry {
    pub serial: u64,
    pub bytes: Vec<u8>,
    pub action: Action,
    pub phase: Phase,
    pub worker: u32,
}

#[derive(Debug, Default)]
pub struct Model {
    pub workers: usize,
    pub capacity: usize,
    pub job_size: usize,
    pub result_size: usize,
    /// By name.
    pub live: BTreeMap<u64, Entry>,
    /// Submitted without asking for the name.
    pub unnamed: Vec<Entry>,
    /// Every name that was told.
    pub names: BTreeSet<u64>,
    pub accepted: u64,
    pub received: u64,
    pub closed: bool,
    pub cancelled: bool,
    pub joined: bool,
    /// The main thread joins, without the lock: the pool may be closed already.
    pub joining: bool,
    /// Jobs of the action `Wait` may end.
    pub open: bool,
    /// The main thread waits for an outcome, without the lock: it may have one that the model has still.
    pub receiving: bool,
    /// No call may use the pool any more.
    pub destroying: bool,
}

impl Model {
    pub fn in_flight(&self) -> usize {
        self.live.len() + self.unnamed.len()
    }

    /// The job with this name; one without a name that could be it gets it.
    pub fn job(&mut self, name: u64, bytes: Option<&[u8]>, could_be: impl Fn(&Entry) -> bool) -> Option<&mut Entry> {
        if !self.live.contains_key(&name) {
            let is = |entry: &Entry| bytes.is_none_or(|bytes| entry.bytes == bytes) && could_be(entry);
            let at = self.unnamed.iter().position(is)?;
            let entry = self.unnamed.remove(at);
            self.name(name, entry);
        }
        self.live.get_mut(&name)
    }

    /// A job has this name from now on.
    pub fn name(&mut self, name: u64, entry: Entry) {
        assert!(self.names.insert(name), "{name:#x} was the name of another job");
        assert!((name as u32 as usize) < self.capacity, "{name:#x} has no slot");
        let one_slot = |other: &u64| *other as u32 == name as u32;
        // While the main thread receives, the slot may be that of a job which it has already.
        assert!(self.receiving || !self.live.keys().any(one_slot), "two jobs in the slot of {name:#x}");
        self.live.insert(name, entry);
    }

    /// Whether the outcome of a job that no worker took says which job that was only by giving it back.
    ///
    /// Jobs themselves submit by name, so it cannot become true while the main thread waits.
    pub fn needs_jobs(&self) -> bool {
        !self.unnamed.is_empty()
    }

    /// The serial of the job that was accepted first.
    pub fn oldest(&self) -> Option<u64> {
        self.live.values().chain(&self.unnamed).map(|entry| entry.serial).min()
    }
}

/// What a job leaves as its result.
pub fn result_of(name: u64, size: usize) -> Vec<u8> {
    (0..size).map(|at| (name as usize * 31 + (name >> 32) as usize * 7 + at) as u8 & 0x7F).collect()
}
