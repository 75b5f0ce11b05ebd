//! Cases: a small table with its rows, what is known of them, and the policy of the run. All people are invented.

use std::collections::{HashMap, HashSet};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value as Json;
use time::macros::date;
use torqueflow_dedupe::MatchKey;
use torqueflow_model::import::{BusinessRow, FoundRecord, JobProgress, MappedRecord, MappingOrigin};
use torqueflow_model::{Cell, EntityKind, FieldRef, Record, RecordPlace, Row, RowPart, RunIds, Slot, SourceId};
use torqueflow_pipeline::{CleanRow, Cleaner, ColumnShape, Country, PlannedColumn, TablePlan, key_hash};
use uuid::Uuid;

use super::telling::told_fate;
use crate::facts::{Decision, Facts, FoundInRows, found_at};
use crate::fate::{Fate, View};
use crate::links::id_hash;
use crate::made::{Brought, Made};
use crate::names::CustomerNames;
use crate::policy::{JobRow, Orphans, Policy, Table};
use crate::repeats::merge_repeat;
use crate::{AmbiguousIds, ImportedValues, PlannedRows, plan_rows};

/// The run, which is a UUID of version 7.
pub const RUN: u128 = 0x0199_33a0_1c00_7abc_8def_0123_4567_89ab;
/// A run before it.
pub const EARLIER_RUN: u128 = 0x0198_33a0_1c00_7abc_8def_0123_4567_89ab;
/// The ordinal of the table in its run.
pub const TABLE: i64 = 3;
pub const SOURCE: &str = "crm";
pub const JOB: Uuid = Uuid::from_u128(0x10b);

/// Columns of tables.
pub const CUSTOMERS: &str = "customer.external_customer_number|customer.display_name|customer.email|\
    billing_address.line_1|billing_address.city|shipping_address.line_1";
pub const PRODUCTS: &str = "product.code|product.name|product.stock_location|product.family|product.supplier";
pub const VEHICLES: &str = "vehicle.customer|vehicle.registration|vehicle.make|vehicle.location";
pub const WORK_ORDERS: &str = "work_order.number|work_order.customer|work_order.registration|work_order.location";
/// Customers and vehicles of one table: a row may hold either or both.
pub const MIXED: &str = "customer.external_customer_number|customer.display_name|vehicle.customer|vehicle.registration|\
    work_order.number|work_order.registration";

/// A record of the store.
pub fn stored(id: u128) -> Uuid {
    Uuid::from_u128(id)
}

/// The id that the record in this slot of a row gets when the run creates it.
pub fn new(row: i64, slot: &str) -> Uuid {
    let part = RowPart::Record(Slot::from_name(slot).unwrap());
    let place = RecordPlace::new(TABLE, row, part).unwrap();
    Uuid::from_u128(RunIds::of(RUN).id(place))
}

/// What an earlier run made of a record.
pub fn mapped(id: u128) -> MappedRecord {
    MappedRecord {
        record_id: stored(id),
        origin: MappingOrigin::Created,
        row_hash: 0,
        run_id: Uuid::from_u128(EARLIER_RUN),
    }
}

/// What this run has made of a record.
pub fn mapped_now(id: u128) -> MappedRecord {
    MappedRecord {
        run_id: Uuid::from_u128(RUN),
        ..mapped(id)
    }
}

/// The row of the store with these columns.
pub fn business_row(id: Uuid, values: Json) -> BusinessRow {
    let Json::Object(values) = values else {
        panic!("no object: {values}")
    };
    BusinessRow {
        id,
        version: 1,
        values: values.into_iter().collect(),
    }
}

/// A cleaner for a table with these fields as columns, separated by `|`.
pub fn cleaner(columns: &str) -> Cleaner {
    let column = |field: &str| PlannedColumn {
        header: field.to_owned(),
        field: Some(FieldRef::parse(field).unwrap()),
        by: "person".to_owned(),
        shape: ColumnShape::default(),
        date_order: None,
        facts: None,
        origin: None,
        salutations: None,
        names: None,
    };
    let plan = TablePlan {
        columns: columns.split('|').map(column).collect(),
        ..TablePlan::default()
    };
    Cleaner::new(&plan, None, date!(2026 - 11 - 30))
}

/// A cleaned row of cells that are separated by `|`.
pub fn clean(cleaner: &Cleaner, number: i64, cells: &str) -> CleanRow {
    cleaner.clean(&Row {
        number: number as u64,
        cells: cells.split('|').map(Cell::text).collect(),
    })
}

/// Rows with what is known of them, and the policy of the run.
pub struct Case {
    pub cleaner: Cleaner,
    pub rows: Vec<JobRow>,
    pub facts: Facts,
    pub updates: bool,
    pub blank_wipes: bool,
    pub create_missing: bool,
    pub orphans: Orphans,
    pub location: Option<Uuid>,
    pub ambiguous: AmbiguousIds,
    pub names: CustomerNames,
    pub attempt: i64,
    pub progress: JobProgress,
    pub before: Option<Brought>,
    pub refused: Option<&'static str>,
}

/// A table of which nothing was imported before. Its first row has number 2.
pub fn case(columns: &str, rows: &[&str]) -> Case {
    let cleaner = cleaner(columns);
    let rows: Vec<JobRow> = (0..)
        .zip(rows)
        .map(|(index, cells)| JobRow {
            index,
            number: index + 2,
            clean: clean(&cleaner, index + 2, cells),
        })
        .collect();
    Case {
        facts: Facts {
            found: analyse(&rows),
            ..Facts::default()
        },
        cleaner,
        rows,
        updates: false,
        blank_wipes: false,
        create_missing: true,
        orphans: Orphans::Fail,
        location: None,
        ambiguous: AmbiguousIds::default(),
        names: CustomerNames::default(),
        attempt: 1,
        progress: JobProgress::default(),
        before: None,
        refused: None,
    }
}

/// What the analysis finds in rows: each record in the first row that holds it, with what later rows add.
pub fn analyse(rows: &[JobRow]) -> FoundInRows {
    let mut first: HashMap<u128, (FoundRecord, &Record)> = HashMap::new();
    let mut equal: HashMap<u128, i64> = HashMap::new();
    let mut found = FoundInRows::new();
    for row in rows {
        for record in &row.clean.records {
            let key_hash = key_hash(SOURCE, record.slot.entity(), &record.source_id);
            let mut one = FoundRecord {
                row_number: row.number,
                slot: record.slot,
                row_index: row.index,
                key_hash,
                occurrence: 0,
                record_id: new(row.number, record.slot.name()),
                fills: None,
            };
            if matches!(record.source_id, SourceId::Content(_)) {
                let occurrence = equal.entry(key_hash).or_default();
                one.occurrence = *occurrence;
                *occurrence += 1;
                found.insert(found_at(&one), one);
            } else if let Some((known, of)) = first.get_mut(&key_hash) {
                merge_repeat(of, &mut known.fills, record, (JOB, row.number));
            } else {
                first.insert(key_hash, (one, record));
            }
        }
    }
    found.extend(first.into_values().map(|(one, _)| (found_at(&one), one)));
    found
}

impl Case {
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// What is known of the record with this id at the source.
    pub fn map(mut self, entity: EntityKind, id: &str, mapped: MappedRecord) -> Self {
        self.facts.mappings.insert((entity, id.to_owned()), mapped);
        self
    }

    /// The store has this record.
    pub fn store(mut self, entity: EntityKind, id: u128, values: Json) -> Self {
        let row = business_row(stored(id), values);
        self.facts.targets.insert(row.id, (entity, row));
        self
    }

    /// What was imported last under this id.
    pub fn imported(mut self, entity: EntityKind, id: &str, values: Json) -> Self {
        let values = ImportedValues::read(values);
        self.facts.imported.insert((entity, id.to_owned()), values);
        self
    }

    /// The store has this address of a customer.
    pub fn address(mut self, customer: Uuid, id: u128, values: Json) -> Self {
        let addresses = self.facts.addresses.entry(customer).or_default();
        addresses.push(business_row(stored(id), values));
        self
    }

    /// The store has these vehicles with a registration.
    pub fn registration(mut self, registration: &str, ids: &[u128]) -> Self {
        let key = MatchKey::of_registration(registration).hash;
        let ids = ids.iter().map(|id| stored(*id)).collect();
        self.facts.registrations.insert(key, ids);
        self
    }

    /// What happens with the record that a row brings in this slot.
    pub fn decide(mut self, row: i64, slot: &str, decision: Decision) -> Self {
        self.facts.decisions.insert(new(row, slot), decision);
        self
    }

    /// The store has these records of a code.
    pub fn existing(mut self, entity: EntityKind, code: &str, ids: &[u128]) -> Self {
        let ids = ids.iter().map(|id| stored(*id)).collect();
        self.facts.existing.insert((entity, code.to_owned()), ids);
        self
    }

    pub fn gone(mut self, id: u128) -> Self {
        self.facts.gone.insert(stored(id));
        self
    }

    /// All rows but the last are of a batch that is still being written.
    pub fn last_row_apart(mut self) -> Self {
        let last = self.rows.pop().unwrap();
        self.before = Some(self.plan_found(&self.rows).brought);
        self.rows = vec![last];
        self
    }

    pub fn policy(&self) -> Policy<'_> {
        Policy {
            run_id: Uuid::from_u128(RUN),
            updates: self.updates,
            blank_wipes: self.blank_wipes,
            orphans: self.orphans,
            location_id: self.location,
            create_missing: self.create_missing,
            ambiguous: &self.ambiguous,
            names: &self.names,
        }
    }

    pub fn table(&self) -> Table<'_> {
        Table {
            run_id: Uuid::from_u128(RUN),
            job_id: JOB,
            ordinal: TABLE,
            attempt: self.attempt,
            source_system: SOURCE,
            country: Country::GB,
            cleaner: &self.cleaner,
        }
    }

    /// What becomes of the rows.
    pub fn plan(mut self) -> PlannedRows {
        let facts = std::mem::take(&mut self.facts);
        plan_rows(
            &self.policy(),
            &self.table(),
            facts,
            &self.progress,
            self.before.as_ref(),
            &self.rows,
            self.refused,
        )
    }

    /// What becomes of rows of which nothing is known but what they bring.
    fn plan_found(&self, rows: &[JobRow]) -> PlannedRows {
        let numbers: HashSet<i64> = rows.iter().map(|row| row.number).collect();
        let found = self.facts.found.iter().filter(|((row, _), _)| numbers.contains(row));
        let facts = Facts {
            found: found.map(|(place, found)| (*place, found.clone())).collect(),
            ..Facts::default()
        };
        plan_rows(&self.policy(), &self.table(), facts, &self.progress, None, rows, None)
    }

    /// Looks at the last row when the rows before it are in the batch.
    pub fn at_last_row<T>(&self, look: impl FnOnce(View<'_>, &JobRow) -> T) -> T {
        let (last, earlier) = self.rows.split_last().unwrap();
        let mut made = Made::after(self.before.as_ref());
        let earlier = self.plan_found(earlier).batch;
        for mapping in &earlier.mappings {
            made.resolve(
                id_hash(SOURCE, mapping.entity, &mapping.source_id),
                mapping.record_id,
                mapping.origin,
            );
        }
        for created in earlier.created {
            made.create(created);
        }
        let (policy, table) = (self.policy(), self.table());
        let view = View {
            policy: &policy,
            table: &table,
            facts: &self.facts,
            made: &made,
        };
        look(view, last)
    }

    /// What becomes of the records of the last row, in words.
    pub fn fates(&self) -> Vec<String> {
        let fates: Vec<Fate> = self.at_last_row(|view, row| view.fates(row));
        fates.into_iter().map(told_fate).collect()
    }
}

/// Tries many values of a strategy, the same each time.
#[track_caller]
pub fn for_all<S: Strategy>(strategy: S, holds: impl Fn(S::Value)) {
    let config = Config {
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        cases: 192,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&strategy, |value| {
        holds(value);
        Ok(())
    });
    outcome.unwrap();
}
