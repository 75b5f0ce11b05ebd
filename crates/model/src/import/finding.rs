//! Findings in their places.

use crate::{FindingCode, Scope};

/// Findings of the import have this ordinal in their row, or a higher one; those of the analysis a lower one.
pub const FIRST_FINDING_OF_IMPORT: i64 = 1_000_000;

/// A finding with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// The row as a person sees it; 0 for what stands on the column.
    pub row_number: i64,
    /// Tells the findings of a row apart.
    pub ordinal: i64,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// The stable code.
    pub code: String,
    /// The column, from 0.
    pub column_index: Option<i64>,
    /// The field: `customer.phone`.
    pub field: Option<String>,
    /// The text of the cell; of a column's, that of the first.
    pub value: String,
    /// What the message says beyond the code.
    pub detail: String,
    /// How many cells it is about.
    pub cells: i64,
    /// The first of the cells that a finding of a column is about.
    pub examples: Vec<FindingCell>,
}

impl StoredFinding {
    /// The row; `None` for what stands on the column.
    pub fn row(&self) -> Option<i64> {
        (self.row_number > 0).then_some(self.row_number)
    }

    /// Whether this one, which stands on a column, says what the other one says of a row's cell.
    pub fn covers(&self, other: &Self) -> bool {
        self.code == other.code
            && self.column_index == other.column_index
            && self.field == other.field
            && (!self.is_of_text() || self.value == other.value)
    }

    /// On a column it is about the cells with its text only.
    pub fn is_of_text(&self) -> bool {
        FindingCode::from_code(&self.code).is_some_and(|code| code.scope() == Scope::Text)
    }
}

/// A cell that a finding of a column is about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FindingCell {
    /// The row as a person sees it.
    pub row: i64,
    /// The text of the cell.
    pub value: String,
    /// What its message says beyond the code.
    pub detail: String,
}
