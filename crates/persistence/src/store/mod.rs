//! The store's methods, one file per kind of thing.

pub mod analysis;
pub mod api_key;
pub mod audit;
pub mod audit_chain;
pub mod batch;
pub mod business;
pub mod business_list;
pub mod candidate;
pub mod change;
pub mod confirmation;
mod created;
pub mod customer;
pub mod decision;
pub mod dump;
pub mod duplicate;
pub mod export;
pub mod file;
pub mod finding;
mod guard;
pub mod health;
pub mod idempotency;
pub mod job;
pub mod lease;
pub mod mapping;
pub mod mapping_list;
pub mod organization;
pub mod quality;
pub mod reconciliation;
pub mod repeat;
pub mod retry;
pub mod role_grant;
pub mod rollback;
pub mod row_choice;
pub mod run;
pub mod saved_mapping;
pub mod source_table;
pub mod ticket;

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use torqueflow_model::Slot;
use torqueflow_model::{EntityKind, FieldKind};

use crate::connect::Backend;
use crate::{Store, StoreError};

impl Store {
    /// Reads by a statement of our own, with `$1`, `$2` … for its values, which both databases take.
    async fn select(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, StoreError> {
        let backend = self.reader.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        Ok(self.reader.query_all_raw(statement).await?)
    }

    /// The keys of a JSON object as the rows of a table `k` with the column `key`.
    fn json_keys(&self, object: &str) -> String {
        match self.backend() {
            Backend::Sqlite => format!("json_each({object}) AS k"),
            Backend::Postgres => format!("json_object_keys({object}) AS k(key)"),
        }
    }
}
pub mod update;

/// How many values one query asks for at most.
const CHUNK: usize = 2048;

/// The links of a kind of record: column and target.
fn links_of(entity: EntityKind) -> impl Iterator<Item = (String, EntityKind)> {
    entity.fields().iter().filter_map(|spec| match spec.kind {
        FieldKind::Reference { to, .. } => spec.column().map(|column| (column, to)),
        _ => None,
    })
}

/// The slot that a table names.
fn slot(name: &str) -> Result<Slot, StoreError> {
    Slot::from_name(name).ok_or(StoreError::Damaged { what: "slot" })
}

/// The values in chunks, each padded to a power of two by repeating its last value, so that there are few different
/// statements and the prepared ones are used again.
fn padded_chunks<T: Clone>(values: &[T]) -> impl Iterator<Item = Vec<T>> {
    values.chunks(CHUNK).map(|chunk| {
        let mut padded = chunk.to_vec();
        if let Some(last) = chunk.last() {
            padded.resize(chunk.len().next_power_of_two(), last.clone());
        }
        padded
    })
}

#[cfg(test)]
mod tests {
    use torqueflow_model::import::{
        DuplicateAction, JournalAction, MappingOrigin, MatchLevel, RollbackOutcome, RollbackReason, RowOutcome,
    };

    use super::file::FileStatus;
    use super::*;

    /// Rows hold them, and clients know them.
    #[test]
    fn names_stay_as_they_are() {
        let names: [(&str, &str); 34] = [
            (FileStatus::Stored.into(), "stored"),
            (FileStatus::AwaitingPassword.into(), "awaiting_password"),
            (FileStatus::Opened.into(), "opened"),
            (FileStatus::Failed.into(), "failed"),
            (MatchLevel::Low.into(), "low"),
            (MatchLevel::Medium.into(), "medium"),
            (MatchLevel::High.into(), "high"),
            (DuplicateAction::Skip.into(), "skip"),
            (DuplicateAction::Merge.into(), "merge"),
            (DuplicateAction::Create.into(), "create"),
            (MappingOrigin::Created.into(), "created"),
            (MappingOrigin::Merged.into(), "merged"),
            (MappingOrigin::Skipped.into(), "skipped"),
            (JournalAction::Created.into(), "created"),
            (JournalAction::Updated.into(), "updated"),
            (JournalAction::Mapped.into(), "mapped"),
            (RowOutcome::Failed.into(), "failed"),
            (RowOutcome::Imported.into(), "imported"),
            (RowOutcome::Updated.into(), "updated"),
            (RowOutcome::SkippedDuplicate.into(), "skipped_duplicate"),
            (RowOutcome::SkippedChoice.into(), "skipped_choice"),
            (RowOutcome::Unchanged.into(), "unchanged"),
            (RollbackOutcome::Reversed.into(), "reversed"),
            (RollbackOutcome::Kept.into(), "kept"),
            (RollbackOutcome::Blocked.into(), "blocked"),
            (RollbackOutcome::Failed.into(), "failed"),
            (RollbackReason::ChangedSince.into(), "changed_since"),
            (RollbackReason::MergedSince.into(), "merged_since"),
            (RollbackReason::MappingChangedSince.into(), "mapping_changed_since"),
            (RollbackReason::InUse(EntityKind::Vehicle).into(), "in_use"),
            (RollbackReason::InOtherImport.into(), "in_other_import"),
            (RollbackReason::TargetGone.into(), "target_gone"),
            (RollbackReason::Refused.into(), "refused"),
            (RollbackReason::Gone.into(), "gone"),
        ];
        for (name, expected) in names {
            assert_eq!(name, expected);
        }
    }

    #[test]
    fn chunks_are_padded_to_powers_of_two() {
        let values: Vec<usize> = (0..CHUNK + 3).collect();
        let chunks: Vec<_> = padded_chunks(&values).collect();
        assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), [CHUNK, 4]);
        assert_eq!(chunks[1], [CHUNK, CHUNK + 1, CHUNK + 2, CHUNK + 2]);
        assert_eq!(padded_chunks::<usize>(&[]).count(), 0);
    }
}
