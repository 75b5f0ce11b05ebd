//! The words around a table: what its file, its worksheet and the lines above it are called.

use serde::{Deserialize, Serialize};
use torqueflow_model::{SourceDefinition, fold_header, header_words};

use crate::beside::Beside;
use crate::languages::{name_in_english, names_that_begin};

/// So many letters may be the beginning of a name.
const BEGINNING: usize = 3;
/// How much a word that most headers share names a type, and one that is the beginning of its name only.
const SHARED: f64 = 0.7;
const BEGUN: f64 = 0.5;
/// So many letters more has the word for several of something.
const ENDING: usize = 2;
/// Longer titles are sentences, which speak of many things.
const TITLE_WORDS: usize = 6;

/// How strongly words have to name a type to name it as what the table is, and not beside another.
pub const PLAINLY: f64 = 0.6;
/// Words before what a name only mentions: `customers by technician`, `clients par mécanicien`.
#[rustfmt::skip]
const MENTIONING: &[&str] = &[
    "by", "per", "for", "with", "without", "par", "avec", "por", "con", "com", "pro", "nach", "je", "mit", "met", "med", "pr",
];
/// Words of what a garage is called: `Drivers Garage` is one, and no list of drivers.
#[rustfmt::skip]
const BUSINESSES: &[&str] = &[
    "garage", "motor", "workshop", "ltd", "limited", "llc", "inc", "gmbh", "sarl", "srl", "lda", "werkstatt", "autohaus", "taller",
    "tallere", "officina", "autofficina", "oficina", "warsztat", "verkstad", "verksted", "værksted", "vaerksted",
];

/// What stands around a table.
///
/// ```
/// use torqueflow_detection::{Detector, Surroundings, built_in_sources};
/// let detector = Detector::new(built_in_sources());
/// let columns = ["Client", "Invoice Number", "Amount", "Date"].map(String::from);
/// // Invoices or payments: nobody can say …
/// assert_eq!(detector.detect(&columns, &[]).table_type, None);
/// // … but for the words around.
/// let around = Surroundings { titles: vec!["Payments".to_owned()], ..Surroundings::default() };
/// let found = detector.detect_in(&columns, &[], &around).table_type.unwrap();
/// assert_eq!(found.type_id, "generic.payments");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Surroundings {
    /// The name of the file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file_name: String,
    /// The name of the worksheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The texts of the lines above the header.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub titles: Vec<String>,
    /// The other tables of the document that say something of this one ([`Detector::beside`](crate::Detector::beside)).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
}

impl Surroundings {
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What types of table are called.
#[derive(Debug, Clone, Default)]
pub struct TypeNames {
    /// Words of a name, in the singular, and the type; longer names first.
    names: Vec<(Vec<String>, String)>,
}

impl TypeNames {
    pub fn of(sources: &[SourceDefinition]) -> Self {
        let tables = sources.iter().flat_map(|source| &source.tables);
        let mut names: Vec<(Vec<String>, String)> = tables
            .flat_map(|table| table.names.iter().map(|name| (words(name), table.type_id.clone())))
            .filter(|(words, _)| !words.is_empty())
            .collect();
        names.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        Self { names }
    }

    /// How much the words around a table name a type, from 0 to 1: fully by its sheet or title, less by its file.
    pub fn named<'a>(&'a self, around: &Surroundings) -> Vec<(&'a str, f64)> {
        let own = around.sheet.iter().chain(&around.titles);
        let mut found: Vec<(&str, f64)> = own.flat_map(|text| self.in_text(text, 1.0)).collect();
        if found.is_empty() {
            let name = around
                .file_name
                .rsplit_once('.')
                .map_or(around.file_name.as_str(), |(stem, _)| stem);
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
            found = self.in_text(name, 0.7);
        }
        found
    }

    /// The type that a word names which most headers share, or of whose name it is the beginning: `cust`, `forn`, `kun`.
    pub fn of_word<'a>(&'a self, word: &str) -> Option<(&'a str, f64)> {
        if word.chars().count() < BEGINNING {
            return None;
        }
        let word = stem(word);
        let in_english = names_that_begin(word);
        let own = |name: &str| {
            let words = words(name);
            let mut all = self.names.iter();
            all.find(|(name, _)| *name == words)
                .map(|(_, type_id)| type_id.as_str())
        };
        let english = self.names.iter().filter_map(|(name, type_id)| match name.as_slice() {
            [only] if only.starts_with(word) => Some((only.chars().count(), type_id.as_str())),
            _ => None,
        });
        let foreign = in_english
            .into_iter()
            .filter_map(|(length, name)| Some((length, own(name)?)));
        // Of `inv`, the invoices rather than the inventory: the word is most of its name.
        let (length, type_id) = english.chain(foreign).min()?;
        let is_whole = length <= word.chars().count() + 2;
        Some((type_id, if is_whole { SHARED } else { BEGUN }))
    }

    /// The types that a text names. What stands last is what it is: of `customer invoices`, the invoices.
    fn in_text<'a>(&'a self, text: &str, strength: f64) -> Vec<(&'a str, f64)> {
        let english = name_in_english(text);
        let text = english.as_deref().unwrap_or(text);
        let mut left: Vec<Option<String>> = words(text).into_iter().map(Some).collect();
        if left.len() > 2 * TITLE_WORDS {
            return Vec::new();
        }
        let all = left.clone();
        let word_at = |place: usize| all.get(place).and_then(Option::as_deref);
        let mut found: Vec<(usize, &str)> = Vec::new();
        let mut mentioned: Vec<&str> = Vec::new();
        for (name, type_id) in &self.names {
            let place = left.windows(name.len()).position(|part| {
                let mut pairs = part.iter().zip(name);
                pairs.all(|(have, want)| have.as_ref() == Some(want))
            });
            let Some(place) = place else { continue };
            for word in left.iter_mut().skip(place).take(name.len()) {
                *word = None;
            }
            let is_after = place
                .checked_sub(1)
                .and_then(word_at)
                .is_some_and(|word| MENTIONING.contains(&word));
            let is_firm = word_at(place + name.len()).is_some_and(|word| BUSINESSES.contains(&word));
            if is_after || is_firm {
                mentioned.push(type_id);
            } else {
                found.push((place, type_id));
            }
        }
        let last = found.iter().map(|(place, _)| *place).max();
        let weigh = |(place, type_id): (usize, &'a str)| {
            let full = Some(place) == last;
            (type_id, if full { strength } else { strength / 2.0 })
        };
        let mentioned = mentioned.into_iter().filter(|_| !found.is_empty());
        let mentioned: Vec<(&str, f64)> = mentioned.map(|type_id| (type_id, strength / 2.0)).collect();
        found.into_iter().map(weigh).chain(mentioned).collect()
    }
}

/// A header is no more than the word for the records of a table with such names, in any language: `Parts`, `Adhérent`.
pub fn is_word_for(header: &str, names: &[String]) -> bool {
    let own = words(header);
    if names.iter().any(|name| words(name) == own) {
        return true;
    }
    let folded = fold_header(header);
    let length = folded.chars().count();
    // `Lager` is where they lie.
    let is_whole = |(name, _): &(usize, &str)| *name <= length + ENDING && *name > length;
    let foreign = || names_that_begin(&folded).into_iter().filter(is_whole);
    length > BEGINNING && foreign().any(|(_, english)| names.iter().any(|name| name == english))
}

/// A word without the vowel that it has in the singular only: `articolo`, `articoli`.
fn stem(word: &str) -> &str {
    let short = word.strip_suffix(['a', 'e', 'o']);
    short.filter(|short| short.chars().count() >= 5).unwrap_or(word)
}

/// The words of a name, in the singular.
fn words(text: &str) -> Vec<String> {
    header_words(text).into_iter().map(singular).collect()
}

/// Without the number of a copy: `parts2`.
fn singular(mut word: String) -> String {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if letters > BEGINNING {
        word.truncate(letters);
    }
    if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in_sources;

    #[test]
    fn files_sheets_and_titles_name_types() {
        let names = TypeNames::of(&built_in_sources());
        let check = |file: &str, sheet: &str, title: &str, expected: &[&str]| {
            let around = Surroundings {
                file_name: file.to_owned(),
                sheet: (!sheet.is_empty()).then(|| sheet.to_owned()),
                titles: vec![title.to_owned()],
                ..Surroundings::default()
            };
            let mut found = names.named(&around);
            found.sort_by(|left, right| right.1.total_cmp(&left.1));
            let found: Vec<&str> = found.into_iter().map(|(id, _)| id).collect();
            assert_eq!(found, expected, "{file} {sheet} {title}");
        };
        check("unified_payments.csv", "", "", &["generic.payments"]);
        check("export.csv", "", "Vendors", &["generic.suppliers"]);
        check("book.xlsx", "invoice_items", "", &["generic.invoice_lines"]);
        check("suppliers.xlsx", "Customers", "", &["generic.customers"]);
        check(
            "CustomerInvoices.csv",
            "",
            "",
            &["generic.invoices", "generic.customers"],
        );
        check("Rechnungen_2024.csv", "", "", &["generic.invoices"]);
        check("export.csv", "Ordres de réparation", "", &["generic.work_orders"]);
        check("export.csv", "", "Lista de clientes", &["generic.customers"]);
        check("x.csv", "Sheet1", "", &[]);
        // What a name only mentions, or what is a firm's, is not what the table is.
        let both = ["generic.customers", "generic.staff"];
        check("customers_by_technician.csv", "", "", &both);
        check("Drivers Garage.csv", "", "", &[]);
        check("Personalliste.xlsx", "", "", &["generic.staff"]);
    }
}
