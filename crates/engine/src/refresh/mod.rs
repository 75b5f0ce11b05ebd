//! What becomes of a record that is there already and that its source may have changed.

mod field;
mod three_way;
mod units;

use serde_json::{Value as Json, json};
use torqueflow_model::import::{BusinessRow, MappedRecord};
use torqueflow_model::{FieldKind, Record, Storage, Value};
use uuid::Uuid;

use crate::change::{Change, Changing};
use crate::imported::{ImportedValues, RecordLinks};
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
    let mut change = Changing::of(refreshed.record.slot.entity(), stored);
    for field in fields.iter().filter(|field| field.resolution.writes()) {
        let value = field.incoming.as_ref();
        match (field.spec.storage, field.spec.kind) {
            (Storage::Json { column, key }, _) => change.set_key(column, key, value),
            (_, FieldKind::Reference { .. }) => {
                let id = value.and_then(Value::as_text);
                change.set_link(field.spec.name, id.and_then(|id| Uuid::parse_str(id).ok()));
            }
            _ => change.set(field.spec, field.key.clone(), value.cloned()),
        }
    }
    change.finish()
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
