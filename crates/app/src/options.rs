//! What a person can say about a run.

use serde::{Deserialize, Serialize};
use torqueflow_persistence::DuplicateAction;

/// The options of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunOptions {
    /// The source system, when the person says it.
    pub source_system: Option<String>,
    /// What happens with every likely duplicate that is not decided by itself.
    pub on_duplicate: Option<DuplicateAction>,
    /// Whether groups, families and locations that a row names are made. `None`: in a first import of a source.
    pub create_missing: Option<bool>,
    /// What happens with rows whose essential link leads nowhere.
    pub orphans: Orphans,
}

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

impl RunOptions {
    /// What makes two runs of the same files the same: everything but the decision on duplicates, which may come later.
    pub(crate) fn identity(&self) -> serde_json::Value {
        serde_json::json!([self.source_system, self.create_missing, self.orphans])
    }
}
