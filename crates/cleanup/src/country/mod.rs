//! Countries.
//!
//! What: names in English and in the languages of Europe, the two- and three-letter codes of ISO 3166-1 and what people write
//! instead become the two-letter code. England, Scotland, Wales and Northern Ireland are GB; Jersey, Guernsey and the Isle of Man are not.
//! Why: the country decides how a postcode is read, and one spelling makes addresses comparable.
//! Example: `England` becomes `GB`; `Holland` becomes `NL`.

mod table;
mod vote;

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use torqueflow_model::{FindingCode, fold, fold_accents};

use crate::text::stands_for_blank;
use crate::verdict::Verdict;
use table::{ALIASES, COUNTRIES, FOREIGN_NAMES};
pub use vote::CountryVote;

/// A country of ISO 3166-1.
///
/// ```
/// use torqueflow_cleanup::Country;
/// assert_eq!(Country::from_name("Wales"), Some(Country::GB));
/// assert_eq!(Country::from_name("deu").unwrap().code(), "DE");
/// assert_eq!(Country::from_name("Narnia"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

impl Country {
    /// The United Kingdom.
    pub const GB: Self = Self("GB");
    /// The United States.
    pub const US: Self = Self("US");
    pub(crate) const CA: Self = Self("CA");
    pub(crate) const IE: Self = Self("IE");
    pub(crate) const NL: Self = Self("NL");
    pub(crate) const PT: Self = Self("PT");
    pub(crate) const PL: Self = Self("PL");
    pub(crate) const BR: Self = Self("BR");

    /// The country that is meant by a name or a code.
    pub fn from_name(text: &str) -> Option<Self> {
        static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(names);
        let name = fold(text);
        let plain = || BY_NAME.get(fold_accents(&name).as_ref());
        BY_NAME.get(name.as_str()).or_else(plain).copied().map(Self)
    }

    /// The alpha-2 code: `GB`.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// The United Kingdom and the Crown Dependencies, which share the form of their postcodes and the calling code +44.
    pub fn has_british_postcodes(self) -> bool {
        matches!(self.0, "GB" | "GG" | "IM" | "JE")
    }

    /// The United States and Canada, whose numbers have the calling code +1, ten digits, and never a zero in front.
    pub(crate) fn is_north_american(self) -> bool {
        matches!(self.0, "US" | "CA")
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Every folded way of writing every country.
fn names() -> HashMap<String, &'static str> {
    let mut names = HashMap::new();
    for (alpha2, alpha3, name) in COUNTRIES {
        for spelling in [alpha2, alpha3, name] {
            names.insert(fold(spelling), *alpha2);
        }
    }
    for (alpha2, aliases) in ALIASES.iter().chain(FOREIGN_NAMES) {
        for alias in *aliases {
            names.insert((*alias).to_owned(), *alpha2);
        }
    }
    names
}

/// As [`Country::from_name`]. `is_british`: the column or the postcode says so, and `NI` is Northern Ireland.
pub(crate) fn named(text: &str, is_british: bool) -> Option<Country> {
    if is_british && vote::is_northern_ireland(text) {
        return Some(Country::GB);
    }
    Country::from_name(text)
}

/// A country. `is_british` as for [`named`].
pub(crate) fn country(text: &str, is_british: bool) -> Verdict {
    if stands_for_blank(text) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    match named(text, is_british).or_else(|| bracketed(text)) {
        Some(country) => Verdict::text(country.code()),
        None => Verdict::null(FindingCode::CountryUnknown),
    }
}

/// The code that stands in brackets beside a name in whatever language: `[AT] Österreich`, `Österreich (AT)`.
fn bracketed(text: &str) -> Option<Country> {
    let text = text.trim();
    let inner = |open: char, close: char| {
        let (before, rest) = text.split_once(open)?;
        let (inner, behind) = rest.split_once(close)?;
        let is_beside = before.trim().is_empty() || behind.trim().is_empty();
        let is_code = matches!(inner.len(), 2 | 3) && inner.bytes().all(|byte| byte.is_ascii_uppercase());
        (is_beside && is_code).then_some(inner)
    };
    Country::from_name(inner('[', ']').or_else(|| inner('(', ')'))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(country(input, false).to_string(), expected, "{input:?}");
    }

    #[test]
    fn names_and_codes_are_known() {
        for (input, expected) in [
            ("gb", "GB"),
            ("UK", "GB"),
            ("U.K.", "GB"),
            ("England", "GB"),
            ("Northern Ireland", "GB"),
            ("Eire", "IE"),
            ("Republic of Ireland", "IE"),
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("DEU", "DE"),
            ("Jersey", "JE"),
            ("Isle of Man", "IM"),
            ("The Netherlands", "NL"),
            ("Cote d'Ivoire", "CI"),
            ("Côte d’Ivoire", "CI"),
            ("[AT] Österreich", "AT"),
            ("Vereinigte Staaten (US)", "US"),
            ("[DEU]", "DE"),
            ("Österreich", "AT"),
            ("Belgique", "BE"),
            ("Duitsland", "DE"),
            ("Alemanha", "DE"),
            ("D", "DE"),
            ("Países Bajos", "NL"),
            ("Royaume-Uni", "GB"),
            ("Frankrijk", "FR"),
            ("Francia", "FR"),
            ("Włochy", "IT"),
            ("Niemcy", "DE"),
            ("Norvège", "NO"),
            ("Espanha", "ES"),
            ("Tyskland", "DE"),
        ] {
            check(input, expected);
        }
    }

    #[test]
    fn ni_is_northern_ireland_in_britain() {
        assert_eq!(country("NI", false).to_string(), "NI");
        assert_eq!(country("N.I.", true).to_string(), "GB");
        assert_eq!(country("Nicaragua", true).to_string(), "NI");
    }

    #[test]
    fn unknown_countries_are_null() {
        check("Narnia", "- [country_unknown]");
        check("N/A", "- [value_placeholder]");
        check("[ZZ] Nowhere", "- [country_unknown]");
        check("North (of) Narnia", "- [country_unknown]");
    }

    #[test]
    fn the_table_is_whole_and_unambiguous() {
        assert_eq!(COUNTRIES.len(), 249);
        assert!(COUNTRIES.is_sorted());
        let all_aliases = || ALIASES.iter().chain(FOREIGN_NAMES);
        let spellings = COUNTRIES.len() * 3 + all_aliases().map(|(_, aliases)| aliases.len()).sum::<usize>();
        // Every spelling leads to one country, so that none overwrites another.
        assert_eq!(names().len(), spellings);
        for (code, aliases) in all_aliases() {
            assert!(COUNTRIES.iter().any(|(alpha2, ..)| alpha2 == code), "{code}");
            assert!(aliases.iter().all(|alias| fold(alias) == *alias), "{code}");
        }
    }
}
