//! The timer interrupt: a second context that comes at any instruction of the first.

use core::sync::atomic::{AtomicBool, Ordering, compiler_fence};

use crate::board::{self, Guarded};
use crate::random::Random;

/// Where interrupts landed, by address: one bit for each halfword, modulo 16 KiB of code.
const PLACES: usize = 8192;

struct State {
    handler: Option<&'static dyn Fn()>,
    /// The longest gap between the end of one interrupt and the next; 0 for a single one.
    longest_gap: u32,
    random: Random,
    fired: u32,
    landed: u32,
    places: [u32; PLACES / 32],
}

impl State {
    fn next_gap(&mut self) -> u32 {
        if self.longest_gap == 0 { 0 } else { 1 + self.random.below(self.longest_gap) }
    }
}

static STATE: Guarded<State> = Guarded::new(State {
    handler: None,
    longest_gap: 0,
    random: Random::new(0),
    fired: 0,
    landed: 0,
    places: [0; PLACES / 32],
});

/// Whether the main loop is inside a call.
static INSIDE: AtomicBool = AtomicBool::new(false);

/// What came of some interrupts.
#[derive(Clone, Copy)]
pub(crate) struct Landed {
    pub(crate) fired: u32,
    /// Interrupts that came inside a call of the main loop.
    pub(crate) inside: u32,
}

/// The call of the main loop that interrupts are to hit.
#[inline(always)]
pub(crate) fn exposed<R>(call: impl FnOnce() -> R) -> R {
    INSIDE.store(true, Ordering::Relaxed);
    compiler_fence(Ordering::SeqCst);
    let result = call();
    compiler_fence(Ordering::SeqCst);
    INSIDE.store(false, Ordering::Relaxed);
    result
}

/// Calls `handler` in timer interrupts while `body` runs, until `body` returns. With a `longest_gap` above 0 they come
/// again and again, after gaps from 1 up to it; otherwise `body` arms each one itself.
pub(crate) fn during(handler: &dyn Fn(), longest_gap: u32, seed: u32, body: impl FnOnce()) -> Landed {
    // SAFETY: only the lifetime changes, and the handler is gone before this function returns; a panic does not
    // unwind here.
    let handler = unsafe { core::mem::transmute::<&dyn Fn(), &'static dyn Fn()>(handler) };
    STATE.with(|state| {
        state.handler = Some(handler);
        state.longest_gap = longest_gap;
        state.random = Random::new(seed);
        (state.fired, state.landed) = (0, 0);
    });
    if longest_gap > 0 {
        board::arm(longest_gap);
    }
    body();
    board::disarm();
    STATE.with(|state| state.handler = None);
    landed()
}

fn landed() -> Landed {
    STATE.with(|state| Landed { fired: state.fired, inside: state.landed })
}

/// At how many different instructions the calls of the main loop were interrupted, since this was last asked.
pub(crate) fn take_places() -> u32 {
    STATE.with(|state| {
        core::mem::replace(&mut state.places, [0; PLACES / 32]).iter().map(|word| word.count_ones()).sum()
    })
}

/// How many interrupts came inside a call so far.
pub(crate) fn inside() -> u32 {
    STATE.with(|state| state.landed)
}

/// The board calls this in the interrupt; `pc` is the instruction it came before.
pub(crate) fn on_timer(pc: usize) {
    let handler = STATE.with(|state| {
        state.fired += 1;
        if INSIDE.load(Ordering::Relaxed) {
            state.landed += 1;
            let place = (pc / 2) % PLACES;
            state.places[place / 32] |= 1 << (place % 32);
        }
        state.handler
    });
    if let Some(handler) = handler {
        handler();
    }
    match STATE.with(|state| state.next_gap()) {
        0 => board::disarm(),
        gap => board::arm(gap),
    }
}
