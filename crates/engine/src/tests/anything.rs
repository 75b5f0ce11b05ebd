//! Whatever rows say and whatever is known of them, a plan comes of it.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use torqueflow_model::import::{FIRST_ENTRY, FIRST_FINDING_OF_IMPORT, ImportBatch, MappedRecord, MappingOrigin};
use torqueflow_model::{EntityKind, FieldRef, Slot};
use torqueflow_pipeline::id_text;

use super::support::{Case, business_row, case, for_all, mapped, mapped_now, new, stored};
use crate::facts::Decision;
use crate::{ImportedValues, Orphans, SaidAgain};

/// Every field that a column may have.
fn fields() -> Vec<String> {
    let slots = EntityKind::ALL.map(Slot::Main).into_iter();
    let slots = slots.chain([Slot::BillingAddress, Slot::ShippingAddress]);
    let of_slot = |slot: Slot| {
        let specs = slot.entity().fields().iter().filter(|spec| spec.mappable);
        specs
            .filter_map(move |spec| FieldRef::new(slot, spec.name))
            .map(|field| field.to_string())
    };
    slots.flat_map(of_slot).collect()
}

const TEXTS: &[&str] = &[
    "",
    "",
    "C1",
    "C1",
    "P1",
    "AB12 CDE",
    "Jenny Robb",
    "Leeds",
    "12 Mill Lane",
    "True",
    "2024-05-13",
    "12.50",
    "-",
    "\u{0}",
    "07911 123456",
    "jenny@robb.example",
    "9999999999999999999",
    "ß",
];

/// What somebody may have stored.
fn stored_values() -> impl Strategy<Value = Json> {
    prop::sample::select(vec![
        json!({}),
        json!({ "name": "Filter", "code": "C1", "display_name": "Jenny Robb", "customer_id": "no id" }),
        json!({ "name": 5, "notification_preferences": "none", "retail_price": "12", "line_1": [] }),
        json!({ "name": ["Filter", "Filter", "kept"], "customer": "C1", "customer_id": ["", "C1"], "phone": [] }),
        json!({ "notification_preferences": { "sms": "yes" }, "registration": "AB12CDE", "mileage": 12.5 }),
    ])
}

/// What is known of one record, by a number.
fn know(case: &mut Case, row: usize, kind: u8, values: &Json) {
    let Some(record) = case.rows[row].clean.records.first().cloned() else {
        return;
    };
    let (entity, number) = (record.slot.entity(), case.rows[row].number);
    let key = (entity, id_text(&record.source_id, 0));
    let target = business_row(stored(7), values.clone());
    case.facts.targets.insert(stored(7), (entity, target.clone()));
    let facts = &mut case.facts;
    match kind {
        0 => facts.mappings.extend([(key, mapped(7))]),
        1 => facts.mappings.extend([(key, mapped_now(7))]),
        2 => {
            let origin = MappingOrigin::Skipped;
            facts.mappings.insert(key, MappedRecord { origin, ..mapped(7) });
        }
        3 | 4 => {
            facts.mappings.insert(key.clone(), mapped(7));
            facts.imported.insert(key, ImportedValues::read(values.clone()));
        }
        5 => facts.gone.extend([stored(7)]),
        6 => drop(facts.existing.insert((entity, "C1".to_owned()), vec![stored(7)])),
        7 => drop(
            facts
                .existing
                .insert((entity, "C1".to_owned()), vec![stored(7), stored(8)]),
        ),
        8 => drop(facts.found.remove(&(number, record.slot))),
        9 => facts.failed.extend([number]),
        10 => facts.excluded.extend([number]),
        11 => drop(facts.addresses.insert(stored(7), vec![target])),
        12 => {
            let record_id = stored(7);
            let slot = record.slot;
            facts.mappings.insert(key.clone(), mapped_now(7));
            facts.imported.insert(key, ImportedValues::read(values.clone()));
            facts.said_again.insert((number, slot), SaidAgain { record_id, record });
        }
        _ => {
            let targets = [stored(7), new(2, record.slot.name()), stored(9)];
            let target = targets[usize::from(kind) % targets.len()];
            let decisions = [Decision::Skip, Decision::Merge, Decision::Undecided];
            let decision = decisions[usize::from(kind) / 3 % decisions.len()];
            facts
                .decisions
                .insert(new(number, record.slot.name()), decision(target));
        }
    }
}

/// What holds for each batch.
fn check_batch(case: &Case, batch: &ImportBatch, attempt: i64) {
    let ids: HashSet<_> = batch.created.iter().map(|created| created.id).collect();
    assert_eq!(ids.len(), batch.created.len(), "two records have one id");
    let records = case.rows.iter().filter(|row| row.clean.is_record()).count();
    assert_eq!(batch.results.len(), records);
    assert_eq!(batch.progress.counts.rows(), records as i64);
    let mapped: HashSet<_> = batch.mappings.iter().map(|one| (one.entity, &one.source_id)).collect();
    assert_eq!(
        mapped.len(),
        batch.mappings.len(),
        "one id at the source is mapped twice"
    );
    let places: HashSet<_> = batch
        .journal
        .iter()
        .map(|entry| (entry.row_number, entry.ordinal))
        .collect();
    assert_eq!(places.len(), batch.journal.len(), "two entries have one place");
    let first = FIRST_ENTRY + (attempt - 1) * 10_000;
    assert!(
        batch
            .journal
            .iter()
            .all(|entry| (first..first + 10_000).contains(&entry.ordinal))
    );
    assert!(
        batch
            .findings
            .iter()
            .all(|finding| finding.ordinal >= FIRST_FINDING_OF_IMPORT)
    );
    for created in &batch.created {
        let is_its_own = |origin, id| origin == MappingOrigin::Created && id == created.id;
        let own = batch
            .mappings
            .iter()
            .filter(|one| is_its_own(one.origin, one.record_id));
        assert_eq!(own.count(), 1, "{created:?}");
    }
}

#[test]
fn no_rows_and_no_facts_are_too_odd() {
    let cells = prop::collection::vec(prop::collection::vec(prop::sample::select(TEXTS), 6), 1..6);
    let columns = prop::collection::vec(prop::sample::select(fields()), 1..7);
    let facts = prop::collection::vec((0..6_usize, 0..24_u8, stored_values()), 0..6);
    let flags = (any::<[bool; 4]>(), 1..3_i64);
    for_all(
        (columns, cells, facts, flags),
        |(columns, cells, facts, (flags, attempt))| {
            let columns: BTreeSet<String> = columns.into_iter().collect();
            let columns = Vec::from_iter(columns).join("|");
            let rows: Vec<String> = cells.iter().map(|cells| cells.join("|")).collect();
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            let make = || {
                let mut case = case(&columns, &rows);
                for (row, kind, values) in &facts {
                    let row = row % case.rows.len();
                    know(&mut case, row, *kind, values);
                }
                (case.updates, case.blank_wipes, case.create_missing) = (flags[0], flags[1], flags[2]);
                case.orphans = if flags[3] { Orphans::Fail } else { Orphans::Unlinked };
                case.location = flags[1].then_some(stored(5));
                case.attempt = attempt;
                case
            };
            let planned = make().plan();
            check_batch(&make(), &planned.batch, attempt);
            let refused = make().with(|case| case.refused = Some("out of range")).plan();
            assert!(refused.batch.created.is_empty() && refused.batch.mappings.is_empty());
        },
    );
}
