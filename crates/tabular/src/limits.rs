//! Bounds on what a file may ask for, each checked before or during the work.

use crate::error::OpenError;

/// Bounds on what a file may ask for.
///
/// Every limit is checked while reading, never after; what goes over it ends in
/// [`OpenError::LimitExceeded`] naming it, except cells, which are cut with a finding.
///
/// ```
/// let mut limits = torqueflow_tabular::Limits::default();
/// limits.max_rows = 100_000;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the file as uploaded. Default 4 GiB. "the size of the file in bytes".
    pub max_file_bytes: u64,
    /// Worksheets of a workbook. Default 1,000. "the number of worksheets".
    pub max_sheets: usize,
    /// Columns of a table. Default 16,384, Excel's own (ECMA-376 Part 1, 18.3.1.13). Cells beyond it are left out with
    /// a finding; a CSV header beyond it: "the number of columns".
    pub max_columns: usize,
    /// Characters of a cell; Excel allows 32,767. Default 1,000,000. The rest is cut with the finding `cell_truncated`.
    pub max_cell_chars: usize,
    /// Bytes of a row, all its cells together. Default 64 MiB. "the size of a row in bytes".
    pub max_row_bytes: usize,
    /// Rows of a table, blank ones included. Default 1,000,000,000. "the number of rows".
    pub max_rows: u64,
    /// Bytes that one part of a workbook may inflate to. Default 16 GiB. "the inflated size of a part in bytes".
    pub max_inflated_bytes: u64,
    /// Times its packed size that a part may inflate to, once it is over 32 MiB. Real sheets stay below 60. Default
    /// 250. "the ratio of inflated to packed bytes".
    pub max_inflation_ratio: u64,
    /// Bytes of memory for the shared strings of a workbook. Default 512 MiB. "the memory for shared strings in bytes".
    pub max_shared_strings_bytes: usize,
    /// Bytes of one piece of XML: a tag with its attributes, a text. Default 4 MiB. "the length of an XML token in
    /// bytes".
    pub max_token_bytes: usize,
    /// Rounds of hashing that an encrypted workbook may ask for; Excel writes 100,000. Default 10,000,000.
    pub max_spin_count: u32,
    /// Lines that a quoted CSV field may span before its quote counts as never closed. Default 10,000. The quote is
    /// then read as an ordinary character, with the finding `quote_unclosed`.
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
            max_inflated_bytes: 16 << 30,
            max_inflation_ratio: 250,
            max_shared_strings_bytes: 512 << 20,
            max_token_bytes: 4 << 20,
            max_spin_count: 10_000_000,
            max_quoted_lines: 10_000,
        }
    }
}

impl Limits {
    /// What the decryption is allowed.
    pub(crate) fn decryption(&self) -> msoffcrypto::Limits {
        let mut limits = msoffcrypto::Limits::default();
        limits.max_spin_count = self.max_spin_count;
        limits
    }

    /// Checks the number of rows read so far.
    pub(crate) fn check_rows(&self, rows: u64) -> Result<(), OpenError> {
        check("the number of rows", rows, self.max_rows)
    }
}

/// Checks one limit.
pub(crate) fn check(limit: &'static str, value: u64, maximum: u64) -> Result<(), OpenError> {
    if value > maximum {
        return Err(OpenError::LimitExceeded { limit, maximum });
    }
    Ok(())
}
