//! What becomes of a record that is there already and that its source may have changed.

mod field;
mod load;
mod three_way;
mod units;

use serde_json::{Map, Value as Json, json};
use torqueflow_model::{FieldKind, FieldRef, Finding, FindingCode, Record, Storage, Value};
use torqueflow_persistence::{
    BusinessRow, JournalAction, JournalEntry, MappedRecord, MappingOrigin, MappingUpdate, RowOutcome, UpdatedRecord,
};
use torqueflow_pipeline::id_text;
use uuid::Uuid;

use super::draft::Draft;
use super::imported::{ImportedValues, RecordLinks};
use crate::job_rows::JobRow;
use crate::values::source_hash;
use field::{RefreshedField, Sides};
use three_way::Resolution;

pub(super) use field::says_the_same;

/// A record of the store, and what the row says of it.
pub(super) struct Refreshed<'a> {
    /// The record of the store.
    pub target: Uuid,
    /// How it is known at its source.
    pub source_id: String,
    /// What comes in, with what later rows add.
    pub record: &'a Record,
    /// Its resolved links.
    pub links: RecordLinks,
}

impl Draft<'_> {
    /// Takes over what the source has changed of a mapped record, field by field, and leaves what people changed.
    pub(super) fn refresh(&mut self, row: &JobRow, refreshed: &Refreshed<'_>) -> RowOutcome {
        let entity = refreshed.record.slot.entity();
        let key = (entity, refreshed.source_id.clone());
        let Some(mapped) = self.context.mappings.get(&key).copied() else {
            return RowOutcome::Unchanged;
        };
        let last = self.context.imported.remove(&key).unwrap_or_default();
        let fields = self.compare(row, refreshed, Some(&last), false);
        let is_updated = self.take_over(row, refreshed, &mapped, last, &fields);
        self.count_refreshed(row, refreshed.record, &fields, is_updated)
    }

    /// Lets a record that the run has imported say what the rows say of it that take part: with what this row adds, or without
    /// it. What people changed since stays.
    pub(super) fn say_again(&mut self, row: &JobRow, record: &Record) {
        let place = (row.number, record.slot);
        let Some(said) = self.context.said_again.remove(&place) else {
            return;
        };
        let refreshed = Refreshed {
            target: said.record_id,
            source_id: id_text(&record.source_id, 0),
            record: &said.record,
            links: RecordLinks::new(),
        };
        let key = (record.slot.entity(), refreshed.source_id.clone());
        if let Some(mapped) = self.context.mappings.get(&key).copied()
            && let Some(last) = self.context.imported.remove(&key)
        {
            let fields = self.compare(row, &refreshed, Some(&last), true);
            self.take_over(row, &refreshed, &mapped, last, &fields);
        }
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
        let (before, version_after) = self.apply(refreshed, fields).unzip();
        let is_updated = before.is_some();
        self.journal(JournalEntry {
            job_id: self.job().job.id,
            row_number: row.number,
            ordinal: 0,
            entity: refreshed.record.slot.entity(),
            record_id: refreshed.target,
            action: if is_updated {
                JournalAction::Updated
            } else {
                JournalAction::Mapped
            },
            mapping: Some((self.source_system().to_owned(), refreshed.source_id.clone())),
            before,
            version_after,
            mapping_before: Some(mapping_before(mapped, &last)),
        });
        self.remember(refreshed, mapped, last, fields);
        is_updated
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
        if let Some((before, version_after)) = change {
            self.journal(JournalEntry {
                job_id: self.job().job.id,
                row_number: row.number,
                ordinal: 0,
                entity: refreshed.record.slot.entity(),
                record_id: refreshed.target,
                action: JournalAction::Updated,
                mapping: None,
                before: Some(before),
                version_after: Some(version_after),
                mapping_before: None,
            });
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
        let Some((_, stored)) = self.context.targets.get(&refreshed.target) else {
            return Vec::new();
        };
        let sides = Sides {
            job: self.job(),
            row,
            record: refreshed.record,
            links: &refreshed.links,
            stored,
            last,
            blank_wipes: self.options().blank_wipes && last.is_some(),
            takes_back,
        };
        let mut fields = sides.fields();
        units::settle(&mut fields);
        fields
    }

    /// Writes the fields that change. Gives what the columns held before, and the version after; `None` when none does.
    fn apply(&mut self, refreshed: &Refreshed<'_>, fields: &[RefreshedField]) -> Option<(Json, i64)> {
        let (_, stored) = self.context.targets.get_mut(&refreshed.target)?;
        let mut change = Change::new(refreshed, stored);
        for field in fields.iter().filter(|field| field.resolution.writes()) {
            change.write(field);
        }
        if change.before.is_empty() {
            return None;
        }
        let (updated, before) = (change.updated, Json::Object(change.before));
        stored.version += 1;
        let version = stored.version;
        self.add_update(updated);
        Some((before, version))
    }

    /// The mapping keeps what the source says now.
    fn remember(
        &mut self,
        refreshed: &Refreshed<'_>,
        mapped: &MappedRecord,
        last: ImportedValues,
        fields: &[RefreshedField],
    ) {
        let mut values = last;
        for field in fields {
            field.remember(&mut values);
            if matches!(field.spec.kind, FieldKind::Reference { .. }) {
                remember_name(refreshed.record, field, &mut values);
            }
        }
        let update = MappingUpdate {
            source_system: self.source_system().to_owned(),
            entity: refreshed.record.slot.entity(),
            source_id: refreshed.source_id.clone(),
            record_id: refreshed.target,
            run_id_before: mapped.run_id,
            row_hash: source_hash(refreshed.record, self.job().country),
            imported_values: values.into_json().to_string(),
        };
        self.add_remapped(update);
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
                column: self.job().cleaner.column_of(place),
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

/// A change of a record in the making.
struct Change<'a> {
    stored: &'a mut BusinessRow,
    updated: UpdatedRecord,
    before: Map<String, Json>,
}

impl<'a> Change<'a> {
    fn new(refreshed: &Refreshed<'_>, stored: &'a mut BusinessRow) -> Self {
        Self {
            updated: UpdatedRecord {
                entity: refreshed.record.slot.entity(),
                id: refreshed.target,
                version: stored.version,
                values: Vec::new(),
                links: Vec::new(),
                json: Vec::new(),
            },
            stored,
            before: Map::new(),
        }
    }

    fn write(&mut self, field: &RefreshedField) {
        let value = field.incoming.clone();
        if let Storage::Json { column, key } = field.spec.storage {
            self.write_key(column, key, value.as_ref());
            return;
        }
        let old = match &value {
            Some(value) => self.stored.values.insert(field.key.clone(), stored_json(value)),
            None => self.stored.values.remove(&field.key),
        };
        self.before.insert(field.key.clone(), old.unwrap_or(Json::Null));
        if matches!(field.spec.kind, FieldKind::Reference { .. }) {
            let id = value
                .as_ref()
                .and_then(Value::as_text)
                .and_then(|id| Uuid::parse_str(id).ok());
            self.updated.links.push((field.spec.name, id));
        } else {
            self.updated.values.push((field.spec, value));
        }
    }

    /// One key of a JSON column; the others stay.
    fn write_key(&mut self, column: &'static str, key: &str, value: Option<&Value>) {
        let old = self.stored.values.get(column).cloned();
        let mut object = match &old {
            Some(Json::Object(object)) => object.clone(),
            _ => Map::new(),
        };
        match value {
            Some(value) => object.insert(key.to_owned(), value.to_json()),
            None => object.remove(key),
        };
        self.before.entry(column).or_insert(old.unwrap_or(Json::Null));
        let object = (!object.is_empty()).then_some(Json::Object(object));
        match &object {
            Some(object) => self.stored.values.insert(column.to_owned(), object.clone()),
            None => self.stored.values.remove(column),
        };
        self.updated.json.retain(|(name, _)| *name != column);
        self.updated.json.push((column, object));
    }
}

/// A value as a stored record has it.
pub(super) fn stored_json(value: &Value) -> Json {
    match value {
        Value::Decimal(decimal) => Json::from(decimal.unscaled),
        other => other.to_json(),
    }
}

/// What the source calls a linked record. A name that led nowhere is not remembered, so that it is looked up again.
fn remember_name(record: &Record, field: &RefreshedField, values: &mut ImportedValues) {
    let given = record.fields.iter().find(|given| given.spec.name == field.spec.name);
    let is_settled = field.incoming.is_some() && field.resolution != Resolution::BlankKept;
    match given {
        Some(given) if is_settled => values.insert(field.spec.name, &given.raw, given.value.to_json(), !field.is_owned),
        None if field.resolution == Resolution::Wipe => values.remove(field.spec.name),
        _ => {}
    }
}

/// What a rollback needs to restore the mapping.
fn mapping_before(mapped: &MappedRecord, last: &ImportedValues) -> Json {
    json!({
        "row_hash": Uuid::from_u128(mapped.row_hash),
        "imported_values": last.clone().into_json(),
        "run_id": mapped.run_id,
        "origin": mapped.origin.name(),
    })
}
