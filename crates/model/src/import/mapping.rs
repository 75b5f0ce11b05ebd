//! Mappings: which record of ours is which record of a source, and what was imported of it.

use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::EntityKind;

/// The link between a record at its source and ours.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Whose record.
    pub source_system: String,
    /// Which kind.
    pub entity: EntityKind,
    /// Its id there.
    pub source_id: String,
    /// Our record.
    pub record_id: Uuid,
    /// The id was concluded, not given.
    pub derived: bool,
    /// How it came to be.
    pub origin: MappingOrigin,
    /// The fingerprint of what the source says.
    pub row_hash: u128,
    /// What was imported, as a JSON object: per field the cleaned value, or `[raw, cleaned]` where the file says it
    /// otherwise, or `[raw, cleaned, "kept"]` where the record had a value of its own that was left; per link the column
    /// and the id of the record that it was resolved to.
    pub imported_values: String,
}

/// How a mapping came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum MappingOrigin {
    /// The record was created from it.
    Created,
    /// It was merged into the record.
    Merged,
    /// It was skipped in favour of the record.
    Skipped,
}

impl MappingOrigin {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What is known of a mapped record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MappedRecord {
    /// Our record.
    pub record_id: Uuid,
    /// How the mapping came to be.
    pub origin: MappingOrigin,
    /// The fingerprint of what the source said when it was last imported.
    pub row_hash: u128,
    /// The run that last imported it.
    pub run_id: Uuid,
}

/// A mapping of the store that keeps what was imported now.
#[derive(Debug, Clone)]
pub struct MappingUpdate {
    /// Whose record.
    pub source_system: String,
    /// Which kind.
    pub entity: EntityKind,
    /// Its id there.
    pub source_id: String,
    /// The record that it was read to lead to. No other mapping is changed.
    pub record_id: Uuid,
    /// The run that was read to have written it last.
    pub run_id_before: Uuid,
    /// The fingerprint of what the source says.
    pub row_hash: u128,
    /// What was imported, as [`Mapping::imported_values`] has it.
    pub imported_values: String,
}
