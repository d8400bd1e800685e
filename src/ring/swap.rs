//! A ring of any values for callers that have a handle: each call swaps a cell of its own for that in a word.

use core::fmt;
use core::mem::MaybeUninit;

use super::raw::{Inline, RawRing};
use super::word::{Native, Word};
use super::{PopError, PushError, drop_all};
use crate::sync::{AtomicU32, Ordering, UnsafeCell, const_unless_loom, prefetch_later_to_write, prefetch_next_to_read};

/// A lock-free FIFO ring of up to `N` values, for up to `HANDLES` producers and consumers at a time: a
/// [`Ring`](crate::Ring) with half the read-modify-writes (unless its values ride in words), for callers that can keep a
/// [`SwapHandle`].
///
/// ```text
///     push    write the value into the cell at hand; swap it for the free one in the word at the tail
///     pop     swap the cell at hand for the full one in the word at the head; read the value from that
/// ```
///
/// Each word has a cell, and each handle one more: `N + HANDLES` in all. So nobody has to claim a cell or to give one back.
///
/// | call | progress | from an interrupt |
/// |---|---|---|
/// | [`SwapHandle::try_push`], [`SwapHandle::try_pop`], [`close`](Self::close) | lock-free: one compare-exchange, and a retry only when another one succeeded or, on processors with LL/SC, an interrupt or a write close by came between | yes, with a handle of its own |
/// | [`handle`](Self::handle) | wait-free: at most `HANDLES` compare-exchanges | yes |
/// | the others | loads; and a store or, with words of less than 64 bits, an exchange of a hint that lags | yes |
///
/// A thread suspended at any instruction holds up nobody and takes nothing from anybody: `Full` means that `N` values are
/// in the ring, `Empty` that none is.
///
/// ```
/// use jobring::{PopError, PushError, SwapRing};
///
/// static MESSAGES: SwapRing<&str, 2, 2> = SwapRing::new();
///
/// let mut producer = MESSAGES.handle().unwrap();
/// let mut consumer = MESSAGES.handle().unwrap();
/// assert!(MESSAGES.handle().is_none(), "there are two");
/// producer.try_push("first").unwrap();
/// producer.try_push("second").unwrap();
/// assert_eq!(producer.try_push("third"), Err(PushError::Full("third")));
/// assert_eq!(consumer.try_pop(), Ok("first"));
/// MESSAGES.close();
/// assert_eq!(producer.try_push("fourth"), Err(PushError::Closed("fourth")));
/// assert_eq!(consumer.try_pop(), Ok("second"));
/// assert_eq!(consumer.try_pop(), Err(PopError::Closed));
/// ```
pub struct SwapRing<T, const N: usize, const HANDLES: usize, W: Word = Native> {
    words: RawRing<Inline<W, N, false, HANDLES>>,
    /// Which cell comes with each handle that nobody has, as how it differs from the first one that did; or [`TAKEN`].
    spares: [AtomicU32; HANDLES],
    cells: [UnsafeCell<MaybeUninit<T>>; N],
    more_cells: [UnsafeCell<MaybeUninit<T>>; HANDLES],
}

/// No cell: a ring with as many does not compile.
const TAKEN: u32 = u32::MAX;

// Invariants that the SAFETY comments name. Cells have the numbers from 0 to N + HANDLES - 1.
//
// X1  The number of a cell is in exactly one place: in a word, in a handle, or in `spares`. (It leaves a word by a
//     compare-exchange that succeeds for one handle only, which leaves another one there; and `spares` by another one.)
// X2  Only the owner of a handle touches its cell.
// X3  A cell is initialised while its number is in a FULL word, and between that and the read of the handle that took it.

// SAFETY: by X1 and X2 the ring hands each value from one thread to one other; nobody gets a reference to a cell.
unsafe impl<T: Send, const N: usize, const HANDLES: usize, W: Word> Sync for SwapRing<T, N, HANDLES, W> {}
// SAFETY: it owns its values.
unsafe impl<T: Send, const N: usize, const HANDLES: usize, W: Word> Send for SwapRing<T, N, HANDLES, W> {}

impl<T, const N: usize, const HANDLES: usize> SwapRing<T, N, HANDLES> {
    const_unless_loom! {
        /// An empty ring; in a `static` it is all zeros. `N` and `HANDLES` are any numbers from 1 up to what together leaves
        /// enough lap bits in a word (2^31, and 2^27 where atomics have 32 bits); anything else does not compile.
        pub fn new() -> Self {
            Self::with_words()
        }
    }
}

impl<T, const N: usize, const HANDLES: usize, W: Word> SwapRing<T, N, HANDLES, W> {
    /// An empty ring whose words have another width than the target's own.
    #[cfg(not(loom))]
    pub const fn with_words() -> Self {
        const { assert!(HANDLES >= 1, "nobody can use a ring without a handle") };
        Self {
            words: RawRing::over(Inline::zeros()),
            spares: [const { AtomicU32::new(0) }; HANDLES],
            cells: [const { UnsafeCell::new(MaybeUninit::uninit()) }; N],
            more_cells: [const { UnsafeCell::new(MaybeUninit::uninit()) }; HANDLES],
        }
    }

    /// An empty ring whose words have another width than the target's own.
    #[cfg(loom)]
    pub fn with_words() -> Self {
        Self {
            words: RawRing::over(Inline::zeros()),
            spares: core::array::from_fn(|_| AtomicU32::new(0)),
            cells: core::array::from_fn(|_| UnsafeCell::new(MaybeUninit::uninit())),
            more_cells: core::array::from_fn(|_| UnsafeCell::new(MaybeUninit::uninit())),
        }
    }

    /// A handle, for one thread or one interrupt handler; `None` if it found each of them taken, which happens only where
    /// more come than there are handles. It comes free again when it is dropped. (One that is leaked is gone, with its cell.)
    pub fn handle(&self) -> Option<SwapHandle<'_, T, N, HANDLES, W>> {
        self.spares.iter().zip(N as u32..).find_map(|(spare, first)| {
            let differs = spare.load(Ordering::Acquire);
            // H1, Acquire, pairs with H2: what its last owner did with the cell comes before what this one does. All three
            // pair with each other, too: a caller that finds one taken knows which ones its owner had given back before. A
            // caller that goes on from a place has found another one there, which stays behind; so of as many callers as there
            // are places none goes on from the last place.
            let taken =
                differs != TAKEN && spare.compare_exchange(differs, TAKEN, Ordering::AcqRel, Ordering::Acquire).is_ok();
            taken.then(|| SwapHandle { ring: self, place: first - N as u32, cell: differs ^ first })
        })
    }

    #[inline(always)]
    fn cell(&self, number: u32) -> &UnsafeCell<MaybeUninit<T>> {
        let number = number as usize;
        if number < N { &self.cells[number] } else { &self.more_cells[number - N] }
    }

    /// Closes the ring: every push that succeeded before is still popped, every later one is refused. Returns
    /// whether it was this call that closed it.
    pub fn close(&self) -> bool {
        self.words.close()
    }

    /// Whether pushes are refused for ever.
    pub fn is_closed(&self) -> bool {
        self.words.is_closed()
    }

    /// Values in the ring: exact while nobody pushes or pops.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there was nothing to pop.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether there was no room to push.
    pub fn is_full(&self) -> bool {
        self.words.is_full()
    }

    /// `N`.
    pub const fn capacity(&self) -> usize {
        N
    }
}

/// What one thread or one interrupt handler uses a [`SwapRing`] with: it has a cell at hand.
pub struct SwapHandle<'ring, T, const N: usize, const HANDLES: usize, W: Word = Native> {
    ring: &'ring SwapRing<T, N, HANDLES, W>,
    /// Where the number of its cell goes in the end.
    place: u32,
    cell: u32,
}

impl<T, const N: usize, const HANDLES: usize, W: Word> SwapHandle<'_, T, N, HANDLES, W> {
    /// Appends a value.
    ///
    /// # Errors
    /// The value comes back: [`PushError::Full`] exactly when `N` values are in the ring, [`PushError::Closed`] after
    /// [`close`](SwapRing::close).
    #[inline]
    pub fn try_push(&mut self, value: T) -> Result<(), PushError<T>> {
        let cell = self.ring.cell(self.cell);
        // Into the cell only where there is room: a thread that pushes to a full ring again and again must not disturb poppers,
        // whose cells lie beside this one.
        let mut value = Some(value);
        let swapped = self.ring.words.swap_in(self.cell, || {
            if let Some(value) = value.take() {
                // SAFETY: X2.
                cell.with_mut(|cell| unsafe { (*cell).write(value) });
            }
        });
        match swapped {
            Ok(free) => {
                self.cell = free;
                // Cells come in the order of their numbers, mostly: those after this one will be written soon.
                prefetch_later_to_write(self.ring.cell(free), 1);
                Ok(())
            }
            Err(refusal) => {
                // SAFETY: X2, the cell is still ours; and it was written above, if the value is not here.
                let value = value.unwrap_or_else(|| cell.with_mut(|cell| unsafe { (*cell).assume_init_read() }));
                Err(PushError::new(refusal, value))
            }
        }
    }

    /// Takes the oldest value.
    ///
    /// # Errors
    /// [`PopError::Empty`] exactly when nothing is in the ring, [`PopError::Closed`] once it is closed and drained.
    #[inline]
    pub fn try_pop(&mut self) -> Result<T, PopError> {
        self.cell = self.ring.words.swap_out(self.cell)?;
        let cell = self.ring.cell(self.cell);
        prefetch_next_to_read(cell);
        // SAFETY: X2, the cell is ours now; X3, it was in a FULL word.
        Ok(cell.with_mut(|cell| unsafe { (*cell).assume_init_read() }))
    }
}

impl<T, const N: usize, const HANDLES: usize, W: Word> Drop for SwapHandle<'_, T, N, HANDLES, W> {
    fn drop(&mut self) {
        let differs = self.cell ^ (N as u32 + self.place);
        // H2, pairs with H1
        self.ring.spares[self.place as usize].store(differs, Ordering::Release);
    }
}

impl<T, const N: usize, const HANDLES: usize, W: Word> fmt::Debug for SwapHandle<'_, T, N, HANDLES, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SwapHandle").field("ring", self.ring).finish_non_exhaustive()
    }
}

impl<T, const N: usize, const HANDLES: usize> Default for SwapRing<T, N, HANDLES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize, const HANDLES: usize, W: Word> fmt::Debug for SwapRing<T, N, HANDLES, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SwapRing")
            .field("len", &self.len())
            .field("capacity", &N)
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

impl<T, const N: usize, const HANDLES: usize, W: Word> Drop for SwapRing<T, N, HANDLES, W> {
    fn drop(&mut self) {
        if core::mem::needs_drop::<T>() {
            // Whatever is left in the words instead: nobody pushes any more.
            drop_all(|| {
                self.words.swap_out(0).is_ok_and(|cell| {
                    // SAFETY: X3; and each word is taken once.
                    self.cell(cell).with_mut(|cell| unsafe { (*cell).assume_init_drop() });
                    true
                })
            });
        }
    }
}
