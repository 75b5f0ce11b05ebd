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
use torqueflow_model::EntityKind;
use torqueflow_model::import::JournalEntry;
use uuid::Uuid;

pub(super) use journal::among;
pub use page::{Judge, PageEnd, RollbackPage};

/// Writes of a run to records of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollbackPart {
    /// The job of those that the journal has. `None`: the records that the run created, in all of its jobs.
    pub job_id: Option<Uuid>,
    /// The kind of records.
    pub entity: EntityKind,
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
