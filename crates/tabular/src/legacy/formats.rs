//! The number formats of the cells of an older workbook, which its parser leaves out.

use std::collections::BTreeMap;

use crate::workbook::{Class, NumberFormat, push_formatted, push_general};

/// The number formats of a workbook.
#[derive(Debug, Default)]
pub(super) struct BookFormats {
    pub(super) formats: Vec<Shown>,
    /// By sheet, in the order of the workbook.
    pub(super) sheets: Vec<SheetFormats>,
    pub(super) date1904: bool,
}

/// How a number is shown.
#[derive(Debug, Clone)]
pub(super) enum Shown {
    /// In a pattern of digits.
    Pattern(NumberFormat),
    /// In hundredths, with as many digits as it has.
    Percent,
    /// As it is.
    Plain,
}

impl Shown {
    /// What a format code makes of numbers. Dates and times are told by the parser.
    pub(super) fn of_code(code: &str) -> Self {
        let format = NumberFormat::new(code);
        if format.class == Class::Pattern {
            Self::Pattern(format)
        } else {
            Self::Plain
        }
    }

    /// What a built-in format makes of numbers.
    pub(super) fn of_id(id: u16) -> Self {
        NumberFormat::built_in(u32::from(id)).map_or(Self::Plain, Self::of_code)
    }

    pub(super) fn push(&self, number: f64, text: &mut String) {
        match self {
            Self::Pattern(format) => push_formatted(number, format, text),
            Self::Percent => {
                push_general(number * 100.0, text);
                text.push('%');
            }
            Self::Plain => push_general(number, text),
        }
    }
}

/// The formats of the cells of a sheet, as far as they show more than the number.
#[derive(Debug, Default)]
pub(super) struct SheetFormats {
    /// Rows from 0, by the first of several that are alike.
    rows: BTreeMap<u32, RowFormats>,
    cells: usize,
}

/// The formats of some rows that are alike.
#[derive(Debug, Default)]
pub(super) struct RowFormats {
    last_row: u32,
    cells: Vec<Run>,
}

/// Neighbouring cells of one format.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: u32,
    last: u32,
    format: u32,
}

impl SheetFormats {
    /// Cells beyond which formats are given up: a sheet has not more, and a file that says so means harm.
    const MOST_CELLS: usize = 20_000_000;

    /// The cells `first..=last` of the rows `rows.0..=rows.1` have a format. `None` where there are too many.
    pub(super) fn insert(&mut self, rows: (u32, u32), columns: (u32, u32), format: u32) -> Option<()> {
        self.cells += 1;
        if self.cells > Self::MOST_CELLS {
            return None;
        }
        let row = self.rows.entry(rows.0).or_default();
        row.last_row = row.last_row.max(rows.1);
        match row.cells.last_mut() {
            Some(last) if last.format == format && last.last.checked_add(1) == Some(columns.0) => last.last = columns.1,
            _ => row.cells.push(Run {
                first: columns.0,
                last: columns.1,
                format,
            }),
        }
        Some(())
    }

    /// The formats of a row.
    pub(super) fn row(&self, row: u32) -> Option<&RowFormats> {
        let (_, formats) = self.rows.range(..=row).next_back()?;
        (formats.last_row >= row).then_some(formats)
    }
}

impl RowFormats {
    /// The place of a cell's format in the workbook.
    pub(super) fn cell(&self, column: u32) -> Option<usize> {
        let found = self.cells.iter().find(|run| (run.first..=run.last).contains(&column))?;
        Some(found.format as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_their_place() {
        let mut sheet = SheetFormats::default();
        for (rows, columns, format) in [
            ((2, 4), (1, 1), 7),
            ((2, 4), (2, 3), 7),
            ((2, 4), (5, 5), 8),
            ((9, 9), (0, 0), 1),
        ] {
            sheet.insert(rows, columns, format).unwrap();
        }
        let find = |row, column| sheet.row(row).and_then(|formats| formats.cell(column));
        for (row, column, expected) in [
            (1, 1, None),
            (2, 1, Some(7)),
            (4, 3, Some(7)),
            (3, 4, None),
            (3, 5, Some(8)),
            (5, 1, None),
            (9, 0, Some(1)),
        ] {
            assert_eq!(find(row, column), expected, "{row} {column}");
        }
    }

    #[test]
    fn numbers_are_shown_as_their_format_says() {
        for (shown, number, expected) in [
            (Shown::of_id(9), 0.2, "20%"),
            (Shown::of_id(10), 0.175, "17.50%"),
            (Shown::of_code("00000000000"), 7_911_123_456.0, "07911123456"),
            (Shown::of_code("#,##0\" km\""), 103_000.0, "103,000 km"),
            (Shown::of_code("dd/mm/yyyy"), 45_000.0, "45000"),
            (Shown::Percent, 0.175, "17.5%"),
            (Shown::of_id(0), 0.175, "0.175"),
        ] {
            let mut text = String::new();
            shown.push(number, &mut text);
            assert_eq!(text, expected, "{shown:?}");
        }
    }
}
