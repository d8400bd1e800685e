//! Curves: one chart for each way in which the columns of a table count threads, a line for each peer.

use std::path::Path;

use plotters::prelude::*;

use super::{Drawn, GREY, HPos, Scale, color, text};
use crate::harness::{Kind, Measurement, Sheet};

/// Fewer points than this are told better by numbers.
const LEAST: usize = 5;

const SIZE: (i32, i32) = (920, 560);
const TOP: i32 = 50;
const LEFT: i32 = 70;
/// Right of the curves: names.
const NAMES: i32 = 190;
const BOTTOM: i32 = 50;
const LINE: i32 = 15;

/// Says how many threads a column stands for, if it is one of the curves'.
type Number = fn(&str) -> Option<f64>;

/// What the columns count, and the number of threads in each.
pub struct Curves {
    /// For a file name, and for people.
    pub name: &'static str,
    axis: &'static str,
    /// Each column with its number.
    points: Vec<(usize, f64)>,
}

impl Curves {
    /// All of them that a table has points enough for.
    pub fn of(sheet: &Sheet) -> Vec<Self> {
        let families: [(_, _, Number); 3] = [
            ("workers", "workers", |column| column.strip_prefix("W=")?.parse().ok()),
            ("pairs", "producers, and as many consumers", |column| {
                let (producers, consumers) = column.strip_suffix('c')?.split_once('p')?;
                (producers == consumers).then(|| producers.parse().ok())?
            }),
            ("around", "threads that each pop and push", |column| column.strip_suffix("-around")?.parse().ok()),
        ];
        let curves = families.map(|(name, axis, number)| {
            let columns = sheet.columns.iter().enumerate();
            let mut points: Vec<_> = columns.filter_map(|(at, column)| Some((at, number(column)?))).collect();
            points.sort_by(|a, b| a.1.total_cmp(&b.1));
            Self { name, axis, points }
        });
        curves.into_iter().filter(|curves| curves.points.len() >= LEAST).collect()
    }

    pub fn draw(&self, sheet: &Sheet, path: &Path) -> Drawn {
        let root = SVGBackend::new(path, (SIZE.0 as u32, SIZE.1 as u32)).into_drawing_area();
        root.fill(&WHITE)?;
        let title = format!("{}: {}, median; less is better", sheet.title, sheet.unit());
        text(&root, &title, (SIZE.0 / 2, TOP / 2), HPos::Center, 16, &BLACK)?;
        let scale = Scale::of(sheet);
        let most = self.points.iter().map(|point| point.1).fold(1.0, f64::max);
        // Both axes are logarithmic.
        let x = |threads: f64| LEFT + (threads.log2() / most.log2() * f64::from(SIZE.0 - LEFT - NAMES)) as i32;
        let y = |value: f64| SIZE.1 - BOTTOM - (scale.part(value) * f64::from(SIZE.1 - TOP - BOTTOM)) as i32;
        for power in scale.first..=scale.last {
            let value = 10f64.powi(power);
            root.draw(&PathElement::new([(LEFT, y(value)), (x(most), y(value))], RGBColor(225, 225, 225)))?;
            text(&root, &value.to_string(), (LEFT - 8, y(value)), HPos::Right, 11, &GREY)?;
        }
        for &(_, threads) in &self.points {
            text(&root, &threads.to_string(), (x(threads), SIZE.1 - BOTTOM + 14), HPos::Center, 11, &GREY)?;
        }
        text(&root, self.axis, ((LEFT + x(most)) / 2, SIZE.1 - 14), HPos::Center, 12, &GREY)?;
        let mut labels = Vec::new();
        for row in &sheet.rows {
            let point = |&(column, threads): &(usize, f64)| {
                let cell: &Measurement = row.cell(column)?;
                Some((x(threads), y(sheet.in_unit(cell.ns_per_job))))
            };
            let line: Vec<_> = self.points.iter().filter_map(point).collect();
            let Some(&end) = line.last() else { continue };
            let color = color(row.kind);
            let (width, size) = if row.kind == Kind::Ours { (3, 4) } else { (1, 3) };
            root.draw(&PathElement::new(line.clone(), color.stroke_width(width)))?;
            for at in line {
                root.draw(&Circle::new(at, size, color.filled()))?;
            }
            labels.push((end, row.peer.as_str(), color));
        }
        // Names beside the ends of their lines, none over another one.
        labels.sort_by_key(|label| label.0.1);
        let mut free = TOP;
        for (end, name, color) in labels {
            let at = end.1.max(free);
            free = at + LINE;
            root.draw(&PathElement::new([(end.0 + 5, end.1), (x(most) + 20, at)], color.mix(0.3)))?;
            text(&root, name, (x(most) + 24, at), HPos::Left, 12, &color)?;
        }
        root.present()?;
        Ok(())
    }
}
