//! A record that is merged into another: it fills what is null there, and overwrites nothing.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};
use torqueflow_model::{Record, Storage, Value};
use torqueflow_persistence::{BusinessRow, CreatedRecord, JournalAction, JournalEntry, MappingOrigin, UpdatedRecord};
use uuid::Uuid;

use super::draft::Draft;
use super::imported::{ImportedValues, RecordLinks};
use super::refresh::stored_json;
use crate::job_rows::JobRow;

impl Draft<'_> {
    /// Fills what is null in the target. Nothing is overwritten; preferences are merged key by key.
    pub(super) fn merge(&mut self, row: &JobRow, target: Uuid, occurrence: i64, record: &Record, links: RecordLinks) {
        let entity = record.slot.entity();
        self.count(entity).merged += 1;
        let kept = self.kept(target, record, &links);
        let values = ImportedValues::of(record, &links, |key| kept.contains(key));
        self.map(row, record, occurrence, target, MappingOrigin::Merged, values);
        if let Some(created) = self.created(target) {
            merge_into_created(created, record, links);
            return;
        }
        let Some((_, stored)) = self.context.targets.get_mut(&target) else {
            return;
        };
        let mut filled = UpdatedRecord {
            entity,
            id: target,
            version: stored.version,
            values: Vec::new(),
            links: Vec::new(),
            json: Vec::new(),
        };
        let before = fill(record, links, stored, &mut filled);
        if before.is_empty() {
            return;
        }
        stored.version += 1;
        let version_after = Some(stored.version);
        self.journal(JournalEntry {
            job_id: self.job().job.id,
            row_number: row.number,
            ordinal: 0,
            entity,
            record_id: target,
            action: JournalAction::Updated,
            mapping: None,
            before: Some(Json::Object(before)),
            version_after,
            mapping_before: None,
        });
        self.add_update(filled);
    }

    /// The fields, and the columns of links, in which the target has a value of its own.
    fn kept(&mut self, target: Uuid, record: &Record, links: &RecordLinks) -> HashSet<String> {
        let mut keys: HashSet<String> = record.fields.iter().map(|field| field.spec.name.to_owned()).collect();
        keys.extend(links.iter().map(|(name, _)| format!("{name}_id")));
        if let Some(created) = self.created(target) {
            keys.retain(|key| {
                let is_linked = created
                    .links
                    .iter()
                    .any(|(name, _)| key.strip_suffix("_id") == Some(name));
                is_linked || created.record.get(key).is_some()
            });
        } else if let Some((_, stored)) = self.context.targets.get(&target) {
            keys.retain(|key| {
                let field = record.fields.iter().find(|field| field.spec.name == key);
                match field.map(|field| field.spec.storage) {
                    Some(Storage::Json { column, key }) => stored
                        .values
                        .get(column)
                        .is_some_and(|object| object.get(key).is_some()),
                    _ => stored.values.contains_key(key),
                }
            });
        }
        keys
    }
}

/// The target is created by the same batch: it is filled before it is written.
fn merge_into_created(created: &mut CreatedRecord, record: &Record, links: RecordLinks) {
    for field in &record.fields {
        if created.record.get(field.spec.name).is_none() {
            created.record.fields.push(field.clone());
        }
    }
    for (name, id) in links {
        if !created.links.iter().any(|(known, _)| *known == name) {
            created.links.push((name, id));
        }
    }
}

/// Fills the blanks of a stored record. Gives what was there before: nothing, column by column.
fn fill(
    record: &Record,
    links: RecordLinks,
    stored: &mut BusinessRow,
    filled: &mut UpdatedRecord,
) -> Map<String, Json> {
    let mut before = Map::new();
    for field in &record.fields {
        match (field.spec.storage, field.spec.column()) {
            (Storage::Column, Some(column)) if column == field.spec.name && !stored.values.contains_key(&column) => {
                stored.values.insert(column.clone(), stored_json(&field.value));
                before.insert(column, Json::Null);
                filled.values.push((field.spec, Some(field.value.clone())));
            }
            _ => {}
        }
    }
    for (name, id) in links {
        let column = format!("{name}_id");
        if !stored.values.contains_key(&column) {
            stored.values.insert(column.clone(), Json::from(id.to_string()));
            before.insert(column, Json::Null);
            filled.links.push((name, Some(id)));
        }
    }
    fill_json(record, stored, filled, &mut before);
    before
}

/// Adds the keys that a JSON column of the target does not have.
fn fill_json(record: &Record, stored: &mut BusinessRow, filled: &mut UpdatedRecord, before: &mut Map<String, Json>) {
    for field in &record.fields {
        let (Storage::Json { column, key }, Value::Boolean(flag)) = (field.spec.storage, &field.value) else {
            continue;
        };
        let old = stored.values.get(column).cloned();
        let mut object = match &old {
            Some(Json::Object(object)) => object.clone(),
            _ => Map::new(),
        };
        if object.contains_key(key) {
            continue;
        }
        object.insert(key.to_owned(), Json::from(*flag));
        before.entry(column.to_owned()).or_insert(old.unwrap_or(Json::Null));
        stored.values.insert(column.to_owned(), Json::Object(object.clone()));
        filled.json.retain(|(name, _)| *name != column);
        filled.json.push((column, Some(Json::Object(object))));
    }
}
