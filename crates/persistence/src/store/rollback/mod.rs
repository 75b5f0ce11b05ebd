//! Taking back what a run wrote: what it changed and what it created, read in pages, what there is to know before a page is
//! taken back, and the writes that take it back. Changes are in the journal; creations follow from the ids of the run's
//! records, and are read in the form of journal entries.
//!
//! A page holds entries of one kind of record, so that each of its statements works on many records of one table. What
//! becomes of each entry is not decided here: whoever asks hands in a function that does.

mod apply;
mod facts;
mod journal;
mod owners;
mod page;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use torqueflow_model::EntityKind;
use torqueflow_model::import::JournalEntry;
use uuid::Uuid;

pub use facts::{CurrentMapping, CurrentRecord, RollbackFacts};
pub(super) use journal::among;
pub use owners::{Owners, Writes};
pub use page::{Judge, PageEnd, RollbackPage};

/// Writes of a run to records of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollbackPart {
    /// The job of those that the journal has. `None`: the records that the run created, in all of its jobs.
    pub job_id: Option<Uuid>,
    /// The kind of records.
    pub entity: EntityKind,
}

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
    fn stored(self) -> String {
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

/// What a mapping said before it was rewritten: the form of `mapping_before` in the journal. Where it leads is never
/// rewritten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MappingImage {
    /// How it came to be.
    pub origin: String,
    /// The fingerprint of what the source said.
    pub row_hash: Uuid,
    /// Per field what was imported, raw and cleaned.
    pub imported_values: serde_json::Value,
    /// The run that had written it.
    pub run_id: Uuid,
}

/// The newest and the oldest of those entries of a page that follow each other and are of one job.
fn by_job(entries: &[JournalEntry]) -> Vec<(JournalEntry, JournalEntry)> {
    let of_jobs = entries.chunk_by(|one, other| one.job_id == other.job_id);
    let ends = of_jobs.filter_map(|of_job| Some((of_job.first()?.clone(), of_job.last()?.clone())));
    ends.collect()
}

/// The place of an entry in its job: row and ordinal.
fn place(entry: &JournalEntry) -> (i64, i64) {
    (entry.row_number, entry.ordinal)
}
