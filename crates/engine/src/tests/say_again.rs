//! What a record says again when a row that adds to it fails, or no longer does.

use serde_json::{Value as Json, json};
use torqueflow_model::EntityKind::Product;
use torqueflow_model::Slot;
use torqueflow_model::import::ImportBatch;

use super::support::{Case, case, clean, mapped_now, stored};
use super::telling::{told_findings, told_journal, told_results};
use crate::{JobRow, SaidAgain};

const COLUMNS: &str = "product.code|product.name|product.stock_location";

fn filter(place: Option<&str>) -> Json {
    match place {
        Some(place) => json!({ "code": "OF1", "name": "Filter", "stock_location": place }),
        None => json!({ "code": "OF1", "name": "Filter" }),
    }
}

/// The run has imported product 7 as `last`, and it is `there`; a further row of it comes to its end while those that take part
/// say `said`.
fn further_row(last: Json, there: Json, said: &str) -> Case {
    case(COLUMNS, &["OF1||A3"])
        .map(Product, "OF1", mapped_now(7))
        .imported(Product, "OF1", last)
        .store(Product, 7, there)
        .with(|case| {
            case.facts.found.clear();
            let again = SaidAgain {
                record_id: stored(7),
                record: clean(&case.cleaner, 2, said).records.swap_remove(0),
            };
            case.facts.said_again.insert((2, Slot::Main(Product)), again);
        })
}

/// The outcome of the row, the journal, what is written into the record, with `-` for null, and what its mapping keeps.
#[track_caller]
fn check(case: Case, results: &[&str], journal: &[&str], places: &[&str], remembered: &Json) -> ImportBatch {
    let batch = case.plan().batch;
    assert_eq!(told_results(&batch), results);
    assert_eq!(told_journal(&batch), journal);
    let written = batch.updated.iter().flat_map(|updated| &updated.values);
    let written: Vec<&str> = written
        .map(|(_, value)| value.as_ref().and_then(torqueflow_model::Value::as_text).unwrap_or("-"))
        .collect();
    assert_eq!(written, places);
    let kept: Json = serde_json::from_str(&batch.remapped[0].imported_values).unwrap();
    assert_eq!(kept, *remembered);
    batch
}

#[test]
fn what_a_failing_row_has_added_is_taken_back() {
    let refused =
        further_row(filter(Some("A3")), filter(Some("A3")), "OF1|Filter|").with(|case| case.refused = Some("too long"));
    let journal = ["2:64 updated product #7"];
    let batch = check(refused, &["2 failed"], &journal, &["-"], &filter(None));
    assert_eq!(batch.journal[0].before, Some(json!({ "stock_location": "A3" })));
    assert_eq!(told_findings(&batch), ["2:1000000 write_failed too long"]);
}

#[test]
fn what_a_person_has_changed_since_stays() {
    let refused =
        further_row(filter(Some("A3")), filter(Some("B1")), "OF1|Filter|").with(|case| case.refused = Some("too long"));
    check(refused, &["2 failed"], &["2:64 mapped product #7"], &[], &filter(None));
}

#[test]
fn what_a_row_adds_when_it_is_run_again_is_added() {
    let again = further_row(filter(None), filter(None), "OF1|Filter|A3").with(|case| case.attempt = 2);
    let journal = ["2:10064 updated product #7"];
    check(again, &["2 unchanged"], &journal, &["A3"], &filter(Some("A3")));
}

#[test]
fn nothing_is_said_again_where_the_run_has_not_imported_the_record() {
    let refused = |case: Case| case.with(|case| case.refused = Some("too long")).plan().batch;
    let unknown = further_row(filter(Some("A3")), filter(Some("A3")), "OF1|Filter|");
    let batch = refused(unknown.with(|case| case.facts.mappings.clear()));
    assert!(batch.writes_no_record() && batch.journal.is_empty());
    let nothing_said = further_row(filter(Some("A3")), filter(Some("A3")), "OF1|Filter|");
    let batch = refused(nothing_said.with(|case| case.facts.said_again.clear()));
    assert!(batch.writes_no_record() && batch.journal.is_empty());
}

#[test]
fn it_is_said_once_however_many_rows_of_a_batch_fail() {
    let batch = further_row(filter(Some("A3")), filter(Some("A3")), "OF1|Filter|")
        .with(|case| {
            case.refused = Some("too long");
            let clean = clean(&case.cleaner, 3, "OF1||A3");
            case.rows.push(JobRow {
                index: 1,
                number: 3,
                clean,
            });
            let again = &case.facts.said_again[&(2, Slot::Main(Product))];
            let again = SaidAgain {
                record_id: again.record_id,
                record: again.record.clone(),
            };
            case.facts.said_again.insert((3, Slot::Main(Product)), again);
        })
        .plan()
        .batch;
    assert_eq!(told_results(&batch), ["2 failed", "3 failed"]);
    assert_eq!(told_journal(&batch), ["2:64 updated product #7"]);
    assert_eq!((batch.updated.len(), batch.remapped.len()), (1, 1));
}
