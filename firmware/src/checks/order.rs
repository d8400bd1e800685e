//! What each producer has put in, and what must come out next, for two producers: the main loop and the interrupt.

pub(crate) const MAIN: usize = 0;
pub(crate) const INTERRUPT: usize = 1;

/// Values are numbered by each producer, modulo `sequence`; those of the interrupt begin at `sequence`.
pub(crate) struct Order {
    sequence: u32,
    /// By producer.
    entered: [u32; 2],
    left: [u32; 2],
    /// A value that the main loop has already taken, since the interrupt got the value after it.
    overtaken: Option<u32>,
    /// Values lost, doubled, invented, torn or out of order.
    wrong: u32,
}

impl Order {
    pub(crate) const fn new(sequence: u32) -> Self {
        Self { sequence, entered: [0; 2], left: [0; 2], overtaken: None, wrong: 0 }
    }

    fn value(&self, producer: usize, number: u32) -> u32 {
        producer as u32 * self.sequence + number % self.sequence
    }

    pub(crate) fn next(&self, producer: usize) -> u32 {
        self.value(producer, self.entered[producer])
    }

    pub(crate) fn enter(&mut self, producer: usize) {
        self.entered[producer] += 1;
    }

    /// Values inside, without one that the interrupt knows to be taken by the main loop.
    pub(crate) fn len(&self) -> i32 {
        (self.entered() - self.left[MAIN] - self.left[INTERRUPT]) as i32
    }

    pub(crate) fn entered(&self) -> u32 {
        self.entered[MAIN] + self.entered[INTERRUPT]
    }

    pub(crate) fn is_overtaken(&self) -> bool {
        self.overtaken.is_some()
    }

    /// The main loop's call is over, and this is what it got.
    pub(crate) fn leave_to_main(&mut self, value: Option<u32>) {
        match (self.overtaken.take(), value) {
            (Some(expected), got) => self.wrong += u32::from(got != Some(expected)),
            (None, Some(value)) => self.leave(value, false),
            (None, None) => {}
        }
    }

    /// The interrupt got this. If it hit a call of the main loop that takes too, that call may have been faster.
    pub(crate) fn leave_to_interrupt(&mut self, value: u32, main_takes: bool) {
        self.leave(value, main_takes && self.overtaken.is_none());
    }

    fn leave(&mut self, value: u32, may_overtake: bool) {
        let producer = usize::from(value >= self.sequence);
        let oldest = self.value(producer, self.left[producer]);
        if value == oldest {
            self.left[producer] += 1;
        } else if may_overtake && value == self.value(producer, self.left[producer] + 1) {
            self.overtaken = Some(oldest);
            self.left[producer] += 2;
        } else {
            self.wrong += 1;
        }
    }

    /// Everything that went wrong, once all is out.
    pub(crate) fn verdict(&self) -> u32 {
        self.wrong + u32::from(self.entered != self.left || self.overtaken.is_some())
    }
}
