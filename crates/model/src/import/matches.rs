//! Matches of incoming records: how sure they are, and what happens with them.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// What happens with a record that matches another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DuplicateAction {
    /// It is not imported; what depends on it attaches to the match.
    Skip,
    /// What is null in the match is filled, nothing is overwritten.
    Merge,
    /// It becomes a record of its own.
    Create,
}

impl DuplicateAction {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How sure a match is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MatchLevel {
    /// Worth a look; never stops a start.
    Low,
    /// Likely.
    Medium,
    /// Next to certain.
    High,
}

impl MatchLevel {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
