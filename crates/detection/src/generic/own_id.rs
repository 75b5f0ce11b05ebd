//! The id of the record that a row is, where no known spelling names it; and names that would make one record of many rows.

use std::collections::{HashMap, HashSet};

use torqueflow_model::{EntityKind, FieldRef, Row, Slot};

use super::Candidate;
use crate::column::ColumnValues;
use crate::detection::MatchedBy;
use crate::table::{Table, text_of};
use crate::vocabulary::Vocabulary;

/// Words for an id, before or behind what it is of.
const IDS: &[&str] = &["id", "uuid", "guid", "key"];
/// Words for a number, which is of a record only where a word for its kind stands beside.
const NUMBERS: &[&str] = &["number", "no", "nr", "num", "code", "ref", "reference"];
/// What each kind of record is called in headers.
#[rustfmt::skip]
const NOUNS: &[(EntityKind, &[&str])] = &[
    (EntityKind::Customer, &["customer", "client", "cust", "contact", "account", "debtor", "member", "buyer"]),
    (EntityKind::Supplier, &["supplier", "vendor", "creditor", "manufacturer"]),
    (EntityKind::Vehicle, &["vehicle", "veh", "car", "truck", "van", "fleet", "asset"]),
    (EntityKind::Product, &["product", "prod", "item", "part", "article", "art", "stock", "sku", "material", "goods"]),
    (EntityKind::WorkOrder, &["job", "workorder", "wo", "ro", "repair", "booking", "jobcard"]),
    (EntityKind::LabourUnit, &["labour", "labor", "operation", "op"]),
];
/// What else has ids of its own, and is no record of ours that a table could be of.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "user", "employee", "staff", "technician", "mechanic", "driver", "salesman", "rep", "agent", "manager", "location",
    "branch", "store", "shop", "site", "warehouse", "category", "cat", "family", "group", "class", "type", "brand", "make",
    "model", "company", "organisation", "organization", "tenant", "team", "order", "invoice", "bill", "document", "payment",
    "transaction", "receipt", "tax", "vat", "gst", "national", "passport", "price", "currency", "country", "state", "city",
    "region", "parent", "image", "photo", "file", "bank", "external", "facebook", "google", "session", "device", "status",
    "email", "mail", "owner", "created", "updated", "address", "zip", "ip", "mac", "skype", "unit", "project", "task", "lead",
    "department", "role", "colour", "color", "language", "serial", "batch", "lot", "barcode", "shipment", "tracking",
];
/// Fewer rows tell nothing of whether a column is different in each.
const ENOUGH_ROWS: usize = 3;
/// An id may stand twice by mistake.
const NEARLY_UNIQUE: f64 = 0.98;
/// A product or a supplier that is known by its name alone is doubtful where so many rows share it with others, …
const MERGED: f64 = 0.1;
/// … and the table is more likely of something else where fewer of its rows have one of their own, by name …
const OWN_NAMES: f64 = 0.5;
/// … or by code.
const OWN_CODES: f64 = 0.15;

/// Rows that are taken for the same record though they say different things of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// The rows that were looked at.
    pub rows: usize,
    /// The records in them.
    pub records: usize,
    /// So few that the table is likely to be of something else.
    pub is_doubtful: bool,
}

/// What a header is an id of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The record of the row.
    Own,
    /// What nobody knows.
    Unknown,
}

impl Candidate<'_> {
    /// Where nothing identifies the record, a column does that is called an id of its kind; or any id or first column in which
    /// no two rows agree.
    pub(super) fn add_own_id(&mut self, words: &Vocabulary, file: &Table) {
        let Some(field) = self.source_id() else { return };
        let kind = field.slot.entity();
        let number = number_of(kind);
        if self.mapping.has(field) || number.is_some_and(|number| self.mapping.has(number)) {
            return;
        }
        let is_open =
            |index: &usize| self.mapping.field(*index).is_none() && !file.is_no_field(*index) && file.is_filled(*index);
        let open: Vec<usize> = (0..file.headers.len()).filter(is_open).collect();
        let of = |index: usize| self.is_id_of(index, kind, file);
        let own = open
            .iter()
            .find(|index| of(**index) == Some(Of::Own) && file.identifies_rows(**index, true));
        let unknown = || {
            let may_be = |index: &&usize| {
                let is_known = !words.columns(file.headers.folded(**index)).is_empty();
                let is_first = **index == 0 && file.has_unknown_word(**index) && !is_known;
                (of(**index) == Some(Of::Unknown) || is_first) && file.identifies_rows(**index, false)
            };
            // A name that every row has for itself needs no help.
            // Nor does it make jobs or vehicles of rows that have an id.
            let is_of_any = matches!(kind, EntityKind::WorkOrder | EntityKind::Vehicle);
            let is_needed = !is_of_any && (self.merged(file).is_some() || self.has_no_identity(file));
            open.iter().filter(|_| is_needed).find(may_be)
        };
        let Some(index) = own.or_else(unknown).copied() else {
            return;
        };
        let field = match number {
            // A job is known by its number.
            Some(number) if kind == EntityKind::WorkOrder => number,
            _ => field,
        };
        self.mapping.offer(index, field, MatchedBy::Similar);
    }

    /// The source's id of the only kind of record that the table has.
    fn source_id(&self) -> Option<FieldRef> {
        let mut main = self
            .table
            .slots()
            .into_iter()
            .filter(|slot| matches!(slot, Slot::Main(_)));
        let (Some(slot), None) = (main.next(), main.next()) else {
            return None;
        };
        self.own_field(FieldRef::new(slot, "source_id")?)
    }

    /// What the header of a column is an id of, if it is one.
    fn is_id_of(&self, index: usize, kind: EntityKind, file: &Table) -> Option<Of> {
        let words = file.words(index);
        let is = |list: &[&str], word: Option<&String>| word.is_some_and(|word| list.contains(&word.as_str()));
        let (is_id, of) = match words {
            [first, of, ..] if is(IDS, Some(first)) => (true, of),
            [.., of, last] if is(IDS, Some(last)) => (true, of),
            [first, of, ..] if is(NUMBERS, Some(first)) => (false, of),
            [.., of, last] if is(NUMBERS, Some(last)) => (false, of),
            _ => return None,
        };
        let of_kind = NOUNS.iter().find(|(_, nouns)| nouns.contains(&of.as_str()));
        match of_kind {
            // Vehicles that have plates are known by them, and their numbers in a fleet change.
            Some((other, _)) if *other == kind => (is_id || !self.is_known_by_plates()).then_some(Of::Own),
            // What a file of jobs calls orders are the jobs.
            None if of == "order" && kind == EntityKind::WorkOrder && self.named > 0.0 => Some(Of::Own),
            None if is_id && !OTHERS.contains(&of.as_str()) => Some(Of::Unknown),
            _ => None,
        }
    }

    fn is_known_by_plates(&self) -> bool {
        let mut plates = ["vehicle.registration", "vehicle.vin"].into_iter();
        plates.any(|name| self.column_of(name).is_some())
    }

    /// Nothing by which a record of the table could be known is there.
    fn has_no_identity(&self, file: &Table) -> bool {
        let names = ["product.name", "supplier.name", "labour_unit.description"];
        let mut known = names.iter().filter_map(|name| self.column_of(name));
        let is_customer = self.table.entities().first() == Some(&EntityKind::Customer);
        !is_customer && !known.any(|index| file.is_filled(index))
    }

    /// Of two ids of a product, the one that only counts is the source's, and the other the code.
    pub(super) fn tell_codes_from_counters(&mut self, words: &Vocabulary, file: &Table) {
        let (Some(code), Some(field), Some(source_id)) = (
            self.column_of("product.code"),
            FieldRef::parse("product.code"),
            self.source_id(),
        ) else {
            return;
        };
        let counts = |index: usize| file.column(index).is_some_and(ColumnValues::are_counters);
        let is_id = file.words(code).iter().any(|word| IDS.contains(&word.as_str()));
        if !is_id || !counts(code) {
            return;
        }
        let is_free = |index: usize| match self.mapping.field(index) {
            None => true,
            Some((other, by)) => other == source_id && by == MatchedBy::Similar,
        };
        let is_better = |index: &usize| {
            let spelled = std::iter::once(file.headers.folded(*index));
            let mut spelled = spelled.chain(file.variants(*index).iter().map(String::as_str));
            is_free(*index)
                && file.column(*index).is_some_and(ColumnValues::are_lettered_codes)
                && spelled.any(|text| self.feeds(words.columns(text), field))
        };
        let Some(better) = (0..file.headers.len()).find(is_better) else {
            return;
        };
        self.mapping.clear(better);
        self.mapping.replace(code, better);
        self.mapping.offer(code, source_id, MatchedBy::Similar);
    }

    /// How many records the rows would make that are known by their name or code, if that merges many that differ.
    pub(super) fn merged(&self, file: &Table) -> Option<Merged> {
        let field = self.source_id().filter(|field| !self.mapping.has(*field))?;
        let (number, name) = match field.slot.entity() {
            EntityKind::Product => ("product.code", "product.name"),
            EntityKind::Supplier => ("supplier.code", "supplier.name"),
            _ => return None,
        };
        let number = self.column_of(number);
        let key = number.or_else(|| self.column_of(name))?;
        // The weights of one code are told by the first values already.
        if file
            .column(key)
            .is_some_and(|column| column.filled > 0 && column.is_unique() && number.is_some())
        {
            return None;
        }
        let others: Vec<usize> = (0..file.headers.len())
            .filter(|index| *index != key && self.mapping.field(*index).is_some())
            .collect();
        let (rows, records) = file.rows_and_records(key, &others)?;
        let own = records as f64 / rows.max(1) as f64;
        let least = if number.is_some() { OWN_CODES } else { OWN_NAMES };
        let is_doubtful = own < least;
        (is_doubtful || (number.is_none() && own < 1.0 - MERGED)).then_some(Merged {
            rows,
            records,
            is_doubtful,
        })
    }
}

/// The field by which records of a kind are known, beside the source's own id.
fn number_of(kind: EntityKind) -> Option<FieldRef> {
    let has_nouns = NOUNS.iter().any(|(other, _)| *other == kind);
    FieldRef::new(Slot::Main(kind), kind.code_field().filter(|_| has_nouns)?)
}

impl Table<'_> {
    /// Hardly any two rows have the same in a column, and none has nothing. `is_named`: its header says so, so that a file
    /// without rows is believed, and one of few.
    fn identifies_rows(&self, index: usize, is_named: bool) -> bool {
        let Some(column) = self.column(index).filter(|column| column.filled > 0) else {
            return is_named;
        };
        let is_other = self.look(index).is_some_and(|column| !column.look.may_be_id());
        if is_other || (!is_named && (column.filled < ENOUGH_ROWS || !column.are_ids())) {
            return false;
        }
        let (filled, different) = self.filled_and_different(index);
        self.is_in_nearly_all_rows(index) && different as f64 >= NEARLY_UNIQUE * filled as f64
    }

    /// How many rows have a value in a column, and how many different ones.
    fn filled_and_different(&self, index: usize) -> (usize, usize) {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut filled = 0;
        for cell in self
            .samples()
            .iter()
            .filter_map(|row| row.cells.get(index))
            .filter(|cell| !cell.is_blank())
        {
            filled += 1;
            seen.insert(cell.text.trim());
        }
        (filled, seen.len())
    }

    /// How many rows have a value in a column, and how many different ones, where rows of the same one differ in others.
    fn rows_and_records(&self, key: usize, others: &[usize]) -> Option<(usize, usize)> {
        let mut first: HashMap<&str, &Row> = HashMap::new();
        let (mut rows, mut conflicts) = (0, 0);
        for row in self.samples() {
            let text = text_of(row, key);
            if text.is_empty() {
                continue;
            }
            rows += 1;
            let before = *first.entry(text).or_insert(row);
            let differs = |index: &usize| {
                let (old, new) = (text_of(before, *index), text_of(row, *index));
                !old.is_empty() && !new.is_empty() && old != new
            };
            conflicts += usize::from(!std::ptr::eq(before, row) && conflicts < 2 && others.iter().any(differs));
        }
        (conflicts >= 2).then_some((rows, first.len()))
    }
}
