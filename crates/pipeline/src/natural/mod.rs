//! Natural keys that name several records: the plate that two cars have had, the part number of two parts, two people of one
//! name behind one address.
//!
//! What has no id of its own is known by what it is called (the rules of the catalogue). Rows that agree on that are of one
//! record, unless what else they say shows that they are not. Then the first of them keeps the key, and each other record goes
//! by the key with what tells it apart, so nothing is merged away. The keys of all rows are watched while the rows go by; of
//! very many, the first.

mod headers;
mod traits;

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use torqueflow_model::{Cell, EntityKind, Finding, FindingCode, LeftOutRows, Record, Row, Slot, SourceId, hash64};

use crate::identity::bounded;
use crate::owners::OwnerColumns;
use crate::plan::TablePlan;
use traits::{TraitColumns, Traits};

/// Keys that are watched at a time: as many as a hash table of 2¹⁷ places takes before it grows; 15 MB.
const WATCHED: usize = (1 << 17) / 8 * 7;
/// Keys of several records that are kept.
const MOST_CONFLICTS: usize = 5000;
/// Other records of one key that are kept until it is clear by which columns they are told apart.
const MOST_OTHERS: usize = 16;

/// What all rows say of natural keys that name several records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlannedNaturals {
    /// Columns without a field that tell records apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<usize>,
    /// The keys, each with the record that keeps it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<PlannedNatural>,
}

/// A natural key that rows of different records have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedNatural {
    /// What kind of records it names.
    pub entity: EntityKind,
    /// The key, as the cells of a row give it.
    pub key: String,
    /// The row that has it first, and keeps it.
    pub first_row: u64,
    /// What that row says of its record.
    pub keeper: Vec<String>,
}

/// The kinds of records that are watched, those first that others belong to.
const WATCHED_KINDS: [EntityKind; 4] = [
    EntityKind::Supplier,
    EntityKind::Product,
    EntityKind::Customer,
    EntityKind::Vehicle,
];

/// The votes of all rows of a table on its natural keys.
#[derive(Debug)]
pub(crate) struct NaturalVotes {
    kinds: Vec<TraitColumns>,
    /// Keys by their fingerprint: the first row that has each, and what it says.
    known: HashMap<u64, (u64, Traits)>,
    conflicts: HashMap<u64, Conflict>,
    variants: Option<Variants>,
    /// Customers of whom no more than a name and an address is known, by their fingerprint.
    bare: HashSet<u64>,
    namesakes: LeftOutRows,
}

/// The last product that a row named, for the rows of its further variants.
#[derive(Debug)]
struct Variants {
    columns: OwnerColumns,
    last: Vec<Cell>,
}

impl Variants {
    fn of(plan: &TablePlan) -> Option<Self> {
        let columns = OwnerColumns::of(plan).filter(OwnerColumns::is_of_variants)?;
        let last = Vec::new();
        Some(Self { columns, last })
    }

    /// The row with what the last product has, if it names none itself. Whether it belongs to that, all rows will say.
    fn complete(&mut self, row: &Row) -> Option<Row> {
        if self.columns.names_owner(row) {
            self.last = self.columns.inherited_cells(row);
            return None;
        }
        let is_variant = !self.last.is_empty() && self.columns.is_owned(row);
        is_variant.then(|| self.columns.inherit(row, &self.last))
    }
}

#[derive(Debug)]
struct Conflict {
    entity: EntityKind,
    key: String,
    others: Vec<Traits>,
}

impl NaturalVotes {
    /// No votes yet, unless this is settled.
    pub fn of(plan: &TablePlan) -> Self {
        let kinds = if plan.naturals.is_some() {
            &[]
        } else {
            &WATCHED_KINDS[..]
        };
        let columns = kinds
            .iter()
            .filter_map(|entity| TraitColumns::of(&plan.columns, *entity, None));
        Self {
            kinds: columns.collect(),
            known: HashMap::new(),
            conflicts: HashMap::new(),
            bare: HashSet::new(),
            namesakes: LeftOutRows::default(),
            variants: Variants::of(plan).filter(|_| !kinds.is_empty()),
        }
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The votes of a row.
    pub fn observe(&mut self, row: &Row) {
        let completed = self.variants.as_mut().and_then(|variants| variants.complete(row));
        let row = completed.as_ref().unwrap_or(row);
        for columns in &self.kinds {
            let keys = columns.keys(row);
            let person = keys.is_empty().then(|| columns.bare_person(row)).flatten();
            if let Some(print) = person.map(|person| hash64(person.as_bytes())) {
                if self.bare.contains(&print) {
                    self.namesakes.add(row.number);
                } else if self.bare.len() < WATCHED {
                    self.bare.insert(print);
                }
            }
            for key in keys {
                let print = hash64(key.as_bytes());
                let own = columns.traits(row);
                let Some((_, keeper)) = self.known.get_mut(&print) else {
                    if self.known.len() < WATCHED {
                        self.known.insert(print, (row.number, own));
                    }
                    continue;
                };
                if !columns.are_others(&key, keeper, &own) {
                    keeper.fill(&own);
                    continue;
                }
                let has_room = self.conflicts.len() < MOST_CONFLICTS;
                let known = self.conflicts.get_mut(&print);
                match known {
                    Some(known) if known.others.len() < MOST_OTHERS && !known.others.contains(&own) => {
                        known.others.push(own);
                    }
                    None if has_room => {
                        let entity = columns.entity;
                        let others = vec![own];
                        self.conflicts.insert(print, Conflict { entity, key, others });
                    }
                    Some(_) | None => {}
                }
            }
        }
    }

    /// Settles in the plan which keys name several records, once the columns are known by all of their rows.
    pub fn settle(&self, plan: &mut TablePlan) {
        if plan.naturals.is_some() {
            return;
        }
        let mut naturals = PlannedNaturals::default();
        let blanks = plan.blanks.iter().flatten().filter_map(|blank| blank.text.as_deref());
        let blanks: Vec<String> = blanks.map(TraitColumns::code_key).collect();
        let is_blank = |key: &String| blanks.contains(key);
        for watched in &self.kinds {
            let proven = watched.proven_numbers(&plan.profiles);
            let columns = TraitColumns::of(&plan.columns, watched.entity, Some(&proven));
            let Some(columns) = columns else { continue };
            for (print, conflict) in self
                .conflicts
                .iter()
                .filter(|(_, conflict)| conflict.entity == watched.entity)
            {
                let Some((first_row, keeper)) = self.known.get(print) else {
                    continue;
                };
                let keeper = watched.only(keeper, &proven);
                let others = conflict.others.iter().map(|other| watched.only(other, &proven));
                if !is_blank(&conflict.key)
                    && others
                        .into_iter()
                        .any(|other| columns.are_others(&conflict.key, &keeper, &other))
                {
                    naturals.conflicts.push(PlannedNatural {
                        entity: conflict.entity,
                        key: conflict.key.clone(),
                        first_row: *first_row,
                        keeper: keeper.into_texts(),
                    });
                }
            }
            naturals.numbers.extend(proven);
        }
        naturals.numbers.sort_unstable();
        naturals.numbers.dedup();
        naturals
            .conflicts
            .sort_unstable_by(|one, other| (one.first_row, &one.key).cmp(&(other.first_row, &other.key)));
        plan.naturals = Some(naturals);
        plan.namesakes = self.namesakes.clone();
    }
}

/// Which natural keys of a table name several records, put to use row by row.
#[derive(Debug, Default)]
pub(crate) struct KnownNaturals {
    kinds: Vec<TraitColumns>,
    conflicts: HashMap<String, (u64, Traits)>,
}

impl KnownNaturals {
    pub fn of(plan: &TablePlan) -> Self {
        let Some(naturals) = plan.naturals.as_ref().filter(|naturals| !naturals.conflicts.is_empty()) else {
            return Self::default();
        };
        let is_known = |entity: &&EntityKind| naturals.conflicts.iter().any(|conflict| conflict.entity == **entity);
        let kinds = WATCHED_KINDS.iter().filter(is_known);
        let columns = kinds.filter_map(|entity| TraitColumns::of(&plan.columns, *entity, Some(&naturals.numbers)));
        let conflict = |conflict: &PlannedNatural| {
            let keeper = Traits::from_texts(&conflict.keeper);
            (conflict.key.clone(), (conflict.first_row, keeper))
        };
        Self {
            kinds: columns.collect(),
            conflicts: naturals.conflicts.iter().map(conflict).collect(),
        }
    }

    /// Keeps a record apart whose key belongs to that of an earlier row. It goes by the key and what tells it apart.
    pub fn keep_apart(&self, row: &Row, record: &mut Record) -> Option<Finding> {
        let columns = self.kinds.iter().find(|kind| Slot::Main(kind.entity) == record.slot)?;
        let (id, is_given) = match &record.source_id {
            SourceId::Derived(id) => (id, false),
            SourceId::Given(id) => (id, true),
            SourceId::Content(_) => return None,
        };
        let keys = columns.keys(row);
        let mut keys = keys.iter().filter(|key| TraitColumns::is_code(key) == is_given);
        let (key, (first_row, keeper)) = keys.find_map(|key| Some((key, self.conflicts.get(key)?)))?;
        let own = columns.traits(row);
        if row.number == *first_row || !columns.are_others(key, keeper, &own) {
            return None;
        }
        let apart = bounded(format!("{id}|{}", columns.telling(key, keeper, &own)));
        let column = columns.key_column(key, row);
        let finding = Finding {
            code: FindingCode::IdConflict,
            column,
            field: column.and_then(|column| columns.field_of(column)),
            value: column
                .and_then(|column| row.cells.get(column))
                .map(|cell| cell.text.clone())
                .unwrap_or_default(),
            detail: format!("`{id}` is that of row {first_row}, and this record goes by `{apart}`"),
        };
        record.source_id = SourceId::Derived(apart);
        // Nobody expects variants to have names of their own.
        let is_expected = !is_given && columns.are_variants(keeper, &own);
        (!is_expected).then_some(finding)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use torqueflow_model::FieldRef;

    use super::*;
    use crate::{Cleaner, PlannedColumn, TableVotes, id_text};

    /// The ids of the first records of rows, in a table of columns `header=field`.
    #[track_caller]
    fn check(columns: &[(&str, &str)], rows: &[&[&str]], expected: &[&str]) {
        let column = |(header, field): &(&str, &str)| PlannedColumn::new(header, FieldRef::parse(field), "alias");
        let mut plan = TablePlan {
            columns: columns.iter().map(column).collect(),
            ..TablePlan::default()
        };
        let rows: Vec<Row> = (2..)
            .zip(rows)
            .map(|(number, texts)| Row {
                number,
                cells: texts.iter().map(|text| Cell::text(*text)).collect(),
            })
            .collect();
        let mut votes = TableVotes::of(&plan);
        for row in &rows {
            votes.observe(row);
        }
        votes.settle(&mut plan, None);
        let cleaner = Cleaner::new(&plan, None, date!(2026 - 11 - 22));
        let ids: Vec<String> = rows
            .iter()
            .map(|row| id_text(&cleaner.clean(row).records[0].source_id, 0))
            .collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn parts_of_one_name_are_told_apart_by_a_number_that_no_field_takes() {
        let columns = [
            ("Name", "product.name"),
            ("Item Code", "-"),
            ("Qty", "product.stock_level"),
        ];
        check(
            &columns,
            &[
                &["Oil filter", "A100", "2"],
                &["Oil filter", "A200", "1"],
                &["Oil filter", "A100", "3"],
                &["Air filter", "A300", "1"],
            ],
            &["oil filter", "oil filter|A200", "oil filter", "air filter"],
        );
        let columns = [("Name", "product.name"), ("Tax Code", "-")];
        check(
            &columns,
            &[&["Oil filter", "T1"], &["Oil filter", "T2"]],
            &["oil filter", "oil filter"],
        );
    }
}
