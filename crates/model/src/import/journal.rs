//! The journal: what a run changed, and what it takes to take that back.

use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::EntityKind;

/// The place of a row's first entry in the journal. The places before are those of the records that the row creates, by the
/// numbers of its parts ([`RowPart`](crate::RowPart)): these are in no journal, since their ids tell of them.
pub const FIRST_ENTRY: i64 = 64;

/// One write, and what it takes to take it back.
#[derive(Debug, Clone)]
pub struct JournalEntry {
    /// The job of the row that caused it.
    pub job_id: Uuid,
    /// The row that caused it.
    pub row_number: i64,
    /// Its place among the writes of the row, from [`FIRST_ENTRY`] on.
    pub ordinal: i64,
    /// What was written.
    pub entity: EntityKind,
    /// Which record.
    pub record_id: Uuid,
    /// What was done with it.
    pub action: JournalAction,
    /// The mapping that was written with it: source system and source id.
    pub mapping: Option<(String, String)>,
    /// What the changed columns held before.
    pub before: Option<serde_json::Value>,
    /// The version of the record after the write; `None` when only its mapping was written.
    pub version_after: Option<i64>,
    /// What the mapping said before, when it was there already: `row_hash`, `imported_values`, `run_id` and `origin`.
    pub mapping_before: Option<serde_json::Value>,
}

/// What was done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum JournalAction {
    /// It was created. The journal has that only of records that another row brought than the one that their id names.
    Created,
    /// It was changed.
    Updated,
    /// Only a mapping to it was written.
    Mapped,
}

impl JournalAction {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
