//! A batch as it is put together, row by row.

mod links;
mod taken_over;

use std::collections::HashSet;

use torqueflow_model::import::{
    Confirmation, CreatedRecord, EntityCounts, FIRST_ENTRY, FIRST_FINDING_OF_IMPORT, FoundRecord, ImportBatch,
    JobProgress, JournalAction, JournalEntry, Mapping, MappingOrigin, RowOutcome,
};
use torqueflow_model::{EntityKind, Finding, FindingCode, Record, SourceId};
use torqueflow_pipeline::{id_text, key_hash};
use uuid::Uuid;

use crate::change::Change;
use crate::facts::Facts;
use crate::fate::{Fate, View};
use crate::imported::{ImportedValues, RecordLinks};
use crate::made::{Brought, Made};
use crate::merge::{kept_by_created, kept_by_stored, merge_into_created, merge_into_stored};
use crate::policy::{JobRow, Policy, Table};
use crate::refresh::Refreshed;
use crate::repeats::whole;
use crate::values::{row_hash, source_hash, stored};

/// More than a row writes.
const MOST_WRITES: i64 = 10_000;

/// Rows with what becomes of them.
#[derive(Debug)]
pub struct PlannedRows {
    /// All that is to be written.
    pub batch: ImportBatch,
    /// What of it later rows may refer to.
    pub brought: Brought,
    /// Rows that fail here, and not in the analysis before. What they would have brought comes with the next row that holds
    /// it: the facts have to be read again.
    pub failed: HashSet<i64>,
}

/// What becomes of rows of a table, in their order.
///
/// `progress`: how far the table is before them. `before`: what a batch brings that is still being written. `refused`: the
/// database refused the rows for this reason, so they fail.
pub fn plan_rows(
    policy: &Policy<'_>,
    table: &Table<'_>,
    facts: Facts,
    progress: &JobProgress,
    before: Option<&Brought>,
    rows: &[JobRow],
    refused: Option<&str>,
) -> PlannedRows {
    let mut plan = Plan {
        policy,
        table,
        facts,
        made: Made::after(before),
        batch: ImportBatch {
            progress: progress.clone(),
            ..ImportBatch::default()
        },
        failed: HashSet::new(),
        ordinal: 0,
        findings: 0,
    };
    for row in rows {
        plan.add(row, refused);
    }
    if let Some(last) = rows.last() {
        plan.batch.progress.checkpoint = last.index + 1;
    }
    let (created, brought) = plan.made.finish();
    plan.batch.created = created;
    PlannedRows {
        batch: plan.batch,
        brought,
        failed: plan.failed,
    }
}

/// A batch in the making.
struct Plan<'a> {
    policy: &'a Policy<'a>,
    table: &'a Table<'a>,
    facts: Facts,
    made: Made<'a>,
    batch: ImportBatch,
    failed: HashSet<i64>,
    /// The place of the current row's next entry in the journal.
    ordinal: i64,
    /// Findings of the current row so far.
    findings: i64,
}

/// The resolved links of one row: record, field, target.
type Links = Vec<(usize, &'static str, Uuid)>;

impl Plan<'_> {
    fn view(&self) -> View<'_> {
        View {
            policy: self.policy,
            table: self.table,
            facts: &self.facts,
            made: &self.made,
        }
    }

    fn add(&mut self, row: &JobRow, refused: Option<&str>) {
        if !row.clean.is_record() || self.facts.done.contains(&row.number) {
            return;
        }
        // The changes of a row stand behind what it creates, and those of a row that is run again behind those of before.
        self.ordinal = FIRST_ENTRY + (self.table.attempt - 1) * MOST_WRITES;
        self.findings = 0;
        let outcome = match refused {
            Some(reason) => self.fail(row, &Finding::row(FindingCode::WriteFailed, reason)),
            None => self.outcome(row),
        };
        if outcome == RowOutcome::Failed {
            for record in &row.clean.records {
                self.count(record.slot.entity()).failed += 1;
            }
        }
        outcome.count(&mut self.batch.progress.counts);
        self.batch.results.push((row.number, outcome));
    }

    fn outcome(&mut self, row: &JobRow) -> RowOutcome {
        if self.facts.excluded.contains(&row.number) {
            return RowOutcome::SkippedChoice;
        }
        if self.facts.failed.contains(&row.number) {
            return RowOutcome::Failed;
        }
        let fates = self.view().fates(row);
        let links = if fates.contains(&Fate::Undecided) {
            Err(Finding::row(FindingCode::DuplicateAppeared, ""))
        } else if let Some(ambiguous) = fates.iter().position(|fate| *fate == Fate::Ambiguous) {
            let label = row.clean.label(ambiguous);
            Err(Finding::row(FindingCode::CodeAmbiguous, label))
        } else {
            self.links(row, &fates)
        };
        match links {
            Ok(links) => self.write_row(row, &fates, &links),
            Err(finding) => self.fail(row, &finding),
        }
    }

    /// The row is not imported, and what it adds to records is taken back.
    fn fail(&mut self, row: &JobRow, finding: &Finding) -> RowOutcome {
        self.find(row, finding);
        self.failed.insert(row.number);
        for record in &row.clean.records {
            self.say_again(row, record);
        }
        RowOutcome::Failed
    }

    fn find(&mut self, row: &JobRow, finding: &Finding) {
        let ordinal = FIRST_FINDING_OF_IMPORT + self.findings;
        self.findings += 1;
        self.batch.findings.push(stored(row.number, ordinal, finding));
    }

    fn count(&mut self, entity: EntityKind) -> &mut EntityCounts {
        let counts = &mut self.batch.progress.entity_counts;
        counts.entry(entity.name().to_owned()).or_default()
    }

    fn write_row(&mut self, row: &JobRow, fates: &[Fate], links: &Links) -> RowOutcome {
        let mut outcome = RowOutcome::Unchanged;
        for (index, (record, fate)) in row.clean.records.iter().zip(fates).enumerate() {
            let links = links
                .iter()
                .filter(|(of, ..)| *of == index)
                .map(|(_, field, id)| (*field, *id))
                .collect();
            outcome = outcome.min(self.write_record(row, record, *fate, links));
            if *fate == Fate::LeftOut && self.belongs_to_unchanged(row, index, fates) {
                self.find(row, &Finding::row(FindingCode::AlreadyImportedChanged, ""));
            }
        }
        outcome
    }

    /// Writes one record; says what that makes of its row.
    fn write_record(&mut self, row: &JobRow, record: &Record, fate: Fate, links: RecordLinks) -> RowOutcome {
        let entity = record.slot.entity();
        let occurrence = self.facts.occurrence(row, record.slot);
        let whole = whole(record, self.facts.found(row, record.slot));
        match fate {
            Fate::Create(id) => {
                self.create(row, id, occurrence, whole, links);
                RowOutcome::Imported
            }
            Fate::Merge(target) => {
                self.merge(row, target, occurrence, &whole, links);
                RowOutcome::Imported
            }
            Fate::Update(target) | Fate::Existing(target) => {
                let refreshed = Refreshed {
                    target,
                    source_id: id_text(&record.source_id, occurrence),
                    record: &whole,
                    links,
                };
                if matches!(fate, Fate::Update(_)) {
                    self.refresh(row, &refreshed)
                } else {
                    self.update_existing(row, &refreshed, occurrence)
                }
            }
            Fate::Skip(target) => {
                self.skip(row, &whole, occurrence, target);
                RowOutcome::SkippedDuplicate
            }
            Fate::Same(target) => {
                let values = ImportedValues::of(&whole, &links, |_| true);
                self.map(row, &whole, occurrence, target, MappingOrigin::Merged, values);
                self.count(entity).unchanged += 1;
                RowOutcome::Unchanged
            }
            Fate::Unchanged(_) => {
                self.leave(row, record, occurrence);
                RowOutcome::Unchanged
            }
            Fate::Gone => {
                if self.found(row, record).is_some() {
                    self.find(row, &Finding::row(FindingCode::RecordGone, ""));
                    self.count(entity).skipped += 1;
                }
                RowOutcome::SkippedChoice
            }
            Fate::Repeat(_) => {
                self.say_again(row, record);
                RowOutcome::Unchanged
            }
            Fate::LeftOut | Fate::Lost | Fate::Undecided | Fate::Ambiguous => RowOutcome::Unchanged,
        }
    }

    fn create(&mut self, row: &JobRow, id: Uuid, occurrence: i64, record: Record, links: RecordLinks) {
        self.count(record.slot.entity()).created += 1;
        let values = ImportedValues::of(&record, &links, |_| false);
        self.map(row, &record, occurrence, id, MappingOrigin::Created, values);
        self.made.create(CreatedRecord { id, record, links });
    }

    /// Fills what is null in the target. Nothing is overwritten; preferences are merged key by key.
    fn merge(&mut self, row: &JobRow, target: Uuid, occurrence: i64, record: &Record, links: RecordLinks) {
        let entity = record.slot.entity();
        self.count(entity).merged += 1;
        let created = self.made.created(target);
        let stored = self.facts.targets.get(&target).map(|(_, stored)| stored);
        let kept = created
            .map(|created| kept_by_created(created, record, &links))
            .or_else(|| stored.map(|stored| kept_by_stored(stored, record, &links)))
            .unwrap_or_default();
        let values = ImportedValues::of(record, &links, |key| kept.contains(key));
        self.map(row, record, occurrence, target, MappingOrigin::Merged, values);
        if let Some(created) = self.made.created_mut(target) {
            merge_into_created(created, record, links);
            self.made.filled(target);
        } else if let Some((_, stored)) = self.facts.targets.get_mut(&target)
            && let Some(change) = merge_into_stored(entity, stored, record, links)
        {
            self.update(row, change);
        }
    }

    /// Writes a change of a stored record that is no change of its mapping.
    fn update(&mut self, row: &JobRow, change: Change) {
        self.journal(JournalEntry {
            job_id: self.table.job_id,
            row_number: row.number,
            ordinal: 0,
            entity: change.updated.entity,
            record_id: change.updated.id,
            action: JournalAction::Updated,
            mapping: None,
            before: Some(change.before),
            version_after: Some(change.version_after),
            mapping_before: None,
        });
        self.batch.updated.push(change.updated);
    }

    /// A match stands for the record; what belongs to it attaches to the match.
    fn skip(&mut self, row: &JobRow, record: &Record, occurrence: i64, target: Uuid) {
        let entity = record.slot.entity();
        let id = id_text(&record.source_id, occurrence);
        let hash = key_hash(self.table.source_system, entity, &record.source_id);
        if self.made.is_skipped(hash) {
            return;
        }
        let mapped_by = self.facts.mappings.get(&(entity, id)).map(|mapped| mapped.run_id);
        if mapped_by.is_none() {
            let values = ImportedValues::of(record, &RecordLinks::new(), |_| true);
            self.map(row, record, occurrence, target, MappingOrigin::Skipped, values);
        }
        if mapped_by != Some(self.policy.run_id) && self.found(row, record).is_some() {
            self.count(entity).skipped += 1;
        }
    }

    /// A record of an earlier run is left as it is, and confirmed if the source still has it so.
    fn leave(&mut self, row: &JobRow, record: &Record, occurrence: i64) {
        let entity = record.slot.entity();
        let Some(found) = self.found(row, record) else {
            return;
        };
        let id = id_text(&record.source_id, occurrence);
        let mapped = self.facts.mappings.get(&(entity, id)).copied();
        let is_same = self.policy.updates
            || mapped.is_none_or(|mapped| mapped.row_hash == row_hash(record, Some(found), self.table.country));
        if is_same {
            self.batch.confirmed.extend(mapped.map(|mapped| Confirmation {
                row_number: row.number,
                entity,
                record_id: mapped.record_id,
                confirmed_run_id: mapped.run_id,
            }));
        } else {
            self.find(row, &Finding::row(FindingCode::AlreadyImportedChanged, ""));
        }
        self.count(entity).unchanged += 1;
    }

    /// A new part of a record that is left as it is.
    fn belongs_to_unchanged(&self, row: &JobRow, index: usize, fates: &[Fate]) -> bool {
        let parent = row.clean.linked(index, "customer");
        let parent = parent.and_then(|parent| fates.get(parent));
        let record = row.clean.records.get(index);
        matches!(parent, Some(Fate::Unchanged(_))) && record.is_some_and(|record| self.found(row, record).is_some())
    }

    /// What the analysis kept of the record that this row brings.
    fn found(&self, row: &JobRow, record: &Record) -> Option<&FoundRecord> {
        let hash = key_hash(self.table.source_system, record.slot.entity(), &record.source_id);
        let here = self.facts.found(row, record.slot);
        here.or_else(|| self.facts.inherited.get(&hash))
    }

    /// Writes the mapping of a record, and the journal's entry of what was done, unless the record is new and its id says it.
    fn map(
        &mut self,
        row: &JobRow,
        record: &Record,
        occurrence: i64,
        record_id: Uuid,
        origin: MappingOrigin,
        values: ImportedValues,
    ) {
        let action = match origin {
            MappingOrigin::Created => JournalAction::Created,
            MappingOrigin::Merged | MappingOrigin::Skipped => JournalAction::Mapped,
        };
        let entity = record.slot.entity();
        let source_system = self.table.source_system.to_owned();
        let source_id = id_text(&record.source_id, occurrence);
        if !matches!(record.source_id, SourceId::Content(_)) {
            let hash = key_hash(&source_system, entity, &record.source_id);
            self.made.resolve(hash, record_id, origin);
        }
        if action != JournalAction::Created || !self.table.is_named_by(row, record_id) {
            self.journal(JournalEntry {
                job_id: self.table.job_id,
                row_number: row.number,
                ordinal: 0,
                entity,
                record_id,
                action,
                mapping: Some((source_system.clone(), source_id.clone())),
                before: None,
                version_after: (action == JournalAction::Created).then_some(1),
                mapping_before: None,
            });
        }
        self.batch.mappings.push(Mapping {
            source_system,
            entity,
            source_id,
            record_id,
            derived: !matches!(record.source_id, SourceId::Given(_)),
            origin,
            row_hash: source_hash(record, self.table.country),
            imported_values: values.into_json().to_string(),
        });
    }

    /// Adds a write of the row to the journal, behind those before it.
    fn journal(&mut self, entry: JournalEntry) {
        let ordinal = self.ordinal;
        self.batch.journal.push(JournalEntry { ordinal, ..entry });
        self.ordinal += 1;
    }
}
