//! Every file under some paths, in byte order of the paths, without a list of them all.
//!
//! - A path that is given may be a symbolic link and need not be a regular file, as with `sha256sum`. Within a tree only
//!   regular files count, as with `find -type f`: links there are skipped.
//! - Order is that of `LC_ALL=C sort`, over all the paths that were given together. If one of them contains another,
//!   the files they share come twice.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// A path that leads to no file.
pub(crate) struct Failure {
    pub(crate) path: PathBuf,
    pub(crate) reason: io::Error,
}

/// Merges one sorted walk for each path that was given. A walk opens its directory when its turn comes.
pub(crate) struct Walk {
    sources: BinaryHeap<Reverse<Source>>,
}

impl Walk {
    pub(crate) fn over(paths: Vec<OsString>) -> Self {
        Self { sources: paths.into_iter().map(PathBuf::from).map(Source::argument).map(Reverse).collect() }
    }
}

impl Iterator for Walk {
    type Item = Result<PathBuf, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Reverse(Source { path, found, rest }) = self.sources.pop()?;
            self.sources.extend(rest.and_then(Source::in_tree).map(Reverse));
            match found {
                Found::File => return Some(Ok(path)),
                Found::Failure(reason) => return Some(Err(Failure { path, reason })),
                Found::Tree => {}
            }
        }
    }
}

/// What was found at `path`, and the walk that finds the rest, all of which sorts after `path`.
struct Source {
    path: PathBuf,
    found: Found,
    rest: Option<walkdir::IntoIter>,
}

enum Found {
    File,
    Tree,
    Failure(io::Error),
}

impl Source {
    fn argument(path: PathBuf) -> Self {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                let walk = WalkDir::new(&path).sort_by(|a, b| name(a).cmp(name(b)));
                Self { path, found: Found::Tree, rest: Some(walk.into_iter()) }
            }
            Ok(_) => Self { path, found: Found::File, rest: None },
            Err(reason) => Self { path, found: Found::Failure(reason), rest: None },
        }
    }

    /// The next file of a walk.
    fn in_tree(mut walk: walkdir::IntoIter) -> Option<Self> {
        let (path, found) = walk.find_map(|entry| match entry {
            Ok(entry) => entry.file_type().is_file().then(|| (entry.into_path(), Found::File)),
            Err(error) => {
                let path = error.path().unwrap_or(Path::new("")).to_owned();
                // The bare reason, without the path. Only a loop has none, and links are not followed.
                let reason = error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into());
                Some((path, Found::Failure(reason)))
            }
        })?;
        Some(Self { path, found, rest: Some(walk) })
    }
}

/// A name as it stands in the paths below it. That order puts `a.txt` before `a/b`, and `a/b` before `a0`; the order of
/// bare names would start with the whole of `a`.
fn name(entry: &DirEntry) -> impl Iterator<Item = &u8> {
    entry.file_name().as_encoded_bytes().iter().chain(entry.file_type().is_dir().then_some(&b'/'))
}

// By path: as bytes, for `Path` itself compares component by component.
impl Ord for Source {
    fn cmp(&self, other: &Self) -> Ordering {
        let [ours, theirs] = [self, other].map(|source| source.path.as_os_str().as_encoded_bytes());
        ours.cmp(theirs)
    }
}

impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Source {}
