//! What a worksheet says of its rows and columns beyond their cells.

use std::collections::BTreeMap;

/// Rows that are told by their numbers.
const TOLD_ROWS: usize = 5;
/// Runs of hidden columns that are kept.
const MOST_RUNS: usize = 1_000;

/// What is hidden in a worksheet, and which of its formulas were never calculated.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// A filter is on.
    pub(crate) is_filtered: bool,
    /// Rows with a value that a person does not see.
    pub(crate) hidden_rows: u64,
    /// The first of them.
    pub(crate) first_hidden_rows: Vec<u64>,
    /// Runs of columns that a person does not see, from 0.
    hidden_columns: Vec<(usize, usize)>,
    /// How many formulas of a column have no result.
    pub(crate) uncalculated: BTreeMap<usize, u64>,
}

impl Layout {
    /// A row that is hidden, by a person or by a filter.
    pub(crate) fn hide_row(&mut self, number: u64) {
        self.hidden_rows += 1;
        if self.first_hidden_rows.len() < TOLD_ROWS {
            self.first_hidden_rows.push(number);
        }
    }

    /// Columns that are hidden.
    pub(crate) fn hide_columns(&mut self, first: usize, last: usize) {
        if self.hidden_columns.len() < MOST_RUNS {
            self.hidden_columns.push((first, last));
        }
    }

    pub(crate) fn is_column_hidden(&self, column: usize) -> bool {
        self.hidden_columns
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&column))
    }
}
