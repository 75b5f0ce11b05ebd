//! What is imported: files of an invented garage, and what has to be in the tables afterwards.

pub mod kinds;
mod lists;
mod workbook;

use std::path::PathBuf;

use torqueflow_test_support::sample::values::DateCell;

pub use self::lists::{customers, full_list, short_list};
pub use self::workbook::workbook;
use super::expected::Expected;

/// The same sizes give the same bytes.
const SEED: u64 = 7;

/// A file to import.
pub struct Input {
    pub name: String,
    pub file: PathBuf,
    pub password_file: Option<PathBuf>,
    /// The rows that hold records.
    pub rows: u64,
    pub expected: Expected,
}

/// A date as both databases write it; nothing where nobody knows it.
pub fn date(cell: &DateCell) -> String {
    cell.value.map_or_else(String::new, |moment| {
        let (year, month, day) = moment.ymd();
        format!("{year:04}-{month:02}-{day:02}")
    })
}
