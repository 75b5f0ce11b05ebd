//! What the shape of a postcode says of its country, and what all postcodes of a column say.

use std::collections::BTreeMap;

use torqueflow_model::Cell;

use super::{Origin, prevails};
use crate::country::Country;
use crate::postcode::is_uk_postcode;
use crate::text::prepare;

/// Shapes that only one country's postcodes have: letters as `A`, digits as `9` (Universal Postal Union, "Postal
/// addressing systems in member countries"). Hyphens count, spaces do not.
const SHAPES: &[(&str, Country)] = &[
    ("A9A9A9", Country::CA),
    ("9999AA", Country::NL),
    ("99999-9999", Country::US),
    ("9999-999", Country::PT),
    ("99-999", Country::PL),
    ("99999-999", Country::BR),
];

/// The country of a postcode whose shape only that country has. British ones are of Great Britain.
pub(super) fn country_of(code: &str) -> Option<Country> {
    if is_uk_postcode(code) {
        return Some(Country::GB);
    }
    if is_eircode(code) {
        return Some(Country::IE);
    }
    let shape = shape(code);
    let by_shape = SHAPES.iter().find(|(known, _)| *known == shape);
    by_shape.map(|(_, country)| *country).or_else(|| before_code(code))
}

/// The country whose sign stands before a code of digits, as it did on letters: `D-50667`, `PL-00-950`.
fn before_code(code: &str) -> Option<Country> {
    let (sign, rest) = code.trim().split_once('-')?;
    let is_code = |rest: &str| {
        let digits = rest.bytes().filter(u8::is_ascii_digit).count();
        (4..=7).contains(&digits)
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'))
    };
    let is_sign = (1..=2).contains(&sign.len()) && sign.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_sign && is_code(rest)).then(|| Country::from_name(sign))?
}

/// An Irish postcode: a routing key and a unique identifier of four (Eircode, "Eircode Address Database product guide").
fn is_eircode(code: &str) -> bool {
    let compact: Vec<u8> = code
        .bytes()
        .filter(|byte| *byte != b' ')
        .map(|byte| byte.to_ascii_uppercase())
        .collect();
    let letter = |byte: &u8| b"ACDEFHKNPRTVWXY".contains(byte);
    let [first, second, third, unique @ ..] = compact.as_slice() else {
        return false;
    };
    let key = letter(first) && second.is_ascii_digit() && (third.is_ascii_digit() || *third == b'W');
    key && unique.len() == 4 && unique.iter().all(|byte| letter(byte) || byte.is_ascii_digit())
}

/// `12345` and other codes of nothing but digits, as many countries have, and Britain has not.
pub(super) fn is_digits(code: &str) -> bool {
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    (4..=6).contains(&digits) && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
}

fn shape(code: &str) -> String {
    let kinds = code.trim().chars().filter(|character| *character != ' ');
    kinds
        .take(12)
        .map(|character| match character {
            '0'..='9' => '9',
            'a'..='z' | 'A'..='Z' => 'A',
            other => other,
        })
        .collect()
}

/// Gathers over the rows of a column of postcodes where they are from. Chunks of a column can be observed apart and
/// merged in any order.
///
/// ```
/// use torqueflow_cleanup::{Country, Origin, PostcodeVote};
/// use torqueflow_model::Cell;
/// let mut vote = PostcodeVote::new();
/// vote.observe(&Cell::text("R3J 0A1"));
/// let canada = Country::from_name("Canada").unwrap();
/// assert_eq!(vote.verdict(), Origin::From(canada));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostcodeVote {
    /// Codes of a shape that only one country has.
    countries: BTreeMap<Country, u64>,
    /// Codes of nothing but digits.
    digits: u64,
}

impl PostcodeVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account.
    pub fn observe(&mut self, cell: &Cell) {
        let Ok(prepared) = prepare(cell) else { return };
        if let Some(country) = country_of(&prepared.text) {
            *self.countries.entry(country).or_default() += 1;
        } else if is_digits(&prepared.text) {
            self.digits += 1;
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        for (country, count) in &other.countries {
            *self.countries.entry(*country).or_default() += count;
        }
        self.digits += other.digits;
    }

    /// Where the codes are from: what four of five of them say.
    pub fn verdict(&self) -> Origin {
        let count = |country: Country| self.countries.get(&country).copied().unwrap_or_default();
        let total = self.digits + self.countries.values().sum::<u64>();
        // Only American codes are written with and without a hyphen and four more digits.
        let american = match count(Country::US) {
            0 => 0,
            extended => extended + self.digits,
        };
        let prevailing = self.countries.keys().find(|country| prevails(count(**country), total));
        if prevails(american, total) {
            Origin::From(Country::US)
        } else if let Some(country) = prevailing {
            Origin::From(*country)
        } else if prevails(total - count(Country::GB), total) {
            Origin::Abroad
        } else {
            Origin::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(codes: &[&str], expected: Origin) {
        let mut whole = PostcodeVote::new();
        let mut merged = PostcodeVote::new();
        for code in codes {
            whole.observe(&Cell::text(*code));
        }
        for code in codes.iter().rev() {
            let mut one = PostcodeVote::new();
            one.observe(&Cell::text(*code));
            merged.merge(&one);
        }
        assert_eq!(whole.verdict(), expected, "{codes:?}");
        assert_eq!(whole, merged);
    }

    #[test]
    fn shapes_of_one_country_say_it() {
        for (code, country) in [
            ("ls63aa", Some("GB")),
            ("D02 X285", Some("IE")),
            ("D6WXY00", Some("IE")),
            ("R3J 0A1", Some("CA")),
            ("1012 LG", Some("NL")),
            ("33101-1234", Some("US")),
            ("1000-001", Some("PT")),
            ("00-950", Some("PL")),
            ("01310-100", Some("BR")),
            ("D-50667", Some("DE")),
            ("F-75008", Some("FR")),
            ("A-1010", Some("AT")),
            ("PL-00-950", Some("PL")),
            ("X-50667", None),
            ("AB-12", None),
            ("33101", None),
            ("LS6", None),
            ("", None),
        ] {
            assert_eq!(country_of(code).map(Country::code), country, "{code}");
        }
    }

    #[test]
    fn a_column_is_from_where_nearly_all_of_its_codes_are() {
        check(&["LS6 3AA", "M1 1AE", "TBA"], Origin::From(Country::GB));
        check(&["33101", "33102-1234", "33103"], Origin::From(Country::US));
        check(&["75008", "62100", "50667"], Origin::Abroad);
        check(&["75008", "D02 X285", "1012 LG"], Origin::Abroad);
        check(&["75008", "LS6 3AA"], Origin::Unknown);
        check(&["", "junk"], Origin::Unknown);
    }

    #[test]
    fn one_code_among_many_changes_nothing() {
        check(
            &["LS6 3AA", "M1 1AE", "LS6 3AB", "M1 1AF", "12345"],
            Origin::From(Country::GB),
        );
    }
}
