//! What is told of a table as a whole instead of every cell.

use std::collections::{BTreeMap, BTreeSet};

use torqueflow_model::{Finding, FindingCode};

use crate::layout::Layout;
use crate::note::TableNote;

/// What was told of the rows of a table, and what is told once it was read to its end.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Cells that were given the value that they are merged with, by column.
    merged: BTreeMap<usize, u64>,
    /// Formulas without a result, by column.
    uncalculated: BTreeMap<usize, u64>,
    /// What was told of a column and is not told again.
    of_columns: BTreeSet<(FindingCode, usize)>,
    /// Hidden rows of the worksheet that were told of the tables above.
    hidden_rows: u64,
    /// It stands below another table of its worksheet.
    is_below: bool,
}

impl Told {
    /// Leaves out what holds for many cells of a column and was told of the first of them.
    pub(crate) fn tell_once(&mut self, columns: usize, findings: &mut Vec<Finding>) {
        findings.retain(|finding| {
            let Some(column) = finding.column.filter(|_| is_told_once(finding.code)) else {
                return true;
            };
            if column >= columns {
                return false;
            }
            let counts = match finding.code {
                FindingCode::MergedCellFilled => &mut self.merged,
                _ => &mut self.uncalculated,
            };
            *counts.entry(column).or_default() += 1;
            self.of_columns.insert((finding.code, column))
        });
    }

    /// The table is at its end and another one begins below it.
    pub(crate) fn begin_next(&mut self, layout: Option<&Layout>) {
        *self = Self {
            hidden_rows: layout.map_or(0, |layout| layout.hidden_rows),
            is_below: true,
            ..Self::default()
        };
    }

    /// What is worth knowing about a table of so many columns. `is_last`: no other table follows in its worksheet.
    pub(crate) fn notes(&self, columns: usize, layout: Option<&Layout>, is_last: bool) -> Vec<TableNote> {
        let mut notes = Vec::new();
        if !self.merged.is_empty() {
            notes.push(TableNote::MergedCells {
                count: self.merged.values().sum(),
                columns: self.merged.keys().copied().collect(),
            });
        }
        let Some(layout) = layout else {
            return notes;
        };
        // The worksheet also counts those in rows that hold nothing else, but not by table.
        let is_alone = is_last && !self.is_below;
        let uncalculated = if is_alone {
            &layout.uncalculated
        } else {
            &self.uncalculated
        };
        let uncalculated: Vec<_> = uncalculated.range(..columns).collect();
        if !uncalculated.is_empty() {
            let columns = uncalculated.iter().map(|(column, count)| (**column, **count));
            notes.push(TableNote::FormulasWithoutResult {
                columns: columns.collect(),
            });
        }
        let hidden_rows = layout.hidden_rows.saturating_sub(self.hidden_rows);
        if hidden_rows > 0 {
            let told = usize::try_from(self.hidden_rows).unwrap_or(usize::MAX);
            notes.push(TableNote::HiddenRows {
                count: hidden_rows,
                first: layout.first_hidden_rows.iter().skip(told).copied().collect(),
                filtered: layout.is_filtered,
            });
        }
        let columns: Vec<usize> = (0..columns).filter(|column| layout.is_column_hidden(*column)).collect();
        if !columns.is_empty() {
            notes.push(TableNote::HiddenColumns { columns });
        }
        notes
    }
}

/// What is told of the first cell of a column only.
fn is_told_once(code: FindingCode) -> bool {
    matches!(code, FindingCode::MergedCellFilled | FindingCode::FormulaWithoutResult)
}
