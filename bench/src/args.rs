//! What the command line says.

use lexopt::{Arg, Parser, ValueExt};

use crate::harness::Task;
use crate::workloads::{self, Workload};

pub const HELP: &str = "\
Usage: jobring-bench WORKLOAD [--json] [--rounds N] [--quick] [--only NAMES] [--shapes NAMES] [--workers LIST]

Workloads:
  roundtrip       tiny jobs, one thread submits and collects
  roundtrip-c     the same from a C program, one by one and by batches
  queue           raw rings of 1,024 slots
  coarse          jobs of 1 us and 10 us
  latency         one job through an idle pool every 500 us
  oversubscribed  4 submitters, 10 workers
  idle            CPU time of an idle pool of 10
  balance         long and mixed jobs, in a batch and one by one
  all             all of these
  plot            draws docs/benchmarks/*.jsonl as SVG

Options:
  --json          one line of JSON a measurement on the standard output; the tables go to the standard error
  --rounds N      rounds, each of which runs every peer once [default: 7]
  --quick         a tenth of the jobs
  --only NAMES    only peers whose name contains one of these, comma-separated; jobring's own rows stay
  --shapes NAMES  only these shapes, comma-separated; of `queue` also others, as 8p8c or 16-around
  --workers LIST  these numbers of workers instead, comma-separated; not of `queue`
  -h, --help      this text
";

pub struct Args {
    pub command: Command,
    pub options: Options,
}

pub enum Command {
    Help,
    Run(Vec<&'static Workload>),
    Plot,
    /// One sample, in a process of its own: the harness says this to itself.
    Sample(String, Task),
}

pub struct Options {
    pub json: bool,
    pub rounds: usize,
    pub quick: bool,
    pub only: Vec<String>,
    pub shapes: Vec<String>,
    pub workers: Vec<usize>,
}

pub fn parse() -> Result<Args, lexopt::Error> {
    let mut parser = Parser::from_env();
    let mut options =
        Options { json: false, rounds: 7, quick: false, only: Vec::new(), shapes: Vec::new(), workers: Vec::new() };
    let mut command = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Args { command: Command::Help, options }),
            Arg::Long("json") => options.json = true,
            Arg::Long("rounds") => options.rounds = parser.value()?.parse()?,
            Arg::Long("quick") => options.quick = true,
            Arg::Long("only") => options.only = list(&mut parser)?,
            Arg::Long("shapes") => options.shapes = list(&mut parser)?,
            Arg::Long("workers") => {
                options.workers = numbers(&list(&mut parser)?).ok_or("--workers: numbers from 1")?
            }
            Arg::Long("sample") => command = Some(sample(&mut parser)?),
            Arg::Value(name) if command.is_none() => command = Some(workload(&name.string()?)?),
            _ => return Err(arg.unexpected()),
        }
    }
    if options.rounds == 0 {
        return Err("--rounds: at least 1".into());
    }
    Ok(Args { command: command.ok_or("which workload?")?, options })
}

fn list(parser: &mut Parser) -> Result<Vec<String>, lexopt::Error> {
    let words: Vec<_> = parser.value()?.string()?.split(',').map(String::from).collect();
    if words.iter().any(String::is_empty) { Err("an empty word in a list".into()) } else { Ok(words) }
}

fn numbers(list: &[String]) -> Option<Vec<usize>> {
    list.iter().map(|word| word.parse().ok().filter(|&number| number > 0)).collect()
}

fn workload(name: &str) -> Result<Command, lexopt::Error> {
    match name {
        "all" => Ok(Command::Run(workloads::ALL.iter().collect())),
        "plot" => Ok(Command::Plot),
        _ => match workloads::named(name) {
            Some(workload) => Ok(Command::Run(vec![workload])),
            None => Err(format!("no such workload: {name}").into()),
        },
    }
}

fn sample(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let peer = parser.value()?.string()?;
    let words = parser.values()?.map(ValueExt::string).collect::<Result<Vec<_>, _>>()?;
    let task = Task::from_words(&words).ok_or("--sample: PEER WORKLOAD SHAPE WORKERS JOBS SPINS")?;
    Ok(Command::Sample(peer, task))
}
