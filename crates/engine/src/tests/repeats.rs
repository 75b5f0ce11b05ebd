//! What a later row of a record adds to the first.

use serde_json::{Value as Json, json};

use super::support::{JOB, clean, cleaner};
use crate::repeats::{apply_fills, merge_repeat};

const COLUMNS: &str = "product.code|product.name|product.stock_location|product.retail_price";

/// What further rows add to a record, and where they say otherwise.
#[track_caller]
fn check(rows: &[&str], expected: &Json, conflicts: &[&str]) {
    let cleaner = cleaner(COLUMNS);
    let record = |number, cells| clean(&cleaner, number, cells).records.swap_remove(0);
    let (first, further) = rows.split_first().unwrap();
    let mut first = record(2, first);
    let (mut fills, mut told) = (None, Vec::new());
    for (number, cells) in (3..).zip(further) {
        let found = merge_repeat(&first, &mut fills, &record(number, cells), (JOB, number));
        let findings = found
            .into_iter()
            .map(|one| one.finding(first.slot, |field| cleaner.column_of(field)));
        told.extend(findings.map(|one| format!("{:?} {} {}: {}", one.column, one.code.code(), one.value, one.detail)));
    }
    assert_eq!(told, conflicts, "{rows:?}");
    assert_eq!(fills.unwrap_or(Json::Null), *expected, "{rows:?}");
    let fields = first.fields.len();
    apply_fills(&mut first, expected);
    assert_eq!(
        first.fields.len(),
        fields + expected.as_object().map_or(0, serde_json::Map::len)
    );
    for (name, entry) in expected.as_object().into_iter().flatten() {
        assert_eq!(first.get(name).unwrap().to_json(), entry[1], "{name}");
    }
}

#[test]
fn a_later_row_adds_what_the_first_lacks() {
    check(&["OF1|Oil filter", "OF1|Oil filter"], &Json::Null, &[]);
    check(
        &["OF1|Oil filter", "OF1||A3"],
        &json!({ "stock_location": ["A3", "A3", JOB, 3] }),
        &[],
    );
    check(
        &["OF1|Oil filter", "OF1||A3", "OF1||A3|£9.99"],
        &json!({ "stock_location": ["A3", "A3", JOB, 3], "retail_price": ["£9.99", "9.9900", JOB, 4] }),
        &[],
    );
}

#[test]
fn the_first_row_that_says_something_has_its_say() {
    let conflict = "Some(1) conflicting_repeat Filter: Name is `Oil filter`";
    check(&["OF1|Oil filter", "OF1|Filter"], &Json::Null, &[conflict]);
    let conflict = "Some(2) conflicting_repeat B1: Stock location is `A3`";
    let fills = json!({ "stock_location": ["A3", "A3", JOB, 3] });
    check(&["OF1|", "OF1||A3", "OF1||B1"], &fills, &[conflict]);
    // What is only written differently is no conflict.
    check(&["OF1|||9.99", "OF1|||£9.99"], &Json::Null, &[]);
}

#[test]
fn what_is_made_of_a_conflict_is_none_of_its_own() {
    let cleaner = cleaner("customer.external_customer_number|customer.display_name");
    let [first, further] =
        ["C1|Jenny Robb", "C1|Mike Senn"].map(|cells| clean(&cleaner, 2, cells).records.swap_remove(0));
    assert_ne!(first.get("sort_name"), further.get("sort_name"));
    let conflicts = merge_repeat(&first, &mut None, &further, (JOB, 3)).into_iter();
    let details: Vec<String> = conflicts.map(|one| one.finding(first.slot, |_| None).detail).collect();
    assert_eq!(details, ["Name is `Jenny Robb`"]);
}

#[test]
fn fills_that_no_field_has_are_nothing() {
    let mut record = clean(&cleaner(COLUMNS), 2, "OF1").records.swap_remove(0);
    let before = record.clone();
    for fills in [
        json!({ "nothing": ["A3", "A3"] }),
        json!({ "name": [] }),
        json!([]),
        json!({ "retail_price": ["x", "x"] }),
    ] {
        apply_fills(&mut record, &fills);
        assert_eq!(record, before, "{fills}");
    }
}
