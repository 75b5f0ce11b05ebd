//! Which row brings a record.

use uuid::Uuid;

use crate::Slot;

/// A record in the first row that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRecord {
    /// Where: the row as a person sees it.
    pub row_number: i64,
    /// Where: the slot in the row.
    pub slot: Slot,
    /// Where: the ordinal of the row among the staged rows, for going back to it.
    pub row_index: i64,
    /// The fingerprint of its identity.
    pub key_hash: u128,
    /// Which of several equal contents; 0 for a record with an id.
    pub occurrence: i64,
    /// The id that it gets when it is created.
    pub record_id: Uuid,
    /// What later rows of the same record add.
    pub fills: Option<serde_json::Value>,
}
