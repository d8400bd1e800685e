//! Buffers that end where the allocation ends, so that AddressSanitizer sees one byte too many.

use core::ffi::c_void;

/// So many bytes, from an address that may be odd.
pub struct Buffer {
    bytes: Box<[u8]>,
    shift: usize,
}

impl Buffer {
    pub fn new(bytes: &[u8], shift: u8) -> Self {
        let shift = usize::from(shift % 16);
        Self { bytes: [&vec![0; shift], bytes].concat().into_boxed_slice(), shift }
    }

    /// With something in it that the library would not write.
    pub fn untouched(len: usize, shift: u8) -> Self {
        Self::new(&vec![0xA5; len], shift)
    }

    pub fn is_untouched(&self) -> bool {
        self.bytes().iter().all(|byte| *byte == 0xA5)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.shift..]
    }

    pub fn pointer(&mut self) -> *mut c_void {
        self.bytes[self.shift..].as_mut_ptr().cast()
    }
}

/// A struct of C that begins with its own size and is as long as that says, but for sizes that are no struct's.
pub struct SizedStruct {
    /// Aligned as C would.
    words: Box<[u64]>,
    len: usize,
}

impl SizedStruct {
    pub fn new(known: &[u8], size: usize, noise: bool) -> Self {
        // The size itself is always there. A length that is no multiple of 8 ends inside of the allocation, nearly.
        let len = if size > 4096 { known.len() } else { size.max(8) };
        let mut this = Self { words: vec![0; len.div_ceil(8)].into_boxed_slice(), len };
        let shared = known.len().min(len);
        this.bytes_mut()[..shared].copy_from_slice(&known[..shared]);
        if noise && len > known.len() {
            this.bytes_mut()[len - 1] = 1;
        }
        this.words[0] = size as u64;
        this
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: words are bytes, and `len` of them are there.
        unsafe { core::slice::from_raw_parts_mut(self.words.as_mut_ptr().cast(), self.len) }
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: as above.
        unsafe { core::slice::from_raw_parts(self.words.as_ptr().cast(), self.len) }
    }

    pub fn pointer<T>(&mut self) -> *mut T {
        self.words.as_mut_ptr().cast()
    }
}

/// The bytes of a struct of C.
///
/// # Safety
/// No padding.
pub unsafe fn bytes_of<T: Copy>(value: &T) -> Vec<u8> {
    // SAFETY: the caller's.
    unsafe { core::slice::from_raw_parts(core::ptr::from_ref(value).cast(), size_of::<T>()) }.to_vec()
}
