//! Charts of the measurements: a panel for each column of a table, a line for each peer, from least to most; or curves, where
//! the columns are many numbers of threads.

mod curves;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use self::curves::Curves;
use crate::harness::{Kind, Measurement, Sheet};

/// Where the measurements are, one file a machine, and where the charts go.
const FOLDER: &str = "docs/benchmarks";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

const PANEL_WIDTH: i32 = 460;
const TITLE: i32 = 40;
const HEAD: i32 = 26;
const LINE: i32 = 20;
const FOOT: i32 = 30;
/// Left of the axis: names. Right of it: values.
const NAMES: i32 = 150;
const VALUES: i32 = 70;

pub fn plot() -> ExitCode {
    match charts() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jobring-bench: {FOLDER}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn charts() -> Drawn {
    let mut files = Vec::new();
    for entry in fs::read_dir(FOLDER)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err("no *.jsonl here; `WORKLOAD --json` prints what belongs there".into());
    }
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let measurements = lines.map(serde_json::from_str).collect::<Result<Vec<Measurement>, _>>()?;
        for sheet in Sheet::sheets(measurements) {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let name = format!("{stem}-{}", sheet.title.replace(' ', "-"));
            let curves = Curves::of(&sheet);
            for curves in &curves {
                let chart = file.with_file_name(format!("{name}-{}.svg", curves.name));
                curves.draw(&sheet, &chart)?;
                println!("{}", chart.display());
            }
            if curves.is_empty() {
                let chart = file.with_file_name(format!("{name}.svg"));
                draw(&sheet, &chart)?;
                println!("{}", chart.display());
            }
        }
    }
    Ok(())
}

fn draw(sheet: &Sheet, path: &Path) -> Drawn {
    let across = sheet.columns.len().min(2) as i32;
    let down = (sheet.columns.len() as i32 + across - 1) / across;
    let panel_height = HEAD + LINE * sheet.rows.len() as i32 + FOOT;
    let size = (across * PANEL_WIDTH, TITLE + down * panel_height);
    let root = SVGBackend::new(path, (size.0 as u32, size.1 as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    let title = format!("{}: {}, median and spread; less is better", sheet.title, sheet.unit());
    text(&root, &title, (size.0 / 2, TITLE / 2), HPos::Center, 16, &BLACK)?;
    let scale = Scale::of(sheet);
    let (_, panels) = root.split_vertically(TITLE);
    for (column, panel) in panels.split_evenly((down as usize, across as usize)).iter().enumerate() {
        if column < sheet.columns.len() {
            draw_panel(sheet, column, &scale, panel)?;
        }
    }
    root.present()?;
    Ok(())
}

/// A logarithmic axis: what is compared differs by factors.
struct Scale {
    /// Powers of ten.
    first: i32,
    last: i32,
}

impl Scale {
    fn of(sheet: &Sheet) -> Self {
        let cells = || sheet.rows.iter().flat_map(|row| row.cells.iter().flatten());
        let least = cells().map(|cell| cell.min).fold(f64::INFINITY, f64::min);
        let most = cells().map(|cell| cell.max).fold(0.0, f64::max);
        let first = sheet.in_unit(least).max(1e-3).log10().floor() as i32;
        let last = sheet.in_unit(most).max(1e-3).log10().ceil() as i32;
        Self { first, last: last.max(first + 1) }
    }

    /// How far along the axis, from 0 to 1.
    fn part(&self, value: f64) -> f64 {
        let (first, last) = (f64::from(self.first), f64::from(self.last));
        ((value.max(1e-9).log10() - first) / (last - first)).clamp(0.0, 1.0)
    }

    fn x(&self, value: f64) -> i32 {
        let width = f64::from(PANEL_WIDTH - NAMES - VALUES);
        NAMES + (self.part(value) * width) as i32
    }
}

fn draw_panel(sheet: &Sheet, column: usize, scale: &Scale, panel: &Area<'_>) -> Drawn {
    let mut cells: Vec<_> = sheet.rows.iter().filter_map(|row| row.cell(column)).collect();
    cells.sort_by(|a, b| a.ns_per_job.total_cmp(&b.ns_per_job));
    text(panel, &sheet.columns[column], (NAMES, HEAD / 2), HPos::Left, 14, &BLACK)?;
    let bottom = HEAD + LINE * cells.len() as i32;
    for power in scale.first..=scale.last {
        let x = scale.x(10f64.powi(power));
        panel.draw(&PathElement::new([(x, HEAD), (x, bottom)], RGBColor(225, 225, 225)))?;
        text(panel, &10f64.powi(power).to_string(), (x, bottom + 10), HPos::Center, 11, &GREY)?;
    }
    for (line, cell) in cells.into_iter().enumerate() {
        let y = HEAD + LINE * line as i32 + LINE / 2;
        let color = color(cell.kind);
        let x = |nanos| scale.x(sheet.in_unit(nanos));
        text(panel, &cell.peer, (NAMES - 8, y), HPos::Right, 12, &color)?;
        panel.draw(&PathElement::new([(x(cell.min), y), (x(cell.max), y)], color.mix(0.5).stroke_width(3)))?;
        panel.draw(&Circle::new((x(cell.ns_per_job), y), 4, color.filled()))?;
        text(panel, &sheet.value(cell.ns_per_job), (PANEL_WIDTH - VALUES + 10, y), HPos::Left, 12, &color)?;
    }
    Ok(())
}

const GREY: RGBColor = RGBColor(120, 120, 120);

fn color(kind: Kind) -> RGBColor {
    match kind {
        Kind::Ours => RGBColor(200, 30, 60),
        Kind::Peer => RGBColor(40, 90, 150),
        Kind::Limit => GREY,
        Kind::Spin => RGBColor(190, 130, 20),
    }
}

fn text(area: &Area<'_>, text: &str, at: (i32, i32), side: HPos, size: i32, color: &RGBColor) -> Drawn {
    let style = ("sans-serif", size).into_font().color(color).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(text.to_owned(), at, style))?;
    Ok(())
}
