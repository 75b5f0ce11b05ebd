//! Records over several rows, and findings in their place.

use serde_json::{Map, Value as Json};
use torqueflow_model::{
    FieldKind, FieldRef, FieldSpec, FieldValue, Finding, FindingCode, Record, Slot, Value, hash128,
};
use torqueflow_persistence::{FindingCell, FoundRecord, StoredFinding};
use torqueflow_pipeline::{ColumnFinding, Country};
use uuid::Uuid;

/// What a later row of a record says otherwise than its first.
#[derive(Debug)]
pub(crate) struct Conflict {
    spec: &'static FieldSpec,
    /// The value that stays.
    kept: String,
    /// The text that is lost.
    lost: String,
}

impl Conflict {
    /// The finding, in the column of the value that is lost, with the one that is kept.
    pub fn finding(self, slot: Slot, column_of: impl Fn(FieldRef) -> Option<usize>) -> Finding {
        let field = FieldRef::new(slot, self.spec.name);
        Finding {
            code: FindingCode::ConflictingRepeat,
            column: field.and_then(column_of),
            field,
            value: self.lost,
            detail: format!("{} is `{}`", self.spec.label, self.kept),
        }
    }
}

/// Merges a later row of the same record into its first: adds to `fills` what the first lacks, with the job and row that
/// it comes from, and says where they differ.
pub(crate) fn merge_repeat(
    first: &Record,
    fills: &mut Option<Json>,
    repeat: &Record,
    (job_id, row_number): (Uuid, i64),
) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    for field in &repeat.fields {
        let kept = first
            .get(field.spec.name)
            .map(Value::to_json)
            .or_else(|| fills.as_ref()?.get(field.spec.name)?.get(1).cloned());
        let value = field.value.to_json();
        match kept {
            None => {
                let entry = serde_json::json!([field.raw, value, job_id, row_number]);
                if let Json::Object(object) = fills.get_or_insert_with(|| Json::Object(Map::new())) {
                    object.insert(field.spec.name.to_owned(), entry);
                }
            }
            // What is made from other fields differs because they do.
            Some(kept) if kept != value && field.spec.mappable && !field.raw.is_empty() => {
                conflicts.push(Conflict {
                    spec: field.spec,
                    kept: plain(&kept),
                    lost: field.raw.clone(),
                });
            }
            Some(_) => {}
        }
    }
    conflicts
}

fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

/// Adds what later rows say of a record.
pub(crate) fn apply_fills(record: &mut Record, fills: &Json) {
    let Json::Object(fills) = fills else { return };
    let specs = record.slot.entity().fields();
    for (name, entry) in fills {
        let Some(spec) = specs.iter().find(|spec| spec.name == name) else {
            continue;
        };
        let raw = entry.get(0).and_then(Json::as_str).unwrap_or_default();
        if let Some(value) = entry.get(1).and_then(|json| Value::from_json(spec.kind, json)) {
            record.fields.push(FieldValue {
                spec,
                value,
                raw: raw.to_owned(),
            });
        }
    }
}

/// The record with what later rows add to it.
pub(crate) fn whole(record: &Record, found: Option<&FoundRecord>) -> Record {
    let mut record = record.clone();
    if let Some(fills) = found.and_then(|found| found.fills.as_ref()) {
        apply_fills(&mut record, fills);
    }
    record
}

/// The fingerprint of all that the file says of a record, with what later rows add to it.
pub(crate) fn row_hash(record: &Record, found: Option<&FoundRecord>, country: Country) -> u128 {
    match found {
        Some(FoundRecord { fills: Some(_), .. }) => source_hash(&whole(record, found), country),
        _ => source_hash(record, country),
    }
}

/// The fingerprint of all that the file says of a record, and of the country by which numbers and postcodes are read that
/// name none: read by another one, the same text says something else. Great Britain is the one that goes without saying.
pub(crate) fn source_hash(record: &Record, country: Country) -> u128 {
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
pub(crate) fn stored(row_number: i64, ordinal: i64, finding: &Finding) -> StoredFinding {
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

/// A finding of a column, ready to be kept.
pub(crate) fn stored_of_column(ordinal: i64, of_column: &ColumnFinding) -> StoredFinding {
    let examples = of_column.examples.iter().map(|example| FindingCell {
        row: example.row as i64,
        value: example.value.clone(),
        detail: example.detail.clone(),
    });
    StoredFinding {
        cells: of_column.cells as i64,
        examples: examples.collect(),
        ..stored(0, ordinal, &of_column.finding)
    }
}

/// The message of a finding for a person, without its place.
pub(crate) fn message_of(finding: &StoredFinding) -> String {
    let Some(code) = FindingCode::from_code(&finding.code) else {
        return finding.code.clone();
    };
    if finding.row().is_some() {
        return code.message(&finding.detail).into_owned();
    }
    let rows: Vec<u64> = finding.examples.iter().map(|cell| cell.row.unsigned_abs()).collect();
    code.message_of_column(&finding.detail, finding.cells.unsigned_abs(), &rows)
}
