//! Tables: a row for each peer, a column for each number of workers (or each shape of the rings).

use std::fmt;

use super::{Kind, Measurement};
use crate::workloads::{self, Columns};

/// The measurements that stand in one table.
pub struct Sheet {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    unit: Unit,
}

pub struct Row {
    pub peer: String,
    pub kind: Kind,
    /// One for each column; none where the peer failed.
    pub cells: Vec<Option<Measurement>>,
}

#[derive(Clone, Copy)]
struct Unit {
    name: &'static str,
    nanos: f64,
}

impl Sheet {
    /// Sorts measurements into tables: one for each workload and shape, or one for the workload if its columns are
    /// shapes. Rows and columns keep the order in which they came.
    pub fn sheets(measurements: Vec<Measurement>) -> Vec<Self> {
        let mut sheets: Vec<Self> = Vec::new();
        for measurement in measurements {
            let workload = workloads::named(&measurement.workload);
            let by_shape = workload.is_some_and(|workload| matches!(workload.columns, Columns::Shapes(_)));
            let (title, column) = if by_shape {
                (measurement.workload.clone(), measurement.shape.clone())
            } else {
                (format!("{} {}", measurement.workload, measurement.shape), format!("W={}", measurement.workers))
            };
            let at = sheets.iter().position(|sheet| sheet.title == title).unwrap_or_else(|| {
                sheets.push(Self { title, columns: vec![], rows: vec![], unit: unit(&measurement) });
                sheets.len() - 1
            });
            sheets[at].add(column, measurement);
        }
        sheets
    }

    fn add(&mut self, column: String, measurement: Measurement) {
        let column = self.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        });
        let row = self.rows.iter().position(|row| row.peer == measurement.peer).unwrap_or_else(|| {
            self.rows.push(Row { peer: measurement.peer.clone(), kind: measurement.kind, cells: vec![] });
            self.rows.len() - 1
        });
        let cells = &mut self.rows[row].cells;
        cells.resize(cells.len().max(column + 1), None);
        cells[column] = Some(measurement);
    }

    /// The best row of a kind in a column.
    pub fn best(&self, kind: Kind, column: usize) -> Option<&Measurement> {
        let cells = self.rows.iter().filter(|row| row.kind == kind).filter_map(|row| row.cell(column));
        cells.min_by(|a, b| a.ns_per_job.total_cmp(&b.ns_per_job))
    }

    pub fn unit(&self) -> &'static str {
        self.unit.name
    }

    pub fn in_unit(&self, nanos: f64) -> f64 {
        nanos / self.unit.nanos
    }

    /// A value as it is printed.
    pub fn value(&self, nanos: f64) -> String {
        let value = self.in_unit(nanos);
        match value {
            0.0..10.0 => format!("{value:.2}"),
            10.0..1000.0 => format!("{value:.1}"),
            _ => format!("{value:.0}"),
        }
    }

    fn text(&self, row: &Row, column: usize) -> String {
        match row.cell(column) {
            None => "-".to_owned(),
            Some(cell) => {
                format!("{} ({}-{})", self.value(cell.ns_per_job), self.value(cell.min), self.value(cell.max))
            }
        }
    }

    /// For each row of ours a line that says how it stands to another measurement of the column.
    fn compare<'a>(
        &'a self,
        label: &str,
        other: impl Fn(usize) -> Option<&'a Measurement>,
        say: impl Fn(&Measurement, &Measurement) -> String,
        grid: &mut Vec<Vec<String>>,
    ) {
        for row in self.rows.iter().filter(|row| row.kind == Kind::Ours) {
            let cell = |column| {
                let (ours, other) = (row.cell(column)?, other(column)?);
                (ours.peer != other.peer).then(|| say(ours, other))
            };
            let cells: Vec<_> = (0..self.columns.len()).map(|column| cell(column).unwrap_or_default()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                let mut line = vec![format!("{} {label}", row.peer), String::new()];
                line.extend(cells);
                grid.push(line);
            }
        }
    }

    /// A line that says how one row stands to another, if both are there.
    fn beside(&self, peer: &str, other: &str) -> Option<Vec<String>> {
        let row = |name| self.rows.iter().find(|row| row.peer == name);
        let (row, beside) = (row(peer)?, row(other)?);
        let mut line = vec![format!("{peer} / {other}"), String::new()];
        line.extend((0..self.columns.len()).map(|column| {
            let ratio = row.cell(column).zip(beside.cell(column)).map(|(one, two)| one.ns_per_job / two.ns_per_job);
            ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default()
        }));
        Some(line)
    }
}

impl Row {
    pub fn cell(&self, column: usize) -> Option<&Measurement> {
        self.cells.get(column)?.as_ref()
    }
}

fn unit(measurement: &Measurement) -> Unit {
    match (measurement.workload.as_str(), measurement.shape.as_str()) {
        ("latency", _) => Unit { name: "us", nanos: 1e3 },
        ("oversubscribed", "p99.9") => Unit { name: "us", nanos: 1e3 },
        ("idle", _) => Unit { name: "ms of CPU a second", nanos: 1e6 },
        ("balance", _) => Unit { name: "us a job", nanos: 1e3 },
        ("queue", _) => Unit { name: "ns an item", nanos: 1.0 },
        _ => Unit { name: "ns a job", nanos: 1.0 },
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}, median (min-max)", self.title, self.unit())?;
        let mut grid = vec![vec!["peer".to_owned(), "kind".to_owned()]];
        grid[0].extend(self.columns.iter().cloned());
        for row in &self.rows {
            let mut line = vec![row.peer.clone(), row.kind.name().to_owned()];
            line.extend((0..self.columns.len()).map(|column| self.text(row, column)));
            grid.push(line);
        }
        let ratio = |ours: &Measurement, other: &Measurement| {
            format!("{:.2} ({})", ours.ns_per_job / other.ns_per_job, other.peer)
        };
        let percent = |ours: &Measurement, limit: &Measurement| {
            format!("{:.1} % ({})", 100.0 * limit.ns_per_job / ours.ns_per_job, limit.peer)
        };
        self.compare("/ best peer", |column| self.best(Kind::Peer, column), ratio, &mut grid);
        self.compare("of the limit", |column| self.best(Kind::Limit, column), percent, &mut grid);
        grid.extend(workloads::C_AND_RUST.iter().filter_map(|(c, rust)| self.beside(c, rust)));
        let width = |column| grid.iter().filter_map(|line| line.get(column)).map(String::len).max().unwrap_or(0);
        let widths: Vec<_> = (0..self.columns.len() + 2).map(width).collect();
        for line in &grid {
            let cells = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}
