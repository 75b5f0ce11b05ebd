//! A record that is merged into another: it fills what is null there, and overwrites nothing.

use std::collections::HashSet;

use torqueflow_model::import::{BusinessRow, CreatedRecord};
use torqueflow_model::{EntityKind, Record, Storage, Value};

use crate::change::{Change, Changing};
use crate::imported::RecordLinks;

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
    let mut change = Changing::of(entity, stored);
    for field in &record.fields {
        if let (Storage::Column, Some(column)) = (field.spec.storage, field.spec.column())
            && column == field.spec.name
            && !change.has(&column)
        {
            change.set(field.spec, column, Some(field.value.clone()));
        }
    }
    for (name, id) in links {
        if !change.has(&format!("{name}_id")) {
            change.set_link(name, Some(id));
        }
    }
    for field in &record.fields {
        if let (Storage::Json { column, key }, Value::Boolean(_)) = (field.spec.storage, &field.value)
            && !change.has_key(column, key)
        {
            change.set_key(column, key, Some(&field.value));
        }
    }
    change.finish()
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
