//! What tells records apart, and what refers to them: headers, fields, and values without their texts.

use std::collections::{HashMap, HashSet};

use torqueflow_model::{EntityKind, FieldKind, FieldRef, Row, Slot, TableSignature, fold, hash64, header_words};

use crate::column::ColumnValues;
use crate::detection::Detection;
use crate::values::Look;

/// Of the rows of a list, so many may say what others say already.
const SLIPS: f64 = 0.05;
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

/// The values of a column, without their texts.
#[derive(Debug, Clone, Default)]
pub struct Values {
    pub set: HashSet<u64>,
    pub filled: usize,
    /// How many have letters.
    pub lettered: usize,
    rows: usize,
}

impl Values {
    pub fn of(samples: &[Row], column: usize) -> Self {
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

    pub fn repeat_share(&self) -> f64 {
        (self.filled - self.set.len()) as f64 / self.filled.max(1) as f64
    }

    /// Nearly every row has one, and hardly two the same.
    pub fn is_of_a_list(&self) -> bool {
        self.set.len() >= FEWEST && self.filled as f64 >= NEARLY_ALL * self.rows as f64 && self.repeat_share() <= SLIPS
    }

    pub fn common(&self, other: &Self) -> usize {
        self.set.iter().filter(|value| other.set.contains(value)).count()
    }

    /// `is_whole`: the others are all there are.
    pub fn are_among(&self, others: &Self, is_whole: bool) -> bool {
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

    pub fn is_name(&self, folded: &str) -> bool {
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
        EntityKind::Vehicle => matches!(field.spec.name, "registration" | "vin"),
        _ => is_a_list_of(kind) && kind.code_field() == Some(field.spec.name),
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
pub fn names_a_party(field: FieldRef) -> Option<EntityKind> {
    match field.spec.kind {
        FieldKind::Reference { to, .. } => {
            Some(to).filter(|to| matches!(to, EntityKind::Customer | EntityKind::Supplier))
        }
        _ => None,
    }
}

/// The table lists records of this kind: of customers and vehicles it says more than who or which they are.
pub fn is_list_of(detection: &Detection, kind: EntityKind) -> bool {
    let mut fields = detection.columns.iter().filter_map(|column| column.field);
    fields.any(|field| describes(field, kind)) || !matches!(kind, EntityKind::Customer | EntityKind::Vehicle)
}

/// The field says how to reach a customer, and what car a vehicle is.
fn describes(field: FieldRef, kind: EntityKind) -> bool {
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
pub fn is_common(header: &str) -> bool {
    let words = header_words(header);
    let is_one = |word: &String| KEY_WORDS.contains(&word.as_str()) || COMMON_WORDS.contains(&word.as_str());
    words.iter().all(is_one)
}

/// A column without a field that may tell records apart: codes under a header of its own.
pub fn is_like_a_key(header: &str, samples: &[Row], index: usize, values: &Values) -> bool {
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
