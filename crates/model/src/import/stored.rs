//! Records as the store has them.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::MatchValues;

/// A record of the store.
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessRow {
    /// Its id.
    pub id: Uuid,
    /// Grows with each change.
    pub version: i64,
    /// Its columns that are not null, as JSON: scaled integers for decimals, ISO 8601 for dates, UUIDs for links.
    pub values: BTreeMap<String, serde_json::Value>,
}

impl BusinessRow {
    /// The text of a column.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.values.get(column).and_then(serde_json::Value::as_str)
    }
}

/// A stored record, as far as it takes to find or to tell apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCandidate {
    /// Its id.
    pub id: Uuid,
    /// It was merged into another, and is hidden.
    pub is_hidden: bool,
    /// Its values.
    pub values: MatchValues,
}
