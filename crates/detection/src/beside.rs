//! The other tables of a document, and what ties a table to them: the same columns, or the numbers and names of their records.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use torqueflow_model::{
    EntityKind, FieldKind, FieldRef, Row, Slot, TableSignature, fold, fold_header, hash64, header_words,
};

use crate::column::ColumnValues;
use crate::detection::{ConfidenceLevel, Detection};
use crate::header_set::HeaderSet;
use crate::headers::Headers;
use crate::values::Look;

/// Columns of a table that may name records of another one, from the left.
const COLUMNS: usize = 200;
/// Columns without a field that may be the key of a table, from the left.
const OTHER_KEYS: usize = 8;
/// Two tables with fewer columns than this have the same ones by chance.
const COLUMNS_IN_COMMON: usize = 3;
/// Of the rows of a list, so many may say what others say already.
const SLIPS: f64 = 0.05;
/// So many rows of a table say what others say where several belong to one record.
const REPEATED: f64 = 0.2;
/// So many of the values that name records have to be among them, where all records were looked at, and where only the first
/// of them were.
const NEARLY_ALL: f64 = 0.9;
const MANY: f64 = 0.3;
/// Fewer different values are among others by chance.
const FEWEST: usize = 2;

/// Words of headers that say that a column is some key, and not whose.
#[rustfmt::skip]
const KEY_WORDS: &[&str] = &[
    "id", "no", "nr", "nº", "number", "num", "nummer", "numero", "número", "code", "codigo", "código", "ref", "reference",
    "key", "uuid", "guid",
];
/// Words of headers that many tables have, each for its own.
const COMMON_WORDS: &[&str] = &[
    "name",
    "description",
    "text",
    "type",
    "line",
    "item",
    "row",
    "record",
    "nom",
];

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

/// What a table is to the others, as detection says it.
pub struct Told<'a> {
    pub detection: &'a Detection,
    /// What the words around it name, where they name one kind of record.
    pub named: Option<&'a TableSignature>,
}

impl Landmark {
    pub(crate) fn of(table: &str, headers: &[String], samples: &[Row], is_whole: bool, told: &Told<'_>) -> Self {
        let detection = told.detection;
        let known = detection.table_type.as_ref();
        let known = known.filter(|_| detection.confidence_level >= ConfidenceLevel::Medium);
        let named = told.named.filter(|_| detection.table_type.is_none());
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
        for (index, column) in detection.columns.iter().enumerate().take(COLUMNS) {
            let of_others = column.field.and_then(names_a_party).filter(|_| known.is_some());
            if let Some(kind) = of_others {
                let values = Values::of(samples, index);
                this.names.push((kind, column.header.clone(), values));
            }
            let own = column
                .field
                .filter(|field| is_key(*field))
                .map(|field| field.slot.entity());
            let own = own.filter(|kind| entities.contains(kind) && says_more(detection, *kind));
            let may_be_other = column.field.is_none() || known.is_none();
            let other =
                entity.filter(|kind| may_be_other && this.keys.len() < OTHER_KEYS && says_more(detection, *kind));
            let Some(entity) = own.or(other) else { continue };
            let values = Values::of(samples, index);
            let is_key = own.is_some() || is_like_a_key(&column.header, samples, index, &values);
            if is_key && values.is_of_a_list() {
                this.keys.push(Key {
                    entity,
                    header: fold_header(&column.header),
                    is_common: is_common(&column.header),
                    values,
                });
            }
        }
        this
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

/// The values of a column, without their texts.
#[derive(Debug, Clone, Default)]
struct Values {
    set: HashSet<u64>,
    filled: usize,
    /// How many have letters.
    lettered: usize,
    rows: usize,
}

impl Values {
    fn of(samples: &[Row], column: usize) -> Self {
        let mut this = Self {
            rows: samples.len(),
            ..Self::default()
        };
        for cell in samples.iter().filter_map(|row| row.cells.get(column)) {
            let text = fold(&cell.text);
            if !text.is_empty() {
                this.filled += 1;
                this.lettered += usize::from(text.chars().any(char::is_alphabetic));
                this.set.insert(hash64(text.as_bytes()));
            }
        }
        this
    }

    fn repeat_share(&self) -> f64 {
        (self.filled - self.set.len()) as f64 / self.filled.max(1) as f64
    }

    /// Nearly every row has one, and hardly two the same.
    fn is_of_a_list(&self) -> bool {
        self.set.len() >= FEWEST && self.filled as f64 >= NEARLY_ALL * self.rows as f64 && self.repeat_share() <= SLIPS
    }

    fn common(&self, other: &Self) -> usize {
        self.set.iter().filter(|value| other.set.contains(value)).count()
    }

    /// `is_whole`: the others are all there are.
    fn are_among(&self, others: &Self, is_whole: bool) -> bool {
        let least = if is_whole { NEARLY_ALL } else { MANY };
        let common = self.common(others);
        common >= FEWEST && common as f64 >= least * self.set.len() as f64
    }
}

/// What headers of general tables refer to.
#[derive(Debug, Clone, Default)]
pub struct References {
    /// Folded header → the kinds of record that it may name by a number or a name.
    to: HashMap<String, Vec<EntityKind>>,
    /// Folded headers of names and numbers of customers and suppliers.
    names: HashSet<String>,
}

impl References {
    pub fn of<'a>(generic: impl Iterator<Item = &'a TableSignature>) -> Self {
        let mut this = Self::default();
        for column in generic.flat_map(|table| &table.columns) {
            let Some(field) = column.field else { continue };
            let is_name =
                matches!(field.slot, Slot::Main(EntityKind::Customer | EntityKind::Supplier)) && is_key(field);
            if is_name && field.spec.name != "source_id" {
                this.names.extend(column.aliases.iter().cloned());
            }
            let own = Some(field.slot.entity()).filter(|_| is_number(field));
            let other = match field.spec.kind {
                FieldKind::Reference { to, .. } => Some(to),
                _ => None,
            };
            for kind in own.into_iter().chain(other) {
                for alias in column
                    .aliases
                    .iter()
                    .filter(|alias| !KEY_WORDS.contains(&alias.as_str()))
                {
                    let kinds = this.to.entry(alias.clone()).or_default();
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                    }
                }
            }
        }
        this
    }

    /// A column with this header may name records of this kind.
    pub fn is_to(&self, folded: &str, kind: EntityKind) -> bool {
        self.to.get(folded).is_some_and(|kinds| kinds.contains(&kind))
    }

    fn is_name(&self, folded: &str) -> bool {
        self.names.contains(folded)
    }
}

/// The field is what records of its kind are told apart by.
pub fn is_key(field: FieldRef) -> bool {
    let Slot::Main(kind) = field.slot else { return false };
    let is_name = match kind {
        EntityKind::Customer => matches!(field.spec.name, "display_name" | "company"),
        EntityKind::Supplier => field.spec.name == "name",
        _ => false,
    };
    is_name || is_number(field) || (field.spec.name == "source_id" && is_a_list_of(kind))
}

fn is_number(field: FieldRef) -> bool {
    let Slot::Main(kind) = field.slot else { return false };
    match kind {
        EntityKind::Customer => field.spec.name == "external_customer_number",
        EntityKind::Vehicle => matches!(field.spec.name, "registration" | "vin"),
        EntityKind::WorkOrder | EntityKind::Invoice => field.spec.name == "number",
        EntityKind::Product | EntityKind::Supplier => field.spec.name == "code",
        _ => false,
    }
}

fn is_a_list_of(kind: EntityKind) -> bool {
    use EntityKind as E;
    matches!(
        kind,
        E::Customer | E::Vehicle | E::WorkOrder | E::Invoice | E::Product | E::Supplier
    )
}

/// Who is named, where the field names a customer or a supplier that stands elsewhere.
fn names_a_party(field: FieldRef) -> Option<EntityKind> {
    match field.spec.kind {
        FieldKind::Reference { to, .. } => {
            Some(to).filter(|to| matches!(to, EntityKind::Customer | EntityKind::Supplier))
        }
        _ => None,
    }
}

/// The columns say more of customers or vehicles than who or which they are.
pub fn says_more(detection: &Detection, kind: EntityKind) -> bool {
    let mut fields = detection.columns.iter().filter_map(|column| column.field);
    fields.any(|field| is_more(field, kind)) || !matches!(kind, EntityKind::Customer | EntityKind::Vehicle)
}

/// The field says more of a customer than their name, and of a vehicle than its plate.
pub fn is_more(field: FieldRef, kind: EntityKind) -> bool {
    use FieldKind as K;
    match kind {
        EntityKind::Customer => {
            let is_party = matches!(field.slot, Slot::BillingAddress | Slot::ShippingAddress)
                || field.slot == Slot::Main(EntityKind::Customer);
            let is_contact = matches!(field.spec.kind, K::Email | K::Phone | K::Landline | K::Postcode);
            is_party && (is_contact || matches!(field.spec.name, "line_1" | "city" | "vat_number"))
        }
        EntityKind::Vehicle => {
            let of_vehicle = field.slot == Slot::Main(EntityKind::Vehicle);
            let is_described = matches!(
                field.spec.name,
                "make" | "model" | "vin" | "model_year" | "colour" | "fuel" | "engine_cc" | "first_registered_on"
            );
            of_vehicle && is_described
        }
        _ => true,
    }
}

/// Any table may have such a column for its own records.
fn is_common(header: &str) -> bool {
    let words = header_words(header);
    let is_one = |word: &String| KEY_WORDS.contains(&word.as_str()) || COMMON_WORDS.contains(&word.as_str());
    words.iter().all(is_one)
}

/// A column without a field that may tell records apart: codes under a header of its own.
fn is_like_a_key(header: &str, samples: &[Row], index: usize, values: &Values) -> bool {
    if is_common(header) {
        return false;
    }
    let column = ColumnValues::of(samples, index);
    let is_other = matches!(
        column.look.map(|column| column.look),
        Some(Look::Date | Look::Email | Look::Phone | Look::Flag | Look::Binary | Look::Postcode)
    );
    let is_called_a_key = || {
        header_words(header)
            .iter()
            .any(|word| KEY_WORDS.contains(&word.as_str()))
    };
    !is_other && column.are_codes() && (values.lettered * 2 >= values.filled || is_called_a_key())
}
