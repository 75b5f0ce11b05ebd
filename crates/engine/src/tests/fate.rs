//! What becomes of a record that stands for itself.

use serde_json::json;
use torqueflow_model::EntityKind::{Customer, Product};
use torqueflow_model::import::{FoundRecord, MappedRecord, MappingOrigin};

use super::support::{CUSTOMERS, Case, PRODUCTS, case, mapped, mapped_now, new, stored};
use crate::facts::{Decision, found_at};

/// What becomes of the records of the last row.
#[track_caller]
fn check(case: &Case, expected: &[&str]) {
    assert_eq!(case.fates(), expected);
}

fn jenny() -> Case {
    case(CUSTOMERS, &["C1|Jenny Robb"])
}

/// What the analysis kept of the record that a row brings.
fn take_found(case: &mut Case) -> FoundRecord {
    let place = *case.facts.found.keys().next().unwrap();
    case.facts.found.remove(&place).unwrap()
}

#[test]
fn what_nobody_knows_is_created() {
    check(&jenny(), &["Create 2.customer"]);
    check(
        &case(CUSTOMERS, &["C1|Jenny Robb", "C2|Mike Senn"]),
        &["Create 3.customer"],
    );
    // The same id of another kind of record says nothing.
    check(&jenny().map(Product, "C1", mapped(7)), &["Create 2.customer"]);
}

#[test]
fn what_an_earlier_row_has_brought_is_a_repeat() {
    let twice = || case(CUSTOMERS, &["C1|Jenny Robb", "C1|Jenny Robb"]);
    check(&twice(), &["Repeat 2.customer"]);
    check(&twice().last_row_apart(), &["Repeat 2.customer"]);
    check(&jenny().map(Customer, "C1", mapped_now(7)), &["Repeat #7"]);
    let merged = MappedRecord {
        origin: MappingOrigin::Merged,
        ..mapped_now(7)
    };
    check(&jenny().map(Customer, "C1", merged), &["Repeat #7"]);
}

#[test]
fn equal_rows_without_an_id_are_several_records() {
    let equal = || case(CUSTOMERS, &["|Jenny Robb", "|Jenny Robb"]);
    check(&equal(), &["Create 3.customer"]);
    check(&equal().last_row_apart(), &["Create 3.customer"]);
}

#[test]
fn an_equal_row_is_known_by_its_place_among_its_equals() {
    let equal = case(CUSTOMERS, &["|Jenny Robb", "|Jenny Robb"]);
    let id = torqueflow_pipeline::id_text(&equal.rows[0].clean.records[0].source_id, 1);
    check(&equal.map(Customer, &id, mapped(7)), &["Unchanged #7"]);
}

#[test]
fn what_an_earlier_run_has_imported_is_updated_where_both_its_sides_are_known() {
    let known = || jenny().map(Customer, "C1", mapped(7));
    check(&known(), &["Unchanged #7"]);
    check(&known().store(Customer, 7, json!({})), &["Unchanged #7"]);
    check(&known().imported(Customer, "C1", json!({})), &["Unchanged #7"]);
    let both = || {
        known()
            .store(Customer, 7, json!({}))
            .imported(Customer, "C1", json!({}))
    };
    check(&both(), &["Update #7"]);
    // The facts say whether a run updates: they hold what was imported last only where it does.
    check(&both().with(|case| case.updates = true), &["Update #7"]);
}

#[test]
fn what_somebody_has_removed_since_is_gone() {
    let gone = || jenny().gone(7);
    check(&gone().map(Customer, "C1", mapped(7)), &["Gone"]);
    check(&gone().map(Customer, "C1", mapped_now(7)), &["Gone"]);
    check(&gone().map(Customer, "C1", mapped(8)), &["Unchanged #8"]);
    let skipped = MappedRecord {
        origin: MappingOrigin::Skipped,
        ..mapped(7)
    };
    check(&gone().map(Customer, "C1", skipped), &["Gone"]);
}

#[test]
fn what_was_skipped_stays_skipped() {
    for known in [mapped(7), mapped_now(7)] {
        let skipped = MappedRecord {
            origin: MappingOrigin::Skipped,
            ..known
        };
        let skipped = jenny().map(Customer, "C1", skipped);
        check(&skipped, &["Skip #7"]);
        let changed = skipped
            .store(Customer, 7, json!({}))
            .imported(Customer, "C1", json!({}));
        check(&changed, &["Skip #7"]);
    }
}

#[test]
fn a_match_is_dealt_with_as_it_was_decided() {
    for (decision, expected) in [
        (Decision::Skip(stored(7)), "Skip #7"),
        (Decision::Merge(stored(7)), "Merge #7"),
        (Decision::Undecided(stored(7)), "Undecided"),
    ] {
        let decided = || jenny().decide(2, "customer", decision);
        check(&decided().store(Customer, 7, json!({})), &[expected]);
        // A match that is itself not there is no match.
        check(&decided(), &["Create 2.customer"]);
        // What was imported before has been decided on before.
        let known = decided().store(Customer, 7, json!({})).map(Customer, "C1", mapped(8));
        check(&known, &["Unchanged #8"]);
    }
}

#[test]
fn a_match_may_be_a_record_of_the_same_batch() {
    let rows = ["C1|Jenny Robb", "C2|Jennifer Robb"];
    for (decision, expected) in [
        (Decision::Skip(new(2, "customer")), "Skip 2.customer"),
        (Decision::Merge(new(2, "customer")), "Merge 2.customer"),
        (Decision::Undecided(new(2, "customer")), "Undecided"),
    ] {
        check(&case(CUSTOMERS, &rows).decide(3, "customer", decision), &[expected]);
    }
    // One that comes later is not there yet.
    let later = Decision::Merge(new(4, "customer"));
    check(
        &case(CUSTOMERS, &rows).decide(3, "customer", later),
        &["Create 3.customer"],
    );
}

#[test]
fn a_match_of_a_batch_that_is_still_being_written_is_not_seen() {
    // So rows with matches are not planned ahead.
    let merged = case(CUSTOMERS, &["C1|Jenny Robb", "C2|Jennifer Robb"])
        .decide(3, "customer", Decision::Merge(new(2, "customer")))
        .last_row_apart();
    check(&merged, &["Create 3.customer"]);
}

#[test]
fn what_a_code_names_is_to_say_what_the_file_says() {
    let filter = || case(PRODUCTS, &["OF1|Oil filter"]);
    check(&filter().existing(Product, "OF1", &[7]), &["Existing #7"]);
    check(&filter().existing(Product, "OF1", &[7, 8]), &["Ambiguous"]);
    check(&filter().existing(Product, "OF1", &[]), &["Create 2.product"]);
    check(&filter().existing(Product, "OF2", &[7]), &["Create 2.product"]);
    check(&filter().existing(Customer, "OF1", &[7]), &["Create 2.product"]);
    // A code comes before a match, and an id before a code.
    let matched = filter()
        .store(Product, 8, json!({}))
        .decide(2, "product", Decision::Merge(stored(8)));
    check(&matched.existing(Product, "OF1", &[7]), &["Existing #7"]);
    let known = filter().map(Product, "OF1", mapped(8));
    check(&known.existing(Product, "OF1", &[7]), &["Unchanged #8"]);
}

#[test]
fn what_no_row_has_brought_comes_with_the_next_or_is_lost() {
    check(&jenny().with(|case| drop(take_found(case))), &["Lost"]);
    let inherit = |case: &mut Case| {
        let mut found = take_found(case);
        found.record_id = stored(9);
        case.facts.inherited.insert(found.key_hash, found);
    };
    check(&jenny().with(inherit), &["Create #9"]);
    let merged = jenny().with(inherit).store(Customer, 7, json!({})).with(|case| {
        case.facts.decisions.insert(stored(9), Decision::Merge(stored(7)));
    });
    check(&merged, &["Merge #7"]);
}

#[test]
fn a_record_gets_the_id_that_the_analysis_gave_it() {
    let elsewhere = jenny().with(|case| {
        let mut found = take_found(case);
        found.record_id = new(17, "customer");
        case.facts.found.insert(found_at(&found), found);
    });
    check(&elsewhere, &["Create 17.customer"]);
}
