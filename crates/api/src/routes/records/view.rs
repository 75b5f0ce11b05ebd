//! Records as JSON.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use torqueflow_app::records::ListedRecord;
use torqueflow_model::{Decimal, EntityKind, FieldKind, Storage};

use super::shown_fields;

/// A page of records; their amounts are in this currency.
pub fn page(kind: EntityKind, records: &[ListedRecord], currency: Option<&str>, next_cursor: Option<&str>) -> Value {
    let items: Vec<Value> = records.iter().map(|one| record(kind, one, currency)).collect();
    json!({ "items": items, "next_cursor": next_cursor })
}

/// A record: what every record has, then its fields. Decimals are strings, so that no penny is lost.
pub fn record(kind: EntityKind, record: &ListedRecord, currency: Option<&str>) -> Value {
    let mut view = Map::new();
    view.insert("id".to_owned(), record.row.id.to_string().into());
    view.insert("version".to_owned(), record.row.version.into());
    view.insert("created_at".to_owned(), moment(record.created_at));
    view.insert("updated_at".to_owned(), moment(record.updated_at));
    if let Some(currency) = currency {
        view.insert("currency".to_owned(), currency.into());
    }
    for (spec, column) in shown_fields(kind) {
        let value = record
            .row
            .values
            .get(&column)
            .map_or(Value::Null, |kept| value(spec.kind, kept));
        view.insert(column, value);
    }
    for column in json_columns(kind) {
        let value = record.row.values.get(column).cloned().unwrap_or(Value::Null);
        view.insert(column.to_owned(), value);
    }
    view.into()
}

/// Whether records of a kind have amounts of money.
pub fn has_money(kind: EntityKind) -> bool {
    kind.fields().iter().any(|spec| spec.is_money)
}

/// The columns that hold several fields.
pub fn json_columns(kind: EntityKind) -> Vec<&'static str> {
    let mut columns: Vec<_> = kind
        .fields()
        .iter()
        .filter_map(|spec| match spec.storage {
            Storage::Json { column, .. } => Some(column),
            Storage::Column | Storage::Input => None,
        })
        .collect();
    columns.dedup();
    columns
}

fn value(kind: FieldKind, kept: &Value) -> Value {
    match (kind, kept.as_i64()) {
        (FieldKind::Decimal { scale }, Some(unscaled)) => Decimal { unscaled, scale }.to_string().into(),
        _ => kept.clone(),
    }
}

fn moment(moment: OffsetDateTime) -> Value {
    moment.format(&Rfc3339).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_strings_and_nothing_else_changes() {
        let decimal = FieldKind::Decimal { scale: 2 };
        assert_eq!(value(decimal, &json!(12_050)), json!("120.50"));
        assert_eq!(value(FieldKind::Integer, &json!(12_050)), json!(12_050));
        assert_eq!(value(FieldKind::Text, &json!("a")), json!("a"));
    }

    #[test]
    fn only_what_has_amounts_has_a_currency() {
        let with: Vec<_> = EntityKind::ALL.into_iter().filter(|kind| has_money(*kind)).collect();
        let expected = [
            EntityKind::Product,
            EntityKind::LabourUnit,
            EntityKind::WorkOrder,
            EntityKind::WorkOrderPart,
            EntityKind::WorkOrderLabour,
            EntityKind::Invoice,
            EntityKind::Payment,
        ];
        assert_eq!(with, expected);
    }
}
