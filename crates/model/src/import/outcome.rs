//! What becomes of rows and records, and how many of each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// What became of a row. Each row counts once, in the order of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RowOutcome {
    /// It could not be imported.
    Failed,
    /// Something was created or merged from it.
    Imported,
    /// A record was updated.
    Updated,
    /// Left out because of a match.
    SkippedDuplicate,
    /// Left out by a person.
    SkippedChoice,
    /// Everything in it was there already.
    Unchanged,
}

impl RowOutcome {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Counts it.
    pub fn count(self, counts: &mut JobCounts) {
        let counter = match self {
            Self::Failed => &mut counts.failed,
            Self::Imported => &mut counts.imported,
            Self::Updated => &mut counts.updated,
            Self::SkippedDuplicate => &mut counts.skipped_duplicate,
            Self::SkippedChoice => &mut counts.skipped_choice,
            Self::Unchanged => &mut counts.unchanged,
        };
        *counter += 1;
    }
}

/// What became of rows. Each row counts once, so the six add up to the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JobCounts {
    /// Something was created or merged from it.
    pub imported: i64,
    /// A record was updated.
    pub updated: i64,
    /// Left out because of a match.
    pub skipped_duplicate: i64,
    /// Left out by a person.
    pub skipped_choice: i64,
    /// Everything in it was there already.
    pub unchanged: i64,
    /// It could not be imported.
    pub failed: i64,
}

impl JobCounts {
    /// All rows counted.
    pub fn rows(&self) -> i64 {
        self.imported + self.updated + self.skipped_duplicate + self.skipped_choice + self.unchanged + self.failed
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            imported: self.imported + other.imported,
            updated: self.updated + other.updated,
            skipped_duplicate: self.skipped_duplicate + other.skipped_duplicate,
            skipped_choice: self.skipped_choice + other.skipped_choice,
            unchanged: self.unchanged + other.unchanged,
            failed: self.failed + other.failed,
        }
    }
}

/// What became of records of one kind. Each record counts once; one that was updated in some fields and preserved in
/// others counts as updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EntityCounts {
    /// New.
    pub created: i64,
    /// Changed.
    pub updated: i64,
    /// Matched, and blanks filled.
    pub merged: i64,
    /// Left as they are, since a person had changed what the source changed.
    pub preserved: i64,
    /// There already.
    pub unchanged: i64,
    /// Matched, and left out.
    pub skipped: i64,
    /// Not imported.
    pub failed: i64,
}

impl EntityCounts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            created: self.created + other.created,
            updated: self.updated + other.updated,
            merged: self.merged + other.merged,
            preserved: self.preserved + other.preserved,
            unchanged: self.unchanged + other.unchanged,
            skipped: self.skipped + other.skipped,
            failed: self.failed + other.failed,
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Default)]
pub struct JobProgress {
    /// Staged rows that are committed.
    pub checkpoint: i64,
    /// What became of them.
    pub counts: JobCounts,
    /// What became of their records.
    pub entity_counts: BTreeMap<String, EntityCounts>,
}
