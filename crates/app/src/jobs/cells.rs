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
    let joining = plan.columns.iter().filter(|column| column.shape.join.is_some());
    let joined: Vec<FieldRef> = joining.filter_map(|column| column.field).collect();
    let cell = |index: usize| {
        let original = row.cells.get(index).map(|cell| cell.text.clone()).unwrap_or_default();
        let field = fields.get(index).copied().flatten();
        let is_joined = |field: FieldRef| joined.contains(&field);
        let value = field.and_then(|field| value_of(clean, field, original.trim(), &fields, is_joined(field)));
        let (field, cleaned) = match value {
            Some((field, value)) => (Some(field), Some(value)),
            None => (field, None),
        };
        PreviewCell {
            original,
            field: field.map(|field| field.to_string()),
            cleaned,
        }
    };
    (0..columns).map(cell).collect()
}

/// What becomes of this text in the column of a field: the value, and the field that has it in the end. A landline among
/// mobiles moves on to the field for landlines. `is_joined`: the columns of the field make one value.
fn value_of(
    clean: &CleanRow,
    field: FieldRef,
    text: &str,
    fields: &[Option<FieldRef>],
    is_joined: bool,
) -> Option<(FieldRef, String)> {
    let record = clean.records.iter().find(|record| record.slot == field.slot)?;
    if field.spec.kind == FieldKind::SourceId {
        return given_id(record).map(|id| (field, id));
    }
    let is_this_text = |value: &&FieldValue| !text.is_empty() && value.raw.trim() == text;
    let is_shared = !is_joined && fields.iter().filter(|other| **other == Some(field)).count() > 1;
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

#[cfg(test)]
mod tests {
    use time::macros::date;
    use torqueflow_model::Cell;
    use torqueflow_pipeline::{Cleaner, Sources};

    use super::*;

    /// Cleans a row below these headers, and compares its cells: `field = value`, and `-` where there is none.
    #[track_caller]
    fn check(headers: &[&str], texts: &[&str], expected: &[&str]) {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let row = Row {
            number: 2,
            cells: texts.iter().map(|text| Cell::text(*text)).collect(),
        };
        let detection = Sources::built_in().detect(None, &headers, std::slice::from_ref(&row));
        let plan = TablePlan::from_detection(&detection);
        let clean = Cleaner::new(&plan, None, date!(2026 - 11 - 22)).clean(&row);
        let shown: Vec<String> = cells(&plan, &row, &clean)
            .into_iter()
            .map(|cell| {
                let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
                format!("{} = {}", or_none(cell.field), or_none(cell.cleaned))
            })
            .collect();
        assert_eq!(shown, expected, "{:?}", clean.records);
    }

    #[test]
    fn each_cell_stands_beside_its_value() {
        check(
            &["Customer Number", "Name", "Mobile", "Email", "Zodiac"],
            &["C-1", " ann  ash ", "07700 900123", "n/a", "Leo"],
            &[
                "customer.external_customer_number = C-1",
                "customer.display_name = Ann Ash",
                "customer.phone = +447700900123",
                "customer.email = -",
                "- = -",
            ],
        );
    }

    #[test]
    fn what_moves_on_is_shown_where_it_goes() {
        check(
            &["Customer Number", "Name", "Mobile"],
            &["C-1", "Ann Ash", "0113 496 0101"],
            &[
                "customer.external_customer_number = C-1",
                "customer.display_name = Ann Ash",
                "customer.landline = +441134960101",
            ],
        );
    }
}
