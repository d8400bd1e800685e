//! Rings in the caller's memory, for C.

use core::ffi::c_void;

use super::boundary::{boundary, object};
use super::lent::{LentWords, Parts, check_capacity, copy, size};
use super::status::jobring_status::{self, *};
use crate::ring::free::FreeSet;
use crate::ring::layout::Layout;
use crate::ring::raw::{RawRing, Refusal};
use crate::ring::{Native, PopError, Word};

/// A ring of elements of one size in the caller's memory, for any number of threads and interrupts that push and pop.
///
/// This struct says where the ring is, and does not change; the ring itself is in the memory. Memory that is all zeros is an
/// empty ring: a static ring needs no initialisation, and an interrupt may use it before anything else has. The macro
/// `JOBRING_RING` defines both. There is nothing to destroy: once no call is under way the memory may be freed, or filled
/// with zeros and used anew.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct jobring_ring {
    /// Zeros before the first call, then touched by nothing but these functions. Any alignment. Everything that uses the ring
    /// sees it at this address.
    pub memory: *mut c_void,
    /// Bytes of the memory: at least `JOBRING_RING_SIZE(capacity, element_size)`, or what `jobring_ring_size` says.
    pub memory_size: usize,
    /// Elements that fit into the ring: 1 to `JOBRING_MAX_CAPACITY`.
    pub capacity: usize,
    /// Bytes of an element, at least 1, and no more than the memory has room for.
    pub element_size: usize,
}

type Words = LentWords<false>;

/// At the beginning of the memory.
struct Head {
    free: FreeSet<Words>,
    ready: RawRing<Words>,
}

/// A ring whose memory is set up.
struct Ring<'a> {
    head: &'a Head,
    elements: *mut u8,
    element_size: usize,
}

/// Where everything is.
struct Places {
    head: *mut Head,
    free: *mut <Native as Word>::Atomic,
    ready: *mut <Native as Word>::Atomic,
    elements: *mut u8,
}

fn divide(parts: &mut Parts, capacity: usize, element_size: usize) -> Result<Places, jobring_status> {
    check_capacity(capacity)?;
    if element_size == 0 {
        return Err(JOBRING_ERR_JOB_SIZE);
    }
    Ok(Places {
        head: parts.array(1)?,
        free: parts.array(FreeSet::<Words>::blocks(capacity))?,
        ready: parts.array(capacity)?,
        elements: parts.bytes(capacity.checked_mul(element_size), 1)?,
    })
}

impl<'a> Ring<'a> {
    /// # Safety
    /// NULL, or a ring as the header describes it.
    #[inline(always)]
    unsafe fn of(ring: *const jobring_ring) -> Result<Self, jobring_status> {
        // SAFETY: the caller's.
        let ring = unsafe { object(ring) }?;
        let mut parts = Parts::of(ring.memory, ring.memory_size)?;
        let places = divide(&mut parts, ring.capacity, ring.element_size)?;
        // SAFETY: L2: it began as zeros, which a head is.
        let head: &'a Head = unsafe { &*places.head };
        let layout = Layout::new(ring.capacity, Native::BITS);
        head.free.storage().set_up(places.free, FreeSet::<Words>::blocks(ring.capacity), layout);
        head.ready.storage().set_up(places.ready, ring.capacity, layout);
        Ok(Self { head, elements: places.elements, element_size: ring.element_size })
    }

    #[inline(always)]
    fn element(&self, ticket: u32) -> *mut c_void {
        self.elements.wrapping_add(ticket as usize * self.element_size).cast()
    }

    /// # Safety
    /// `element` is readable for `element_size` bytes.
    #[inline(always)]
    unsafe fn push(&self, element: *const c_void) -> Result<(), jobring_status> {
        let Some(span) = self.head.free.claim(1) else {
            return Err(if self.head.ready.is_closed() { JOBRING_CLOSED } else { JOBRING_FULL });
        };
        // SAFETY: the caller's on one side, and on the other L2: only the holder of the ticket touches the element.
        unsafe { copy(element, self.element(span.start), self.element_size) };
        self.head.ready.push(span).map_err(|refusal| {
            self.head.free.release(span);
            match refusal {
                Refusal::Now => JOBRING_FULL,
                Refusal::ForEver => JOBRING_CLOSED,
            }
        })
    }

    /// # Safety
    /// `element` is writable for `element_size` bytes.
    #[inline(always)]
    unsafe fn pop(&self, element: *mut c_void) -> Result<(), jobring_status> {
        let span = self.head.ready.pop(1).map_err(PopError::from)?;
        // SAFETY: as above.
        unsafe { copy(self.element(span.start), element, self.element_size) };
        self.head.free.release(span);
        Ok(())
    }
}

/// Says whether a ring is usable. The other functions return the same errors, but firmware should know when it starts.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL` (`ring` or its memory), `JOBRING_ERR_CAPACITY`, `JOBRING_ERR_JOB_SIZE`,
/// `JOBRING_ERR_MEMORY_SIZE`.
///
/// # Safety
/// `ring` is NULL or a ring.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_ring_check(ring: *const jobring_ring) -> jobring_status {
    // SAFETY: the caller's.
    boundary(|| unsafe { Ring::of(ring) }.map(|_| ()))
}

/// Bytes of memory for a ring, wherever the memory begins; 0 if there can be no such ring.
#[unsafe(no_mangle)]
pub extern "C" fn jobring_ring_size(capacity: usize, element_size: usize) -> usize {
    size(|parts| divide(parts, capacity, element_size).map(|_| ()))
}

/// Appends an element: copies `element_size` bytes from `element`. Does not block; bounded steps in an interrupt that
/// nothing interrupts. Any thread, any interrupt.
///
/// Returns `JOBRING_OK`, `JOBRING_FULL`, `JOBRING_CLOSED`, `JOBRING_ERR_NULL`, and what `jobring_ring_check` does.
///
/// # Safety
/// `ring` is NULL or a ring, `element` is NULL or readable for `element_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_ring_push(ring: *const jobring_ring, element: *const c_void) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let ring = unsafe { Ring::of(ring) }?;
        if element.is_null() {
            return Err(JOBRING_ERR_NULL);
        }
        // SAFETY: the caller's.
        unsafe { ring.push(element) }
    })
}

/// Takes the oldest element: copies its bytes to `element`. Does not block; bounded steps in an interrupt that nothing
/// interrupts. Any thread, any interrupt.
///
/// Returns `JOBRING_OK`, `JOBRING_EMPTY`, `JOBRING_CLOSED` (and drained), `JOBRING_ERR_NULL`, and what
/// `jobring_ring_check` does.
///
/// # Safety
/// `ring` is NULL or a ring, `element` is NULL or writable for `element_size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_ring_pop(ring: *const jobring_ring, element: *mut c_void) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let ring = unsafe { Ring::of(ring) }?;
        if element.is_null() {
            return Err(JOBRING_ERR_NULL);
        }
        // SAFETY: the caller's.
        unsafe { ring.pop(element) }
    })
}

/// Refuses elements from now on; those pushed before can still be popped. May be called again. Any thread, any interrupt.
///
/// Returns `JOBRING_OK`, and what `jobring_ring_check` does.
///
/// # Safety
/// `ring` is NULL or a ring.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_ring_close(ring: *const jobring_ring) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        unsafe { Ring::of(ring) }?.head.ready.close();
        Ok(())
    })
}

/// Writes the number of elements in the ring to `*len`: exact while nobody pushes or pops. Any thread, any interrupt.
///
/// Returns `JOBRING_OK`, `JOBRING_ERR_NULL`, and what `jobring_ring_check` does.
///
/// # Safety
/// `ring` is NULL or a ring, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jobring_ring_len(ring: *const jobring_ring, len: *mut usize) -> jobring_status {
    boundary(|| {
        // SAFETY: the caller's.
        let ring = unsafe { Ring::of(ring) }?;
        if len.is_null() {
            return Err(JOBRING_ERR_NULL);
        }
        // SAFETY: the caller's.
        unsafe { len.write(ring.head.ready.len()) };
        Ok(())
    })
}
