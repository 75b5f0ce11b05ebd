//! What a record that is merged into another fills there.

use serde_json::{Value as Json, json};
use torqueflow_model::import::CreatedRecord;
use torqueflow_model::{EntityKind, Record};

use super::support::{business_row, case, clean, cleaner, stored};
use crate::imported::RecordLinks;
use crate::merge::{kept_by_created, kept_by_stored, merge_into_created, merge_into_stored};

const COLUMNS: &str = "product.code|product.name|product.stock_location|product.retail_price";
const PREFERENCES: &str =
    "customer.external_customer_number|customer.last_name|customer.notify_sms|customer.notify_email";

fn record(columns: &str, cells: &str) -> Record {
    clean(&cleaner(columns), 2, cells).records.swap_remove(0)
}

/// Merges a row into a stored record: what that has then, and what it held before in the columns that changed.
#[track_caller]
fn check(columns: &str, cells: &str, links: RecordLinks, sides: [Json; 3]) {
    let [there, after, before] = sides;
    let record = record(columns, cells);
    let mut row = business_row(stored(7), there);
    let change = merge_into_stored(record.slot.entity(), &mut row, &record, links);
    assert_eq!(json!(row.values), after, "after");
    let change = change.unwrap_or_else(|| panic!("nothing is filled: {cells}"));
    assert_eq!(change.before, before, "before");
    assert_eq!(
        (change.updated.id, change.updated.entity),
        (stored(7), record.slot.entity())
    );
    assert_eq!((change.updated.version, row.version, change.version_after), (1, 2, 2));
    let written = change.updated.values.len() + change.updated.links.len() + change.updated.json.len();
    assert_eq!(written, before.as_object().unwrap().len(), "{:?}", change.updated);
}

#[track_caller]
fn check_nothing(columns: &str, cells: &str, links: RecordLinks, there: Json) {
    let record = record(columns, cells);
    let mut row = business_row(stored(7), there);
    let before = row.clone();
    assert!(merge_into_stored(EntityKind::Product, &mut row, &record, links).is_none());
    assert_eq!(row, before);
}

#[test]
fn only_what_is_null_is_filled() {
    let there = json!({ "code": "X9", "name": "Filter" });
    check(
        COLUMNS,
        "OF1|Oil filter|A3|",
        vec![],
        [
            there.clone(),
            json!({ "code": "X9", "name": "Filter", "stock_location": "A3" }),
            json!({ "stock_location": null }),
        ],
    );
    // Decimals are stored as whole numbers of their smallest part.
    check(
        COLUMNS,
        "OF1|Oil filter|A3|9.99",
        vec![],
        [
            json!({ "code": "OF1", "name": "Filter", "stock_location": "B1" }),
            json!({ "code": "OF1", "name": "Filter", "stock_location": "B1", "retail_price": 99900 }),
            json!({ "retail_price": null }),
        ],
    );
}

#[test]
fn nothing_to_fill_writes_nothing() {
    let full = json!({ "code": "X9", "name": "Filter", "stock_location": "B1" });
    check_nothing(COLUMNS, "OF1|Oil filter|A3", vec![], full.clone());
    check_nothing(COLUMNS, "X9|Filter|", vec![], full.clone());
    let mut linked = full;
    linked["supplier_id"] = json!(stored(8));
    check_nothing(COLUMNS, "OF1|Oil filter|A3", vec![("supplier", stored(9))], linked);
}

#[test]
fn links_are_filled_by_their_columns() {
    let there = json!({ "code": "X9", "name": "Filter", "supplier_id": stored(8) });
    check(
        COLUMNS,
        "OF1|Oil filter",
        vec![("supplier", stored(9)), ("family", stored(6))],
        [
            there,
            json!({ "code": "X9", "name": "Filter", "supplier_id": stored(8), "family_id": stored(6) }),
            json!({ "family_id": null }),
        ],
    );
    // The name of a link is no column.
    let columns = "product.code|product.family";
    check_nothing(columns, "OF1|Filters", vec![], json!({ "code": "X9" }));
}

#[test]
fn preferences_are_merged_key_by_key() {
    let names = json!({
        "external_customer_number": "X9", "last_name": "Robb", "display_name": "Robb", "sort_name": "robb",
        "search_name": "robb",
    });
    let with = |preferences: Json| {
        let mut row = names.clone();
        row["notification_preferences"] = preferences;
        row
    };
    check(
        PREFERENCES,
        "C1|Robb|True|False",
        vec![],
        [
            with(json!({ "sms": false, "letters": true })),
            with(json!({ "sms": false, "letters": true, "email": false })),
            json!({ "notification_preferences": { "sms": false, "letters": true } }),
        ],
    );
    check(
        PREFERENCES,
        "C1|Robb|True|False",
        vec![],
        [
            names.clone(),
            with(json!({ "sms": true, "email": false })),
            json!({ "notification_preferences": null }),
        ],
    );
    check_nothing(PREFERENCES, "C1|Robb|True|", vec![], with(json!({ "sms": false })));
}

#[test]
fn what_a_stored_record_has_itself_is_kept() {
    let check = |columns, cells, links: RecordLinks, there, expected: &[&str]| {
        let kept = kept_by_stored(&business_row(stored(7), there), &record(columns, cells), &links);
        let mut kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        kept.sort_unstable();
        assert_eq!(kept, expected, "{cells}");
    };
    let there = json!({ "code": "X9", "retail_price": 5, "supplier_id": stored(8) });
    check(
        COLUMNS,
        "OF1|Oil filter|A3",
        vec![("supplier", stored(9))],
        there,
        &["code", "supplier_id"],
    );
    check(COLUMNS, "OF1|Oil filter", vec![("family", stored(9))], json!({}), &[]);
    let there = json!({ "notification_preferences": { "sms": false } });
    check(PREFERENCES, "C1|Robb|True|False", vec![], there, &["notify_sms"]);
}

#[test]
fn a_record_that_the_same_batch_creates_is_filled_before_it_is_written() {
    let family = ("family", stored(6));
    let mut created = CreatedRecord {
        id: stored(7),
        record: record(COLUMNS, "OF1|Oil filter||"),
        links: vec![("supplier", stored(8))],
    };
    let other = record(COLUMNS, "OF2|Filter for oil|A3|");
    let links = || vec![("supplier", stored(9)), family];
    let mut kept: Vec<String> = kept_by_created(&created, &other, &links()).into_iter().collect();
    kept.sort_unstable();
    assert_eq!(kept, ["code", "name", "supplier_id"]);
    merge_into_created(&mut created, &other, links());
    let texts = ["code", "name", "stock_location"].map(|name| created.record.text(name).unwrap());
    assert_eq!(texts, ["OF1", "Oil filter", "A3"]);
    assert_eq!(created.links, [("supplier", stored(8)), family]);
}

/// What the mapping keeps of a merged record.
#[test]
fn a_mapping_marks_what_was_kept() {
    let merged = case(COLUMNS, &["OF1|Oil filter|A3"])
        .store(EntityKind::Product, 7, json!({ "code": "X9" }))
        .decide(2, "product", crate::Decision::Merge(stored(7)));
    let batch = merged.plan().batch;
    let kept: Json = serde_json::from_str(&batch.mappings[0].imported_values).unwrap();
    let expected = json!({ "code": ["OF1", "OF1", "kept"], "name": "Oil filter", "stock_location": "A3" });
    assert_eq!(kept, expected);
}
