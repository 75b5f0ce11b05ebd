//! What becomes of rows, and what is counted.

use serde_json::json;
use torqueflow_model::EntityKind::{Customer, CustomerAddress, Product, Vehicle};
use torqueflow_model::import::{JobCounts, MappedRecord, MappingOrigin};
use torqueflow_pipeline::Country;

use super::support::{CUSTOMERS, Case, MIXED, PRODUCTS, VEHICLES, case, mapped, new, stored};
use super::telling::{shown, told_counts, told_findings, told_results};
use crate::facts::Decision;
use crate::row_hash;

const JENNY: &str = "C1|Jenny Robb||12 Mill Lane|Leeds";

/// The outcomes of the rows, and the counts of records.
#[track_caller]
fn check(case: Case, outcomes: &[&str], counts: &[&str]) {
    let rows = outcomes.len() as i64;
    let batch = case.plan().batch;
    assert_eq!(told_results(&batch), outcomes);
    assert_eq!(told_counts(&batch), counts);
    let mut counted = JobCounts::default();
    for (_, outcome) in &batch.results {
        outcome.count(&mut counted);
    }
    assert_eq!(batch.progress.counts, counted);
    assert_eq!(counted.rows(), rows);
}

#[track_caller]
fn check_findings(case: Case, expected: &[&str]) {
    assert_eq!(told_findings(&case.plan().batch), expected);
}

fn skipped(id: u128) -> MappedRecord {
    MappedRecord {
        origin: MappingOrigin::Skipped,
        ..mapped(id)
    }
}

fn with_seven(case: Case, decision: Decision) -> Case {
    case.store(Customer, 7, json!({})).decide(2, "customer", decision)
}

#[test]
fn each_row_has_one_outcome_and_each_record_counts_once() {
    let jenny = || case(CUSTOMERS, &[JENNY]);
    let both = ["customer created 1", "customer_address created 1"];
    check(jenny(), &["2 imported"], &both);
    let merged = with_seven(jenny(), Decision::Merge(stored(7)));
    check(
        merged,
        &["2 imported"],
        &["customer merged 1", "customer_address created 1"],
    );
    let skip = with_seven(jenny(), Decision::Skip(stored(7)));
    check(skip, &["2 skipped_duplicate"], &["customer skipped 1"]);
    let skip_again = jenny().map(Customer, "C1", skipped(7));
    check(skip_again, &["2 skipped_duplicate"], &["customer skipped 1"]);
    let gone = jenny().map(Customer, "C1", mapped(7)).gone(7);
    check(gone, &["2 skipped_choice"], &["customer skipped 1"]);
    let known = || jenny().map(Customer, "C1", mapped(7));
    check(known(), &["2 unchanged"], &["customer unchanged 1"]);
    let both_known = known().map(CustomerAddress, "C1|billing", mapped(8));
    check(
        both_known,
        &["2 unchanged"],
        &["customer unchanged 1", "customer_address unchanged 1"],
    );
}

#[test]
fn a_further_row_of_a_record_counts_none() {
    let twice = case(CUSTOMERS, &["C1|Jenny Robb", "C1|Jenny Robb"]);
    check(twice, &["2 imported", "3 unchanged"], &["customer created 1"]);
    let known = case(CUSTOMERS, &["C1|Jenny Robb", "C1|Jenny Robb"]).map(Customer, "C1", mapped(7));
    check(known, &["2 unchanged", "3 unchanged"], &["customer unchanged 1"]);
    let gone = case(CUSTOMERS, &["C1|Jenny Robb", "C1|Jenny Robb"]).map(Customer, "C1", mapped(7));
    check(
        gone.gone(7),
        &["2 skipped_choice", "3 skipped_choice"],
        &["customer skipped 1"],
    );
}

#[test]
fn the_first_outcome_that_a_row_may_have_counts() {
    // Imported comes before updated, and updated before skipped.
    let known = |case: Case| {
        case.store(Customer, 7, json!({}))
            .map(Customer, "C1", mapped(7))
            .imported(Customer, "C1", json!({}))
            .with(|case| case.updates = true)
    };
    check(
        known(case(CUSTOMERS, &[JENNY])),
        &["2 imported"],
        &["customer updated 1", "customer_address created 1"],
    );
    let gone_address = known(case(CUSTOMERS, &[JENNY])).map(CustomerAddress, "C1|billing", mapped(8));
    check(
        gone_address.gone(8),
        &["2 updated"],
        &["customer updated 1", "customer_address skipped 1"],
    );
    let skip = case(MIXED, &["C1|Jenny Robb||AB12 CDE"]).map(Customer, "C1", skipped(7));
    let vehicle_gone = skip.map(Vehicle, "C1|AB12CDE", mapped(8)).gone(8);
    check(
        vehicle_gone,
        &["2 skipped_duplicate"],
        &["customer skipped 1", "vehicle skipped 1"],
    );
}

#[test]
fn what_belongs_to_a_skipped_record_is_imported_for_the_match() {
    let skip = || with_seven(case(MIXED, &["C1|Jenny Robb||AB12 CDE"]), Decision::Skip(stored(7)));
    check(skip(), &["2 imported"], &["customer skipped 1", "vehicle created 1"]);
    let batch = skip().plan().batch;
    assert_eq!(batch.created[0].links, [("customer", stored(7))]);
}

#[test]
fn rows_that_are_out_bring_nothing() {
    let three = || case(PRODUCTS, &["OF1|Oil filter", "OF2|Air filter", "OF3|Fuel filter"]);
    let some_out = three().with(|case| {
        case.facts.excluded.insert(2);
        case.facts.failed.insert(3);
    });
    check(
        some_out,
        &["2 skipped_choice", "3 failed", "4 imported"],
        &["product created 1 failed 1"],
    );
    // What a person left out is left out, whatever is wrong with it.
    let both = three().with(|case| {
        case.facts.excluded.insert(2);
        case.facts.failed.insert(2);
    });
    check(
        both,
        &["2 skipped_choice", "3 imported", "4 imported"],
        &["product created 2"],
    );
    let done = three().with(|case| case.facts.done.extend([2, 4]));
    check(done, &["3 imported"], &["product created 1"]);
    check(case(PRODUCTS, &[]), &[], &[]);
}

/// Nothing is told of a record that nobody brought: its row counts as if it were there.
#[test]
fn a_row_whose_record_is_lost_counts_as_unchanged() {
    let lost = || case(CUSTOMERS, &[JENNY]).with(|case| case.facts.found.clear());
    check(lost(), &["2 unchanged"], &[]);
    check_findings(lost(), &[]);
}

#[test]
fn a_row_without_a_record_counts_nothing() {
    let empty = case(VEHICLES, &["C1|||"]);
    assert!(!empty.rows[0].clean.is_record());
    check(empty, &[], &[]);
}

#[test]
fn a_row_that_fails_counts_all_of_its_records() {
    let undecided = with_seven(case(CUSTOMERS, &[JENNY]), Decision::Undecided(stored(7)));
    check(
        undecided,
        &["2 failed"],
        &["customer failed 1", "customer_address failed 1"],
    );
    let orphan = case(MIXED, &["C1|Jenny Robb|C9|AB12 CDE"]);
    check(orphan, &["2 failed"], &["customer failed 1", "vehicle failed 1"]);
    let failed_before = case(CUSTOMERS, &[JENNY]).with(|case| {
        case.facts.failed.insert(2);
    });
    check(
        failed_before,
        &["2 failed"],
        &["customer failed 1", "customer_address failed 1"],
    );
}

#[test]
fn only_rows_that_fail_here_are_named_as_failed() {
    let rows = ["C9|AB12 CDE", "C1|XY34 ZZZ", "C1|AA11 AAA"];
    let planned = case(VEHICLES, &rows)
        .map(Customer, "C1", mapped(7))
        .with(|case| case.facts.failed.extend([3]))
        .plan();
    assert_eq!(told_results(&planned.batch), ["2 failed", "3 failed", "4 imported"]);
    assert_eq!(Vec::from_iter(planned.failed), [2]);
}

#[test]
fn what_fails_a_row_is_told() {
    let undecided = with_seven(case(CUSTOMERS, &[JENNY]), Decision::Undecided(stored(7)));
    check_findings(undecided, &["2:1000000 duplicate_appeared"]);
    let ambiguous = case(PRODUCTS, &["OF1|Oil filter"]).existing(Product, "OF1", &[7, 8]);
    check_findings(ambiguous, &["2:1000000 code_ambiguous OF1"]);
    let orphan = case(VEHICLES, &["C9|AB12 CDE"]);
    check_findings(orphan, &["2:1000000 orphan customer C9"]);
    let refused = case(PRODUCTS, &["OF1|Oil filter"]).with(|case| case.refused = Some("out of range"));
    check_findings(refused, &["2:1000000 write_failed out of range"]);
    // These were told by the analysis.
    let failed = case(VEHICLES, &["C9|AB12 CDE"]).with(|case| case.facts.failed.extend([2]));
    check_findings(failed, &[]);
}

#[test]
fn findings_of_a_row_are_counted_behind_those_of_the_analysis() {
    let columns =
        "product.code|product.family|customer.external_customer_number|customer.last_name|customer.customer_group";
    let none_made = |rows: &[&str]| case(columns, rows).with(|case| case.create_missing = false);
    check_findings(
        none_made(&["OF1|Filters|C1|Robb|Trade", "OF2|Filters"]),
        &[
            "2:1000000 lookup_not_created product family Filters",
            "2:1000001 lookup_not_created customer group Trade",
            "3:1000000 lookup_not_created product family Filters",
        ],
    );
}

#[test]
fn what_was_removed_is_told_in_its_first_row() {
    let gone = || {
        case(CUSTOMERS, &["C1|Jenny Robb", "C1|Jenny Robb"])
            .map(Customer, "C1", mapped(7))
            .gone(7)
    };
    check_findings(gone(), &["2:1000000 record_gone"]);
}

#[test]
fn what_changed_at_the_source_is_told_where_the_run_does_not_update() {
    let changed = || case(PRODUCTS, &["OF1|Oil filter"]).map(Product, "OF1", mapped(7));
    check_findings(changed(), &["2:1000000 already_imported_changed"]);
    check_findings(changed().with(|case| case.updates = true), &[]);
    let same = changed().with(|case| {
        let record = &case.rows[0].clean.records[0];
        let known = case.facts.mappings.values_mut().next().unwrap();
        known.row_hash = row_hash(record, None, Country::GB);
    });
    check_findings(same, &[]);
    // So is an address that such a customer has got.
    let address = case(CUSTOMERS, &[JENNY]).map(Customer, "C1", mapped(7));
    check_findings(
        address,
        &[
            "2:1000000 already_imported_changed",
            "2:1000001 already_imported_changed",
        ],
    );
}

#[test]
fn progress_goes_on_from_where_it_was() {
    let earlier = JobCounts {
        imported: 4,
        failed: 1,
        ..JobCounts::default()
    };
    let batch = case(PRODUCTS, &["OF1|Oil filter", "OF2|Air filter"])
        .with(|case| {
            case.progress.checkpoint = 40;
            case.progress.counts = earlier;
            case.progress
                .entity_counts
                .entry("product".to_owned())
                .or_default()
                .created = 4;
            case.rows[0].index = 40;
            case.rows[1].index = 44;
        })
        .plan()
        .batch;
    assert_eq!((batch.progress.checkpoint, batch.progress.counts.imported), (45, 6));
    assert_eq!(batch.progress.counts.failed, 1);
    assert_eq!(told_counts(&batch), ["product created 6"]);
    let none = case(PRODUCTS, &[]).with(|case| case.progress.checkpoint = 40);
    assert_eq!(none.plan().batch.progress.checkpoint, 40);
}

#[test]
fn new_records_that_name_no_location_get_that_of_the_run() {
    let links = |case: Case| {
        let created = case.with(|case| case.location = Some(stored(5))).plan().batch.created;
        let links = created.into_iter().map(|created| created.links);
        links.collect::<Vec<_>>()
    };
    let golf = |place: &str| case(VEHICLES, &[&format!("C1|AB12 CDE||{place}")]).map(Customer, "C1", mapped(7));
    let customer = ("customer", stored(7));
    assert_eq!(links(golf("")), [[customer, ("location", stored(5))]]);
    let leeds = golf("Leeds").with(|case| {
        let key = (torqueflow_model::EntityKind::Location, "leeds".to_owned());
        case.facts.lookups.insert(key, stored(6));
    });
    assert_eq!(links(leeds), [[customer, ("location", stored(6))]]);
    // A location that is not made is one that the row names all the same.
    let none_made = golf("Leeds").with(|case| case.create_missing = false);
    assert_eq!(links(none_made), [[customer]]);
    // Products have none.
    assert_eq!(links(case(PRODUCTS, &["OF1|Oil filter"])), [[]]);
}

#[test]
fn a_record_that_is_merged_gets_the_location_of_the_run_where_it_has_none() {
    let located = |there| {
        let merged = case(CUSTOMERS, &["C1|Jenny Robb"]).store(Customer, 7, there).decide(
            2,
            "customer",
            Decision::Merge(stored(7)),
        );
        let batch = merged.with(|case| case.location = Some(stored(5))).plan().batch;
        batch.updated[0].links.clone()
    };
    assert_eq!(located(json!({})), [("location", Some(stored(5)))]);
    assert_eq!(located(json!({ "location_id": stored(6) })), []);
}

#[test]
fn a_lookup_is_made_once_in_a_batch() {
    let batch = case(PRODUCTS, &["OF1|Oil filter||Filters", "OF2|Air filter||FILTERS"])
        .plan()
        .batch;
    let created: Vec<String> = batch.created.iter().map(|created| shown(created.id)).collect();
    assert_eq!(created, ["2.product.family", "2.product", "3.product"]);
    let family = &batch.created[0];
    assert_eq!(
        (family.record.text("name"), family.record.text("sort_name")),
        (Some("Filters"), Some("filters"))
    );
    for product in &batch.created[1..] {
        assert_eq!(product.links, [("family", family.id)]);
    }
    assert_eq!(told_counts(&batch), ["product created 2", "product_family created 1"]);
}

#[test]
fn an_address_that_is_the_same_is_mapped_and_kept() {
    let batch = with_seven(case(CUSTOMERS, &[JENNY]), Decision::Merge(stored(7)))
        .address(stored(7), 8, json!({ "line_1": "12 Mill Lane" }))
        .plan()
        .batch;
    assert!(batch.created.is_empty());
    let address = &batch.mappings[1];
    assert_eq!((address.record_id, address.origin), (stored(8), MappingOrigin::Merged));
    let kept: serde_json::Value = serde_json::from_str(&address.imported_values).unwrap();
    assert!(
        kept.as_object().unwrap().values().all(|entry| entry[2] == "kept"),
        "{kept}"
    );
    assert_eq!(
        told_counts(&batch),
        ["customer merged 1", "customer_address unchanged 1"]
    );
}

#[test]
fn a_record_that_an_earlier_row_of_the_batch_has_brought_is_filled_by_a_merge() {
    let merged =
        case(PRODUCTS, &["OF1|Oil filter", "OF2|Filter|A3"]).decide(3, "product", Decision::Merge(new(2, "product")));
    let batch = merged.plan().batch;
    assert_eq!(batch.created.len(), 1);
    let texts = ["code", "name", "stock_location"].map(|name| batch.created[0].record.text(name).unwrap());
    assert_eq!(texts, ["OF1", "Oil filter", "A3"]);
    assert_eq!((batch.updated.len(), batch.mappings.len()), (0, 2));
    assert_eq!(told_counts(&batch), ["product created 1 merged 1"]);
}

#[test]
fn a_record_is_created_with_what_later_rows_add() {
    let batch = case(PRODUCTS, &["OF1|Oil filter", "OF1|Filter|A3"]).plan().batch;
    let texts = ["name", "stock_location"].map(|name| batch.created[0].record.text(name).unwrap());
    assert_eq!(texts, ["Oil filter", "A3"]);
    let kept: serde_json::Value = serde_json::from_str(&batch.mappings[0].imported_values).unwrap();
    assert_eq!(kept["stock_location"], "A3");
}
