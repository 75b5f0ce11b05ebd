//! The other tables of a document, and what ties a table to them: the same columns, or the numbers and names of their records.

mod keys;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use torqueflow_model::{EntityKind, Row, TableSignature, fold_header};

use crate::detection::{ConfidenceLevel, DetectedColumn, Detection};
use crate::header_set::HeaderSet;
use crate::headers::Headers;

pub use keys::{References, is_key};
use keys::{Values, is_common, is_like_a_key, is_list_of, names_a_party};

/// Columns of a table that may name records of another one, from the left.
const COLUMNS: usize = 200;
/// Columns without a field that may be the key of a table, from the left.
const OTHER_KEYS: usize = 8;
/// Two tables with fewer columns than this have the same ones by chance.
const COLUMNS_IN_COMMON: usize = 3;
/// So many rows of a table say what others say where several belong to one record.
const REPEATED: f64 = 0.2;

/// What ties a table to another one of its document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bond {
    /// Nothing.
    None,
    /// Both have the same columns.
    SameColumns,
    /// Its column with this header names records of the other table, several rows the same one.
    Belongs(String),
    /// Its column with this header names records of the other table, each row another one.
    Matches(String),
    /// Its column with this header holds what a column of the other table names as its suppliers or customers.
    Named {
        /// The header.
        column: String,
        /// The header of the column there.
        by: String,
        /// What the other table takes them for.
        as_kind: EntityKind,
    },
}

/// Another table of the document that a table is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Beside {
    /// What people call it: its worksheet.
    pub table: String,
    /// What its rows are called: `invoices`.
    pub noun: String,
    /// What it is, where that is known.
    pub type_id: Option<String>,
    /// The source that it is an export of, where that is a known one.
    pub source_system: Option<String>,
    /// The kind of record that its rows are about.
    pub entity: Option<EntityKind>,
    /// What ties the table to it.
    pub bond: Bond,
}

/// A table as the others of its document see it. It keeps no text of its rows.
#[derive(Debug, Clone)]
pub struct Landmark {
    table: String,
    noun: String,
    type_id: Option<String>,
    source_system: Option<String>,
    entity: Option<EntityKind>,
    headers: Option<HeaderSet>,
    /// The columns that tell its records apart.
    keys: Vec<Key>,
    /// The columns that name suppliers or customers.
    names: Vec<(EntityKind, String, Values)>,
    /// All of its rows were looked at.
    is_whole: bool,
}

/// A column that tells records apart.
#[derive(Debug, Clone)]
struct Key {
    /// Whose it is.
    entity: EntityKind,
    /// The header, folded.
    header: String,
    /// Any table may have a column of this name for its own records.
    is_common: bool,
    values: Values,
}

impl Landmark {
    /// `named`: what the words around name where detection says nothing.
    pub(crate) fn of(
        table: &str,
        headers: &[String],
        samples: &[Row],
        is_whole: bool,
        detection: &Detection,
        named: Option<&TableSignature>,
    ) -> Self {
        let known = detection.table_type.as_ref();
        let known = known.filter(|_| detection.confidence_level >= ConfidenceLevel::Medium);
        let entities = known.map_or_else(
            || named.map(TableSignature::entities).unwrap_or_default(),
            |found| found.entities.clone(),
        );
        // The last in import order is what refers to the others.
        let entity = entities.last().copied();
        let noun = known.map(|found| &found.noun).or(named.map(|table| &table.noun));
        let mut this = Self {
            table: table.to_owned(),
            noun: noun.cloned().unwrap_or_default(),
            type_id: known.map(|found| found.type_id.clone()),
            source_system: known.map(|found| found.source_system.clone()),
            entity,
            headers: HeaderSet::of(headers),
            keys: Vec::new(),
            names: Vec::new(),
            is_whole,
        };
        let listed: Vec<EntityKind> = entities
            .into_iter()
            .filter(|kind| is_list_of(detection, *kind))
            .collect();
        for (index, column) in detection.columns.iter().enumerate().take(COLUMNS) {
            if let Some(kind) = column.field.and_then(names_a_party).filter(|_| known.is_some()) {
                let values = Values::of(samples, index);
                this.names.push((kind, column.header.clone(), values));
            }
            let may_be_another = column.field.is_none() || known.is_none();
            this.add_key(&listed, column, may_be_another, samples, index);
        }
        this
    }

    /// Takes a column for a key if it tells the records of a listed kind apart. `may_be_another`: it may be a key though its field
    /// is none.
    fn add_key(
        &mut self,
        listed: &[EntityKind],
        column: &DetectedColumn,
        may_be_another: bool,
        samples: &[Row],
        index: usize,
    ) {
        let own = column
            .field
            .filter(|field| is_key(*field))
            .map(|field| field.slot.entity());
        let own = own.filter(|kind| listed.contains(kind));
        let other = self.entity.filter(|kind| listed.contains(kind));
        let other = other.filter(|_| may_be_another && self.keys.len() < OTHER_KEYS);
        let Some(entity) = own.or(other) else { return };
        let values = Values::of(samples, index);
        let is_key = || own.is_some() || is_like_a_key(&column.header, samples, index, &values);
        if values.is_of_a_list() && is_key() {
            self.keys.push(Key {
                entity,
                header: fold_header(&column.header),
                is_common: is_common(&column.header),
                values,
            });
        }
    }

    /// What ties this table to it.
    fn bonds(&self, table: &Seen<'_>, references: &References) -> Vec<(Bond, Option<EntityKind>)> {
        let mut bonds = Vec::new();
        let is_alike = self
            .headers
            .as_ref()
            .zip(table.set.as_ref())
            .is_some_and(|(one, other)| {
                one.headers().len() >= COLUMNS_IN_COMMON
                    && other.headers().len() >= COLUMNS_IN_COMMON
                    && one.is_like(other)
            });
        if is_alike && self.type_id.is_some() {
            bonds.push((Bond::SameColumns, self.entity));
        }
        let kinds: BTreeSet<EntityKind> = self.keys.iter().map(|key| key.entity).collect();
        for kind in kinds {
            let keys = || self.keys.iter().filter(|key| key.entity == kind);
            let bond = keys().find_map(|key| table.names_records(key, self.is_whole, references));
            bonds.extend(bond.map(|bond| (bond, Some(kind))));
        }
        for (kind, header, values) in &self.names {
            bonds.extend(
                table
                    .is_named(*kind, header, values, references)
                    .map(|bond| (bond, self.entity)),
            );
        }
        if bonds.is_empty() && self.source_system.is_some() {
            bonds.push((Bond::None, None));
        }
        bonds
    }
}

/// What ties a table to the others of its document.
pub fn beside<'a>(
    headers: &Headers,
    samples: &[Row],
    landmarks: impl Iterator<Item = &'a Landmark>,
    references: &References,
) -> Vec<Beside> {
    let table = Seen::new(headers, samples);
    let mut all: Vec<Beside> = Vec::new();
    for landmark in landmarks {
        all.extend(landmark.bonds(&table, references).into_iter().map(|(bond, entity)| {
            // Of what only belongs to the same system, one is enough.
            let is_tied = bond != Bond::None;
            Beside {
                table: if is_tied { landmark.table.clone() } else { String::new() },
                noun: if is_tied { landmark.noun.clone() } else { String::new() },
                type_id: landmark.type_id.clone().filter(|_| is_tied),
                source_system: landmark.source_system.clone(),
                entity,
                bond,
            }
        }));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// A table as it is held against others.
struct Seen<'a> {
    headers: &'a Headers,
    set: Option<HeaderSet>,
    samples: &'a [Row],
    values: Vec<OnceCell<Values>>,
}

impl<'a> Seen<'a> {
    fn new(headers: &'a Headers, samples: &'a [Row]) -> Self {
        let columns = headers.len().min(COLUMNS);
        Self {
            headers,
            set: HeaderSet::of((0..headers.len()).map(|index| headers.text(index))),
            samples,
            values: (0..columns).map(|_| OnceCell::new()).collect(),
        }
    }

    fn values(&self, index: usize) -> Option<&Values> {
        Some(self.values.get(index)?.get_or_init(|| Values::of(self.samples, index)))
    }

    /// The first column that names the records with this key.
    fn names_records(&self, key: &Key, is_whole: bool, references: &References) -> Option<Bond> {
        let is_it = |index: &usize| {
            let is_same = !key.is_common && self.headers.written(*index) == key.header;
            is_same || references.is_to(self.headers.folded(*index), key.entity)
        };
        (0..self.values.len()).filter(is_it).find_map(|index| {
            let values = self.values(index)?;
            if !values.are_among(&key.values, is_whole) {
                return None;
            }
            let column = self.headers.text(index).to_owned();
            Some(if values.repeat_share() >= REPEATED {
                Bond::Belongs(column)
            } else {
                Bond::Matches(column)
            })
        })
    }

    /// The other table names most of the rows of this one, and hardly anybody else.
    fn is_named(&self, kind: EntityKind, by: &str, named: &Values, references: &References) -> Option<Bond> {
        let is_it = |index: &usize| references.is_name(self.headers.folded(*index));
        (0..self.values.len()).filter(is_it).find_map(|index| {
            let own = self.values(index)?;
            let is_list = own.is_of_a_list() && own.lettered * 2 >= own.filled;
            let is_most = named.common(own) * 2 >= own.set.len();
            (is_list && is_most && named.are_among(own, true)).then(|| Bond::Named {
                column: self.headers.text(index).to_owned(),
                by: by.to_owned(),
                as_kind: kind,
            })
        })
    }
}
