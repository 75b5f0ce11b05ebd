//! How the records of a table are filled: learned from those that are met first.

use std::collections::BTreeMap;

use torqueflow_model::{Cell, Row};

use super::sums;
use crate::head::kinds::{Looks, looks};

/// Records that are learned from.
pub(super) const LEARNED_ROWS: u32 = 1_000;
/// Columns that are learned about.
const MOST_COLUMNS: usize = 256;

/// What the cells of a column are in the records that were learned from.
#[derive(Debug, Clone, Default)]
struct ColumnProfile {
    filled: u32,
    kinds: [u32; 6],
    /// Texts of one word with a digit in it.
    coded: u32,
    amounts: u32,
}

/// What records look like.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    columns: Vec<ColumnProfile>,
    pub(super) rows: u32,
    /// How many records fill how many cells.
    fills: BTreeMap<usize, u32>,
    /// Rows of a single cell.
    lone: u32,
    /// The number of the last row that was learned from.
    last: u64,
    usual: usize,
}

fn place(looks: Looks) -> usize {
    match looks {
        Looks::Words => 0,
        Looks::Number => 1,
        Looks::Date => 2,
        Looks::Address => 3,
        Looks::Truth => 4,
        Looks::Code => 5,
    }
}

/// The share that counts as all.
fn most(part: u32, of: u32) -> bool {
    part > 0 && u64::from(part) * 10 >= u64::from(of) * 9
}

impl Profile {
    /// Learns from a record, unless enough or this very row is known.
    pub(super) fn learn(&mut self, row: &Row) {
        if self.rows >= LEARNED_ROWS || row.number <= self.last {
            return;
        }
        self.last = row.number;
        self.rows += 1;
        let columns = row.cells.len().min(MOST_COLUMNS);
        if self.columns.len() < columns {
            self.columns.resize_with(columns, ColumnProfile::default);
        }
        let mut filled = 0;
        for (cell, column) in row.cells.iter().zip(&mut self.columns) {
            if !cell.is_blank() {
                filled += 1;
                column.learn(cell);
            }
        }
        *self.fills.entry(filled).or_default() += 1;
        self.usual = self.median_fill();
    }

    fn median_fill(&self) -> usize {
        let mut before = 0;
        for (fill, rows) in &self.fills {
            before += rows;
            if before * 2 >= self.rows {
                return *fill;
            }
        }
        0
    }

    /// How many cells a record usually fills.
    pub(super) fn usual_fill(&self) -> usize {
        self.usual
    }

    /// Takes note of a row of a single cell, which says nothing of what records look like.
    pub(super) fn note_lone(&mut self) {
        self.lone += 1;
    }

    /// The share of rows of a single cell.
    pub(super) fn lone_share(&self) -> f64 {
        f64::from(self.lone) / f64::from((self.lone + self.rows).max(1))
    }

    /// Nearly all records fill this column.
    pub(super) fn is_always_filled(&self, column: usize) -> bool {
        self.columns
            .get(column)
            .is_some_and(|column| most(column.filled, self.rows))
    }

    /// Columns that nearly all records fill.
    pub(super) fn always_filled(&self) -> impl Iterator<Item = usize> {
        (0..self.columns.len()).filter(|column| self.is_always_filled(*column))
    }

    /// Columns whose values are no words, and that more than half of the records fill.
    pub(super) fn value_columns(&self) -> impl Iterator<Item = usize> {
        let is_value = |column: &ColumnProfile| {
            let values: u32 = column.kinds.iter().skip(1).sum();
            column.filled * 2 > self.rows && u64::from(values) * 10 >= u64::from(column.filled) * 8
        };
        (0..self.columns.len()).filter(move |column| self.columns.get(*column).is_some_and(is_value))
    }

    /// Columns of amounts that can be added up.
    pub(super) fn amount_columns(&self) -> impl Iterator<Item = usize> {
        let is_amount = |column: &ColumnProfile| most(column.amounts, column.filled);
        (0..self.columns.len()).filter(move |column| self.columns.get(*column).is_some_and(is_amount))
    }

    /// No record has a value of this kind in the column.
    pub(super) fn is_strange(&self, column: usize, cell: &Cell) -> bool {
        let Some(column) = self.columns.get(column).filter(|column| column.filled > 0) else {
            return false;
        };
        let of_kind = column.kinds.get(place(looks(cell))).copied().unwrap_or(0);
        u64::from(of_kind) * 20 <= u64::from(column.filled)
    }

    /// Words where the column holds codes such as `ADA01`.
    pub(super) fn is_no_code(&self, column: usize, cell: &Cell) -> bool {
        let column = self.columns.get(column).filter(|column| column.filled >= 2);
        !has_digit(&cell.text) && column.is_some_and(|column| most(column.coded, column.filled))
    }

    /// A row that can't be a record of the table: a value of a kind that its column never holds, or nothing where all
    /// records have something.
    pub(super) fn does_not_fit(&self, row: &Row) -> bool {
        let strange = row
            .cells
            .iter()
            .enumerate()
            .any(|(column, cell)| !cell.is_blank() && self.is_strange(column, cell));
        let mut needed = self.always_filled();
        strange || self.rows >= 2 && needed.any(|column| row.cells.get(column).is_none_or(Cell::is_blank))
    }
}

impl ColumnProfile {
    fn learn(&mut self, cell: &Cell) {
        self.filled += 1;
        if let Some(kind) = self.kinds.get_mut(place(looks(cell))) {
            *kind += 1;
        }
        let text = cell.text.trim();
        self.coded += u32::from(has_digit(text) && !text.contains(char::is_whitespace));
        self.amounts += u32::from(sums::amount(cell).is_some());
    }
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}
