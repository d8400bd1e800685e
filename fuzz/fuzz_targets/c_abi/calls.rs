//! What bytes become.

use arbitrary::Arbitrary;

#[derive(Arbitrary, Clone, Debug)]
pub enum Call {
    Create(Config),
    Submit {
        how: How,
        action: Action,
        name: bool,
        odd: Odd,
        shift: u8,
    },
    Receive {
        how: How,
        result: bool,
        job: bool,
        odd: Odd,
        shift: u8,
    },
    Stats {
        size: StructSize,
        odd: Odd,
    },
    WorkerStats {
        worker: u8,
        size: StructSize,
        odd: Odd,
    },
    /// Lets jobs of the action `Wait` end, or makes them wait.
    Gate(bool),
    Close(Odd),
    Cancel(Odd),
    Join(Odd),
    Destroy,
    SubmitBatch {
        /// All of them, if that need not wait.
        all: bool,
        count: u8,
        action: Action,
        names: bool,
        odd: Odd,
        shift: u8,
    },
    ReceiveBatch {
        waits: bool,
        count: u8,
        results: bool,
        jobs: bool,
        odd: Odd,
        shift: u8,
    },
    /// What needs no pool: texts of statuses, the functions of a worker that is NULL, destroying NULL.
    Others(i32),
}

#[derive(Arbitrary, Clone, Debug)]
pub struct Config {
    pub workers: Number,
    pub capacity: Number,
    pub job_size: Number,
    pub result_size: Number,
    pub size: StructSize,
    pub name: Option<[u8; 3]>,
    pub stack_size: Number,
    pub odd: Odd,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
pub enum How {
    Waiting,
    Trying,
    /// Up to so many nanoseconds.
    Timeout(u8),
    /// The longest timeout there is.
    ForEver,
}

/// What a job does.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
pub enum Action {
    Return(i32),
    Panic,
    /// Until the gate is open.
    Wait,
    Submit(How),
    Receive(How),
    Stats,
    Close,
    Cancel,
    Join,
    Destroy,
}

/// Mostly a good number, and seldom a hostile one.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Number(u8);

impl Number {
    pub fn pick(self, good: core::ops::Range<usize>, hostile: &[usize]) -> usize {
        match self.0 {
            0..232 => good.start + usize::from(self.0) % good.len(),
            other => hostile[usize::from(other) % hostile.len()],
        }
    }
}

/// What is wrong with a call, seldom something: a NULL in this place.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Odd(u8);

impl Odd {
    /// The pool.
    pub fn first(self) -> bool {
        self.0 == 255 || self.0 == 253
    }

    /// The buffer or struct that must be there.
    pub fn second(self) -> bool {
        self.0 == 254 || self.0 == 253
    }

    /// The callback, or where a number is to go.
    pub fn third(self) -> bool {
        self.0 == 252
    }
}

/// What a struct says of its own size.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct StructSize(u8);

impl StructSize {
    /// The size, and whether what comes behind the known fields is not zero.
    pub fn pick(self, right: usize) -> (usize, bool) {
        match self.0 {
            0..224 => (right, false),
            224 => (0, false),
            225 => (1, false),
            226 => (right - 1, false),
            227 => (right / 2, false),
            228 => (4097, false),
            229 => (usize::MAX, false),
            230 => (4096, true),
            231..240 => (right + usize::from(self.0) - 230, true),
            240 => (4096, false),
            241..=255 => (right + usize::from(self.0) - 240, false),
        }
    }
}
