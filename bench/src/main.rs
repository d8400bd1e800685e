//! jobring beside its peers, in one run. See `--help`.

mod args;
mod c;
mod go;
mod harness;
mod plot;
mod pools;
mod queues;
mod work;
mod workloads;

use std::process::ExitCode;

use args::{Args, Command};

fn main() -> ExitCode {
    match args::parse() {
        Ok(Args { command: Command::Help, .. }) => {
            print!("{}", args::HELP);
            ExitCode::SUCCESS
        }
        Ok(Args { command: Command::Sample(peer, task), .. }) => harness::sample(&peer, &task),
        Ok(Args { command: Command::Plot, .. }) => plot::plot(),
        Ok(Args { command: Command::Run(workloads), options }) => harness::run(&workloads, &options),
        Err(error) => {
            eprintln!("jobring-bench: {error}\n\n{}", args::HELP);
            ExitCode::from(2)
        }
    }
}
