//! Which column feeds which field, beyond the spellings that are known.

use torqueflow_model::{EntityKind, FieldKind, FieldRef, Slot};

use super::{Candidate, is_typical};
use crate::detection::MatchedBy;
use crate::table::Table;
use crate::values::Look;
use crate::vocabulary::Vocabulary;

/// More columns than this are not compared letter by letter.
const SIMILAR_COLUMNS: usize = 200;
/// Headers of columns that say what somebody is, where their values are words for companies and people, folded.
#[rustfmt::skip]
const KINDS_OF_PARTY: &[&str] = &[
    "type", "kind", "entity", "entitytype", "partytype", "party", "legaltype", "legalstatus", "recordtype", "nametype",
    "customertype", "clienttype", "contacttype", "accounttype", "ownertype", "keepertype", "buyertype",
    "typ", "art", "kundentyp", "kundenart", "kontakttyp", "tipo", "tipocliente", "tipodecliente", "tipocontacto",
    "tipodecontacto", "tipopersona", "tipodepersona", "tipopessoa", "tipodepessoa", "typeclient", "typedeclient", "soort",
    "klanttype", "relatietype", "rodzaj", "typklienta",
];
/// Headers of names that are somebody else's where first and last names stand beside them, folded.
const NAMES_OF_OTHERS: &[&str] = &[
    "contact",
    "contactname",
    "contactperson",
    "primarycontact",
    "maincontact",
    "owner",
    "ownername",
    "keeper",
    "keepername",
    "registeredkeeper",
    "drivername",
    "person",
    "personname",
    "policyholder",
    "associatedcompany",
];

impl Candidate<'_> {
    pub(super) fn add_similar(&mut self, words: &Vocabulary, file: &Table) {
        for index in (0..file.headers.len()).take(SIMILAR_COLUMNS) {
            let is_numbered = file.names_a_number(index) && self.mapping.field(index).is_none();
            let is_known = self.mapping.is_known(index) && !is_numbered;
            if is_known || file.headers.folded(index).is_empty() || file.is_no_field(index) {
                continue;
            }
            let fits = |field: &FieldRef| file.is_likely_to_hold(index, *field);
            let by_variant = || {
                let mut spelled = file.variants(index).iter();
                spelled.find_map(|variant| self.free_field(words.columns(variant), fits))
            };
            let by_slash = || {
                let mut parts = file.joined(index).iter();
                let first = self.free_field(words.columns(parts.next()?), fits)?;
                parts
                    .all(|part| self.feeds(words.columns(part), first))
                    .then_some(first)
            };
            let mistyped = || {
                let header = file.headers.folded(index);
                file.has_unknown_word(index)
                    .then(|| self.free_field(&words.columns_mistyped(header), fits))
                    .flatten()
            };
            if let Some(field) = by_variant().or_else(by_slash).or_else(mistyped) {
                self.mapping.offer(index, field, MatchedBy::Similar);
            }
        }
    }

    /// The first field of these columns that nothing feeds yet.
    fn free_field(&self, columns: &[usize], fits: impl Fn(&FieldRef) -> bool) -> Option<FieldRef> {
        self.fields(columns)
            .find(|field| !self.mapping.has(*field) && fits(field))
    }

    pub(super) fn add_by_values(&mut self, words: &Vocabulary, file: &Table) {
        for index in 0..file.headers.len() {
            let Some(column) = file.look(index) else { continue };
            let named = self.mapping.field(index).is_some() || self.mapping.is_known(index) || file.is_no_field(index);
            let of_other = match column.look {
                Look::Party => !KINDS_OF_PARTY.contains(&file.headers.folded(index)),
                look => self.speaks_of_something_else(index, look, words, file),
            };
            if named || of_other {
                continue;
            }
            let fields = self.table.columns.iter().filter_map(|signature| signature.field);
            for field in fields.filter(|field| is_typical(column.look, field.spec.kind)) {
                if file.may_hold(index, field) && self.mapping.offer(index, field, MatchedBy::Values) {
                    break;
                }
            }
        }
    }

    /// One word of the header alone would mean another kind of field: `State/Province - Home` holds no VINs.
    fn speaks_of_something_else(&self, index: usize, look: Look, words: &Vocabulary, file: &Table) -> bool {
        let fields = file
            .words(index)
            .iter()
            .flat_map(|word| self.fields(words.columns(word)));
        // A contact may be a number as well as a name.
        let fields = fields.filter(|field| field.spec.name != "contact_name");
        let kinds: Vec<FieldKind> = fields.map(|field| field.spec.kind).collect();
        !kinds.is_empty() && !kinds.iter().any(|kind| is_typical(look, *kind))
    }

    /// Whom to talk to, or who looks after somebody, is not who they are; nor is what their vehicle is called.
    pub(super) fn drop_names_of_others(&mut self, file: &Table) {
        let has = |name: &str| {
            self.mapping
                .fields
                .iter()
                .flatten()
                .any(|(field, _)| is_customers(*field, name))
        };
        let has_names = has("first_name") && has("last_name");
        let others = self.mapping.fields.iter().flatten().filter(|(field, _)| {
            let of_customer = matches!(field.slot, Slot::BillingAddress | Slot::ShippingAddress)
                || field.slot == Slot::Main(EntityKind::Customer);
            of_customer && field.spec.name != "display_name"
        });
        let is_alone = others.count() == 0 && self.table.slots().contains(&Slot::Main(EntityKind::Vehicle));
        for index in 0..file.headers.len() {
            let Some((field, by)) = self.mapping.field(index) else {
                continue;
            };
            let header = file.headers.folded(index);
            let weak = by != MatchedBy::Alias || NAMES_OF_OTHERS.contains(&header);
            let nickname = is_alone && header == "name" && file.has_nicknames;
            if is_customers(field, "display_name") && ((has_names && weak) || nickname) {
                self.mapping.clear(index);
            }
        }
    }

    /// Where several rows are of one invoice, a total in which they differ is that of the line. A credit note, or the invoice
    /// of another year, may have its number too.
    pub(super) fn drop_totals_of_lines(&mut self, file: &Table) {
        let Some(number) = self.column_of("invoice.number") else {
            return;
        };
        if !file.column(number).is_some_and(|column| column.repeat_share() > 0.0) {
            return;
        }
        let beside = ["invoice.issued_on", "invoice.customer"].map(|name| self.column_of(name));
        let beside: Vec<usize> = beside.into_iter().flatten().collect();
        for name in ["invoice.total_net", "invoice.total_vat", "invoice.total_gross"] {
            let is_of_line = |total: &usize| file.differs_within(number, &beside, *total);
            if let Some(total) = self.column_of(name).filter(is_of_line) {
                self.mapping.clear(total);
            }
        }
    }
}

fn is_customers(field: FieldRef, name: &str) -> bool {
    field.slot == Slot::Main(EntityKind::Customer) && field.spec.name == name
}
