//! The cells of a row, each beside what becomes of it.

use serde::Serialize;
use torqueflow_model::{FieldKind, FieldRef, Row, SourceId};
use torqueflow_pipeline::{CleanRow, TablePlan};

/// A cell of a preview, beside what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewCell {
    /// The text as it is in the file.
    pub original: String,
    /// The field that the column feeds: `customer.phone`. `None`: the column is not imported.
    pub field: Option<String>,
    /// The value that the field gets, from this cell or what it inherits. `None`: it gets none, or another column's.
    pub cleaned: Option<String>,
}

/// The cells of a row by column, with their values.
pub(super) fn cells(plan: &TablePlan, row: &Row, clean: &CleanRow) -> Vec<PreviewCell> {
    let columns = plan.columns.len().max(row.cells.len());
    (0..columns)
        .map(|index| {
            let original = row.cells.get(index).map(|cell| cell.text.clone()).unwrap_or_default();
            let field = plan.columns.get(index).and_then(|column| column.field);
            let feeders = plan.columns.iter().filter(|column| column.field == field).count();
            let cleaned = field.and_then(|field| value_of(clean, field, (feeders > 1).then_some(original.trim())));
            PreviewCell {
                original,
                field: field.map(|field| field.to_string()),
                cleaned,
            }
        })
        .collect()
}

/// What a field of a cleaned row says; with `only`, if it was made of this text.
fn value_of(clean: &CleanRow, field: FieldRef, only: Option<&str>) -> Option<String> {
    let record = clean.records.iter().find(|record| record.slot == field.slot)?;
    if field.spec.kind == FieldKind::SourceId {
        return match &record.source_id {
            SourceId::Given(id) => Some(id.clone()),
            SourceId::Derived(_) | SourceId::Content(_) => None,
        };
    }
    let value = record.fields.iter().find(|value| value.spec.name == field.spec.name)?;
    let is_its_own = only.is_none_or(|text| value.raw.trim() == text);
    is_its_own.then(|| value.value.to_string())
}
