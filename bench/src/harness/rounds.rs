//! Interleaved rounds.

use std::process::ExitCode;

use super::child::ask;
use super::distance::distance;
use super::{Measurement, Peer, Run, Sheet, Spread, Task};
use crate::args::Options;
use crate::work;
use crate::workloads::Workload;

pub fn run(workloads: &[&'static Workload], options: &Options) -> ExitCode {
    let spins = work::calibrate();
    let mut complete = true;
    let mut all = Vec::new();
    if workloads.iter().all(|workload| workload.wanted(options).is_empty()) {
        eprintln!("jobring-bench: no such shape");
        return ExitCode::FAILURE;
    }
    for workload in workloads {
        let peers: Vec<_> = (workload.peers)().into_iter().filter(|peer| wanted(peer, options)).collect();
        let mut measurements = Vec::new();
        for cell in workload.wanted(options) {
            let title = format!("{} {} W={}", workload.name, cell.shape, cell.workers);
            let task = Task {
                workload: workload.name,
                shape: cell.shape,
                workers: cell.workers,
                jobs: if options.quick { cell.jobs / 10 } else { cell.jobs },
                spins,
            };
            let apart = distance().map_or(String::new(), |nanos| format!(" (core to core: {nanos:.0} ns)"));
            eprintln!("{title}{apart} ..");
            let measured = rounds(&peers, &task, options.rounds, &mut complete);
            if options.json {
                print_json(&measured);
            }
            measurements.extend(measured);
        }
        all.extend(Sheet::sheets(measurements));
    }
    for sheet in all {
        if options.json { eprintln!("\n{sheet}") } else { println!("\n{sheet}") }
    }
    if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn wanted(peer: &Peer, options: &Options) -> bool {
    let named = || options.only.iter().any(|part| peer.name.contains(part.as_str()));
    if !options.only.is_empty() && peer.kind != super::Kind::Ours && !named() {
        return false;
    }
    match peer.run {
        Run::Program(path, _) if path().is_none() => {
            eprintln!("{}: left out, cannot be had here", peer.name);
            false
        }
        _ => true,
    }
}

/// Each round asks every peer once, each time beginning with another.
fn rounds(peers: &[Peer], task: &Task, rounds: usize, complete: &mut bool) -> Vec<Measurement> {
    // For each peer its figures: name, and one value a round.
    let mut answers: Vec<Vec<(String, Vec<f64>)>> = peers.iter().map(|_| Vec::new()).collect();
    for round in 0..rounds {
        for turn in 0..peers.len() {
            let at = (round + turn) % peers.len();
            match ask(&peers[at], task) {
                Ok(figures) => figures.into_iter().for_each(|figure| add(&mut answers[at], figure)),
                Err(why) => {
                    eprintln!("{} in {} {} W={}: {why}", peers[at].name, task.workload, task.shape, task.workers);
                    *complete = false;
                }
            }
        }
    }
    let mut measurements = Vec::new();
    for (peer, figures) in peers.iter().zip(answers) {
        for (name, values) in figures {
            let Some(spread) = Spread::of(values) else { continue };
            measurements.push(Measurement {
                workload: task.workload.to_owned(),
                shape: if name.is_empty() { task.shape.clone() } else { name },
                peer: peer.name.to_owned(),
                workers: task.workers,
                ns_per_job: spread.median,
                min: spread.min,
                max: spread.max,
                kind: peer.kind,
            });
        }
    }
    measurements
}

fn add(figures: &mut Vec<(String, Vec<f64>)>, (name, value): (String, f64)) {
    match figures.iter_mut().find(|(known, _)| *known == name) {
        Some((_, values)) => values.push(value),
        None => figures.push((name, vec![value])),
    }
}

fn print_json(measurements: &[Measurement]) {
    for measurement in measurements {
        match serde_json::to_string(measurement) {
            Ok(line) => println!("{line}"),
            Err(error) => eprintln!("jobring-bench: {error}"),
        }
    }
}
