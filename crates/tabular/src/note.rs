//! What is worth knowing about a table as a whole, once it was read to its end.

use std::fmt::Write as _;

/// Columns that are named.
const TOLD_COLUMNS: usize = 10;

/// Something worth knowing about a table as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableNote {
    /// Rows that a person does not see were read like the others.
    HiddenRows {
        /// How many.
        count: u64,
        /// The numbers of the first of them.
        first: Vec<u64>,
        /// A filter is on, which may be what hides them.
        filtered: bool,
    },
    /// Columns that a person does not see were read like the others.
    HiddenColumns {
        /// Which, from 0.
        columns: Vec<usize>,
    },
    /// Cells were given the value that they are merged with.
    MergedCells {
        /// How many.
        count: u64,
        /// The columns that they stand in, from 0.
        columns: Vec<usize>,
    },
    /// The workbook holds no results of some formulas.
    FormulasWithoutResult {
        /// How many by column, from 0.
        columns: Vec<(usize, u64)>,
    },
}

impl TableNote {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HiddenRows { .. } => "hidden_rows",
            Self::HiddenColumns { .. } => "hidden_columns",
            Self::MergedCells { .. } => "merged_cells",
            Self::FormulasWithoutResult { .. } => "formulas_without_result",
        }
    }

    /// The note for a person, who knows columns by these headers.
    ///
    /// ```
    /// let note = torqueflow_tabular::TableNote::HiddenColumns { columns: vec![1, 2] };
    /// let headers = ["Name".to_owned(), "Cost".to_owned(), String::new()];
    /// assert_eq!(note.message(&headers), "Hidden columns were read like the others: Cost, column C.");
    /// ```
    pub fn message(&self, headers: &[String]) -> String {
        let name = |column: &usize| column_name(*column, headers);
        match self {
            Self::HiddenRows { count, first, filtered } => hidden_rows(*count, first, *filtered),
            Self::HiddenColumns { columns } => format!(
                "Hidden columns were read like the others: {}.",
                list(columns.iter().map(name))
            ),
            Self::MergedCells { count, columns } => format!(
                "{} the value that {} merged with, in: {}.",
                counted(*count, "cell was given", "cells were given"),
                if *count == 1 { "it is" } else { "they are" },
                list(columns.iter().map(name))
            ),
            Self::FormulasWithoutResult { columns } => format!(
                "The workbook holds no results of these formulas, so their values are not known: {}. Open it in Excel or \
                 LibreOffice, save it there and import it again.",
                list(columns.iter().map(|(column, count)| format!(
                    "{} ({})",
                    name(column),
                    counted(*count, "cell", "cells")
                )))
            ),
        }
    }
}

fn hidden_rows(count: u64, first: &[u64], filtered: bool) -> String {
    let rows = list(first.iter().map(u64::to_string));
    let more = if count > first.len() as u64 { ", …" } else { "" };
    let by = if filtered { " by a filter" } else { "" };
    let (rows_are, row, were) = if count == 1 {
        ("row is", "row", "was")
    } else {
        ("rows are", "rows", "were")
    };
    let which = if first.is_empty() {
        String::new()
    } else {
        format!(" ({row} {rows}{more})")
    };
    format!("{count} {rows_are} hidden{by}{which} and {were} read like the others.")
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first of several names.
fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(TOLD_COLUMNS);
    let mut text = names.take(TOLD_COLUMNS).collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

/// The column's header, else its letters: `column AB`.
fn column_name(column: usize, headers: &[String]) -> String {
    match headers.get(column) {
        Some(header) if !header.is_empty() => header.clone(),
        _ => format!("column {}", letters(column)),
    }
}

fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        letters.push(b'A' + ((left - 1) % 26) as u8);
        left = (left - 1) / 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(note: &TableNote, expected: &str) {
        let headers = ["Name", "Phone", ""].map(str::to_owned);
        assert_eq!(note.message(&headers), expected);
    }

    #[test]
    fn notes_are_sentences() {
        let rows = |count, first: &[u64], filtered| TableNote::HiddenRows {
            count,
            first: first.to_vec(),
            filtered,
        };
        check(
            &rows(1, &[4], false),
            "1 row is hidden (row 4) and was read like the others.",
        );
        check(
            &rows(9, &[4, 5], true),
            "9 rows are hidden by a filter (rows 4, 5, …) and were read like the others.",
        );
        check(
            &TableNote::MergedCells {
                count: 2,
                columns: vec![0, 1],
            },
            "2 cells were given the value that they are merged with, in: Name, Phone.",
        );
        check(
            &TableNote::FormulasWithoutResult {
                columns: vec![(1, 1), (2, 3)],
            },
            "The workbook holds no results of these formulas, so their values are not known: Phone (1 cell), column C \
             (3 cells). Open it in Excel or LibreOffice, save it there and import it again.",
        );
        let columns = (0..12).collect();
        check(
            &TableNote::HiddenColumns { columns },
            "Hidden columns were read like the others: Name, Phone, column C, column D, column E, column F, column G, \
             column H, column I, column J and 2 more.",
        );
    }

    #[test]
    fn columns_have_letters() {
        for (column, expected) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(letters(column), expected);
        }
    }
}
