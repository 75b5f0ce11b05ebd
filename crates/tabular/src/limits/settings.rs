//! The one table of the limits of a file.

use super::Limits;
use super::limit::{Limit, Unit};

/// A limit with its place in `L`, so that it can be read and set by its name.
pub struct Setting<L> {
    /// The limit.
    pub limit: &'static Limit,
    /// Its value in force.
    pub get: fn(&L) -> u64,
    /// Sets its value.
    pub set: fn(&mut L, u64),
}

/// The limit of a file's size, for those who check it while a file comes in.
pub static FILE_BYTES: Limit = Limit::new("file_bytes", Unit::Bytes, "the size of the file");
pub(crate) static SHEETS: Limit = Limit::new("sheets", Unit::Count, "the number of worksheets");
pub(crate) static COLUMNS: Limit = Limit::new("columns", Unit::Count, "the number of columns");
pub(crate) static CELL_CHARS: Limit = Limit::new("cell_chars", Unit::Count, "the number of characters of a cell");
pub(crate) static ROW_BYTES: Limit = Limit::new("row_bytes", Unit::Bytes, "the size of a row");
pub(crate) static ROWS: Limit = Limit::new("rows", Unit::Count, "the number of rows of a table");
pub(crate) static INFLATED_BYTES: Limit = Limit::new(
    "inflated_bytes",
    Unit::Bytes,
    "the inflated size of the workbook or archive",
);
pub(crate) static INFLATION_RATIO: Limit =
    Limit::new("inflation_ratio", Unit::Count, "the ratio of inflated to packed bytes");
pub(crate) static SHARED_STRINGS_BYTES: Limit = Limit::new(
    "shared_strings_bytes",
    Unit::Bytes,
    "the memory for the shared strings of the workbook",
);
pub(crate) static TOKEN_BYTES: Limit = Limit::new("token_bytes", Unit::Bytes, "the length of a piece of XML");
pub(crate) static SPIN_COUNT: Limit = Limit::new(
    "spin_count",
    Unit::Count,
    "the number of rounds of hashing between the password and the key",
);
pub(crate) static MERGED_CELLS: Limit = Limit::new(
    "merged_cells",
    Unit::Count,
    "the number of cells of a worksheet that are merged over several rows",
);
pub(crate) static QUOTED_LINES: Limit =
    Limit::new("quoted_lines", Unit::Count, "the number of lines of a quoted field");

/// Every limit of [`Limits`], each once.
pub(super) static SETTINGS: [Setting<Limits>; 13] = [
    Setting {
        limit: &FILE_BYTES,
        get: |limits| limits.max_file_bytes,
        set: |limits, value| limits.max_file_bytes = value,
    },
    Setting {
        limit: &SHEETS,
        get: |limits| limits.max_sheets as u64,
        set: |limits, value| limits.max_sheets = size(value),
    },
    Setting {
        limit: &COLUMNS,
        get: |limits| limits.max_columns as u64,
        set: |limits, value| limits.max_columns = size(value),
    },
    Setting {
        limit: &CELL_CHARS,
        get: |limits| limits.max_cell_chars as u64,
        set: |limits, value| limits.max_cell_chars = size(value),
    },
    Setting {
        limit: &ROW_BYTES,
        get: |limits| limits.max_row_bytes as u64,
        set: |limits, value| limits.max_row_bytes = size(value),
    },
    Setting {
        limit: &ROWS,
        get: |limits| limits.max_rows,
        set: |limits, value| limits.max_rows = value,
    },
    Setting {
        limit: &INFLATED_BYTES,
        get: |limits| limits.max_inflated_bytes,
        set: |limits, value| limits.max_inflated_bytes = value,
    },
    Setting {
        limit: &INFLATION_RATIO,
        get: |limits| limits.max_inflation_ratio,
        set: |limits, value| limits.max_inflation_ratio = value,
    },
    Setting {
        limit: &SHARED_STRINGS_BYTES,
        get: |limits| limits.max_shared_strings_bytes as u64,
        set: |limits, value| limits.max_shared_strings_bytes = size(value),
    },
    Setting {
        limit: &TOKEN_BYTES,
        get: |limits| limits.max_token_bytes as u64,
        set: |limits, value| limits.max_token_bytes = size(value),
    },
    Setting {
        limit: &MERGED_CELLS,
        get: |limits| limits.max_merged_cells as u64,
        set: |limits, value| limits.max_merged_cells = size(value),
    },
    Setting {
        limit: &SPIN_COUNT,
        get: |limits| u64::from(limits.max_spin_count),
        set: |limits, value| limits.max_spin_count = value.try_into().unwrap_or(u32::MAX),
    },
    Setting {
        limit: &QUOTED_LINES,
        get: |limits| limits.max_quoted_lines as u64,
        set: |limits, value| limits.max_quoted_lines = size(value),
    },
];

/// A value as a size in memory; what is beyond any memory bounds nothing.
fn size(value: u64) -> usize {
    value.try_into().unwrap_or(usize::MAX)
}
