//! What the words around a table, and its telling headers, say of a type.

use torqueflow_model::{EntityKind, FieldRef, Slot};

use super::Candidate;
use crate::column::ColumnValues;
use crate::detection::MatchedBy;
use crate::surroundings::{PLAINLY, is_word_for};
use crate::table::Table;

/// Of a table of which less is understood, the name says what it is and not what is in it.
const HALF: f64 = 0.5;
/// So many columns that are understood are no accident in a table that is called so, however many others there are.
const PLENTY: usize = 5;
/// So many times as many columns have to speak for a type as against it.
const OUTWEIGHED: usize = 5;
/// Of fewer rows nobody can say whether each has a number of its own.
const ROWS: usize = 8;
/// Words of headers that say that somebody is a customer, or where they live: of those who work somewhere, more is kept than
/// that. As they are in English.
#[rustfmt::skip]
const OF_CUSTOMERS: &[&str] = &[
    "customer", "customers", "client", "clients", "cust", "debtor", "address", "street", "postcode", "zip", "postal",
    "company", "vat", "balance", "registration", "reg", "vin",
];

impl Candidate<'_> {
    /// The file, the sheet or the title is called after it.
    pub fn is_plainly_named(&self) -> bool {
        self.named >= PLAINLY
    }

    /// What must be named is named: by the words around, a header, a column of yes and no.
    pub(super) fn is_named_where_it_must_be(&self) -> bool {
        !self.table.must_be_named
            || self.template
            || self.flagged > 0.0
            || self.named_by_header > 0.0
            || self.clues.signs > 0
            || (self.named > 0.0 && (self.clues.hints > 0 || !self.clues.of_others))
    }

    /// Headers say that it is this type, and no words around the table.
    pub fn is_told_by_signs(&self) -> bool {
        self.clues.signs > 0 && !self.is_spoken_of()
    }

    /// Something says that it is this type: the words around, its flags, or two headers that are hints of it.
    pub fn is_called_for(&self) -> bool {
        let is_hinted = self.clues.hints > 1 && self.against.is_empty() && !self.clues.of_others;
        self.table.must_be_named && (self.is_plainly_named() || self.flagged > 0.0 || self.clues.signs > 0 || is_hinted)
    }

    /// Nothing that it must have is there.
    pub fn lacks_all(&self) -> bool {
        self.missing.len() == self.table.required.len()
    }

    /// The words around the table name it, or its flags do.
    pub fn is_spoken_of(&self) -> bool {
        self.named > 0.0 || self.flagged > 0.0
    }

    /// The words around name it, its records are told apart, and enough of it is understood: most, all of two columns, or
    /// plenty beside what it must have.
    pub fn is_understood_by_its_name(&self) -> bool {
        let understood = self.understood();
        let is_most = self.explained >= HALF && (understood > 2 || (understood == 2 && self.explains_all()));
        let is_plenty = self.missing.is_empty() && understood >= PLENTY && !self.only_names_people();
        let is_clear = self.against.is_empty() && !self.clues.no_line && self.confidence >= 0.4;
        self.is_plainly_named() && (is_most || is_plenty) && self.has_identity() && is_clear
    }

    /// What speaks against people being customers or suppliers is said of them all the same: the words around name them, and
    /// either each row has a number of theirs to itself, or far more speaks for it.
    pub(super) fn outweighs_what_is_against(&self, file: &Table) -> bool {
        let numbers: &[&str] = match self.table.entities().as_slice() {
            [EntityKind::Customer] => &["customer.external_customer_number", "customer.source_id"],
            [EntityKind::Supplier] => &["supplier.code", "supplier.source_id"],
            _ => return false,
        };
        let is_one_each = |index: usize| {
            let values = file.column(index);
            let is_own = values.is_some_and(|values| values.filled >= ROWS && values.is_unique());
            is_own && file.is_in_nearly_all_rows(index)
        };
        let mut columns = numbers.iter().filter_map(|name| self.column_of(name));
        let is_much = self.against.len() * OUTWEIGHED <= self.understood();
        self.is_plainly_named() && (is_much || columns.any(is_one_each))
    }

    /// It is of those whom the garage buys from.
    pub fn is_of_suppliers(&self) -> bool {
        self.table.must_be_named && self.table.flags.iter().any(|text| text == "supplier")
    }

    /// A column tells one of its records from another.
    fn has_identity(&self) -> bool {
        let names: &[&str] = match self.table.entities().first() {
            Some(EntityKind::Customer) => &["display_name", "first_name", "last_name", "company"],
            Some(EntityKind::Vehicle) => &["registration", "vin", "source_id"],
            Some(EntityKind::WorkOrder) => &["number", "source_id"],
            Some(EntityKind::Product) => &["code", "name"],
            Some(EntityKind::Supplier) => &["name"],
            Some(EntityKind::Invoice) => &["number"],
            _ => return self.missing.is_empty(),
        };
        let main = self.table.entities().first().copied().map(Slot::Main);
        let mut fields = self.mapping.fields.iter().flatten();
        fields.any(|(field, _)| Some(field.slot) == main && names.contains(&field.spec.name))
    }

    /// In a table that is called after its records, a header that is no more than the word for one of them is their name.
    pub(super) fn add_names_by_the_word_for_them(&mut self, file: &Table) {
        let names: &[&str] = match self.table.entities().as_slice() {
            [EntityKind::Customer] => &[
                "customer.display_name",
                "customer.first_name",
                "customer.last_name",
                "customer.company",
            ],
            [EntityKind::Supplier] => &["supplier.name"],
            [EntityKind::Product] => &["product.name"],
            _ => return,
        };
        let is_known = names.iter().any(|name| self.column_of(name).is_some());
        let field = names.first().and_then(|name| FieldRef::parse(name));
        let Some(field) = field.filter(|_| self.is_plainly_named() && !is_known) else {
            return;
        };
        let is_it = |index: &usize| {
            let is_open = self.mapping.field(*index).is_none() && !file.is_no_field(*index) && file.is_filled(*index);
            let are_numbers = file
                .column(*index)
                .is_some_and(|values| values.are_numbers() || values.are_counters());
            is_open
                && !are_numbers
                && !file.is_flag(*index)
                && is_word_for(file.headers.text(*index), &self.table.names)
        };
        if let Some(index) = (0..file.headers.len()).find(|index| is_it(index)) {
            self.mapping.offer(index, field, MatchedBy::Similar);
        }
    }

    /// Headers that say it by themselves, and those that only hint at it.
    pub(super) fn count_signs(&mut self, file: &Table) {
        if !self.table.must_be_named {
            return;
        }
        let count = |list: &[String]| {
            let is_one = |index: &usize| {
                file.is_filled(*index)
                    && !file.is_flag(*index)
                    && list.iter().any(|text| text == file.headers.folded(*index))
            };
            (0..file.headers.len()).filter(is_one).count()
        };
        self.clues.signs = count(&self.table.signs);
        self.clues.hints = count(&self.table.hints);
        let has_signs = !self.table.signs.is_empty() || !self.table.hints.is_empty();
        let is_of_customers = |index: usize| {
            let mut words = file.words(index).iter();
            file.is_filled(index) && words.any(|word| OF_CUSTOMERS.contains(&word.as_str()))
        };
        self.clues.of_others = has_signs && (0..file.headers.len()).any(is_of_customers);
    }

    /// Headers that mean a field of this type only because the words around the table name it.
    pub(super) fn add_when_named(&mut self, file: &Table) {
        if !self.is_plainly_named() {
            return;
        }
        for (header, fields) in &self.table.when_named {
            let is_it = |index: &usize| file.words(*index).len() == 1 && file.variants(*index).contains(header);
            let position = file.headers.position(header);
            let Some(index) = position.or_else(|| (0..file.headers.len()).find(is_it)) else {
                continue;
            };
            let is_free = self.mapping.field(index).is_none() && !file.is_no_field(index);
            if !is_free || !file.is_filled(index) {
                continue;
            }
            for field in fields {
                let is_number = matches!(field.spec.name, "number" | "code" | "external_customer_number");
                let is_told_apart = !is_number || file.column(index).is_none_or(ColumnValues::is_unique);
                if is_told_apart
                    && file.is_likely_to_hold(index, *field)
                    && self.mapping.offer(index, *field, MatchedBy::Similar)
                {
                    break;
                }
            }
        }
    }
}
