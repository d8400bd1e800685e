//! The command line.

use std::ffi::OsString;
use std::fmt::Display;
use std::process::ExitCode;

use lexopt::prelude::*;

const HELP: &str = "\
Prints the SHA-256 sum of every file under the paths, sorted by path, as sha256sum would.

Usage: checksum [OPTIONS] [--] PATH...

Options:
      --workers N   how many files to read at once (default: as many as there are processors)
      --capacity N  how many files to read ahead of the next line (default: 1024)
  -h, --help        this text

Exit status: 0 if all files were read, 1 if some were not, 2 for bad options, 130 if interrupted.
";

pub(crate) struct Options {
    pub(crate) workers: Option<usize>,
    pub(crate) capacity: usize,
    pub(crate) paths: Vec<OsString>,
}

impl Options {
    /// Or the status to exit with at once.
    pub(crate) fn parse() -> Result<Self, ExitCode> {
        match Self::from_env() {
            Ok(Some(options)) if options.paths.is_empty() => Err(refuse(&"no PATH is given; see --help")),
            Ok(Some(options)) => Ok(options),
            Ok(None) => {
                print!("{HELP}");
                Err(ExitCode::SUCCESS)
            }
            Err(error) => Err(refuse(&error)),
        }
    }

    /// `None` asks for help.
    fn from_env() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self { workers: None, capacity: 1024, paths: Vec::new() };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("workers") => options.workers = Some(number(&mut parser, "--workers")?),
                Long("capacity") => options.capacity = number(&mut parser, "--capacity")?,
                Short('h') | Long("help") => return Ok(None),
                Value(path) => options.paths.push(path),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn number(parser: &mut lexopt::Parser, option: &str) -> Result<usize, lexopt::Error> {
    let value = parser.value()?;
    let text = value.to_string_lossy();
    text.parse().map_err(|error| format!("{option} {text:?}: {error}").into())
}

/// Says in one line what is wrong with the options.
pub(crate) fn refuse(reason: &dyn Display) -> ExitCode {
    eprintln!("checksum: {reason}");
    ExitCode::from(2)
}
