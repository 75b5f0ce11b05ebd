//! Bounds on what a file may ask for, each checked before or during the work.

mod limit;
mod settings;

pub use limit::{Limit, Unit};
pub(crate) use settings::{
    COLUMNS, INFLATED_BYTES, INFLATION_RATIO, MERGED_CELLS, ROW_BYTES, ROWS, SHARED_STRINGS_BYTES, SHEETS, SPIN_COUNT,
    TOKEN_BYTES,
};
pub use settings::{FILE_BYTES, Setting};

use torqueflow_model::MAX_ROW;

use crate::error::OpenError;

/// Bounds on what a file may ask for.
///
/// Every limit is checked while reading, never after; what goes over it ends in
/// [`OpenError::LimitExceeded`] naming it, except where the field says that a finding does. [`settings`](Self::settings)
/// has each with its name, so that it can be set by people.
///
/// ```
/// let mut limits = torqueflow_tabular::Limits::default();
/// limits.max_rows = 100_000;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the file as uploaded.
    pub max_file_bytes: u64,
    /// Worksheets of a workbook.
    pub max_sheets: usize,
    /// Columns of a table. Excel's own limit is 16,384 (ECMA-376 Part 1, 18.3.1.13), and no workbook gets beyond it.
    /// Cells of a workbook beyond the limit are left out with a finding; a CSV header beyond it is refused.
    pub max_columns: usize,
    /// Characters of a cell; Excel allows 32,767. The rest is cut with the finding `cell_truncated`.
    pub max_cell_chars: usize,
    /// Bytes of a row, all its cells together.
    pub max_row_bytes: usize,
    /// Rows of a table, blank ones included.
    pub max_rows: u64,
    /// Bytes that the parts of a workbook or the files of an archive may inflate to, all that are read of it together, and bytes of the cells of
    /// a sheet, since a text that is shared and a place that is far away cost the file next to nothing. The XML of a
    /// sheet takes some 40 bytes per cell.
    pub max_inflated_bytes: u64,
    /// Times its packed size that a part may inflate to, and all parts together times the size of the file, once that
    /// is over 32 MiB. Real sheets stay below 60.
    pub max_inflation_ratio: u64,
    /// Bytes of memory for the shared strings of a workbook.
    pub max_shared_strings_bytes: usize,
    /// Bytes of one piece of XML: a tag with its attributes, a text.
    pub max_token_bytes: usize,
    /// Cells of a worksheet that are merged over several rows. Each takes 12 bytes of memory.
    pub max_merged_cells: usize,
    /// Rounds of hashing that an encrypted workbook may ask for; Excel writes 100,000.
    pub max_spin_count: u32,
    /// Lines that a quoted CSV field may span before its quote counts as never closed. The quote is then read as an
    /// ordinary character, with the finding `quote_unclosed`.
    pub max_quoted_lines: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 4 << 30,
            max_sheets: 1_000,
            max_columns: 16_384,
            max_cell_chars: 1_000_000,
            max_row_bytes: 64 << 20,
            max_rows: 1_000_000_000,
            max_inflated_bytes: 4 << 30,
            max_inflation_ratio: 100,
            max_shared_strings_bytes: 128 << 20,
            max_token_bytes: 4 << 20,
            max_merged_cells: 1_000_000,
            max_spin_count: 2_000_000,
            max_quoted_lines: 10_000,
        }
    }
}

impl Limits {
    /// Every limit with its name, its words, and how it is read and set.
    ///
    /// ```
    /// let mut limits = torqueflow_tabular::Limits::default();
    /// let rows = torqueflow_tabular::Limits::settings().iter().find(|known| known.limit.name == "rows").unwrap();
    /// (rows.set)(&mut limits, 5);
    /// assert_eq!(limits.max_rows, 5);
    /// ```
    pub fn settings() -> &'static [Setting<Self>] {
        &settings::SETTINGS
    }

    /// What the decryption is allowed.
    pub(crate) fn decryption(&self) -> msoffcrypto::Limits {
        let mut limits = msoffcrypto::Limits::default();
        limits.max_spin_count = self.max_spin_count;
        limits
    }

    /// Checks the number of rows read so far.
    pub(crate) fn check_rows(&self, rows: u64) -> Result<(), OpenError> {
        ROWS.check(rows, self.max_rows)
    }

    /// Checks the number that a person sees of a row: blank lines and lines of quoted fields count too.
    pub(crate) fn check_row_number(number: u64) -> Result<(), OpenError> {
        ROWS.check(number, MAX_ROW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_read_and_set_by_its_own_name() {
        let mut limits = Limits::default();
        let settings = Limits::settings();
        for (index, setting) in settings.iter().enumerate() {
            (setting.set)(&mut limits, 1_000 + index as u64);
        }
        for (index, setting) in settings.iter().enumerate() {
            assert_eq!((setting.get)(&limits), 1_000 + index as u64, "{}", setting.limit.name);
            let namesakes = settings.iter().filter(|other| other.limit.name == setting.limit.name);
            assert_eq!(namesakes.count(), 1, "{}", setting.limit.name);
        }
    }

    #[test]
    fn no_row_is_read_that_an_id_could_not_name() {
        assert!(Limits::check_row_number(4_294_967_295).is_ok());
        let refused = Limits::check_row_number(4_294_967_296).unwrap_err();
        assert!(refused.to_string().contains("4,294,967,295"), "{refused}");
    }

    #[test]
    fn a_value_that_nothing_can_reach_is_no_limit() {
        let mut limits = Limits::default();
        for setting in Limits::settings() {
            (setting.set)(&mut limits, u64::MAX);
        }
        assert_eq!((limits.max_spin_count, limits.max_rows), (u32::MAX, u64::MAX));
    }
}
