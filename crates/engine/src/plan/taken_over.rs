//! What a batch writes of records that are there already and that their source may have changed.

use torqueflow_model::import::{JournalAction, JournalEntry, MappedRecord, MappingOrigin, MappingUpdate, RowOutcome};
use torqueflow_model::{FieldRef, Finding, FindingCode, Record};
use torqueflow_pipeline::id_text;

use super::Plan;
use crate::change::Change;
use crate::imported::{ImportedValues, RecordLinks};
use crate::policy::JobRow;
use crate::refresh::{Refreshed, RefreshedField, Sides, apply, compare, mapping_before, remembered};
use crate::values::source_hash;

impl Plan<'_> {
    /// Takes over what the source has changed of a mapped record, field by field, and leaves what people changed.
    pub(super) fn refresh(&mut self, row: &JobRow, refreshed: &Refreshed<'_>) -> RowOutcome {
        let entity = refreshed.record.slot.entity();
        let key = (entity, refreshed.source_id.clone());
        let Some(mapped) = self.facts.mappings.get(&key).copied() else {
            return RowOutcome::Unchanged;
        };
        let last = self.facts.imported.remove(&key).unwrap_or_default();
        let fields = self.compare(row, refreshed, Some(&last), false);
        let is_updated = self.take_over(row, refreshed, &mapped, last, &fields);
        self.count_refreshed(row, refreshed.record, &fields, is_updated)
    }

    /// Lets a record that the run has imported say what the rows say of it that take part: with what this row adds, or without
    /// it. What people changed since stays.
    pub(super) fn say_again(&mut self, row: &JobRow, record: &Record) {
        let Some(said) = self.facts.said_again.remove(&(row.number, record.slot)) else {
            return;
        };
        let refreshed = Refreshed {
            target: said.record_id,
            source_id: id_text(&record.source_id, 0),
            record: &said.record,
            links: RecordLinks::new(),
        };
        let key = (record.slot.entity(), refreshed.source_id.clone());
        if let Some(mapped) = self.facts.mappings.get(&key).copied()
            && let Some(last) = self.facts.imported.remove(&key)
        {
            let fields = self.compare(row, &refreshed, Some(&last), true);
            self.take_over(row, &refreshed, &mapped, last, &fields);
        }
    }

    /// Makes a record that was found by its code say what the row says. Blank cells change nothing.
    pub(super) fn update_existing(&mut self, row: &JobRow, refreshed: &Refreshed<'_>, occurrence: i64) -> RowOutcome {
        let fields = self.compare(row, refreshed, None, false);
        let values = ImportedValues::of(refreshed.record, &refreshed.links, |_| false);
        self.map(
            row,
            refreshed.record,
            occurrence,
            refreshed.target,
            MappingOrigin::Merged,
            values,
        );
        let change = self.apply(refreshed, &fields);
        let is_updated = change.is_some();
        if let Some(change) = change {
            self.update(row, change);
        }
        self.count_refreshed(row, refreshed.record, &fields, is_updated)
    }

    fn compare(
        &self,
        row: &JobRow,
        refreshed: &Refreshed<'_>,
        last: Option<&ImportedValues>,
        takes_back: bool,
    ) -> Vec<RefreshedField> {
        let Some((_, stored)) = self.facts.targets.get(&refreshed.target) else {
            return Vec::new();
        };
        compare(&Sides {
            cleaner: self.table.cleaner,
            findings: &row.clean.findings,
            record: refreshed.record,
            links: &refreshed.links,
            stored,
            last,
            blank_wipes: self.policy.blank_wipes && last.is_some(),
            takes_back,
        })
    }

    fn apply(&mut self, refreshed: &Refreshed<'_>, fields: &[RefreshedField]) -> Option<Change> {
        let (_, stored) = self.facts.targets.get_mut(&refreshed.target)?;
        apply(refreshed, stored, fields)
    }

    /// Writes the fields that change, and what the source says now. Says whether the record changes.
    fn take_over(
        &mut self,
        row: &JobRow,
        refreshed: &Refreshed<'_>,
        mapped: &MappedRecord,
        last: ImportedValues,
        fields: &[RefreshedField],
    ) -> bool {
        let change = self.apply(refreshed, fields);
        let is_updated = change.is_some();
        let (mut before, mut version_after) = (None, None);
        if let Some(change) = change {
            (before, version_after) = (Some(change.before), Some(change.version_after));
            self.batch.updated.push(change.updated);
        }
        self.journal(JournalEntry {
            job_id: self.table.job_id,
            row_number: row.number,
            ordinal: 0,
            entity: refreshed.record.slot.entity(),
            record_id: refreshed.target,
            action: if is_updated {
                JournalAction::Updated
            } else {
                JournalAction::Mapped
            },
            mapping: Some((self.table.source_system.to_owned(), refreshed.source_id.clone())),
            before,
            version_after,
            mapping_before: Some(mapping_before(mapped, &last)),
        });
        let values = remembered(refreshed, last, fields);
        self.batch.remapped.push(MappingUpdate {
            source_system: self.table.source_system.to_owned(),
            entity: refreshed.record.slot.entity(),
            source_id: refreshed.source_id.clone(),
            record_id: refreshed.target,
            run_id_before: mapped.run_id,
            row_hash: source_hash(refreshed.record, self.table.country),
            imported_values: values.into_json().to_string(),
        });
        is_updated
    }

    /// Reports what was preserved, and counts the record.
    fn count_refreshed(
        &mut self,
        row: &JobRow,
        record: &Record,
        fields: &[RefreshedField],
        is_updated: bool,
    ) -> RowOutcome {
        let mut is_preserved = false;
        for (field, line) in fields.iter().filter_map(|field| Some((field, field.report()?))) {
            is_preserved = true;
            let place = FieldRef {
                slot: record.slot,
                spec: field.spec,
            };
            let finding = Finding {
                code: FindingCode::FieldPreserved,
                column: self.table.cleaner.column_of(place),
                field: Some(place),
                value: field.raw.clone(),
                detail: line,
            };
            self.find(row, &finding);
        }
        let counts = self.count(record.slot.entity());
        if is_updated {
            counts.updated += 1;
            return RowOutcome::Updated;
        }
        if is_preserved {
            counts.preserved += 1;
        } else {
            counts.unchanged += 1;
        }
        RowOutcome::Unchanged
    }
}
