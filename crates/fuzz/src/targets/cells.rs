//! Tables written as text, with cells of every kind.
//!
//! A line is a row, and 0x1F divides its cells. A cell's first character may say what it is: `#` a number, `@` a date by
//! its Julian day, `%` a date with a time, `?` yes, `!` an error; else it is text.

use time::{Date, PrimitiveDateTime, Time};
use torqueflow_model::{Cell, CellKind, Row};

/// Divides cells.
pub const CELL: char = '\u{1F}';

/// The rows of a table, numbered from 1.
pub fn rows(text: &str) -> Vec<Row> {
    let lines = (1..).zip(text.split('\n'));
    let rows = lines.map(|(number, line)| Row {
        number,
        cells: line.split(CELL).map(cell).collect(),
    });
    rows.collect()
}

fn cell(text: &str) -> Cell {
    let mut characters = text.chars();
    let mark = characters.next();
    let rest = characters.as_str();
    let date = || Date::from_julian_day(2_440_588 + rest.parse::<i32>().ok()?).ok();
    let kind = match mark {
        Some('#') => rest
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(CellKind::Number),
        Some('@') => date().map(CellKind::Date),
        Some('%') => date().map(|date| CellKind::DateTime(PrimitiveDateTime::new(date, Time::MIDNIGHT))),
        Some('?') => Some(CellKind::Boolean(true)),
        Some('!') => Some(CellKind::Error),
        _ => None,
    };
    match kind {
        Some(CellKind::Date(date)) => Cell {
            text: date.to_string(),
            kind: CellKind::Date(date),
        },
        Some(CellKind::DateTime(moment)) => Cell {
            text: format!("{}T00:00:00", moment.date()),
            kind: CellKind::DateTime(moment),
        },
        Some(kind) if !rest.is_empty() => Cell {
            text: rest.to_owned(),
            kind,
        },
        _ => Cell::text(text),
    }
}

/// A few rows with cells of every kind.
pub fn sample_rows() -> Vec<Row> {
    rows("Ada\u{1F}#5.5\u{1F}@19000\nBob\u{1F}\u{1F}%19000\u{1F}?TRUE\n!#N/A\u{1F}é")
}
