//! Fingerprints of what the source says, the ids of new records, and what is known of mapped ones.

use torqueflow_model::import::{DuplicateAction, FIRST_ENTRY, FoundRecord, MappedRecord, MappingOrigin};
use torqueflow_model::{EntityKind, FieldRef, Finding, FindingCode, Record, RowPart, Slot};
use torqueflow_pipeline::Country;
use uuid::Uuid;

use super::support::{CUSTOMERS, RUN, case, clean, cleaner, mapped, mapped_now, new, stored};
use crate::facts::{Decision, Facts};
use crate::policy::Table;
use crate::{row_hash, source_hash};

fn record(columns: &str, cells: &str) -> Record {
    clean(&cleaner(columns), 2, cells).records.swap_remove(0)
}

#[test]
fn a_fingerprint_is_of_the_text_and_of_the_country_where_that_matters() {
    let columns = "customer.external_customer_number|customer.last_name|customer.phone";
    let hash = |cells, country| source_hash(&record(columns, cells), country);
    let france = Country::from_name("FR").unwrap();
    let spain = Country::from_name("ES").unwrap();
    let robb = "C1|Robb|07911 123456";
    assert_eq!(hash(robb, Country::GB), record(columns, robb).raw_hash());
    assert_ne!(hash(robb, france), hash(robb, Country::GB));
    assert_ne!(hash(robb, france), hash(robb, spain));
    // Without a number, no country is asked.
    assert_eq!(hash("C1|Robb", france), hash("C1|Robb", Country::GB));
    assert_ne!(hash("C1|Robb", france), hash("C1|Senn", france));
    // A number that can't be read may be read by another country.
    let unread = "C1|Robb|12";
    assert_eq!(record(columns, unread).get("phone"), None);
    assert_ne!(hash(unread, france), hash(unread, Country::GB));
}

#[test]
fn a_fingerprint_is_of_what_later_rows_add_too() {
    let twice = case(CUSTOMERS, &["C1|Jenny Robb", "C1|Jenny Robb|jenny@robb.example"]);
    let found: &FoundRecord = twice.facts.found.values().find(|one| one.row_number == 2).unwrap();
    assert!(found.fills.is_some());
    let (first, second) = (&twice.rows[0].clean.records[0], &twice.rows[1].clean.records[0]);
    assert_eq!(
        row_hash(first, Some(found), Country::GB),
        source_hash(second, Country::GB)
    );
    assert_eq!(row_hash(first, None, Country::GB), source_hash(first, Country::GB));
    assert_ne!(source_hash(first, Country::GB), source_hash(second, Country::GB));
}

#[test]
fn an_id_names_its_row() {
    let three = case(CUSTOMERS, &["C1|Jenny Robb", "C2|Mike Senn"]);
    let table = three.table();
    let customer = RowPart::Record(Slot::Main(EntityKind::Customer));
    let id = table.new_id(&three.rows[0], customer).unwrap();
    assert_eq!(id, new(2, "customer"));
    assert!(table.is_named_by(&three.rows[0], id));
    assert!(!table.is_named_by(&three.rows[1], id));
    let other = Table { ordinal: 4, ..table };
    assert!(!other.is_named_by(&three.rows[0], id));
    assert!(!table.is_named_by(&three.rows[0], stored(7)));
    let beyond = Table { ordinal: 5000, ..table };
    assert_eq!(beyond.new_id(&three.rows[0], customer), None);
    assert_eq!(
        table.new_id(&three.rows[0], RowPart::Lookup(Slot::BillingAddress, "city")),
        None
    );
}

#[test]
fn an_action_makes_a_decision_of_a_match() {
    let of = |action| Decision::of(action, stored(7));
    assert_eq!(of(Some(DuplicateAction::Create)), None);
    assert_eq!(of(Some(DuplicateAction::Skip)), Some(Decision::Skip(stored(7))));
    assert_eq!(of(Some(DuplicateAction::Merge)), Some(Decision::Merge(stored(7))));
    assert_eq!(of(None), Some(Decision::Undecided(stored(7))));
    for (decision, led) in [
        (Decision::Skip(stored(7)), Decision::Skip(stored(8))),
        (Decision::Merge(stored(7)), Decision::Merge(stored(8))),
        (Decision::Undecided(stored(7)), Decision::Undecided(stored(8))),
    ] {
        let mut onward = decision;
        onward.lead_to(stored(8));
        assert_eq!((decision.target(), onward), (stored(7), led));
    }
}

#[test]
fn a_run_may_change_what_an_earlier_one_imported_and_nobody_removed() {
    let mut facts = Facts::default();
    let run = Uuid::from_u128(RUN);
    let of = |origin| MappedRecord { origin, ..mapped(7) };
    assert!(facts.may_change(run, &of(MappingOrigin::Created)));
    assert!(facts.may_change(run, &of(MappingOrigin::Merged)));
    assert!(!facts.may_change(run, &of(MappingOrigin::Skipped)));
    assert!(!facts.may_change(run, &mapped_now(7)));
    facts.gone.insert(stored(7));
    assert!(!facts.may_change(run, &of(MappingOrigin::Created)));
}

#[test]
fn rows_match_where_one_is_decided_on_or_has_the_code_of_a_record() {
    let jenny = || case(CUSTOMERS, &["C1|Jenny Robb"]);
    assert!(!jenny().facts.has_matches());
    assert!(
        jenny()
            .decide(2, "customer", Decision::Skip(stored(7)))
            .facts
            .has_matches()
    );
    assert!(jenny().existing(EntityKind::Customer, "C1", &[7]).facts.has_matches());
}

#[test]
fn a_finding_is_kept_with_its_place() {
    let finding = Finding {
        code: FindingCode::Orphan,
        column: Some(4),
        field: FieldRef::parse("vehicle.customer"),
        value: "C9".to_owned(),
        detail: "customer C9".to_owned(),
    };
    let kept = crate::stored(17, FIRST_ENTRY, &finding);
    assert_eq!((kept.row_number, kept.ordinal, kept.column_index), (17, 64, Some(4)));
    assert_eq!((kept.code.as_str(), kept.severity.as_str()), ("orphan", "error"));
    assert_eq!(kept.field.as_deref(), Some("vehicle.customer"));
    assert_eq!(
        (kept.value.as_str(), kept.detail.as_str(), kept.cells),
        ("C9", "customer C9", 1)
    );
}
