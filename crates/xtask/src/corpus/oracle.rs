//! Workbooks, cell by cell against what calamine reads.
//!
//! We show what a person sees and calamine shows what the file holds, so texts may differ; values may not, and no cell
//! that calamine reads may be missing without a finding.

use super::Results;
use super::ask::{Asker, Fate};
use super::demand::Demand;
use super::manifest::Manifest;
use super::reply::{Kind, Outcome, Table};
use super::worker::Task;
use crate::table;

/// A cell as calamine reads it; row and column from 0.
#[derive(Debug, PartialEq)]
struct Theirs {
    row: u64,
    column: usize,
    value: Value,
}

#[derive(Debug, PartialEq)]
enum Value {
    Empty,
    Text(String),
    Number(f64),
    /// A serial number that is formatted as a date, or an ISO date.
    Moment,
    Boolean(bool),
    Error,
}

/// Reads the first sheet of every workbook and compares.
pub fn check(manifest: &Manifest, asker: &Asker) -> anyhow::Result<Results> {
    let mut rows = Vec::new();
    let mut failures = Vec::new();
    for entry in &manifest.entries {
        let answer = asker.ask(Task::Rows, entry.file(), None)?;
        let mut broken = Demand::to_end().broken_by(&answer);
        let theirs = parse(entry.oracle());
        let mut same = 0;
        match &answer.fate {
            Fate::Said(Outcome::Read(tables)) => {
                let table = tables.first().cloned().unwrap_or_default();
                // What stands twice in a file is read once, the second time.
                let last = |theirs_index: usize, cell: &Theirs| {
                    let rest = theirs.get(theirs_index + 1..).unwrap_or_default();
                    rest.iter()
                        .all(|other| (other.row, other.column) != (cell.row, cell.column))
                };
                for (_, cell) in theirs.iter().enumerate().filter(|(index, cell)| last(*index, cell)) {
                    match difference(cell, &table) {
                        None => same += 1,
                        Some(difference) => broken.push(difference),
                    }
                }
            }
            _ => broken.push(format!("{} instead of rows", answer.summary())),
        }
        let verdict = if broken.is_empty() { "holds" } else { "FAILS" };
        let words = [entry.file().to_owned(), answer.summary(), verdict.to_owned()];
        rows.push(
            words
                .into_iter()
                .chain([same.to_string(), theirs.len().to_string()])
                .collect(),
        );
        failures.extend(broken.iter().map(|what| format!("{}: {what}", entry.file())));
    }
    Ok(Results {
        text: table::markdown(&["file", "outcome", "verdict", "same", "cells"], &rows, 3),
        failures,
    })
}

/// Reads `(0, 1) Float(7.0) ; ERR Unknown … ; END ;`. Where calamine fails, it is no oracle.
fn parse(cells: &str) -> Vec<Theirs> {
    cells.split(" ; ").filter_map(parse_cell).collect()
}

fn parse_cell(text: &str) -> Option<Theirs> {
    let (place, value) = text.trim().strip_prefix('(')?.split_once(") ")?;
    let (row, column) = place.split_once(", ")?;
    let inside = |name: &str| value.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    let text = || inside("String").or_else(|| inside("SharedString"));
    let number = || inside("Float").or_else(|| inside("Int"));
    let value = if let Some(number) = number() {
        Value::Number(number.parse().ok()?)
    } else if let Some(text) = text() {
        Value::Text(unquoted(text))
    } else if let Some(boolean) = inside("Bool") {
        Value::Boolean(boolean == "true")
    } else if value.starts_with("DateTime") {
        Value::Moment
    } else if value.starts_with("Error") {
        Value::Error
    } else {
        Value::Empty
    };
    Some(Theirs {
        row: row.parse().ok()?,
        column: column.parse().ok()?,
        value,
    })
}

/// The text of a string in quotes, with the escapes that Rust's `Debug` writes and JSON knows too.
fn unquoted(text: &str) -> String {
    serde_json::from_str(text).unwrap_or_else(|_| text.trim_matches('"').to_owned())
}

/// What of a cell is not as calamine reads it.
#[expect(clippy::float_cmp, reason = "both read the same digits")]
fn difference(theirs: &Theirs, table: &Table) -> Option<String> {
    let number = theirs.row + 1;
    let place = format!("row {number}, column {}", theirs.column + 1);
    let told = |ours: &str| Some(format!("{place}: {ours} instead of {:?}", theirs.value));
    if table.header_row == Some(number) || number <= table.title_lines {
        let header = table
            .columns
            .get(theirs.column)
            .filter(|_| table.header_row == Some(number));
        return match (&theirs.value, header) {
            (Value::Text(text), Some(header)) if header == text.trim() => None,
            (Value::Text(text), None) if table.titles.iter().any(|title| title.contains(text.trim())) => None,
            (Value::Text(_), _) => told(&format!("{header:?}")),
            // Names of columns are texts, whatever they were.
            _ => None,
        };
    }
    let row = table.rows.iter().find(|row| row.number == number);
    let is_told = row.is_some_and(|row| {
        let mut columns = row.findings.iter();
        columns.any(|column| column.is_none_or(|column| column == theirs.column))
    });
    let cell = row.and_then(|row| row.cells.get(theirs.column));
    let kind = cell.map_or(Kind::Empty, |cell| cell.kind);
    let text = cell.map_or("", |cell| cell.text.as_str());
    // What stands above the table is a title.
    let is_title = |number: &f64| table.titles.iter().any(|title| *title == number.to_string());
    let is_same = match (&theirs.value, kind) {
        (Value::Empty, Kind::Empty) | (Value::Error, Kind::Error) => true,
        (Value::Text(theirs), Kind::Text) => theirs == text,
        // A number that Excel would not take for one is shown as it stands.
        (Value::Text(theirs), Kind::Number(number)) => theirs.trim().parse() == Ok(number),
        (Value::Number(theirs), Kind::Number(number)) => *theirs == number,
        (Value::Number(theirs), Kind::Text) => !theirs.is_finite(),
        (Value::Number(theirs), Kind::Empty) => row.is_none() && is_title(theirs),
        (Value::Boolean(theirs), Kind::Boolean(value)) => *theirs == value,
        (Value::Moment, kind) => kind != Kind::Empty,
        _ => false,
    };
    if is_same || is_told {
        return None;
    }
    told(&format!("{text:?} ({kind:?})"))
}

#[cfg(test)]
mod tests {
    use super::super::reply::{Cell, Row};
    use super::*;

    #[test]
    fn cells_are_read_from_what_calamine_shows() {
        let cells = parse(
            "(0, 0) Bool(true) ; ERR Unknown cell ; (4, 2) SharedString(\"a\\n\\\"b\\\"\") ; (1, 0) Empty ; END ; ",
        );
        let shown: Vec<String> = cells.iter().map(|cell| format!("{cell:?}")).collect();
        assert_eq!(
            shown,
            [
                "Theirs { row: 0, column: 0, value: Boolean(true) }",
                "Theirs { row: 4, column: 2, value: Text(\"a\\n\\\"b\\\"\") }",
                "Theirs { row: 1, column: 0, value: Empty }"
            ]
        );
        assert_eq!(parse_cell("(0, 1) Float(NaN)").map(|cell| cell.column), Some(1));
    }

    /// Compares what calamine reads in the first cell of row 5 with ours.
    #[track_caller]
    fn check(theirs: &str, text: &str, kind: Kind, findings: &[Option<usize>], same: bool) {
        let cell = Cell {
            text: text.to_owned(),
            kind,
        };
        let table = Table {
            columns: vec!["Name".to_owned()],
            header_row: Some(1),
            rows: vec![Row {
                number: 5,
                cells: vec![cell],
                findings: findings.to_vec(),
            }],
            ..Table::default()
        };
        let theirs = parse_cell(&format!("(4, 0) {theirs}")).unwrap();
        let difference = difference(&theirs, &table);
        assert_eq!(difference.is_none(), same, "{difference:?}");
    }

    #[test]
    fn values_must_agree_unless_a_finding_says_otherwise() {
        check("Float(1.5)", "£1.50", Kind::Number(1.5), &[], true);
        check("Float(1.5)", "1.5", Kind::Text, &[], false);
        check("Float(NaN)", "NaN", Kind::Text, &[], true);
        check("String(\"a\")", "a", Kind::Text, &[], true);
        check("String(\" 5 \")", "5", Kind::Number(5.0), &[], true);
        check("String(\"a\")", "", Kind::Empty, &[], false);
        check("String(\"a\")", "", Kind::Empty, &[Some(0)], true);
        check("String(\"a\")", "", Kind::Empty, &[Some(1)], false);
        check(
            "DateTime(ExcelDateTime { value: 1.0 })",
            "1900-01-01",
            Kind::Moment,
            &[],
            true,
        );
        check("Error(NA)", "#N/A", Kind::Error, &[], true);
        check("Bool(true)", "FALSE", Kind::Boolean(false), &[], false);
    }

    #[test]
    fn the_header_is_compared_as_text() {
        let table = Table {
            columns: vec!["Name".to_owned()],
            header_row: Some(1),
            ..Table::default()
        };
        let differs = |cell: &str| difference(&parse_cell(cell).unwrap(), &table).is_some();
        assert!(!differs("(0, 0) String(\" Name \")"));
        assert!(differs("(0, 0) String(\"Phone\")"));
        assert!(differs("(1, 0) String(\"Ada\")"));
    }
}
