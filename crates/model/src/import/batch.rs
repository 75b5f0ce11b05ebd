//! All that the import of some rows writes.

use uuid::Uuid;

use super::finding::StoredFinding;
use super::journal::JournalEntry;
use super::mapping::{Mapping, MappingUpdate};
use super::outcome::{JobProgress, RowOutcome};
use crate::{EntityKind, FieldSpec, Record, Value};

/// All that one batch writes.
#[derive(Debug, Default)]
pub struct ImportBatch {
    /// New records.
    pub created: Vec<CreatedRecord>,
    /// Records of the store that change, in this order.
    pub updated: Vec<UpdatedRecord>,
    /// New mappings.
    pub mappings: Vec<Mapping>,
    /// Mappings of the store that change.
    pub remapped: Vec<MappingUpdate>,
    /// What was written, in order.
    pub journal: Vec<JournalEntry>,
    /// Records of earlier runs that are as their source still has them.
    pub confirmed: Vec<Confirmation>,
    /// What became of each row: row number and outcome.
    pub results: Vec<(i64, RowOutcome)>,
    /// What was found while writing.
    pub findings: Vec<StoredFinding>,
    /// How far the job is after it.
    pub progress: JobProgress,
}

impl ImportBatch {
    /// Some of its rows could not be imported.
    pub fn has_failed_rows(&self) -> bool {
        self.results.iter().any(|(_, outcome)| *outcome == RowOutcome::Failed)
    }

    /// It only says what became of its rows.
    pub fn writes_no_record(&self) -> bool {
        self.created.is_empty() && self.updated.is_empty() && self.mappings.is_empty() && self.remapped.is_empty()
    }
}

/// A record to be created.
#[derive(Debug, Clone)]
pub struct CreatedRecord {
    /// Its id.
    pub id: Uuid,
    /// Its fields. References among them are left aside: their targets are in `links`.
    pub record: Record,
    /// Resolved references: field name and record.
    pub links: Vec<(&'static str, Uuid)>,
}

/// A record of the store that gets other values.
#[derive(Debug, Clone)]
pub struct UpdatedRecord {
    /// Which kind.
    pub entity: EntityKind,
    /// Its id.
    pub id: Uuid,
    /// The version that was read. No other is changed.
    pub version: i64,
    /// The values; `None` is null.
    pub values: Vec<(&'static FieldSpec, Option<Value>)>,
    /// Resolved references: field name and record; `None` is null.
    pub links: Vec<(&'static str, Option<Uuid>)>,
    /// All keys of JSON columns that change, the unchanged ones too: column and object; `None` is null.
    pub json: Vec<(&'static str, Option<serde_json::Value>)>,
}

/// A record that a row has found unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmation {
    /// The row.
    pub row_number: i64,
    /// The kind of record.
    pub entity: EntityKind,
    /// The record.
    pub record_id: Uuid,
    /// The run that last imported it under the id at the source that the row has.
    pub confirmed_run_id: Uuid,
}
