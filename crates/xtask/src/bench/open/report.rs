//! The tables of the results, as Markdown.

use std::time::Duration;

use super::Work;
use super::case::Case;
use super::once::Measured;
use crate::table;

/// A case with all measurements of all sides.
pub struct Line {
    pub case: Case,
    pub ours: Vec<Measured>,
    pub peer: Vec<Measured>,
    pub floor: Vec<Measured>,
}

impl Line {
    /// Says whether we took more memory than the case allows.
    pub fn is_over_cap(&self) -> bool {
        peak(&self.ours) > self.case.cap_bytes
    }
}

/// Prints the machine, the table of decryption and the table of reading.
pub fn print(machine: &str, lines: &[Line], rows: u32) {
    table::print(machine);
    let (reads, decrypts): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.case.work == Work::Read);
    if !decrypts.is_empty() {
        table::print(&format!("\n{}", markdown(&decrypts, "office-crypto", None)));
    }
    if !reads.is_empty() {
        table::print(&format!("\n{}", markdown(&reads, "calamine", Some(rows))));
    }
}

type Pick = fn(&[Measured]) -> Duration;

/// The times that are shown of a side, each followed by ours divided by it.
const TIMES: [(&str, Pick); 4] = [
    ("ms", |measured| middle(measured, |one| one.wall)),
    ("at best", |measured| best(measured, |one| one.wall)),
    ("CPU ms", |measured| middle(measured, |one| one.cpu)),
    ("at best", |measured| best(measured, |one| one.cpu)),
];

/// A line for each side of each case. With `rows`, those of a sheet, speeds are shown as well.
fn markdown(lines: &[&Line], peer: &str, rows: Option<u32>) -> String {
    let mut header = vec!["file", "side"];
    for (name, _) in TIMES {
        header.extend([name, "ratio"]);
    }
    header.extend(rows.map(|_| "rows/s"));
    header.extend(["peak MB", "cap MB"]);
    let mut cells = Vec::new();
    for line in lines {
        for (side, measured) in [("ours", &line.ours), (peer, &line.peer), ("floor", &line.floor)] {
            let mut row = vec![line.case.name.to_owned(), side.to_owned()];
            for (_, time) in TIMES {
                row.extend(with_ratio(time(&line.ours), time(measured), side));
            }
            let seconds = middle(measured, |one| one.wall).as_secs_f64();
            row.extend(rows.map(|rows| format!("{:.0}", f64::from(rows) / seconds)));
            row.push(megabytes(peak(measured)));
            row.push(if side == "ours" {
                megabytes(line.case.cap_bytes)
            } else {
                String::new()
            });
            cells.push(row);
        }
    }
    table::markdown(&header, &cells, 2)
}

/// A time in milliseconds, and ours divided by it, which for ourselves says nothing.
fn with_ratio(ours: Duration, time: Duration, side: &str) -> [String; 2] {
    let ratio = ours.as_secs_f64() / time.as_secs_f64();
    let ratio = if side == "ours" {
        String::new()
    } else {
        format!("{ratio:.2}")
    };
    [format!("{:.1}", time.as_secs_f64() * 1_000.0), ratio]
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1_048_576.0)
}

/// The time in the middle, the upper one of two.
fn middle(measured: &[Measured], time: fn(&Measured) -> Duration) -> Duration {
    let mut times: Vec<Duration> = measured.iter().map(time).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn best(measured: &[Measured], time: fn(&Measured) -> Duration) -> Duration {
    measured.iter().map(time).min().unwrap_or_default()
}

fn peak(measured: &[Measured]) -> u64 {
    measured.iter().map(|one| one.peak_bytes).max().unwrap_or_default()
}
