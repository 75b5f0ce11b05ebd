//! What is written down so that it can be taken back.

use serde_json::{Value as Json, json};
use torqueflow_model::EntityKind::{Customer, Product};
use torqueflow_model::import::FIRST_ENTRY;

use super::support::{CUSTOMERS, Case, PRODUCTS, case, new, stored};
use super::telling::told_journal;
use crate::facts::{Decision, found_at};

#[track_caller]
fn check(case: Case, expected: &[&str]) {
    assert_eq!(told_journal(&case.plan().batch), expected);
}

/// Jenny, whom the store has, with a new address.
fn merged(there: Json) -> Case {
    case(CUSTOMERS, &["C1|Jenny Robb||12 Mill Lane"])
        .store(Customer, 7, there)
        .decide(2, "customer", Decision::Merge(stored(7)))
}

#[test]
fn a_record_whose_id_names_its_row_is_in_no_journal() {
    check(
        case(CUSTOMERS, &["C1|Jenny Robb||12 Mill Lane|Leeds|1 High Street"]),
        &[],
    );
    check(case(PRODUCTS, &["OF1|Oil filter||Filters"]), &[]);
}

#[test]
fn a_record_that_another_row_stands_in_for_is() {
    let stand_in = case(PRODUCTS, &["OF1|Oil filter"]).with(|case| {
        let mut found = case.facts.found.drain().next().unwrap().1;
        found.record_id = new(17, "product");
        case.facts.found.insert(found_at(&found), found);
    });
    let batch = stand_in.plan().batch;
    assert_eq!(told_journal(&batch), ["2:64 created product 17.product"]);
    let entry = &batch.journal[0];
    assert_eq!(entry.version_after, Some(1));
    assert_eq!(entry.mapping, Some(("crm".to_owned(), "OF1".to_owned())));
    assert_eq!((&entry.before, &entry.mapping_before), (&None, &None));
}

#[test]
fn so_is_one_that_a_row_of_another_table_has_inherited() {
    let inherited = case(PRODUCTS, &["OF1|Oil filter"]).with(|case| {
        let mut found = case.facts.found.drain().next().unwrap().1;
        // The id of a row of another table.
        found.record_id = stored(9);
        case.facts.inherited.insert(found.key_hash, found);
    });
    check(inherited, &["2:64 created product #9"]);
}

#[test]
fn mappings_and_changes_are_in_it_in_their_order() {
    check(
        merged(json!({})),
        &["2:64 mapped customer #7", "2:65 updated customer #7"],
    );
    let full = merged(json!({})).address(stored(7), 8, json!({ "line_1": "12 Mill Lane" }));
    let all = [
        "2:64 mapped customer #7",
        "2:65 updated customer #7",
        "2:66 mapped customer_address #8",
    ];
    check(full, &all);
    let skipped = case(CUSTOMERS, &["C1|Jenny Robb"]).store(Customer, 7, json!({}));
    check(
        skipped.decide(2, "customer", Decision::Skip(stored(7))),
        &["2:64 mapped customer #7"],
    );
}

#[test]
fn each_row_counts_anew() {
    let two = case(PRODUCTS, &["OF1|Oil filter", "OF2|Air filter"])
        .existing(Product, "OF1", &[7])
        .existing(Product, "OF2", &[8]);
    check(two, &["2:64 mapped product #7", "3:64 mapped product #8"]);
}

#[test]
fn a_second_attempt_stands_behind_the_first() {
    assert_eq!(FIRST_ENTRY, 64);
    let with_attempt = |attempt| merged(json!({})).with(|case| case.attempt = attempt);
    check(
        with_attempt(1),
        &["2:64 mapped customer #7", "2:65 updated customer #7"],
    );
    check(
        with_attempt(2),
        &["2:10064 mapped customer #7", "2:10065 updated customer #7"],
    );
    check(
        with_attempt(3),
        &["2:20064 mapped customer #7", "2:20065 updated customer #7"],
    );
}

#[test]
fn what_a_merge_has_filled_was_null() {
    let batch = merged(json!({ "display_name": "Jenny Robb" })).plan().batch;
    let update = &batch.journal[1];
    let before = update.before.as_ref().unwrap().as_object().unwrap();
    assert!(before.contains_key("external_customer_number") && !before.contains_key("display_name"));
    assert!(before.values().all(Json::is_null));
    assert_eq!((update.version_after, &update.mapping), (Some(2), &None));
}
