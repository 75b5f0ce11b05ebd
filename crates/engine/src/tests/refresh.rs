//! What changes in a record that is there already when its source says something else.

use serde_json::{Map, Value as Json, json};
use torqueflow_model::EntityKind::{Customer, Product, Supplier};
use torqueflow_model::import::{ImportBatch, UpdatedRecord};

use super::support::{Case, case, mapped, stored};
use super::telling::{told_counts, told_findings, told_journal, told_results};

const COLUMNS: &str = "product.code|product.name|product.stock_location|product.supplier";

/// What an update writes.
fn changes(updated: &UpdatedRecord) -> Json {
    let mut changes = Map::new();
    for (spec, value) in &updated.values {
        changes.insert(spec.name.to_owned(), json!(value.as_ref().map(ToString::to_string)));
    }
    for (name, id) in &updated.links {
        changes.insert(format!("{name}_id"), json!(id));
    }
    for (column, object) in &updated.json {
        changes.insert((*column).to_owned(), json!(object));
    }
    Json::Object(changes)
}

/// Product 7 was imported as `last`, and is `there` now.
fn product(cells: &str, last: Json, there: Json) -> Case {
    case(COLUMNS, &[cells])
        .with(|case| case.updates = true)
        .map(Product, "OF1", mapped(7))
        .imported(Product, "OF1", last)
        .store(Product, 7, there)
}

fn plan(case: Case) -> ImportBatch {
    case.plan().batch
}

/// The outcome of the row, what is written into the record, and what its mapping keeps.
#[track_caller]
fn check(case: Case, outcome: &str, changed: Json, remembered: Json) {
    let batch = plan(case);
    assert_eq!(told_results(&batch), [format!("2 {outcome}")]);
    let all = batch.updated.iter().map(changes).next();
    let kept: Json = serde_json::from_str(&batch.remapped[0].imported_values).unwrap();
    assert_eq!((all.unwrap_or(json!({})), kept), (changed, remembered));
    assert_eq!(batch.remapped[0].run_id_before, mapped(7).run_id);
    assert!(batch.mappings.is_empty() && batch.confirmed.is_empty());
}

fn filter(name: &str) -> Json {
    json!({ "code": "OF1", "name": name })
}

#[test]
fn what_nobody_has_changed_here_is_taken_over() {
    let renamed = product("OF1|Oil filter", filter("Filter"), filter("Filter"));
    check(
        renamed,
        "updated",
        json!({ "name": "Oil filter" }),
        filter("Oil filter"),
    );
    let more = product("OF1|Filter|A3", filter("Filter"), filter("Filter"));
    let all = json!({ "code": "OF1", "name": "Filter", "stock_location": "A3" });
    check(more, "updated", json!({ "stock_location": "A3" }), all);
}

#[test]
fn what_a_person_has_changed_is_preserved_and_told() {
    let renamed = || product("OF1|Oil filter", filter("Filter"), filter("Our filter"));
    check(renamed(), "unchanged", json!({}), filter("Oil filter"));
    let batch = plan(renamed());
    let line = "2:1000000 field_preserved Name is `Our filter` here, was imported as `Filter`, and is `Oil filter` at the \
        source now";
    assert_eq!(told_findings(&batch), [line]);
    assert_eq!(told_counts(&batch), ["product preserved 1"]);
    assert_eq!(
        (batch.findings[0].column_index, batch.findings[0].field.as_deref()),
        (Some(1), Some("product.name"))
    );
}

#[test]
fn a_record_that_is_updated_and_preserved_counts_as_updated() {
    let both = || product("OF1|Oil filter|A3", filter("Filter"), filter("Our filter"));
    let all = json!({ "code": "OF1", "name": "Oil filter", "stock_location": "A3" });
    check(both(), "updated", json!({ "stock_location": "A3" }), all);
    let batch = plan(both());
    assert_eq!(told_counts(&batch), ["product updated 1"]);
    assert_eq!(batch.findings.len(), 1);
}

#[test]
fn what_the_source_left_to_the_record_stays() {
    let kept = json!({ "code": "OF1", "name": ["Filter", "Filter", "kept"] });
    let remembered = json!({ "code": "OF1", "name": ["Oil filter", "Oil filter", "kept"] });
    let renamed = product("OF1|Oil filter", kept, filter("Filter"));
    check(renamed, "unchanged", json!({}), remembered);
}

#[test]
fn only_the_mapping_changes_where_the_record_says_it_already() {
    let agreed = || product("OF1|Oil filter", filter("Filter"), filter("Oil filter"));
    check(agreed(), "unchanged", json!({}), filter("Oil filter"));
    let batch = plan(agreed());
    assert_eq!(told_journal(&batch), ["2:64 mapped product #7"]);
    let entry = &batch.journal[0];
    assert_eq!((&entry.before, entry.version_after), (&None, None));
    assert_eq!(
        entry.mapping_before.as_ref().unwrap()["imported_values"],
        filter("Filter")
    );
    assert_eq!(told_counts(&batch), ["product unchanged 1"]);
}

#[test]
fn the_journal_has_what_it_takes_to_take_an_update_back() {
    let batch = plan(product("OF1|Oil filter|A3", filter("Filter"), filter("Filter")));
    assert_eq!(told_journal(&batch), ["2:64 updated product #7"]);
    let entry = &batch.journal[0];
    assert_eq!(entry.before, Some(json!({ "name": "Filter", "stock_location": null })));
    assert_eq!((batch.updated[0].version, entry.version_after), (1, Some(2)));
    let mapping = json!({
        "row_hash": uuid::Uuid::nil(),
        "imported_values": filter("Filter"),
        "run_id": mapped(7).run_id,
        "origin": "created",
    });
    assert_eq!(entry.mapping_before, Some(mapping));
    assert_eq!(entry.mapping, Some(("crm".to_owned(), "OF1".to_owned())));
}

fn shelved(place: &str) -> Json {
    json!({ "code": "OF1", "name": "Filter", "stock_location": place })
}

#[test]
fn a_blank_wipes_where_blanks_wipe() {
    let blank = || product("OF1|Filter|", shelved("A3"), shelved("A3"));
    check(blank(), "unchanged", json!({}), shelved("A3"));
    let wiping = |case: Case| case.with(|case| case.blank_wipes = true);
    check(
        wiping(blank()),
        "updated",
        json!({ "stock_location": null }),
        filter("Filter"),
    );
    // But not what a person has put there.
    let moved = product("OF1|Filter|", shelved("A3"), shelved("B1"));
    check(wiping(moved), "unchanged", json!({}), filter("Filter"));
    // Nor what the file has no column for.
    let narrow = case("product.code|product.name", &["OF1|Filter"])
        .map(Product, "OF1", mapped(7))
        .imported(Product, "OF1", shelved("A3"))
        .store(Product, 7, shelved("A3"));
    check(wiping(narrow), "unchanged", json!({}), shelved("A3"));
}

#[test]
fn a_cell_that_could_not_be_read_is_not_blank() {
    let columns = "product.code|product.name|product.stock_level";
    let last = json!({ "code": "OF1", "name": "Filter", "stock_level": ["12", "12.000"] });
    let there = json!({ "code": "OF1", "name": "Filter", "stock_level": 12000 });
    let with = |cells: &str| {
        case(columns, &[cells])
            .with(|case| case.blank_wipes = true)
            .map(Product, "OF1", mapped(7))
            .imported(Product, "OF1", last.clone())
            .store(Product, 7, there.clone())
    };
    check(with("OF1|Filter|plenty"), "unchanged", json!({}), last.clone());
    check(
        with("OF1|Filter|"),
        "updated",
        json!({ "stock_level": null }),
        filter("Filter"),
    );
}

#[test]
fn the_same_text_that_is_read_otherwise_is_taken_over_but_never_told() {
    let columns = "product.code|product.name|product.retail_price";
    let with = |price: i64| {
        case(columns, &["OF1|Filter|1,234"])
            .map(Product, "OF1", mapped(7))
            .imported(Product, "OF1", misread("1.2340"))
            .store(
                Product,
                7,
                json!({ "code": "OF1", "name": "Filter", "retail_price": price }),
            )
    };
    let price = json!({ "retail_price": "1234.0000" });
    check(with(12_340), "updated", price, misread("1234.0000"));
    // Where a person has changed it, what was imported stays on record.
    check(with(50_000), "unchanged", json!({}), misread("1.2340"));
    assert!(plan(with(50_000)).findings.is_empty());
}

/// What was imported of a price of `1,234`.
fn misread(price: &str) -> Json {
    json!({ "code": "OF1", "name": "Filter", "retail_price": ["1,234", price] })
}

#[test]
fn a_link_is_looked_up_again_only_where_the_source_names_another() {
    let last = json!({ "code": "OF1", "supplier": "S1", "supplier_id": stored(8) });
    let there = json!({ "code": "OF1", "supplier_id": stored(8) });
    let with = |cells| product(cells, last.clone(), there.clone()).map(Supplier, "S2", mapped(9));
    let again = json!({ "code": "OF1", "supplier": "S1", "supplier_id": ["", stored(8)] });
    // The one that is mapped now is another, but the source says what it said.
    let same = with("OF1|||S1").map(Supplier, "S1", mapped(6));
    check(same, "unchanged", json!({}), again);
    let other = json!({ "code": "OF1", "supplier": "S2", "supplier_id": ["", stored(9)] });
    check(with("OF1|||S2"), "updated", json!({ "supplier_id": stored(9) }), other);
    // A name that leads nowhere is not remembered, and what is there stays.
    check(with("OF1|||S3"), "unchanged", json!({}), last.clone());
    let wiped = with("OF1|||").with(|case| case.blank_wipes = true);
    check(
        wiped,
        "updated",
        json!({ "supplier_id": null }),
        json!({ "code": "OF1" }),
    );
    // One that leads nowhere does not wipe: its cell is not blank.
    let unknown = with("OF1|||S3").with(|case| case.blank_wipes = true);
    check(unknown, "unchanged", json!({}), last.clone());
}

#[test]
fn a_link_that_a_person_has_changed_is_preserved() {
    let last = json!({ "code": "OF1", "supplier": "S1", "supplier_id": stored(8) });
    let there = json!({ "code": "OF1", "supplier_id": stored(6) });
    let other = json!({ "code": "OF1", "supplier": "S2", "supplier_id": ["", stored(9)] });
    let relinked = product("OF1|||S2", last, there).map(Supplier, "S2", mapped(9));
    check(relinked, "unchanged", json!({}), other);
}

#[test]
fn one_preference_changes_and_the_others_stay() {
    let columns = "customer.external_customer_number|customer.notify_sms|customer.notify_email|customer.company";
    let robbs = json!({
        "external_customer_number": "C1", "company": "Robb Ltd", "display_name": ["", "Robb Ltd"],
        "sort_name": ["", "robb"], "search_name": ["", "robb"],
        "notify_sms": ["True", true],
    });
    let there = json!({
        "external_customer_number": "C1", "company": "Robb Ltd", "display_name": "Robb Ltd", "sort_name": "robb",
        "search_name": "robb",
        "notification_preferences": { "sms": true, "letters": false },
    });
    let batch = plan(
        case(columns, &["C1|False|True|Robb Ltd"])
            .map(Customer, "C1", mapped(7))
            .imported(Customer, "C1", robbs)
            .store(Customer, 7, there),
    );
    let preferences = changes(&batch.updated[0])["notification_preferences"].clone();
    assert_eq!(preferences, json!({ "sms": false, "email": true, "letters": false }));
    let before = &batch.journal[0].before.as_ref().unwrap()["notification_preferences"];
    assert_eq!(*before, json!({ "sms": true, "letters": false }));
}

/// Product 7 has the code of the row, and is `there`.
fn existing(cells: &str, there: Json) -> ImportBatch {
    plan(
        case(COLUMNS, &[cells])
            .existing(Product, "OF1", &[7])
            .store(Product, 7, there),
    )
}

#[test]
fn a_record_of_the_same_code_says_what_the_file_says() {
    let batch = existing(
        "OF1|Oil filter|",
        json!({ "code": "OF1", "name": "Filter", "stock_location": "B1" }),
    );
    assert_eq!(told_results(&batch), ["2 updated"]);
    assert_eq!(told_counts(&batch), ["product updated 1"]);
    // A blank changes nothing.
    assert_eq!(changes(&batch.updated[0]), json!({ "name": "Oil filter" }));
    assert_eq!(
        told_journal(&batch),
        ["2:64 mapped product #7", "2:65 updated product #7"]
    );
    assert_eq!(batch.mappings[0].origin.name(), "merged");
    let kept: Json = serde_json::from_str(&batch.mappings[0].imported_values).unwrap();
    assert_eq!(kept, filter("Oil filter"));
}

#[test]
fn a_record_of_the_same_code_that_says_the_same_is_mapped_only() {
    let batch = existing(
        "OF1|Filter",
        json!({ "code": "OF1", "name": "Filter", "stock_location": "B1" }),
    );
    assert_eq!(told_results(&batch), ["2 unchanged"]);
    assert_eq!(told_counts(&batch), ["product unchanged 1"]);
    assert_eq!(told_journal(&batch), ["2:64 mapped product #7"]);
    assert!(batch.updated.is_empty());
}

#[test]
fn blanks_never_wipe_what_was_found_by_its_code() {
    let wiping = case(COLUMNS, &["OF1|Filter|"])
        .with(|case| case.blank_wipes = true)
        .existing(Product, "OF1", &[7])
        .store(
            Product,
            7,
            json!({ "code": "OF1", "name": "Filter", "stock_location": "B1" }),
        );
    assert!(plan(wiping).updated.is_empty());
}
