//! Rows that are planned together and the same ones apart: where the first row of a record decides for the next.

use serde_json::json;
use torqueflow_model::EntityKind::{Customer, Product};

use super::chunks::{Became, Order, plan_in};
use super::store::Store;
use super::support::{CUSTOMERS, Case, PRODUCTS, business_row, case, mapped, new, stored};
use super::telling::{told_counts, told_results};
use crate::facts::Decision;

/// What the rows become in one batch, and in one for each.
fn both(case: &Case, store: &Store) -> [Became; 2] {
    [&[usize::MAX], &[1_usize]].map(|sizes| plan_in(case, store.clone(), sizes, Order::Committed))
}

fn with_record(entity: torqueflow_model::EntityKind, values: serde_json::Value) -> Store {
    let mut store = Store::default();
    store
        .records
        .insert(stored(7), (entity, business_row(stored(7), values)));
    store
}

/// A match stands for all rows of a record, also in the batch in which that is found out.
#[test]
fn a_further_row_of_a_skipped_record_is_skipped() {
    for further in ["C1|Jenny Robb||12 Mill Lane|Leeds", "C1|Jenny Robb"] {
        let skip = case(CUSTOMERS, &["C1|Jenny Robb", further]).decide(2, "customer", Decision::Skip(stored(7)));
        for became in both(&skip, &with_record(Customer, json!({ "display_name": "Jenny Robb" }))) {
            assert_eq!(
                became.results,
                ["2 skipped_duplicate", "3 skipped_duplicate"],
                "{further}"
            );
            assert_eq!(became.counts, ["customer skipped 1"], "{further}");
            assert_eq!(became.mappings.len(), 1, "{further}");
        }
    }
}

/// Where the first row of a customer has updated it, an address of a further row is compared with those that are there.
#[test]
fn a_further_address_of_an_updated_customer_is_compared() {
    let rows = ["C1|Jenny Robb|jenny@robb.example", "C1|Jenny Robb||12 Mill Lane"];
    let mut store = with_record(Customer, json!({ "display_name": "Jenny Robb" }));
    store.mappings.insert((Customer, "C1".to_owned()), mapped(7));
    store.imported.insert((Customer, "C1".to_owned()), json!({}));
    let address = json!({ "line_1": "12 Mill Lane", "customer_id": stored(7) });
    let kind = torqueflow_model::EntityKind::CustomerAddress;
    store
        .records
        .insert(stored(8), (kind, business_row(stored(8), address)));
    for became in both(&case(CUSTOMERS, &rows).with(|case| case.updates = true), &store) {
        assert_eq!(became.results, ["2 updated", "3 unchanged"]);
        assert_eq!(became.counts, ["customer updated 1", "customer_address unchanged 1"]);
    }
}

/// The name of a link is marked as kept like its column.
#[test]
fn the_name_of_a_kept_link_is_marked() {
    let merged = case(PRODUCTS, &["OF1|Oil filter||Filters", "OF2|Filter||Filters"]).decide(
        3,
        "product",
        Decision::Merge(new(2, "product")),
    );
    let [together, apart] = both(&merged, &Store::default());
    for became in [&together, &apart] {
        let of_second = became.mappings.last().unwrap();
        assert!(
            of_second.contains(r#""family":["Filters","Filters","kept"]"#),
            "{of_second}"
        );
    }
    assert_eq!(together.records, apart.records);
}

/// A vehicle that gets its registration by a merge is found by it.
#[test]
fn a_registration_that_was_merged_leads_to_its_vehicle() {
    let columns = "vehicle.vin|vehicle.registration|work_order.number|work_order.registration";
    let rows = ["WVWZZZ1KZ6W612305", "WVWZZZ1KZ6W612306|AB12 CDE", "||J1|AB12 CDE"];
    let merged = case(columns, &rows)
        .with(|case| case.orphans = crate::Orphans::Unlinked)
        .decide(3, "vehicle", Decision::Merge(new(2, "vehicle")));
    for became in both(&merged, &Store::default()) {
        let job = became.created.last().unwrap();
        assert!(job.ends_with(r#"["vehicle=2.vehicle"]"#), "{job}");
    }
}

/// A row that fails makes no lookup, whichever of its links fails it.
#[test]
fn a_row_that_fails_leaves_nothing_behind() {
    let columns = "work_order.number|work_order.customer|work_order.location|invoice.number|invoice.customer";
    for row in ["J1|C1|Leeds|I1|C9", "J1|C9|Leeds|I1|C1"] {
        let batch = case(columns, &[row]).map(Customer, "C1", mapped(7)).plan().batch;
        assert_eq!(told_results(&batch), ["2 failed"], "{row}");
        assert!(batch.writes_no_record(), "{row}");
        assert_eq!(
            told_counts(&batch),
            ["invoice failed 1", "work_order failed 1"],
            "{row}"
        );
    }
    assert!(
        case(PRODUCTS, &["OF1"])
            .existing(Product, "OF1", &[7, 8])
            .plan()
            .batch
            .writes_no_record()
    );
}

/// When a link is taken over, its mapping keeps the id without a text; when it was created, with its text.
#[test]
fn a_link_is_kept_otherwise_by_a_creation_than_by_a_refresh() {
    use torqueflow_model::EntityKind::Supplier;
    let with = |id| case(PRODUCTS, &["OF1|Oil filter|||S1"]).map(Supplier, "S1", mapped(id));
    let kept = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["supplier_id"].clone();
    let created = with(8).plan().batch;
    assert_eq!(kept(&created.mappings[0].imported_values), json!(stored(8)));
    let refreshed = with(8)
        .map(Product, "OF1", mapped(7))
        .imported(Product, "OF1", json!({}))
        .store(Product, 7, json!({}));
    assert_eq!(
        kept(&refreshed.plan().batch.remapped[0].imported_values),
        json!(["", stored(8)])
    );
}
