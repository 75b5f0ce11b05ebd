//! Is a row a header? Told from what it says and from how it differs from the rows below it.

use std::collections::HashSet;

use torqueflow_model::{Cell, Row};

use super::kinds::{self, Looks};
use super::{filled, words};

/// Rows below that a header is compared with.
pub(super) const BODY_ROWS: usize = 100;
/// Text longer than this is no header.
const LONGEST_HEADER: usize = 120;
/// What a row must reach to be a header.
const ENOUGH: f64 = 0.5;

/// What speaks for and against a header.
#[derive(Debug, Default)]
struct Signs {
    /// Share of cells that are values.
    values: f64,
    /// Share of cells that are usual column names.
    known: f64,
    /// Share of columns that differ in kind from what is below, less the share of those that do not.
    contrast: f64,
    /// Share of cells whose text appears again below.
    repeated: f64,
    /// Share of cells whose text stands in the row more than once.
    duplicates: f64,
    /// How many more texts are repeated inside the rows below than inside this one.
    variety: f64,
    too_long: bool,
}

/// Says whether the row at `start` is a header, and why.
pub(super) fn judge(rows: &[&Row], start: usize) -> (bool, String) {
    let Some(row) = rows.get(start) else {
        return (false, "There is no row.".to_owned());
    };
    let body: Vec<&Row> = rows
        .iter()
        .skip(start + 1)
        .filter(|row| filled(row) > 0)
        .take(BODY_ROWS)
        .copied()
        .collect();
    let signs = Signs::of(row, &body);
    let number = row.number;
    if signs.score() <= ENOUGH {
        return (
            false,
            format!("Row {number} looks like the rows below it, so there is no header."),
        );
    }
    let why = if signs.contrast > 0.0 {
        "holds words where the rows below hold values"
    } else if signs.known > 0.0 {
        "holds usual column names"
    } else {
        "holds words that the rows below do not repeat"
    };
    (true, format!("Row {number} {why}, so it is the header."))
}

impl Signs {
    fn of(row: &Row, body: &[&Row]) -> Self {
        let sequence = sequence_columns(row);
        let cells: Vec<(usize, &Cell)> = row
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_blank())
            .collect();
        let count = cells.len().max(1) as f64;
        let share = |matches: &dyn Fn(usize, &Cell) -> bool| {
            cells.iter().filter(|(column, cell)| matches(*column, cell)).count() as f64 / count
        };
        let own_duplicates = duplicates(row);
        let below = body.iter().map(|row| duplicates(row)).sum::<f64>() / body.len().max(1) as f64;
        Self {
            values: share(&|column, cell| kinds::looks(cell).is_value() && !sequence.contains(&column)),
            known: share(&|_, cell| words::is_header_word(&cell.text)),
            contrast: contrast(row, body, &sequence),
            repeated: share(&|column, cell| is_repeated(column, cell, body)),
            duplicates: own_duplicates,
            variety: if cells.len() >= 5 {
                (below - own_duplicates).max(0.0)
            } else {
                0.0
            },
            too_long: cells.iter().any(|(_, cell)| cell.text.chars().count() > LONGEST_HEADER),
        }
    }

    fn score(&self) -> f64 {
        let words = if self.values == 0.0 { 1.0 } else { -3.0 * self.values };
        words + 2.0 * self.known + 3.0 * self.contrast + 4.0 * self.variety
            - 2.0 * self.repeated
            - self.duplicates
            - if self.too_long { 1.0 } else { 0.0 }
    }
}

/// Columns whose cells count up one by one, as years above figures do.
fn sequence_columns(row: &Row) -> HashSet<usize> {
    let numbers: Vec<Option<i64>> = row.cells.iter().map(|cell| cell.text.trim().parse().ok()).collect();
    let follows =
        |left: Option<i64>, right: Option<i64>| left.zip(right).is_some_and(|(left, right)| right == left + 1);
    let mut columns = HashSet::new();
    for (start, three) in numbers.windows(3).enumerate() {
        if let [first, second, third] = *three
            && follows(first, second)
            && follows(second, third)
        {
            columns.extend(start..start + 3);
        }
    }
    columns
}

/// The share of columns that differ in kind from what is below, less the share of those that do not.
fn contrast(header: &Row, body: &[&Row], sequence: &HashSet<usize>) -> f64 {
    let mut columns = 0.0;
    let mut score = 0.0;
    for (column, cell) in header.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
        let below = body
            .iter()
            .filter_map(|row| row.cells.get(column))
            .filter(|cell| !cell.is_blank());
        let below: Vec<Looks> = below.map(kinds::looks).collect();
        if below.is_empty() || sequence.contains(&column) {
            continue;
        }
        columns += 1.0;
        let words = below.iter().filter(|looks| **looks == Looks::Words).count() as f64 / below.len() as f64;
        let own = kinds::looks(cell);
        let same = below.iter().filter(|looks| **looks == own).count() as f64 / below.len() as f64;
        if words < 0.2 && same < 0.2 {
            score += 1.0;
        } else if own != Looks::Words && same > 0.5 {
            score -= 1.0;
        }
    }
    if columns == 0.0 { 0.0 } else { score / columns }
}

pub(super) fn is_repeated(column: usize, cell: &Cell, body: &[&Row]) -> bool {
    let text = cell.text.trim();
    body.iter()
        .filter_map(|row| row.cells.get(column))
        .any(|below| below.text.trim() == text)
}

/// The share of a row's texts that stand in it more than once.
pub(super) fn duplicates(row: &Row) -> f64 {
    let count = filled(row);
    if count == 0 {
        return 0.0;
    }
    let texts = row
        .cells
        .iter()
        .filter(|cell| !cell.is_blank())
        .map(|cell| cell.text.trim().to_lowercase());
    1.0 - texts.collect::<HashSet<_>>().len() as f64 / count as f64
}
