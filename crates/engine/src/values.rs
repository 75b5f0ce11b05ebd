//! What the source says of a record, as text and as a fingerprint, and findings in their places.

use serde_json::Value as Json;
use torqueflow_model::import::{FoundRecord, StoredFinding};
use torqueflow_model::{FieldKind, FieldValue, Finding, Record, Value, hash128};
use torqueflow_pipeline::Country;

use crate::repeats::whole;

/// A value as its text.
pub(crate) fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

/// A value as a stored record has it.
pub(crate) fn stored_json(value: &Value) -> Json {
    match value {
        Value::Decimal(decimal) => Json::from(decimal.unscaled),
        other => other.to_json(),
    }
}

/// The fingerprint of all that the file says of a record, with what later rows add to it.
pub fn row_hash(record: &Record, found: Option<&FoundRecord>, country: Country) -> u128 {
    match found {
        Some(FoundRecord { fills: Some(_), .. }) => source_hash(&whole(record, found), country),
        _ => source_hash(record, country),
    }
}

/// The fingerprint of all that the file says of a record, and of the country by which numbers and postcodes are read that
/// name none: read by another one, the same text says something else. Great Britain is the one that goes without saying.
pub fn source_hash(record: &Record, country: Country) -> u128 {
    let hash = record.raw_hash();
    let is_by_country = |field: &FieldValue| {
        let is_read = matches!(
            field.spec.kind,
            FieldKind::Phone | FieldKind::Landline | FieldKind::Postcode
        );
        is_read || matches!(field.spec.name, "phone_as_given" | "landline_as_given")
    };
    if country == Country::GB || !record.fields.iter().any(is_by_country) {
        return hash;
    }
    hash128([&hash.to_le_bytes()[..], country.code().as_bytes()])
}

/// The text of a reference field.
pub(crate) fn reference<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    record
        .fields
        .iter()
        .find(|field| field.spec.name == name && matches!(field.spec.kind, FieldKind::Reference { .. }))
        .and_then(|field| field.value.as_text())
}

/// A finding in its place, ready to be kept.
pub fn stored(row_number: i64, ordinal: i64, finding: &Finding) -> StoredFinding {
    StoredFinding {
        row_number,
        ordinal,
        severity: finding.severity().name().to_owned(),
        code: finding.code.code().to_owned(),
        column_index: finding.column.map(|column| column as i64),
        field: finding.field.map(|field| field.to_string()),
        value: finding.value.clone(),
        detail: finding.detail.clone(),
        cells: 1,
        examples: Vec::new(),
    }
}
