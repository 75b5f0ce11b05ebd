//! Taking a run back: what is true of its records, and what becomes of what it wrote.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use uuid::Uuid;

use super::journal::JournalEntry;
use crate::EntityKind;

/// What becomes of a write that is to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RollbackOutcome {
    /// It is taken back.
    Reversed,
    /// The record was changed since by somebody else, or its owner stays, and it stays as it is.
    Kept,
    /// Something that remains needs the record.
    Blocked,
    /// It could not be taken back.
    Failed,
}

impl RollbackOutcome {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Why it becomes that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RollbackReason {
    /// A person or another run changed the record since.
    ChangedSince,
    /// The customer was merged into another one since.
    MergedSince,
    /// What the source's record leads to was changed since by another run or by a merge.
    MappingChangedSince,
    /// A later run found that its source still has the record so.
    ConfirmedSince,
    /// The record of this kind that owns it stays.
    OwnerKept(EntityKind),
    /// Records of this kind refer to the record.
    InUse(EntityKind),
    /// Another run's records of a source lead to the record.
    InOtherImport,
    /// What the record referred to before is gone.
    TargetGone,
    /// The database refused.
    Refused,
    /// The record was gone already.
    Gone,
}

impl RollbackReason {
    /// The stable name, without the kind of record that it may name.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// As the table of results keeps it: `in_use:vehicle`.
    pub fn stored(self) -> String {
        match self {
            Self::OwnerKept(kind) | Self::InUse(kind) => format!("{}:{kind}", self.code()),
            other => other.code().to_owned(),
        }
    }
}

/// What becomes of one entry of the journal, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What.
    pub outcome: RollbackOutcome,
    /// Why, unless it is simply taken back.
    pub reason: Option<RollbackReason>,
}

impl Verdict {
    /// It is taken back.
    pub const REVERSED: Self = Self {
        outcome: RollbackOutcome::Reversed,
        reason: None,
    };

    /// This, for this reason.
    pub const fn new(outcome: RollbackOutcome, reason: RollbackReason) -> Self {
        Self {
            outcome,
            reason: Some(reason),
        }
    }

    /// Whether it is taken back.
    pub fn is_reversed(self) -> bool {
        self.outcome == RollbackOutcome::Reversed
    }
}

/// What is true of the records of a page.
#[derive(Debug, Default)]
pub struct RollbackFacts {
    /// The records that there are.
    pub records: HashMap<Uuid, CurrentRecord>,
    /// Versions of changed records that nobody has to keep: made by writes that were taken back and by merges that were
    /// undone, and by taking them back and undoing them.
    pub reversed_versions: HashMap<Uuid, HashSet<i64>>,
    /// Records that others refer to, and of which kind these are. What the run itself made and leaves is not counted.
    pub referred_by: HashMap<Uuid, EntityKind>,
    /// Records that mappings of other runs lead to.
    pub mapped_elsewhere: HashSet<Uuid>,
    /// Mappings by source system and source id. Only of entries that don't create their record.
    pub mappings: HashMap<(String, String), CurrentMapping>,
    /// What the before-images refer to, as far as it is there.
    pub targets: HashSet<Uuid>,
    /// Records that later runs have confirmed, where that keeps them.
    pub confirmed: HashSet<Uuid>,
    /// What owns the records, where the run wrote to it.
    pub owners: Option<Box<Owners>>,
}

/// A record as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrentRecord {
    /// Its version.
    pub version: i64,
    /// It is a customer that was merged into another one.
    pub merged: bool,
}

/// A mapping as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrentMapping {
    /// Where it leads.
    pub record_id: Uuid,
    /// The run that wrote it last.
    pub run_id: Uuid,
}

/// The records that own those of a page.
#[derive(Debug, Default)]
pub struct Owners {
    /// The owner of each record.
    pub of: HashMap<Uuid, Uuid>,
    /// What the run wrote to the owners.
    pub writes: Writes,
    /// What the run wrote to records of theirs that may stay by themselves.
    pub owned: Vec<Writes>,
}

/// Writes of the run to records of one kind, in all of its jobs, that were not taken back; of each record, the newest
/// first. With what is true of the records: of what they own, only what the run did not write to is counted as referring to
/// them.
#[derive(Debug, Default)]
pub struct Writes {
    /// The writes.
    pub entries: Vec<JournalEntry>,
    /// What is true of their records.
    pub facts: RollbackFacts,
}
