//! Records over several rows: what a later row adds to the first, and where the two differ.

use serde_json::{Map, Value as Json};
use torqueflow_model::import::FoundRecord;
use torqueflow_model::{FieldRef, FieldSpec, FieldValue, Finding, FindingCode, Record, Slot, Value};
use uuid::Uuid;

use crate::values::plain;

/// What a later row of a record says otherwise than its first.
#[derive(Debug)]
pub struct Conflict {
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
pub fn merge_repeat(
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

/// Adds what later rows say of a record.
pub fn apply_fills(record: &mut Record, fills: &Json) {
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
pub fn whole(record: &Record, found: Option<&FoundRecord>) -> Record {
    let mut record = record.clone();
    if let Some(fills) = found.and_then(|found| found.fills.as_ref()) {
        apply_fills(&mut record, fills);
    }
    record
}
