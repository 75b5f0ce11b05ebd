//! A limit as people know it: its name in settings, its words in messages, its values with their units.

use std::fmt::Write as _;

use crate::error::OpenError;

/// A limit: what it bounds, and what it is called.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// Its name in settings and messages: `file_bytes`.
    pub name: &'static str,
    /// What its value counts.
    pub unit: Unit,
    /// What it bounds, in words to which "is above the limit of 5" can be added.
    pub what: &'static str,
}

/// What the value of a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Bytes: `4 GiB`.
    Bytes,
    /// Seconds: `90 s`.
    Seconds,
    /// Things: `1,000`.
    Count,
}

/// Endings of values and what they multiply by, for reading and, from the top, for writing. Binary units only are
/// written: they are what limits are made of.
const BYTE_UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("B", 1),
];
const WRITTEN_BYTE_UNITS: usize = 4;
const TIME_UNITS: [(&str, u64); 3] = [("min", 60), ("h", 3_600), ("s", 1)];

impl Limit {
    /// A limit of this name, which bounds `what`.
    pub const fn new(name: &'static str, unit: Unit, what: &'static str) -> Self {
        Self { name, unit, what }
    }

    /// The error of a file that asks for more than `maximum`.
    pub fn exceeded(&'static self, maximum: impl TryInto<u64>) -> OpenError {
        OpenError::LimitExceeded {
            limit: self,
            maximum: maximum.try_into().unwrap_or(u64::MAX),
        }
    }

    /// Checks a value before the work that it bounds.
    pub(crate) fn check(&'static self, value: u64, maximum: u64) -> Result<(), OpenError> {
        if value > maximum {
            return Err(self.exceeded(maximum));
        }
        Ok(())
    }

    /// What is wrong: `the number of rows of a table is above the limit of 1,000`.
    pub fn message(&self, maximum: u64) -> String {
        format!("{} is above the limit of {}", self.what, self.unit.show(maximum))
    }
}

impl Unit {
    /// The value for a person: `64 MiB`, `1,000`.
    ///
    /// ```
    /// use torqueflow_tabular::Unit;
    /// assert_eq!(Unit::Bytes.show(64 << 20), "64 MiB");
    /// assert_eq!(Unit::Count.show(1_000_000), "1,000,000");
    /// ```
    pub fn show(self, value: u64) -> String {
        match self {
            Self::Count => grouped(value),
            Self::Seconds => format!("{} s", grouped(value)),
            Self::Bytes => {
                let written = BYTE_UNITS.iter().take(WRITTEN_BYTE_UNITS);
                let whole = written
                    .clone()
                    .find(|(_, factor)| value > 0 && value.is_multiple_of(*factor));
                whole.map_or_else(
                    || format!("{} bytes", grouped(value)),
                    |(unit, factor)| format!("{} {unit}", grouped(value / factor)),
                )
            }
        }
    }

    /// The value that a person wrote: `64MiB`, `1.5 GB`, `1_000_000`, `10min`. `None` for what is no value.
    ///
    /// ```
    /// use torqueflow_tabular::Unit;
    /// assert_eq!(Unit::Bytes.parse("64MiB"), Some(64 << 20));
    /// assert_eq!(Unit::Bytes.parse("sixty"), None);
    /// ```
    pub fn parse(self, text: &str) -> Option<u64> {
        let text = text.trim();
        let units: &[(&str, u64)] = match self {
            Self::Count => &[],
            Self::Seconds => &TIME_UNITS,
            Self::Bytes => &BYTE_UNITS,
        };
        let ending = units
            .iter()
            .find_map(|(unit, factor)| Some((strip_ending(text, unit)?, *factor)));
        let (digits, factor) = ending.unwrap_or((text, 1));
        let digits: String = digits.trim_end().chars().filter(|c| *c != '_').collect();
        parse_decimal(&digits, factor)
    }
}

/// The text without this ending, in whatever case.
fn strip_ending<'t>(text: &'t str, ending: &str) -> Option<&'t str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(ending.len())?)?;
    end.eq_ignore_ascii_case(ending).then_some(rest)
}

/// A number with perhaps some decimals, times `factor`, whole.
fn parse_decimal(digits: &str, factor: u64) -> Option<u64> {
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) || decimals.len() > 6 {
        return None;
    }
    let parts = 10_u64.pow(decimals.len() as u32);
    let part = u128::from(decimals.parse::<u64>().ok()?) * u128::from(factor) / u128::from(parts);
    whole.parse::<u64>().ok()?.checked_mul(factor)?.checked_add(part as u64)
}

/// Digits in groups of three.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        let _ = write!(text, "{digit}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unit: Unit, text: &str, expected: Option<u64>) {
        assert_eq!(unit.parse(text), expected, "{text}");
    }

    #[test]
    fn values_are_read_with_their_units() {
        check(Unit::Bytes, "64MiB", Some(64 << 20));
        check(Unit::Bytes, " 64 mib ", Some(64 << 20));
        check(Unit::Bytes, "2GB", Some(2_000_000_000));
        check(Unit::Bytes, "1.5KiB", Some(1_536));
        check(Unit::Bytes, "0.000001TB", Some(1_000_000));
        check(Unit::Bytes, "512b", Some(512));
        check(Unit::Bytes, "512", Some(512));
        check(Unit::Count, "1_000_000", Some(1_000_000));
        check(Unit::Count, "0", Some(0));
        check(Unit::Seconds, "90", Some(90));
        check(Unit::Seconds, "10min", Some(600));
        check(Unit::Seconds, "2 h", Some(7_200));
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for text in [
            "",
            "MiB",
            "-1",
            "many",
            "1e3",
            "1.",
            ".5",
            "99999999999999999999",
            "1,000",
        ] {
            check(Unit::Count, text, None);
        }
        check(Unit::Count, "5MiB", None);
        check(Unit::Bytes, "5min", None);
        check(Unit::Bytes, "99999999999TiB", None);
        check(Unit::Bytes, "é", None);
    }

    #[test]
    fn values_are_shown_as_people_write_them() {
        for (unit, value, expected) in [
            (Unit::Bytes, 4 << 30, "4 GiB"),
            (Unit::Bytes, 1_536, "1,536 bytes"),
            (Unit::Bytes, 0, "0 bytes"),
            (Unit::Count, 999, "999"),
            (Unit::Count, 1_048_576, "1,048,576"),
            (Unit::Seconds, 600, "600 s"),
        ] {
            assert_eq!(unit.show(value), expected);
            let written: String = expected.replace(',', "").replace("bytes", "B");
            check(unit, &written, Some(value));
        }
    }
}
