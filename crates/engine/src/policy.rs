//! What holds for all rows of a run, and for all rows of a table.

use serde::{Deserialize, Serialize};
use torqueflow_model::import::FoundRecord;
use torqueflow_model::{Record, RecordPlace, RowPart, RunIds};
use torqueflow_pipeline::{CleanRow, Cleaner, Country, key_hash};
use uuid::Uuid;

use crate::ambiguous::AmbiguousIds;
use crate::names::CustomerNames;

/// What happens with rows whose essential link leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orphans {
    /// They fail.
    #[default]
    Fail,
    /// They are imported without the link.
    Unlinked,
}

/// What holds for a run.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// The run.
    pub run_id: Uuid,
    /// Whether records of earlier runs are brought up to what the source says now.
    pub updates: bool,
    /// A blank cell makes a field null that the source has filled.
    pub blank_wipes: bool,
    /// What happens with rows whose essential link leads nowhere.
    pub orphans: Orphans,
    /// The location of new records that name none.
    pub location_id: Option<Uuid>,
    /// Whether lookups that a row names are made.
    pub create_missing: bool,
    /// Ids by which no link can be followed.
    pub ambiguous: &'a AmbiguousIds,
    /// The customers of the run, where a table refers to customers by name.
    pub names: &'a CustomerNames,
}

impl Policy<'_> {
    /// Whether a record with this id is one that the run creates.
    pub fn creates(&self, record_id: Uuid) -> bool {
        RunIds::of(self.run_id.as_u128()).place(record_id.as_u128()).is_some()
    }
}

/// The table that rows are of.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    /// The run.
    pub run_id: Uuid,
    /// The job of the table.
    pub job_id: Uuid,
    /// Its number in the ids of its records.
    pub ordinal: i64,
    /// How often it was started.
    pub attempt: i64,
    /// Whose records they are.
    pub source_system: &'a str,
    /// By which numbers and postcodes are read that name none.
    pub country: Country,
    /// What cleaned them.
    pub cleaner: &'a Cleaner,
}

/// A cleaned row with its place.
#[derive(Debug)]
pub struct JobRow {
    /// Its place among the staged rows.
    pub index: i64,
    /// The row as a person sees it.
    pub number: i64,
    /// What it means.
    pub clean: CleanRow,
}

impl Table<'_> {
    /// The id of the record that a row of the table brings, or of the lookup that it names, if the run creates it. `None`
    /// beyond the tables and rows that ids can name, which are refused when the file is opened.
    pub fn new_id(&self, row: &JobRow, part: RowPart) -> Option<Uuid> {
        let place = RecordPlace::new(self.ordinal, row.number, part)?;
        Some(Uuid::from_u128(RunIds::of(self.run_id.as_u128()).id(place)))
    }

    /// A record of a row that is the first to hold it, and holds it alone. `None` where there is no id for it.
    pub fn found(&self, row: &JobRow, record: &Record, occurrence: i64) -> Option<FoundRecord> {
        Some(FoundRecord {
            row_number: row.number,
            slot: record.slot,
            row_index: row.index,
            key_hash: key_hash(self.source_system, record.slot.entity(), &record.source_id),
            occurrence,
            record_id: self.new_id(row, RowPart::Record(record.slot))?,
            fills: None,
        })
    }

    /// Whether the id of a new record names this row.
    pub fn is_named_by(&self, row: &JobRow, record_id: Uuid) -> bool {
        let place = RunIds::of(self.run_id.as_u128()).place(record_id.as_u128());
        place.is_some_and(|place| (place.table(), place.row()) == (self.ordinal, row.number))
    }
}
