//! Whose a name is where a firm and a person stand in one row, and columns of titles.

use torqueflow_model::FieldRef;

use super::Candidate;
use crate::detection::MatchedBy;
use crate::table::Table;

/// Titles of men and women, in small letters: nothing else stands in a column of them.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "sir", "madam", "herr", "frau", "hr.", "fr.", "monsieur", "madame",
    "mademoiselle", "mme", "mlle", "mme.", "dhr", "dhr.", "de heer", "mevrouw", "mevr", "mevr.", "mw", "mw.", "señor", "señora",
    "sr", "sr.", "sra", "sra.", "srta", "senhor", "senhora", "signor", "signora", "sig.", "sig", "sig.ra", "sig.na", "pan",
    "pani", "fru", "frøken", "fröken",
];
/// Headers of columns that may hold titles though they are called otherwise, folded.
const MAY_BE_TITLES: &[&str] = &["gender", "sex", "title", "type", "salutation"];
/// Headers of names that are a firm's where somebody else's first and last name stand beside them, folded.
const NAMES: &[&str] = &[
    "name",
    "customername",
    "clientname",
    "accountname",
    "customer",
    "client",
];

impl Candidate<'_> {
    /// `Gender` with Mr and Mrs in it is the title.
    pub(super) fn add_titles(&mut self, file: &Table) {
        let title = FieldRef::parse("customer.title").and_then(|field| self.own_field(field));
        let Some(title) = title else { return };
        let is_it = |index: &usize| {
            MAY_BE_TITLES.contains(&file.headers.folded(*index))
                && self.mapping.field(*index).is_none()
                && file.column(*index).is_some_and(|column| column.is_among(TITLES))
        };
        if let Some(index) = (0..file.headers.len()).find(is_it) {
            self.mapping.offer(index, title, MatchedBy::Similar);
        }
    }

    /// Beside the first and the last name of whom to talk to, the name is that of the firm.
    pub(super) fn name_firms(&mut self, file: &Table) {
        let is_of_contact = |name: &str| {
            let header = self.column_of(name).map(|index| file.headers.folded(index));
            header.is_some_and(|header| header.contains("contact"))
        };
        let (Some(index), None) = (
            self.column_of("customer.display_name"),
            self.column_of("customer.company"),
        ) else {
            return;
        };
        if !is_of_contact("customer.first_name") || !is_of_contact("customer.last_name") {
            return;
        }
        let company = FieldRef::parse("customer.company").and_then(|field| self.own_field(field));
        if let Some(company) = company.filter(|_| NAMES.contains(&file.headers.folded(index))) {
            self.mapping.clear(index);
            self.mapping.offer(index, company, MatchedBy::Similar);
        }
    }
}
