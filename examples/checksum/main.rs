//! SHA-256 sums of every file under some paths, as `sha256sum` prints them, sorted by path.
//!
//! ```text
//! cargo run --release --example checksum -- src Cargo.toml
//! ```
//!
//! It shows how to get results back *in order* from workers that finish in any order, in bounded memory: the files that
//! are submitted but not yet printed form a window, which is never larger than the pool's capacity. A slow file at its
//! front holds up the files behind it, and takes no more memory. `walk.rs` finds the files, `sum.rs` sums one, and this
//! file has the pool, the window, and what happens on Ctrl-C and on errors.
//!
//! What remains in memory is the window, a buffer for each worker, and, because the output is sorted, the names in the
//! directories on the way to the current file.

mod options;
mod sum;
mod walk;

use std::collections::VecDeque;
use std::error::Error;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jobring::{JobError, Pool};

use options::Options;
use sum::Digest;
use walk::Walk;

/// What a shell reports for a process that SIGINT or SIGPIPE ended.
const INTERRUPTED: u8 = 128 + 2;
const NOBODY_READS: u8 = 128 + 13;

type SumPool = Pool<Arc<Path>, io::Result<Digest>>;

fn main() -> ExitCode {
    let options = match Options::parse() {
        Ok(options) => options,
        Err(code) => return code,
    };
    let output = Output::new();
    let pool = match start(&options, output.bar.clone()) {
        Ok(pool) => Arc::new(pool),
        Err(error) => {
            let source = error.source().map(|source| format!(": {source}"));
            return options::refuse(&format!("{error}{}", source.unwrap_or_default()));
        }
    };
    cancel_on_ctrl_c(pool.clone(), output.bar.clone());
    let code = match sum_all(&pool, Walk::over(options.paths), output) {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => NOBODY_READS,
        Err(error) => {
            eprintln!("checksum: standard output: {error}");
            1
        }
    };
    // Not by `return`: if the output is lost, there is no point in waiting for the files under way.
    process::exit(code.into())
}

fn start(options: &Options, bar: ProgressBar) -> Result<SumPool, jobring::BuildError> {
    let mut builder = Pool::builder().capacity(options.capacity).name("checksum");
    if let Some(workers) = options.workers {
        builder = builder.workers(workers);
    }
    builder.build_fallible(move |_, path: Arc<Path>| sum::sha256(&path, |bytes| bar.inc(bytes as u64)))
}

/// The first Ctrl-C cancels the pool: waiting files come back unread, files under way are finished, and no more are
/// accepted. The second Ctrl-C ends the process.
fn cancel_on_ctrl_c(pool: Arc<SumPool>, bar: ProgressBar) {
    let on_signal = move || {
        if pool.is_cancelled() {
            process::exit(INTERRUPTED.into());
        }
        pool.cancel();
        let notice = b"checksum: interrupted, finishing the files under way; interrupt again to quit\n";
        // Not `eprintln`: if it panicked, there would be nobody to hear the second Ctrl-C.
        let _ = bar.suspend(|| io::stderr().write_all(notice));
    };
    ctrlc::set_handler(on_signal).expect("no other handler has been set");
}

/// A file that is submitted and not yet printed.
struct Entry {
    path: Arc<Path>,
    result: Option<Result<io::Result<Digest>, JobError<Arc<Path>>>>,
}

/// Sums the files and prints them in the order in which they are submitted. Returns the exit status.
fn sum_all(pool: &SumPool, mut walk: Walk, mut output: Output) -> io::Result<u8> {
    let mut window: VecDeque<Entry> = VecDeque::with_capacity(pool.capacity());
    // The first file of the window is the `start`th of all.
    let mut start = 0_usize;
    // Which file of all is in flight in which slot of the pool.
    let mut in_slot = vec![0_usize; pool.capacity()];

    loop {
        // Everything in flight is also in the window, so that `submit` finds a free slot and need not wait.
        while window.len() < pool.capacity() && !pool.is_closed() {
            match walk.next() {
                Some(Ok(path)) => {
                    let path = Arc::from(path);
                    let Ok(job) = pool.submit(Arc::clone(&path)) else { break };
                    in_slot[job.slot()] = start + window.len();
                    window.push_back(Entry { path, result: None });
                }
                Some(Err(walk::Failure { path, reason })) => output.complain(&path, &reason),
                None => {
                    pool.close();
                }
            }
        }

        let Ok(outcome) = pool.recv() else { break };
        window[in_slot[outcome.job.slot()] - start].result = Some(outcome.result);

        let ready = window.iter().take_while(|entry| entry.result.is_some()).count();
        start += ready;
        for Entry { path, result } in window.drain(..ready) {
            match result {
                Some(Ok(Ok(digest))) => output.print(&path, &digest)?,
                Some(Ok(Err(reason))) => output.complain(&path, &reason),
                // The interrupt is reported once, below.
                Some(Err(JobError::Cancelled(_))) | None => {}
                Some(Err(panicked)) => output.complain(&path, &panicked),
            }
        }
    }

    output.bar.finish_and_clear();
    if pool.is_cancelled() {
        eprintln!("checksum: interrupted: {} of the {start} files seen so far were summed", output.printed);
        return Ok(INTERRUPTED);
    }
    Ok(u8::from(output.complained))
}

/// Standard output and standard error, and a progress bar on the latter if it is a terminal.
struct Output {
    bar: ProgressBar,
    out: io::StdoutLock<'static>,
    printed: u64,
    complained: bool,
}

impl Output {
    fn new() -> Self {
        let template = "{spinner} {msg}, {binary_bytes}, {binary_bytes_per_sec}";
        let bar = ProgressBar::new_spinner().with_message("0 files");
        bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { bar, out: io::stdout().lock(), printed: 0, complained: false }
    }

    fn print(&mut self, path: &Path, digest: &Digest) -> io::Result<()> {
        let line = sum::line(path, digest);
        self.printed += 1;
        if self.bar.is_hidden() {
            return self.out.write_all(&line);
        }
        self.bar.set_message(format!("{} files", self.printed));
        if self.out.is_terminal() { self.bar.suspend(|| self.out.write_all(&line)) } else { self.out.write_all(&line) }
    }

    fn complain(&mut self, path: &Path, reason: &dyn Display) {
        self.complained = true;
        let line = [b"checksum: ", &*sum::escaped(path), format!(": {reason}\n").as_bytes()].concat();
        // If not even that can be written, the exit status still says it.
        let _ = self.bar.suspend(|| io::stderr().write_all(&line));
    }
}
