//! A record that is merged into another: it fills what is null there, and overwrites nothing.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};
use torqueflow_model::import::{BusinessRow, CreatedRecord, UpdatedRecord};
use torqueflow_model::{EntityKind, Record, Storage, Value};

use crate::imported::RecordLinks;
use crate::values::stored_json;

/// A change of a stored record: what is written, what its columns held before, and its version after.
pub(crate) struct Change {
    pub updated: UpdatedRecord,
    pub before: Json,
    pub version_after: i64,
}

/// The fields, and the columns of links, that a record says something of.
fn said(record: &Record, links: &RecordLinks) -> HashSet<String> {
    let mut keys: HashSet<String> = record.fields.iter().map(|field| field.spec.name.to_owned()).collect();
    keys.extend(links.iter().map(|(name, _)| format!("{name}_id")));
    keys
}

/// Those of them in which a new record has a value of its own.
pub(crate) fn kept_by_created(created: &CreatedRecord, record: &Record, links: &RecordLinks) -> HashSet<String> {
    let mut keys = said(record, links);
    keys.retain(|key| {
        let is_linked = created
            .links
            .iter()
            .any(|(name, _)| key.strip_suffix("_id") == Some(name));
        is_linked || created.record.get(key).is_some()
    });
    keys
}

/// Those of them in which a stored record has a value of its own.
pub(crate) fn kept_by_stored(stored: &BusinessRow, record: &Record, links: &RecordLinks) -> HashSet<String> {
    let mut keys = said(record, links);
    keys.retain(|key| {
        let field = record.fields.iter().find(|field| field.spec.name == key);
        match field.map(|field| field.spec.storage) {
            Some(Storage::Json { column, key }) => stored
                .values
                .get(column)
                .is_some_and(|object| object.get(key).is_some()),
            _ => stored.values.contains_key(key) || stored.values.contains_key(&format!("{key}_id")),
        }
    });
    keys
}

/// Fills what is null in a stored record. Nothing is overwritten; preferences are merged key by key. `None`: nothing is.
pub(crate) fn merge_into_stored(
    entity: EntityKind,
    stored: &mut BusinessRow,
    record: &Record,
    links: RecordLinks,
) -> Option<Change> {
    let mut filled = UpdatedRecord {
        entity,
        id: stored.id,
        version: stored.version,
        values: Vec::new(),
        links: Vec::new(),
        json: Vec::new(),
    };
    let before = fill(record, links, stored, &mut filled);
    if before.is_empty() {
        return None;
    }
    stored.version += 1;
    Some(Change {
        updated: filled,
        before: Json::Object(before),
        version_after: stored.version,
    })
}

/// The target is created by the same batch: it is filled before it is written.
pub(crate) fn merge_into_created(created: &mut CreatedRecord, record: &Record, links: RecordLinks) {
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
