//! Rows become the same whatever batches they are planned in.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::json;
use torqueflow_model::EntityKind::{Customer, CustomerAddress, Product};
use torqueflow_model::import::{CreatedRecord, ImportBatch, JobProgress, JournalEntry, Mapping};
use torqueflow_model::{EntityKind, Slot};
use uuid::Uuid;

use super::store::Store;
use super::support::{CUSTOMERS, Case, MIXED, PRODUCTS, business_row, case, for_all, mapped, new, stored};
use super::telling::{shown, told_counts, told_entry, told_findings, told_results};
use crate::facts::Decision;
use crate::plan_rows;

/// All that a table has become.
#[derive(Debug, Default, PartialEq)]
pub struct Became {
    pub created: Vec<String>,
    pub mappings: Vec<String>,
    pub journal: Vec<String>,
    pub results: Vec<String>,
    pub findings: Vec<String>,
    pub confirmed: Vec<String>,
    pub counts: Vec<String>,
    pub records: Vec<String>,
}

impl Became {
    fn add(&mut self, batch: &ImportBatch) {
        let ids: HashSet<Uuid> = batch.created.iter().map(|created| created.id).collect();
        assert_eq!(ids.len(), batch.created.len(), "two records have one id");
        self.created.extend(batch.created.iter().map(told_created));
        self.mappings.extend(batch.mappings.iter().map(told_mapping));
        self.journal.extend(batch.journal.iter().map(told_all));
        self.results.extend(told_results(batch));
        self.findings.extend(told_findings(batch));
        self.confirmed
            .extend(batch.confirmed.iter().map(|one| format!("{one:?}")));
        self.counts = told_counts(batch);
    }
}

fn told_created(created: &CreatedRecord) -> String {
    let fields = created.record.fields.iter();
    let fields: Vec<String> = fields
        .map(|field| format!("{}={}={}", field.spec.name, field.raw, field.value))
        .collect();
    let links: Vec<String> = created
        .links
        .iter()
        .map(|(name, id)| format!("{name}={}", shown(*id)))
        .collect();
    format!("{} {fields:?} {links:?}", shown(created.id))
}

fn told_mapping(mapping: &Mapping) -> String {
    format!(
        "{} {} {} {} {:x} {}",
        mapping.entity,
        mapping.source_id,
        shown(mapping.record_id),
        mapping.origin.name(),
        mapping.row_hash,
        mapping.imported_values
    )
}

fn told_all(entry: &JournalEntry) -> String {
    let (before, mapping) = (json!(entry.before), json!(entry.mapping_before));
    format!(
        "{} {before} {:?} {mapping} {:?}",
        told_entry(entry),
        entry.version_after,
        entry.mapping
    )
}

/// How batches follow each other.
#[derive(Clone, Copy, PartialEq)]
pub enum Order {
    /// Each is committed before the next is planned.
    Committed,
    /// The next one is planned while it is being written.
    Ahead,
}

/// Plans the rows of a case in batches of these sizes, over and over.
pub fn plan_in(case: &Case, mut store: Store, sizes: &[usize], order: Order) -> Became {
    let mut became = Became::default();
    let mut progress = JobProgress::default();
    let (policy, table) = (case.policy(), case.table());
    let (mut rows, mut brought) = (case.rows.as_slice(), None);
    let mut known = store.clone();
    for size in sizes.iter().cycle() {
        if rows.is_empty() {
            break;
        }
        let (chunk, rest) = rows.split_at(rows.len().min(*size));
        if order == Order::Committed {
            known = store.clone();
        }
        let facts = known.facts(case, chunk);
        let planned = plan_rows(&policy, &table, facts, &progress, brought.as_ref(), chunk, None);
        known = store.clone();
        store.write(&planned.batch);
        became.add(&planned.batch);
        progress = planned.batch.progress;
        brought = Some(planned.brought).filter(|_| order == Order::Ahead);
        rows = rest;
    }
    assert_eq!(progress.checkpoint, case.rows.len() as i64);
    let records = store.records.values();
    became.records = records
        .map(|(entity, row)| format!("{entity} {} {:?}", shown(row.id), row.values))
        .collect();
    became
}

const WHOLE: &[usize] = &[usize::MAX];

#[track_caller]
fn check_all_alike(case: &Case, store: &Store, sizes: &[usize], order: Order) {
    let whole = plan_in(case, store.clone(), WHOLE, Order::Committed);
    let parts = plan_in(case, store.clone(), sizes, order);
    assert_eq!(parts, whole, "{sizes:?}");
}

/// What the store has of an earlier run: records 100 and on, by the ids `known`, as what `values` says.
fn imported(entity: EntityKind, known: &[usize], prefix: &str, values: &serde_json::Value) -> Store {
    let mut store = Store::default();
    for index in known {
        let id = 100 + *index as u128;
        store.mappings.insert((entity, format!("{prefix}{index}")), mapped(id));
        store
            .imported
            .insert((entity, format!("{prefix}{index}")), values.clone());
        store
            .records
            .insert(stored(id), (entity, business_row(stored(id), values.clone())));
    }
    store
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..4, 1..6)
}

fn cell(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(texts)
}

/// Rows of products of few codes, which repeat and add to each other.
fn products() -> impl Strategy<Value = Vec<String>> {
    let row = (
        0..6_usize,
        cell(&["", "Oil filter", "Filter"]),
        cell(&["", "A3", "B1"]),
        cell(&["", "Filters", "FILTERS", "Brakes"]),
        cell(&["", "S1", "S2"]),
    );
    let row =
        row.prop_map(|(code, name, place, family, supplier)| format!("P{code}|{name}|{place}|{family}|{supplier}"));
    prop::collection::vec(row, 1..9)
}

/// Rows of customers of few numbers, with addresses.
fn customers() -> impl Strategy<Value = Vec<String>> {
    let row = (
        cell(&["C1", "C2", "C3", "C4", ""]),
        cell(&["Jenny Robb", "Mike Senn"]),
        cell(&["", "jenny@robb.example"]),
        cell(&["", "12 Mill Lane", "1 High Street"]),
        cell(&["", "Leeds", "York"]),
        cell(&["", "12 Mill Lane"]),
    );
    let row = row.prop_map(|(id, name, email, line, city, other)| [id, name, email, line, city, other].join("|"));
    prop::collection::vec(row, 1..9)
}

fn of(columns: &str, rows: &[String]) -> Case {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    case(columns, &rows)
}

/// Decides on what rows bring, where they are the only ones that hold it: what a skipped record's further rows become depends on
/// batches, see `differences`.
fn decide(case: &mut Case, entity: EntityKind, decisions: &[Option<Decision>]) {
    let found: Vec<_> = case.facts.found.values().cloned().collect();
    for one in found.iter().filter(|one| one.slot == Slot::Main(entity)) {
        let holders = case.rows.iter().flat_map(|row| &row.clean.records);
        let is_held = |record: &&torqueflow_model::Record| {
            torqueflow_pipeline::key_hash("crm", entity, &record.source_id) == one.key_hash
        };
        let decision = decisions[one.row_index as usize % decisions.len()];
        if let Some(decision) = decision.filter(|_| holders.filter(is_held).count() == 1) {
            case.facts.decisions.insert(one.record_id, decision);
        }
    }
}

fn decisions() -> impl Strategy<Value = Vec<Option<Decision>>> {
    let one = prop::sample::select(vec![
        None,
        Some(Decision::Skip(stored(900))),
        Some(Decision::Merge(stored(900))),
        Some(Decision::Undecided(stored(900))),
        Some(Decision::Merge(stored(901))),
    ]);
    prop::collection::vec(one, 9)
}

/// A record that others match.
fn add_match(store: &mut Store, entity: EntityKind, values: serde_json::Value) {
    store
        .records
        .insert(stored(900), (entity, business_row(stored(900), values)));
}

#[test]
fn tables_that_are_new_become_the_same_committed_or_planned_ahead() {
    for_all((products(), customers(), sizes()), |(products, customers, sizes)| {
        for case in [of(PRODUCTS, &products), of(CUSTOMERS, &customers)] {
            for order in [Order::Committed, Order::Ahead] {
                check_all_alike(&case, &Store::default(), &sizes, order);
            }
        }
    });
}

#[test]
fn vehicles_and_jobs_of_one_table_find_each_other() {
    let row = (
        cell(&["C1|Jenny Robb", "C2|Mike Senn", "|"]),
        cell(&["", "C1", "C2"]),
        cell(&["", "AB12 CDE", "XY34 ZZZ"]),
        cell(&["", "J1", "J2", "J3"]),
        cell(&["", "AB12 CDE", "XY34 ZZZ"]),
    );
    let row = row.prop_map(|(customer, of, plate, job, of_job)| [customer, of, plate, job, of_job].join("|"));
    for_all((prop::collection::vec(row, 1..9), sizes()), |(rows, sizes)| {
        // A row that fails would change what further rows bring.
        let case = of(MIXED, &rows).with(|case| case.orphans = crate::Orphans::Unlinked);
        for order in [Order::Committed, Order::Ahead] {
            check_all_alike(&case, &Store::default(), &sizes, order);
        }
    });
}

#[test]
fn products_that_were_imported_become_the_same() {
    let known = prop::collection::vec(0..6_usize, 0..4);
    for_all(
        (products(), known, any::<[bool; 2]>(), decisions(), sizes()),
        |(rows, known, [updates, blank_wipes], decisions, sizes)| {
            let mut store = imported(
                Product,
                &known,
                "P",
                &json!({ "name": "Filter", "stock_location": "A3" }),
            );
            add_match(&mut store, Product, json!({ "name": "Filter" }));
            let mut case = of(PRODUCTS, &rows);
            (case.updates, case.blank_wipes) = (updates, blank_wipes);
            decide(&mut case, Product, &decisions);
            check_all_alike(&case, &store, &sizes, Order::Committed);
        },
    );
}

#[test]
fn customers_that_were_imported_become_the_same() {
    let known = prop::collection::vec(1..5_usize, 0..4);
    for_all(
        (customers(), known, decisions(), sizes()),
        |(rows, known, decisions, sizes)| {
            let mut store = imported(Customer, &known, "C", &json!({ "display_name": "Jenny Robb" }));
            add_match(&mut store, Customer, json!({ "display_name": "Jenny Robb" }));
            let address = json!({ "line_1": "12 Mill Lane", "customer_id": stored(900) });
            store
                .records
                .insert(stored(800), (CustomerAddress, business_row(stored(800), address)));
            let mut case = of(CUSTOMERS, &rows).with(|case| case.location = Some(stored(5)));
            decide(&mut case, Customer, &decisions);
            check_all_alike(&case, &store, &sizes, Order::Committed);
        },
    );
}

#[test]
fn products_of_known_codes_become_the_same() {
    let known = prop::collection::vec(0..6_usize, 1..4);
    for_all((products(), known, sizes()), |(rows, known, sizes)| {
        let mut store = imported(
            Product,
            &known,
            "P",
            &json!({ "name": "Filter", "stock_location": "A3" }),
        );
        store.mappings.clear();
        let mut case = of(PRODUCTS, &rows).with(|case| case.updates = true);
        for index in known {
            let key = (Product, format!("P{index}"));
            case.facts.existing.insert(key, vec![stored(100 + index as u128)]);
        }
        check_all_alike(&case, &store, &sizes, Order::Committed);
    });
}

/// A record that is merged into one that the run itself has created is filled before that is written, or is a change of it.
#[test]
fn records_that_merge_into_new_ones_become_the_same_records() {
    let targets = prop::collection::vec(prop::option::of(2_i64..6), 9);
    for_all((customers(), targets, sizes()), |(rows, targets, sizes)| {
        let mut case = of(CUSTOMERS, &rows);
        let merges: Vec<_> = targets
            .iter()
            .map(|row| row.map(|row| Decision::Merge(new(row, "customer"))))
            .collect();
        decide(&mut case, Customer, &merges);
        let whole = plan_in(&case, Store::default(), WHOLE, Order::Committed);
        let parts = plan_in(&case, Store::default(), &sizes, Order::Committed);
        assert_eq!(parts.records, whole.records, "{sizes:?}");
        assert_eq!(
            (parts.results, parts.counts),
            (whole.results, whole.counts),
            "{sizes:?}"
        );
        assert_eq!(parts.mappings, whole.mappings, "{sizes:?}");
    });
}
