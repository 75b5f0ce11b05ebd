//! What becomes of a record that is there already and that its source may have changed.

mod field;
mod three_way;
mod units;

use serde_json::{Map, Value as Json, json};
use torqueflow_model::import::{BusinessRow, MappedRecord, UpdatedRecord};
use torqueflow_model::{FieldKind, Record, Storage, Value};
use uuid::Uuid;

use crate::imported::{ImportedValues, RecordLinks};
use crate::merge::Change;
use crate::values::stored_json;
use three_way::Resolution;

pub(crate) use field::{RefreshedField, Sides, says_the_same};

/// A record of the store, and what the row says of it.
pub(crate) struct Refreshed<'a> {
    /// The record of the store.
    pub target: Uuid,
    /// How it is known at its source.
    pub source_id: String,
    /// What comes in, with what later rows add.
    pub record: &'a Record,
    /// Its resolved links.
    pub links: RecordLinks,
}

/// What becomes of each field, those that belong together being decided on together.
pub(crate) fn compare(sides: &Sides<'_>) -> Vec<RefreshedField> {
    let mut fields = sides.fields();
    units::settle(&mut fields);
    fields
}

/// Writes the fields that change into a stored record. `None`: none does.
pub(crate) fn apply(refreshed: &Refreshed<'_>, stored: &mut BusinessRow, fields: &[RefreshedField]) -> Option<Change> {
    let mut change = Writing::new(refreshed, stored);
    for field in fields.iter().filter(|field| field.resolution.writes()) {
        change.write(field);
    }
    if change.before.is_empty() {
        return None;
    }
    let (updated, before) = (change.updated, Json::Object(change.before));
    stored.version += 1;
    Some(Change {
        updated,
        before,
        version_after: stored.version,
    })
}

/// What a mapping keeps from now on: what the source says.
pub(crate) fn remembered(refreshed: &Refreshed<'_>, last: ImportedValues, fields: &[RefreshedField]) -> ImportedValues {
    let mut values = last;
    for field in fields {
        field.remember(&mut values);
        if matches!(field.spec.kind, FieldKind::Reference { .. }) {
            remember_name(refreshed.record, field, &mut values);
        }
    }
    values
}

/// A change of a record in the making.
struct Writing<'a> {
    stored: &'a mut BusinessRow,
    updated: UpdatedRecord,
    before: Map<String, Json>,
}

impl<'a> Writing<'a> {
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
pub(crate) fn mapping_before(mapped: &MappedRecord, last: &ImportedValues) -> Json {
    json!({
        "row_hash": Uuid::from_u128(mapped.row_hash),
        "imported_values": last.clone().into_json(),
        "run_id": mapped.run_id,
        "origin": mapped.origin.name(),
    })
}
