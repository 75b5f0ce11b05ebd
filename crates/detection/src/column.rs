//! What the values of a column say of the fields that it may be.

use std::collections::HashSet;

use torqueflow_model::{Cell, CellKind, FieldKind, Row, without_tax_words, yes_or_no};

use crate::values::{ColumnLook, Look, is_binary, is_date, is_flag, values};

/// Of a column whose header only resembles a field's, so many values have to fit the field.
const MOST: f64 = 0.6;

/// So many of a column's values say what it is, whatever its header says.
const NEARLY_ALL: f64 = 0.8;

/// Whole numbers in so few rows may stand for anything.
const INTEGERS_ENOUGH: usize = 5;

/// What stands for no value, in small letters.
const PLACEHOLDERS: &[&str] = &[
    "n/a",
    "na",
    "n.a.",
    "none",
    "null",
    "nil",
    "nan",
    "tba",
    "tbc",
    "tbd",
    "unknown",
    "not known",
    "-",
    "--",
    "---",
    ".",
    "?",
    "x",
    "#n/a",
];

/// Units that may stand behind a number, and currencies beside it, in small letters.
const UNITS: &[&str] = &[
    "incl", "inkl", "inc", "excl", "exkl", "zzgl", "btw", "mwst", "ust", "vat", "tva", "ttc", "ht", "iva", "moms",
    "mva", "tax", "gst", "netto", "brutto", "plus", "km", "kms", "miles", "mile", "mi", "m", "cc", "ccm", "cm3", "l",
    "ltr", "litre", "litres", "h", "hr", "hrs", "hour", "hours", "kg", "kw", "hp", "gbp", "eur", "usd", "aud", "cad",
    "nzd", "chf", "pln", "zar", "inr", "rs", "kr", "aed", "cr", "dr", "pcs", "pc", "ea", "each", "k",
];

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// What a value may be, as far as its characters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Date,
    Email,
    /// Digits enough for a telephone number.
    Phone,
    /// Nothing but telephone numbers, of whatever country.
    Dialled,
    /// Letters and digits, at least five.
    Chassis,
    /// A plate of any country.
    Plate,
    /// A postcode of any country.
    Postcode,
    /// Text that may be a name: letters, and neither a date, an address nor a flag.
    Words,
    Flag,
}

const FORMS: [Form; 10] = [
    Form::Number,
    Form::Date,
    Form::Email,
    Form::Phone,
    Form::Dialled,
    Form::Chassis,
    Form::Plate,
    Form::Postcode,
    Form::Words,
    Form::Flag,
];

/// What the values of one column are.
#[derive(Debug, Clone, Default)]
pub struct ColumnValues {
    /// What most of them look like.
    pub look: Option<ColumnLook>,
    /// How many were looked at that stand for something.
    pub filled: usize,
    /// How many have each form.
    forms: [usize; FORMS.len()],
    /// Yes among the flags.
    yes: usize,
    /// How many are structures that programs write for programs.
    structures: usize,
    /// Numbers with a mark before decimals.
    fractions: usize,
    /// The values, in small letters.
    texts: HashSet<String>,
    /// Rows were looked at, and no cell holds anything.
    pub is_blank: bool,
}

impl ColumnValues {
    pub fn of(samples: &[Row], column: usize) -> Self {
        let mut this = Self {
            look: ColumnLook::of(samples, column),
            ..Self::default()
        };
        let mut any = false;
        for cell in values(samples, column) {
            any = true;
            let text = cell.text.trim().to_lowercase();
            if PLACEHOLDERS.contains(&text.as_str()) {
                continue;
            }
            this.filled += 1;
            let value = Value::new(cell, &text);
            for (form, count) in FORMS.iter().zip(&mut this.forms) {
                *count += usize::from(value.has(*form));
            }
            let is_fraction = text.contains(['.', ',']) && value.has(Form::Number);
            this.fractions += usize::from(is_fraction);
            let is_yes = || matches!(text.as_str(), "1" | "y") || yes_or_no(&text) == Some(true);
            this.yes += usize::from((value.is_flag || text == "1") && is_yes());
            this.structures += usize::from(is_structure(&text));
            this.texts.insert(text);
        }
        this.is_blank = !any && !samples.is_empty();
        this
    }

    fn share_of(&self, form: Form) -> f64 {
        let count = FORMS.iter().zip(self.forms).find(|(other, _)| **other == form);
        count.map_or(0.0, |(_, count)| count as f64 / self.filled.max(1) as f64)
    }

    /// The share of its values that are such as this kind of field holds, by what cleanup accepts. `None` where nothing speaks
    /// for or against it: there are no values, or such a field holds anything.
    fn agreement(&self, kind: FieldKind) -> Option<f64> {
        use FieldKind as K;
        if self.filled == 0 {
            return None;
        }
        let form = match kind {
            // A year may be a whole date.
            K::Integer if self.share_of(Form::Date) > self.share_of(Form::Number) => Form::Date,
            K::Integer | K::Decimal { .. } => Form::Number,
            K::Date(_) | K::DateTime(_) => Form::Date,
            K::Email => Form::Email,
            K::Phone | K::Landline => Form::Phone,
            K::Vin => Form::Chassis,
            K::Vrm => Form::Plate,
            K::Postcode => Form::Postcode,
            K::FullName | K::CompanyName | K::PersonName | K::Title => Form::Words,
            _ => return None,
        };
        Some(self.share_of(form))
    }

    /// A header that names the field is believed, unless no value ever fits.
    pub fn may_be(&self, kind: FieldKind) -> bool {
        // A number that can't be read is told of in its row, and what may be a title is settled by all rows.
        let is_judged_later = matches!(
            kind,
            FieldKind::Title | FieldKind::Phone | FieldKind::Landline | FieldKind::Email
        );
        let never = self.filled >= 2 && self.agreement(kind) == Some(0.0) && !is_judged_later;
        !never && !self.contradicts(kind)
    }

    fn contradicts(&self, kind: FieldKind) -> bool {
        self.contradiction(kind).is_some()
    }

    /// What the values are, where such a field can't hold them.
    pub fn contradiction(&self, kind: FieldKind) -> Option<Look> {
        use FieldKind as K;
        // Nothing has the number 0: it stands for no.
        let is_id = matches!(kind, K::Code | K::Reference { .. });
        let is_none = |look| look == Look::Binary && is_id && self.texts.contains("0");
        let look = self.look.map(|column| column.look);
        if let Some(look) = look.filter(|look| look.contradicts(kind) || is_none(*look)) {
            return Some(look);
        }
        match kind {
            K::FullName | K::PersonName | K::CompanyName | K::Email if self.are_phone_numbers() => Some(Look::Phone),
            K::Choice(_) | K::Title | K::Country if self.are_numbers() => Some(Look::Number),
            _ => None,
        }
    }

    /// Its values are telephone numbers, of whatever country.
    pub fn are_phone_numbers(&self) -> bool {
        self.filled >= 2 && self.share_of(Form::Dialled) >= NEARLY_ALL
    }

    /// Its values are numbers, and not those that stand for yes and no.
    pub fn are_numbers(&self) -> bool {
        let is_enough = self.filled >= INTEGERS_ENOUGH || (self.filled >= 2 && 2 * self.fractions >= self.filled);
        is_enough && self.share_of(Form::Number) >= NEARLY_ALL && !self.is_flag()
    }

    /// A header that only resembles the field's needs values that agree.
    pub fn is_likely(&self, kind: FieldKind) -> bool {
        let agrees = self.agreement(kind).is_none_or(|share| share >= MOST);
        agrees && !self.contradicts(kind)
    }

    /// All of its values are yes or no.
    pub fn is_flag(&self) -> bool {
        self.look
            .is_some_and(|column| matches!(column.look, Look::Flag | Look::Binary))
            || (self.filled > 0 && self.share_of(Form::Flag) >= 1.0)
    }

    /// Most of its values are words, as names are.
    pub fn are_words(&self) -> bool {
        self.filled > 0 && self.share_of(Form::Words) >= MOST && !self.are_codes()
    }

    /// Its values are short and have digits, as numbers and codes do.
    pub fn are_codes(&self) -> bool {
        self.filled > 0 && self.share_of(Form::Postcode) >= MOST
    }

    /// Its values are whole numbers, as ids are that only count.
    pub fn are_counters(&self) -> bool {
        let counts = |text: &&String| text.bytes().all(|byte| byte.is_ascii_digit());
        !self.texts.is_empty() && self.share(counts) >= NEARLY_ALL
    }

    /// Its values are in one piece, of letters and digits together, and no two are the same.
    pub fn are_lettered_codes(&self) -> bool {
        let is_lettered = |text: &&String| {
            let has = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
            !text.contains(' ') && has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit)
        };
        !self.texts.is_empty() && self.share(is_lettered) >= NEARLY_ALL && self.repeat_share() <= 1.0 - NEARLY_ALL
    }

    /// Its values are in one piece and have digits, and are neither amounts nor telephone numbers.
    pub fn are_ids(&self) -> bool {
        let is_id =
            |text: &&String| !text.contains([' ', ',', '@', '/']) && text.bytes().any(|byte| byte.is_ascii_digit());
        !self.texts.is_empty() && self.fractions == 0 && self.share(is_id) >= NEARLY_ALL
    }

    /// The share of its different values that pass a test.
    fn share(&self, test: impl Fn(&&String) -> bool) -> f64 {
        self.texts.iter().filter(test).count() as f64 / self.texts.len().max(1) as f64
    }

    /// All of its values are JSON objects or lists.
    pub fn is_structured(&self) -> bool {
        self.filled > 0 && self.structures == self.filled
    }

    /// The share of yes among its values.
    pub fn yes_share(&self) -> f64 {
        self.yes as f64 / self.filled.max(1) as f64
    }

    /// Three rows or more, and all say the same.
    pub fn is_constant(&self) -> bool {
        self.filled >= 3 && self.texts.len() == 1
    }

    /// No two rows say the same.
    pub fn is_unique(&self) -> bool {
        self.texts.len() == self.filled
    }

    /// The share of its rows that say what another row says already.
    pub fn repeat_share(&self) -> f64 {
        (self.filled - self.texts.len()) as f64 / self.filled.max(1) as f64
    }

    /// All of its values are among these words, in small letters.
    pub fn is_among(&self, words: &[&str]) -> bool {
        self.filled >= 2 && self.texts.iter().all(|text| words.contains(&text.as_str()))
    }

    /// Its values are British plates, or short codes of letters and digits, as the plates of most countries are.
    pub fn are_plates(&self) -> bool {
        let has_letter = |text: &&String| text.chars().any(char::is_alphabetic);
        let lettered = self.texts.iter().filter(has_letter).count();
        let are_codes =
            self.filled > 0 && self.share_of(Form::Plate) >= MOST && lettered as f64 >= MOST * self.texts.len() as f64;
        are_codes || self.look.is_some_and(|column| column.look == Look::Plate)
    }
}

/// A value, with what several forms ask of it.
struct Value<'t> {
    /// In small letters.
    text: &'t str,
    kind: CellKind,
    digits: usize,
    /// A date in digits, or a typed one.
    is_date: bool,
    is_flag: bool,
}

impl<'t> Value<'t> {
    fn new(cell: &Cell, text: &'t str) -> Self {
        Self {
            text,
            kind: cell.kind,
            digits: text.bytes().filter(u8::is_ascii_digit).count(),
            is_date: matches!(cell.kind, CellKind::Date(_) | CellKind::DateTime(_)) || is_date(text),
            is_flag: is_flag(text),
        }
    }

    fn has(&self, form: Form) -> bool {
        let (text, digits) = (self.text, self.digits);
        let is_typed_date = || matches!(self.kind, CellKind::Date(_) | CellKind::DateTime(_));
        match form {
            Form::Number if matches!(self.kind, CellKind::Number(_)) => true,
            Form::Number => digits > 0 && !self.is_date && is_number(text),
            Form::Date => self.is_date || (digits > 0 && is_date_otherwise(text, digits)),
            Form::Email => text.contains('@'),
            Form::Phone => digits >= 5 && !is_typed_date() && !text.contains('@'),
            Form::Dialled => digits >= 6 && !self.is_date && are_dialled(text),
            Form::Chassis => digits > 0 && is_code(text, 4, 20),
            Form::Plate => digits > 0 && is_plate_of_any_country(text, digits),
            Form::Postcode => digits > 0 && text.chars().count() <= 12 && !is_typed_date() && !text.contains('@'),
            Form::Words => !self.is_date && !self.is_flag && text.chars().any(char::is_alphabetic),
            Form::Flag => self.is_flag || is_binary(text) || matches!(self.kind, CellKind::Boolean(_)),
        }
    }
}

/// A text with digits has nothing beside them but the marks, currencies and units that numbers are written with, and words
/// about tax.
fn is_number(text: &str) -> bool {
    let text = without_tax_words(text).unwrap_or(text);
    let letters = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let known = letters.clone().all(|word| UNITS.contains(&word) || word == "e");
    known && letters.count() <= 3
}

/// `5 Mar 2024`, `March 2024`, `20240305`, `2024`, `12/2024`, Unix time, days of a spreadsheet. `digits`: how many there are.
fn is_date_otherwise(text: &str, digits: usize) -> bool {
    let all_digits = digits == text.len();
    let has_month = || {
        let mut words = text.split(|c: char| !c.is_alphabetic());
        words.any(|word| MONTHS.iter().any(|month| word.starts_with(month)))
    };
    let month_and_year = text.len() == 7 && text.get(2..3).is_some_and(|mark| "/-.".contains(mark)) && digits == 6;
    let starts_with_date = text.split([' ', 't', ',']).next().is_some_and(is_date);
    month_and_year
        || starts_with_date
        || (all_digits && matches!(text.len(), 4 | 5 | 8 | 10 | 11 | 13))
        || (!all_digits && has_month())
}

/// A JSON object or list.
fn is_structure(text: &str) -> bool {
    let is_in = |marks: (char, char)| text.starts_with(marks.0) && text.ends_with(marks.1);
    is_in(('{', '}')) || (is_in(('[', ']')) && text.contains('{'))
}

/// Of a text with digits: one telephone number or several, six to fifteen digits each, and the marks that stand between them.
fn are_dialled(text: &str) -> bool {
    let is_mark =
        |c: char| "+()-. ".contains(c) || c.is_whitespace() || matches!(c, '\u{200e}' | '\u{202a}'..='\u{202e}');
    let is_one = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        (6..=15).contains(&digits) && part.chars().all(|c| c.is_ascii_digit() || is_mark(c))
    };
    // A price has a point and two digits behind it.
    let is_amount = text.len() > 3 && text.len() - text.rfind(['.', ',']).unwrap_or(0) <= 3;
    let mut parts = text.split(['/', ',', ';', '|']).filter(|part| !part.trim().is_empty());
    !is_amount && parts.all(is_one)
}

/// Letters and digits in one piece, of so many characters.
fn is_code(text: &str, least: usize, most: usize) -> bool {
    let kept = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/'));
    let count = kept.clone().count();
    (least..=most).contains(&count) && kept.clone().all(char::is_alphanumeric)
}

/// Letters and digits together, or at least four digits: what is shorter is a counter. `digits`: how many there are.
fn is_plate_of_any_country(text: &str, digits: usize) -> bool {
    is_code(text, 2, 10) && (digits >= 4 || text.chars().any(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(texts: &[&str]) -> ColumnValues {
        let row = |text: &&str| Row {
            number: 0,
            cells: vec![Cell::text(*text)],
        };
        let rows: Vec<Row> = texts.iter().map(row).collect();
        ColumnValues::of(&rows, 0)
    }

    #[test]
    fn values_that_never_fit_are_told_from_those_that_sometimes_do() {
        let check = |texts: &[&str], kind, expected| assert_eq!(column(texts).may_be(kind), expected, "{texts:?}");
        check(&["45T", "300T", "N/A"], FieldKind::Integer, false);
        check(&["45T", "300", "N/A"], FieldKind::Integer, true);
        check(&["1.6 litres", "1,998 cc"], FieldKind::Integer, true);
        check(&["TBA", "N/A"], FieldKind::Integer, true);
        let price = FieldKind::Decimal { scale: 4 };
        check(&["€229,99 Incl. btw", "€19,99 Incl. btw"], price, true);
        check(&["29,99 € inkl. 19 % MwSt.", "9,99 € inkl. 19 % MwSt."], price, true);
        check(&["19.99 ex VAT", "5 ex VAT"], price, true);
        check(&["12 pieces net weight", "3 pieces"], price, false);
        check(&["AB12 CDE", "TBA", "AB12 CDE / XY34 ZZZ"], FieldKind::Vrm, true);
        check(&["1", "45", "11"], FieldKind::Vrm, false);
        check(&["MFT555", "FGK203"], FieldKind::Vrm, true);
        check(
            &["5 Mar 2024", "tomorrow"],
            FieldKind::Date(torqueflow_model::DateRole::Event),
            true,
        );
    }

    #[test]
    fn blank_columns_say_nothing() {
        let blank = column(&["", ""]);
        assert!(blank.is_blank && blank.may_be(FieldKind::Email) && blank.is_likely(FieldKind::Email));
        assert!(!ColumnValues::of(&[], 0).is_blank);
    }

    #[test]
    fn numbers_are_no_choice_title_or_country() {
        let check = |texts: &[&str], kind, expected| assert_eq!(column(texts).may_be(kind), expected, "{texts:?}");
        let fuel = FieldKind::Choice(&["petrol", "diesel"]);
        check(&["515.33", "434,77 €", "402.81"], fuel, false);
        check(&["Diesel", "7", "Petrol"], fuel, true);
        check(&["1", "0", "1"], fuel, true);
        check(&["N/A", ""], fuel, true);
        check(&["12", "17", "4", "9", "11"], FieldKind::Title, false);
        check(&["12", "17"], FieldKind::Country, true);
        check(&["Mr", "Mrs"], FieldKind::Title, true);
        check(&["826", "276", "826", "250", "724"], FieldKind::Country, false);
    }

    #[test]
    fn telephone_numbers_are_neither_names_nor_addresses() {
        let check =
            |texts: &[&str], expected| assert_eq!(column(texts).may_be(FieldKind::Email), expected, "{texts:?}");
        check(
            &["9 3349 0580", "92224630, \u{202a}92224631\u{202c}", "+56 9 2222 4632"],
            false,
        );
        check(&["07911 123456", "01632 960001"], false);
        check(&["ada@lowe.example", "07911 123456"], true);
        assert!(!column(&["92224630", "92224631"]).may_be(FieldKind::FullName));
        assert!(column(&["Ada Lowe 92224630", "Bo 92224631"]).may_be(FieldKind::FullName));
        for texts in [
            ["1234567.89", "7654321.00"],
            ["2024-05-13", "13/05/2024"],
            ["123", "456"],
        ] {
            assert!(!column(&texts).are_phone_numbers(), "{texts:?}");
        }
    }

    #[test]
    fn yes_is_known_in_other_languages() {
        let yes = |texts: &[&str]| column(texts).yes_share();
        assert!(yes(&["Ja", "ja"]) >= 1.0 && yes(&["Sí", "Oui", "tak", "1", "Y", "true"]) >= 1.0);
        assert!(yes(&["Nein", "Ja"]) < 1.0 && yes(&["0", "n"]) <= 0.0);
    }

    #[test]
    fn repeats_are_counted() {
        assert!(column(&["7", "7", "7"]).is_constant());
        assert!(!column(&["7", "7"]).is_constant());
        assert!(column(&["7", "8"]).is_unique());
        assert!(column(&["7", "7", "8", "9"]).repeat_share() > 0.2);
    }
}
