//! The cells of a row, each beside what becomes of it.

use serde::Serialize;
use torqueflow_model::{FieldKind, FieldRef, FieldValue, Record, Row, SourceId};
use torqueflow_pipeline::{CleanRow, TablePlan};

/// A cell of a preview, beside what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewCell {
    /// The text as it is in the file.
    pub original: String,
    /// The field that the cell feeds: `customer.phone`. `None`: the column is not imported.
    pub field: Option<String>,
    /// The value that the field gets, from this cell or from the row above that the row belongs to. `None`: it gets none, or
    /// another column's.
    pub cleaned: Option<String>,
}

/// The cells of a row by column, with their values.
pub(super) fn cells(plan: &TablePlan, row: &Row, clean: &CleanRow) -> Vec<PreviewCell> {
    let fields: Vec<Option<FieldRef>> = plan.columns.iter().map(|column| column.field).collect();
    let columns = fields.len().max(row.cells.len());
    let cell = |index: usize| {
        let original = row.cells.get(index).map(|cell| cell.text.clone()).unwrap_or_default();
        let field = fields.get(index).copied().flatten();
        let value = field.and_then(|field| value_of(clean, field, original.trim(), &fields));
        let (field, cleaned) = value
            .map(|(field, value)| (Some(field), Some(value)))
            .unwrap_or((field, None));
        PreviewCell {
            original,
            field: field.map(|field| field.to_string()),
            cleaned,
        }
    };
    (0..columns).map(cell).collect()
}

/// What becomes of this text in the column of a field: the value, and the field that has it in the end. A landline among
/// mobiles moves on to the field for landlines.
fn value_of(clean: &CleanRow, field: FieldRef, text: &str, fields: &[Option<FieldRef>]) -> Option<(FieldRef, String)> {
    let record = clean.records.iter().find(|record| record.slot == field.slot)?;
    if field.spec.kind == FieldKind::SourceId {
        return given_id(record).map(|id| (field, id));
    }
    let is_this_text = |value: &&FieldValue| !text.is_empty() && value.raw.trim() == text;
    let is_shared = fields.iter().filter(|other| **other == Some(field)).count() > 1;
    let own = record.fields.iter().find(|value| value.spec.name == field.spec.name);
    if let Some(value) = own.filter(|value| !is_shared || is_this_text(value)) {
        return Some((field, value.value.to_string()));
    }
    record
        .fields
        .iter()
        .filter(is_this_text)
        .filter_map(|value| Some((FieldRef::new(field.slot, value.spec.name)?, value)))
        .find(|(moved, _)| !fields.contains(&Some(*moved)))
        .map(|(moved, value)| (moved, value.value.to_string()))
}

fn given_id(record: &Record) -> Option<String> {
    match &record.source_id {
        SourceId::Given(id) => Some(id.clone()),
        SourceId::Derived(_) | SourceId::Content(_) => None,
    }
}
