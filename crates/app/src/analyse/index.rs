//! What the rows of a run have brought so far: records by identity, and where they stand.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use torqueflow_engine::JobRow;
use torqueflow_model::{RowPart, RunIds};
use torqueflow_persistence::{DecidedRecord, Duplicate, FoundRecord, IndexedRecord, KnownRecord};
use torqueflow_pipeline::id_text;
use uuid::Uuid;

use super::{Analysis, Draft};
use crate::error::AppError;
use crate::found::found_in_rows;
use crate::job_rows::{CHUNK_ROWS, JobRows};
use crate::matching::{Candidate, OrderOfComing, blocking};

impl Analysis<'_> {
    /// Takes note of a job that was analysed before, so that later ones can go back to its rows.
    pub fn knows(&mut self, job: &Arc<JobRows>) {
        self.jobs.insert(job.job.id, Arc::clone(job));
    }

    /// The same, and what its rows bring is met again and matched.
    pub fn stands(&mut self, job: &Arc<JobRows>) {
        self.knows(job);
        self.standing.push(Arc::clone(job));
        self.is_again = true;
    }

    /// Puts into the index what jobs have brought that were analysed before.
    pub(super) async fn index_standing(&mut self, go_on: &impl Fn() -> Result<(), AppError>) -> Result<(), AppError> {
        for job in std::mem::take(&mut self.standing) {
            let mut chunks = job.stream(0, CHUNK_ROWS, false);
            while let Some(rows) = chunks.recv().await {
                go_on()?;
                self.index_again(&job, &rows?).await?;
            }
        }
        Ok(())
    }

    /// Puts into the index what rows have brought that were analysed before, with the match keys of records that are not
    /// mapped, since these were matched.
    async fn index_again(&self, job: &JobRows, rows: &[JobRow]) -> Result<(), AppError> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        let store = &self.app.store;
        let failed = store
            .finding_failed_rows(job.organization, job.job.id, first.number, last.number)
            .await?;
        let found = found_in_rows(store, job, rows, true, &failed).await?;
        let known = self.look_up(job, rows, &[]).await?;
        let (mut candidates, mut records) = (Vec::new(), Vec::new());
        for row in rows {
            for (index, record) in row.clean.records.iter().enumerate() {
                let Some(found) = found.get(&(row.number, record.slot)) else {
                    continue;
                };
                records.push(indexed(found, record.raw_hash()));
                let id = id_text(&record.source_id, found.occurrence);
                if !known.mappings.contains_key(&(record.slot.entity(), id)) && !known.exists(record) {
                    candidates.extend(Candidate::of(row, index, found));
                }
            }
        }
        self.add_to_index(job, records).await?;
        self.matcher.know(job, &candidates).await
    }

    pub(super) async fn add_to_index(&self, job: &JobRows, mut records: Vec<IndexedRecord>) -> Result<(), AppError> {
        // Neighbours in the index are written together.
        records.sort_unstable();
        let (index, table) = (Arc::clone(&self.index), job.job.ordinal);
        blocking(move || index.add_records(table, &records)).await
    }

    /// Takes note of a job of which only rows without a result are run again: what the others have brought stands.
    pub async fn finished(
        &mut self,
        job: &Arc<JobRows>,
        go_on: impl Fn() -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        self.knows(job);
        self.is_again = true;
        let mut chunks = job.stream(0, CHUNK_ROWS, false);
        while let Some(rows) = chunks.recv().await {
            go_on()?;
            let mut rows = rows?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
                continue;
            };
            let (organization, first, last) = (job.organization, first.number, last.number);
            let store = &self.app.store;
            let finished = store.row_result_done(organization, job.job.id, first, last).await?;
            rows.retain(|row| finished.contains(&row.number));
            self.index_again(job, &rows).await?;
        }
        Ok(())
    }

    /// The records of which their first row alone does not tell all: those that stand in other rows too, and all but the first of
    /// equal contents.
    pub(super) async fn shared_records(&self, job: &JobRows, draft: &Draft) -> Result<Vec<KnownRecord>, AppError> {
        let repeats = draft.chunk.repeats.iter().map(|repeat| repeat.key_hash);
        let mut repeated: HashSet<u128> = repeats.collect();
        if self.is_again {
            let new: Vec<u128> = draft.new.iter().map(|(found, _)| found.key_hash).collect();
            let store = &self.app.store;
            let again = store.repeat_find(job.organization, self.run_id, &new).await?;
            repeated.extend(again.iter().map(|repeat| repeat.key_hash));
        }
        let is_shared = |found: &&FoundRecord| found.occurrence > 0 || repeated.contains(&found.key_hash);
        let new = draft.new.iter().map(|(found, _)| found).filter(is_shared);
        let new = new.map(|found| KnownRecord {
            job_id: job.job.id,
            found: found.clone(),
        });
        Ok(new.chain(draft.again.values().cloned()).collect())
    }

    /// Says of matches within the run which records they are.
    pub(super) async fn identify_matches(&self, duplicates: &mut [Duplicate]) -> Result<(), AppError> {
        let matched = duplicates.iter().map(|duplicate| duplicate.match_record_id);
        let of_run: Vec<Uuid> = matched.filter(|id| self.row_of(*id).is_some()).collect();
        let index = Arc::clone(&self.index);
        let identities = blocking(move || index.identities(&of_run)).await?;
        for duplicate in duplicates {
            if let Some((key, occurrence)) = identities.get(&duplicate.match_record_id) {
                duplicate.matched = DecidedRecord {
                    key: *key,
                    occurrence: *occurrence,
                    place: self.row_of(duplicate.match_record_id),
                };
            }
        }
        Ok(())
    }

    /// The job and row in which a record of the run stands, by the id that it gets.
    fn row_of(&self, record_id: Uuid) -> Option<(Uuid, i64)> {
        let place = RunIds::of(self.run_id.as_u128()).place(record_id.as_u128())?;
        let job = self.jobs.values().find(|rows| rows.job.ordinal == place.table())?;
        Some((job.job.id, place.row()))
    }

    /// A record that an earlier chunk or job has brought.
    pub(super) fn known(&self, indexed: &IndexedRecord) -> Option<KnownRecord> {
        let place = RunIds::of(self.run_id.as_u128()).place(indexed.record_id.as_u128())?;
        let (job_id, row_number) = self.row_of(indexed.record_id)?;
        let Some(RowPart::Record(slot)) = place.part() else {
            return None;
        };
        let found = FoundRecord {
            row_number,
            slot,
            row_index: indexed.row_index,
            key_hash: indexed.key_hash,
            occurrence: indexed.occurrence,
            record_id: indexed.record_id,
            fills: None,
        };
        Some(KnownRecord { job_id, found })
    }

    /// In which order records came, for matches that are equally sure: those of the store first, then those of the run, by the
    /// order of the jobs.
    pub(super) fn order_of_coming(&self) -> impl Fn(Uuid) -> OrderOfComing {
        let ids = RunIds::of(self.run_id.as_u128());
        let jobs = self.jobs.values();
        let positions: HashMap<i64, i64> = jobs.map(|rows| (rows.job.ordinal, rows.job.position)).collect();
        move |id| {
            let place = ids.place(id.as_u128());
            let position = place.and_then(|place| positions.get(&place.table()).copied());
            (position, id)
        }
    }
}

/// A new record as the index keeps it.
pub(super) fn indexed(found: &FoundRecord, raw_hash: u128) -> IndexedRecord {
    IndexedRecord {
        key_hash: found.key_hash,
        occurrence: found.occurrence,
        record_id: found.record_id,
        row_index: found.row_index,
        raw_hash,
    }
}
