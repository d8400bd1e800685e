//! The sum of one file, and its line.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

pub(crate) type Digest = [u8; 32];

const BUFFER_SIZE: usize = 128 * 1024;

thread_local! {
    /// One for each worker, for all the files that it reads.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER_SIZE]);
}

/// Reads a file to its end; tells `on_read` how many bytes came each time.
pub(crate) fn sha256(path: &Path, on_read: impl Fn(usize)) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    BUFFER.with_borrow_mut(|buffer| {
        loop {
            match file.read(buffer) {
                Ok(0) => return Ok(hasher.finalize().into()),
                Ok(len) => {
                    hasher.update(&buffer[..len]);
                    on_read(len);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    })
}

/// As `sha256sum` prints it: a backslash in front says that the name is escaped.
pub(crate) fn line(path: &Path, digest: &Digest) -> Vec<u8> {
    let name = escaped(path);
    let mut line = Vec::with_capacity(name.len() + 68);
    if let Cow::Owned(_) = name {
        line.push(b'\\');
    }
    for byte in digest {
        write!(line, "{byte:02x}").expect("a vector takes everything");
    }
    line.extend_from_slice(b"  ");
    line.extend_from_slice(&name);
    line.push(b'\n');
    line
}

/// The bytes of a path, borrowed unless some of them would break or garble a line.
pub(crate) fn escaped(path: &Path) -> Cow<'_, [u8]> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'\\' | b'\n' | b'\r')) {
        return Cow::Borrowed(bytes);
    }
    let mut escaped = Vec::with_capacity(bytes.len() + 8);
    for &byte in bytes {
        match byte {
            b'\\' => escaped.extend_from_slice(b"\\\\"),
            b'\n' => escaped.extend_from_slice(b"\\n"),
            b'\r' => escaped.extend_from_slice(b"\\r"),
            _ => escaped.push(byte),
        }
    }
    Cow::Owned(escaped)
}
