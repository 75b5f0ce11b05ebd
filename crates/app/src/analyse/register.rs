//! The records of rows: new ones, and what rows add to those of earlier rows.

use std::collections::hash_map::Entry;

use torqueflow_engine::{Conflict, JobRow, merge_repeat};
use torqueflow_model::{Finding, Record, Slot, SourceId};
use torqueflow_persistence::{KnownRecord, RecordFill, Repeat};
use torqueflow_pipeline::{id_text, key_hash};
use uuid::Uuid;

use super::{Analysis, BEYOND_IDS, Draft, Known};
use crate::crossed::{Crossed, MOST_CROSSED};
use crate::error::AppError;
use crate::job_rows::JobRows;
use crate::matching::Candidate;
use crate::replaced::MetAgain;

impl Analysis<'_> {
    /// Registers the records of a row: new ones, and what it adds to those of earlier rows.
    pub(super) fn register(
        &self,
        job: &JobRows,
        row: &JobRow,
        known: &Known,
        draft: &mut Draft,
        findings: &mut Vec<Finding>,
    ) -> Result<(), AppError> {
        let mains = row
            .clean
            .records
            .iter()
            .filter(|record| matches!(record.slot, Slot::Main(_)));
        let is_alone = mains.count() == 1;
        for (index, record) in row.clean.records.iter().enumerate() {
            let entity = record.slot.entity();
            let hash = key_hash(&job.source_system, entity, &record.source_id);
            let mut occurrence = 0;
            if matches!(record.source_id, SourceId::Content(_)) {
                occurrence = draft.next_occurrence(hash, known);
            } else if let Some(conflicts) =
                self.merge_into_first(hash, record, ((job.job.id, row.number), is_alone), known, draft)?
            {
                draft.chunk.repeats.push(Repeat {
                    key_hash: hash,
                    job_id: job.job.id,
                    row_number: row.number,
                    slot: record.slot,
                    row_index: row.index,
                });
                let column_of = |field| job.cleaner.column_of(field);
                let conflicts = conflicts.into_iter();
                findings.extend(conflicts.map(|conflict| conflict.finding(record.slot, column_of)));
                continue;
            }
            let id = id_text(&record.source_id, occurrence);
            let mapped = known.mappings.get(&(entity, id.clone()));
            draft
                .met
                .extend(MetAgain::of(row.number, &id, mapped, record, job.country));
            let is_mapped = mapped.is_some();
            let found = job.table().found(row, record, occurrence).ok_or(BEYOND_IDS)?;
            if !is_mapped && !known.exists(record) {
                draft.candidates.extend(Candidate::of(row, index, &found));
            }
            draft.first.insert(hash, (draft.new.len(), record.clone()));
            draft.new.push((found, record.raw_hash()));
        }
        Ok(())
    }

    /// When the record was met before in this run: merges it there and says where the two differ. `None` when it is new.
    /// `is_alone`: its row is about nothing else, so the name in it is nobody's whose car that is.
    fn merge_into_first(
        &self,
        hash: u128,
        record: &Record,
        (place, is_alone): ((Uuid, i64), bool),
        known: &Known,
        draft: &mut Draft,
    ) -> Result<Option<Vec<Conflict>>, AppError> {
        if let Some((position, first)) = draft.first.get(&hash) {
            let Some((found, _)) = draft.new.get_mut(*position) else {
                return Ok(None);
            };
            return Ok(Some(merge_repeat(first, &mut found.fills, record, place)));
        }
        let Some(indexed) = known.records.get(&hash) else {
            return Ok(None);
        };
        let earlier = match draft.again.entry(hash) {
            Entry::Occupied(again) => again.into_mut(),
            Entry::Vacant(vacant) => {
                let earlier = known.shared.get(&hash).cloned().or_else(|| self.known(indexed));
                vacant.insert(earlier.ok_or(AppError::Internal("a record belongs to a job that was not analysed"))?)
            }
        };
        if indexed.raw_hash == record.raw_hash() {
            return Ok(Some(Vec::new()));
        }
        let first = match draft.earlier.entry(hash) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let Some(first) = self.first_row(earlier, record.slot)? else {
                    return Ok(Some(Vec::new()));
                };
                vacant.insert(first)
            }
        };
        if is_alone
            && self.looks_for_crossed(draft.crossed.len())
            && let Some(crossed) = Crossed::of(first, (earlier.job_id, earlier.found.row_number), record, place)
        {
            draft.crossed.push(crossed);
            return Ok(Some(Vec::new()));
        }
        let before = earlier.found.fills.clone();
        let conflicts = merge_repeat(first, &mut earlier.found.fills, record, place);
        if earlier.found.fills != before
            && let Some(fills) = &earlier.found.fills
        {
            let fill = RecordFill {
                job_id: earlier.job_id,
                row_number: earlier.found.row_number,
                slot: earlier.found.slot,
                fills: fills.clone(),
            };
            draft.fills.insert(hash, fill);
        }
        Ok(Some(conflicts))
    }

    fn looks_for_crossed(&self, of_chunk: usize) -> bool {
        let found = self.crossed.as_ref().map(Vec::len);
        found.is_some_and(|found| found + of_chunk < MOST_CROSSED)
    }

    /// Goes back to the first row of a record of this run.
    fn first_row(&self, earlier: &KnownRecord, slot: Slot) -> Result<Option<Record>, AppError> {
        let job = self
            .jobs
            .get(&earlier.job_id)
            .ok_or(AppError::Internal("a record belongs to a job that was not analysed"))?;
        job.record_at(earlier.found.row_index, slot)
    }
}

impl Draft {
    /// How often this content occurred before.
    fn next_occurrence(&self, hash: u128, known: &Known) -> i64 {
        let in_chunk = self.first.get(&hash).and_then(|(position, _)| self.new.get(*position));
        let before = || known.records.get(&hash).map(|last| last.occurrence);
        let last = in_chunk.map(|(found, _)| found.occurrence).or_else(before);
        last.map_or(0, |last| last + 1)
    }
}
