//! What the headers and the first rows of a table say, computed once for all types.

use std::collections::{HashMap, HashSet};

use torqueflow_model::{FieldKind, FieldRef, Row, SourceDefinition, fold, fold_accents, fold_header, header_words};

use crate::column::ColumnValues;
use crate::headers::Headers;
use crate::similar;
use crate::values::{ColumnLook, Look, values};

/// Rows that are asked whether their names are those of vehicles.
const ROWS_OF_NICKNAMES: usize = 100;

/// What says that something is sold, and not what family of products it is of.
const GOODS_OR_SERVICE: &[&str] = &[
    "goods",
    "service",
    "services",
    "product",
    "products",
    "item",
    "items",
    "stock",
    "non-stock",
    "nonstock",
    "inventory",
    "non-inventory",
    "noninventory",
    "simple",
    "variable",
    "variation",
    "physical",
    "digital",
    "consumable",
    "part",
    "labour",
    "labor",
    "goods and services",
    "storable product",
    "stockable product",
    "stockable",
    "sales",
    "purchases",
    "sales and purchases",
    "sales inventory",
    "expense",
    "kit",
    "bundle",
    // in other languages
    "einlagerbares produkt",
    "lagerprodukt",
    "verbrauchsmaterial",
    "produkt",
    "ware",
    "dienstleistung",
    "produit",
    "bien",
    "producto",
    "servicio",
    "produto",
    "serviço",
    "prodotto",
    "merce",
    "servizio",
    "dienst",
    "towar",
    "usługa",
    "vara",
    "tjänst",
    "vare",
    "tjeneste",
];

/// A header that names the customer's number where no two rows have the same and all look like codes.
const BARE_NUMBER: &str = "code";

/// States of documents and records, which stand in columns called `State` as well as counties do.
const STATES_OF_RECORDS: &[&str] = &[
    "active",
    "inactive",
    "open",
    "closed",
    "synced",
    "enabled",
    "disabled",
    "draft",
    "sent",
    "unsent",
    "paid",
    "unpaid",
    "new",
    "won",
    "lost",
    "pending",
    "archived",
    "deleted",
    "published",
    "approved",
    "complete",
    "completed",
    "cancelled",
    "canceled",
    "subscribed",
    "unsubscribed",
    "live",
    "valid",
    "invalid",
    "processed",
    "in progress",
    "done",
    "lead",
    "lapsed",
    "invited",
];

/// Fields that hold words, and never nothing but numbers.
const WORDS: &[&str] = &["city", "make", "colour", "line_1"];

/// Headers of a column of months, folded and without accents.
const MONTHS: &[&str] = &[
    "month", "monat", "mois", "maand", "mes", "mese", "miesiac", "manad", "maned",
];

/// Headers of a vehicle's make and model, folded.
const MAKE_OR_MODEL: &[&str] = &[
    "make",
    "model",
    "vehiclemake",
    "vehiclemodel",
    "manufacturer",
    "carmake",
    "carmodel",
];

/// What the samples and headers of a file say, computed once for all types.
pub struct Table<'a> {
    pub headers: &'a Headers,
    samples: &'a [Row],
    /// Per column, what its values are.
    columns: Vec<ColumnValues>,
    /// Per column, the words of its header.
    words: Vec<Vec<String>>,
    /// Per column, other spellings of its header.
    variants: Vec<Vec<String>>,
    /// Per column, the spellings that a slash joins in its header.
    joined: Vec<Vec<String>>,
    /// Per column: it is no field of ours, however much its header looks like one.
    not_fields: Vec<bool>,
    /// Per column: its header has a word that is in no spelling.
    unknown_words: Vec<bool>,
    /// The values of the column `Name` are what vehicles are called.
    pub has_nicknames: bool,
    /// A column says of which month each row is.
    has_months: bool,
}

impl<'a> Table<'a> {
    pub fn new(headers: &'a Headers, samples: &'a [Row], known: &KnownWords) -> Self {
        let texts = || (0..headers.len()).map(|index| headers.english(index));
        let words: Vec<Vec<String>> = texts().map(header_words).collect();
        let folded = || (0..headers.len()).map(|index| headers.folded(index));
        Self {
            headers,
            samples,
            columns: (0..headers.len())
                .map(|index| ColumnValues::of(samples, index))
                .collect(),
            variants: (0..headers.len())
                .map(|index| {
                    let guess = headers.english_guess(index).into_iter();
                    guess.chain(similar::variants(headers.english(index))).collect()
                })
                .collect(),
            joined: texts().map(similar::joined).collect(),
            not_fields: folded().map(|text| known.is_no_field(text)).collect(),
            unknown_words: words
                .iter()
                .map(|words| words.iter().any(|word| !known.is_word(word)))
                .collect(),
            has_nicknames: are_nicknames(headers, samples),
            has_months: has_months(headers, samples),
            words,
        }
    }

    /// The rows that are looked at.
    pub fn samples(&self) -> &'a [Row] {
        self.samples
    }

    pub fn column(&self, index: usize) -> Option<&ColumnValues> {
        self.columns.get(index)
    }

    pub fn look(&self, index: usize) -> Option<ColumnLook> {
        self.column(index)?.look
    }

    /// It says yes or no.
    pub fn is_flag(&self, index: usize) -> bool {
        self.column(index).is_some_and(ColumnValues::is_flag)
    }

    /// It has values, or no rows were looked at: it can speak for something.
    pub fn is_filled(&self, index: usize) -> bool {
        !self.column(index).is_some_and(|column| column.is_blank)
    }

    /// Fewer than one in twenty of the rows that were looked at have a value.
    pub fn is_hardly_filled(&self, index: usize) -> bool {
        let filled = self.column(index).map_or(0, |column| column.filled);
        self.is_filled(index) && filled > 0 && filled * 20 < self.samples.len()
    }

    /// Nine in ten of the rows that were looked at have a value.
    pub fn is_in_nearly_all_rows(&self, index: usize) -> bool {
        let filled = self.filled_rows(index);
        filled > 0 && filled * 10 >= self.samples.len() * 9
    }

    /// The share of the rows that were looked at which have a value; all, where there are none.
    pub fn share_of_rows(&self, index: usize) -> f64 {
        match self.samples.len() {
            0 => 1.0,
            rows => self.filled_rows(index) as f64 / rows as f64,
        }
    }

    fn filled_rows(&self, index: usize) -> usize {
        let has_value = |row: &&Row| row.cells.get(index).is_some_and(|cell| !cell.is_blank());
        self.samples.iter().filter(has_value).count()
    }

    /// Its header is no field of ours.
    pub fn is_no_field(&self, index: usize) -> bool {
        self.not_fields.get(index).copied().unwrap_or_default()
    }

    /// Other spellings of a header.
    pub fn variants(&self, index: usize) -> &[String] {
        self.variants.get(index).map_or(&[], Vec::as_slice)
    }

    /// The words of a header.
    pub fn words(&self, index: usize) -> &[String] {
        self.words.get(index).map_or(&[], Vec::as_slice)
    }

    /// The spellings that a slash joins in a header; none where there is no slash.
    pub fn joined(&self, index: usize) -> &[String] {
        self.joined.get(index).map_or(&[], Vec::as_slice)
    }

    /// Its header has a word that is in no spelling.
    pub fn has_unknown_word(&self, index: usize) -> bool {
        self.unknown_words.get(index).copied().unwrap_or_default()
    }

    /// What speaks against this field in the values of a column, whose header names the field.
    pub fn may_hold(&self, index: usize, field: FieldRef) -> bool {
        let Some(column) = self.column(index) else { return true };
        column.may_be(field.spec.kind) && !self.means_something_else(index, column, field)
    }

    /// The same for a header that only resembles the field's.
    pub fn is_likely_to_hold(&self, index: usize, field: FieldRef) -> bool {
        let Some(column) = self.column(index) else { return true };
        column.is_likely(field.spec.kind) && !self.means_something_else(index, column, field)
    }

    /// `Customer #` is a customer's number, not a customer.
    pub fn names_a_number(&self, index: usize) -> bool {
        self.headers.text(index).contains('#')
    }

    /// What the values of a column are, where the field that its header names can't hold them.
    pub fn contradiction(&self, index: usize, field: FieldRef) -> Option<Look> {
        let column = self.column(index)?;
        let is_called = field.spec.name == "contact_name" && column.are_phone_numbers();
        let is_counted = WORDS.contains(&field.spec.name) && column.are_numbers();
        let called = is_called.then_some(Look::Phone).or(is_counted.then_some(Look::Number));
        column.contradiction(field.spec.kind).or(called)
    }

    fn means_something_else(&self, index: usize, column: &ColumnValues, field: FieldRef) -> bool {
        let header = self.headers.folded(index);
        if self.names_a_number(index) && matches!(field.spec.kind, FieldKind::FullName | FieldKind::CompanyName) {
            return true;
        }
        if self.contradiction(index, field).is_some() {
            return true;
        }
        match field.spec.name {
            "notes" | "description" | "source_id" => false,
            _ if column.is_structured() => true,
            // Beside the month the year is that of the row.
            "model_year" => header == "year" && self.has_months,
            // A number that all rows have is the exporter's own, and a ledger's account is that of many customers.
            "external_customer_number" => {
                let is_code = column.filled == 0 || (column.is_unique() && column.are_codes());
                let is_bare = header == BARE_NUMBER && !is_code;
                column.is_constant() || is_bare || (header == "accountcode" && !column.is_unique())
            }
            "family" => column.is_among(GOODS_OR_SERVICE),
            "region" => column.is_among(STATES_OF_RECORDS),
            // `In stock?` is answered with yes or no.
            "stock_level" => self.headers.text(index).trim_end().ends_with('?'),
            _ => false,
        }
    }

    /// What each row has in two columns.
    pub fn pairs(&self, one: usize, other: usize) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.samples
            .iter()
            .map(move |row| (text_of(row, one), text_of(row, other)))
    }

    /// Rows with the same value in one column differ in another, though they agree in those beside.
    pub fn differs_within(&self, key: usize, beside: &[usize], other: usize) -> bool {
        let mut first: HashMap<Vec<&str>, &str> = HashMap::new();
        self.samples.iter().any(|row| {
            let text = text_of(row, other);
            let keys: Vec<&str> = std::iter::once(&key)
                .chain(beside)
                .map(|index| text_of(row, *index))
                .collect();
            let is_key = keys.first().is_some_and(|key| !key.is_empty());
            is_key && !text.is_empty() && *first.entry(keys).or_insert(text) != text
        })
    }

    /// Whether rows with the same value in one column mostly differ in another: in most of the values that repeat, and in two at
    /// least.
    pub fn differs_mostly_within(&self, key: usize, other: usize) -> bool {
        let mut said: HashMap<&str, HashSet<&str>> = HashMap::new();
        let mut rows: HashMap<&str, usize> = HashMap::new();
        for row in self.samples {
            let (key, text) = (text_of(row, key), text_of(row, other));
            if !key.is_empty() && !text.is_empty() {
                said.entry(key).or_default().insert(text);
                *rows.entry(key).or_default() += 1;
            }
        }
        let repeated = rows.values().filter(|count| **count > 1).count();
        let different = said.values().filter(|texts| texts.len() > 1).count();
        different >= 2 && 2 * different >= repeated
    }

    /// Columns with a header of which something can be told: those that are filled, and may be ours.
    pub fn telling(&self) -> usize {
        let is_telling = |index: &usize| {
            let header = self.headers.folded(*index);
            // What programs call a column that has no name.
            let number = header.strip_prefix("unnamed").or_else(|| header.strip_prefix("column"));
            let is_named = !number.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            is_named && !header.is_empty() && self.is_filled(*index) && !self.is_no_field(*index)
        };
        (0..self.headers.len()).filter(is_telling).count()
    }
}

/// What a row has in a column.
pub fn text_of(row: &Row, index: usize) -> &str {
    row.cells.get(index).map_or("", |cell| cell.text.trim())
}

/// Vehicles are called something too: what has a number, or repeats the make or the model, is no owner's name.
fn are_nicknames(headers: &Headers, samples: &[Row]) -> bool {
    let Some(name) = headers.position("name") else {
        return false;
    };
    let models: Vec<usize> = MAKE_OR_MODEL.iter().filter_map(|text| headers.position(text)).collect();
    let folded = |row: &Row, index: usize| row.cells.get(index).map(|cell| fold(&cell.text)).unwrap_or_default();
    let (mut named, mut nicknames) = (0_usize, 0_usize);
    for row in samples.iter().take(ROWS_OF_NICKNAMES) {
        let text = folded(row, name);
        if text.is_empty() {
            continue;
        }
        named += 1;
        let of_vehicle: Vec<String> = models.iter().map(|index| folded(row, *index)).collect();
        let repeats = |word: &str| of_vehicle.iter().any(|other| other.split(' ').any(|part| part == word));
        let is_nickname = text.bytes().any(|byte| byte.is_ascii_digit()) || text.split(' ').any(repeats);
        nicknames += usize::from(is_nickname);
    }
    named > 0 && nicknames * 3 >= named
}

/// Whether a column with such a header holds months: one to twelve, or their names.
fn has_months(headers: &Headers, samples: &[Row]) -> bool {
    let is_month = |text: &str| {
        let text = text.trim();
        text.parse().map_or(text.chars().any(char::is_alphabetic), |month: u8| {
            (1..=12).contains(&month)
        })
    };
    (0..headers.len()).any(|index| {
        let header = fold_header(headers.text(index));
        let mut months = values(samples, index).peekable();
        MONTHS.contains(&fold_accents(&header).as_ref())
            && months.peek().is_some()
            && months.all(|cell| is_month(&cell.text))
    })
}

/// The words of all spellings.
#[derive(Debug, Clone, Default)]
pub struct KnownWords {
    words: HashSet<String>,
    not_fields: HashSet<String>,
}

impl KnownWords {
    pub fn of(sources: &[SourceDefinition]) -> Self {
        Self {
            words: sources.iter().flat_map(|source| source.words.iter().cloned()).collect(),
            not_fields: sources
                .iter()
                .flat_map(|source| source.not_fields.iter().cloned())
                .collect(),
        }
    }

    fn is_word(&self, word: &str) -> bool {
        word.chars().all(|c| c.is_ascii_digit()) || self.words.contains(word)
    }

    pub fn is_no_field(&self, folded: &str) -> bool {
        self.not_fields.contains(folded)
    }
}
