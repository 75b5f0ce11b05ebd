//! One cell: from its type, style and value to what a person sees (ECMA-376 Part 1, 18.3.1.4).

use torqueflow_model::{Cell, CellKind, Finding, FindingCode};

use memchr::memchr2;

use super::Book;
use super::escapes::unescape_into;
use super::number::{Class, push_formatted, push_general, serial};
use super::reference;
use super::usual::CellAttributes;
use crate::rows::{cell_finding, push_finding, without_nul};

/// Characters of a spreadsheet error that are told. The known ones are shorter: `#GETTING_DATA`.
const LONGEST_ERROR: usize = 40;

/// The type of a cell's value (ECMA-376 Part 1, 18.18.11, `ST_CellType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum CellType {
    #[default]
    Number,
    Shared,
    Inline,
    Formula,
    Boolean,
    Error,
    Iso,
    Unknown,
}

impl CellType {
    pub(crate) fn new(code: &[u8]) -> Self {
        match code {
            b"n" => Self::Number,
            b"s" => Self::Shared,
            b"inlineStr" => Self::Inline,
            b"str" => Self::Formula,
            b"b" => Self::Boolean,
            b"e" => Self::Error,
            b"d" => Self::Iso,
            _ => Self::Unknown,
        }
    }
}

/// The column of a cell that has no place.
pub(crate) const UNPLACED: usize = usize::MAX;

/// What the tag of a cell says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RawCell {
    pub(crate) column: usize,
    pub(crate) kind: CellType,
    pub(crate) style: usize,
}

impl RawCell {
    /// A cell whose place is what it says, else `next`.
    pub(crate) fn new(attributes: CellAttributes<'_>, next: usize, findings: &mut Vec<Finding>) -> Self {
        Self {
            column: column(attributes.reference, next, findings),
            kind: attributes.kind.map_or(CellType::default(), CellType::new),
            style: attributes.style.map_or(0, style),
        }
    }

    /// Puts a value, which stands in `v` or in the texts of `is`, into `cell`, which is empty, and says what is wrong
    /// with it.
    pub(crate) fn finish(&self, value: &str, book: &Book, cell: &mut Cell, findings: &mut Vec<Finding>) {
        if value.is_empty() {
            return;
        }
        match self.kind {
            CellType::Number => self.number(value, book, cell, findings),
            CellType::Shared => self.shared(value, book, cell, findings),
            CellType::Inline | CellType::Formula => {
                unescape_into(value, &mut cell.text);
                set_text(cell);
            }
            CellType::Boolean => self.boolean(value, cell, findings),
            CellType::Error => {
                cell.text.push_str(value.trim());
                cell.kind = CellKind::Error;
                cell_finding(
                    findings,
                    FindingCode::CellError,
                    self.column,
                    &cell.text,
                    without_nul(&cell.text).chars().take(LONGEST_ERROR).collect::<String>(),
                );
            }
            CellType::Iso => {
                let class = book.styles.format(self.style).class;
                if serial::set_iso(cell, value, class).is_err() {
                    keep_raw(value, cell);
                }
            }
            CellType::Unknown => {
                keep_raw(value, cell);
                self.unreadable(value, findings, "its type is unknown");
            }
        }
        check_text(self.column, cell, findings);
    }

    fn number(&self, raw: &str, book: &Book, cell: &mut Cell, findings: &mut Vec<Finding>) {
        let trimmed = trim(raw);
        let Some(value) = finite(trimmed) else {
            keep_raw(raw, cell);
            return;
        };
        cell.kind = CellKind::Number(value);
        let format = book.styles.format(self.style);
        match format.class {
            Class::General if shows_itself(trimmed) => cell.text.push_str(trimmed),
            Class::General => push_general(value, &mut cell.text),
            Class::Pattern => push_formatted(value, format, &mut cell.text),
            class => {
                if serial::set_date(cell, value, class, book.date1904).is_err() {
                    push_general(value, &mut cell.text);
                    self.unreadable(raw, findings, "it is formatted as a date and holds none");
                }
            }
        }
    }

    fn shared(&self, raw: &str, book: &Book, cell: &mut Cell, findings: &mut Vec<Finding>) {
        let text = trim(raw).parse().ok().and_then(|index| book.strings.get(index));
        match text {
            Some(text) => {
                cell.text.push_str(text);
                set_text(cell);
            }
            None => self.unreadable(raw, findings, "its text is missing"),
        }
    }

    fn boolean(&self, raw: &str, cell: &mut Cell, findings: &mut Vec<Finding>) {
        let value = match raw.trim() {
            "1" | "true" | "TRUE" => true,
            "0" | "false" | "FALSE" => false,
            _ => {
                keep_raw(raw, cell);
                self.unreadable(raw, findings, "it is neither true nor false");
                return;
            }
        };
        cell.text.push_str(if value { "TRUE" } else { "FALSE" });
        cell.kind = CellKind::Boolean(value);
    }

    fn unreadable(&self, raw: &str, findings: &mut Vec<Finding>, why: &str) {
        cell_finding(findings, FindingCode::CellUnreadable, self.column, raw, why);
    }
}

/// The column that a reference names, else `next`; [`UNPLACED`], with a finding, for what is no cell of a sheet.
fn column(reference: Option<&[u8]>, next: usize, findings: &mut Vec<Finding>) -> usize {
    let place = match reference {
        None if next < reference::MAX_COLUMNS as usize => return next,
        None => String::new(),
        Some(reference) => {
            if let Some((column, _)) = reference::parse(reference) {
                return column;
            }
            without_nul(&String::from_utf8_lossy(reference))
        }
    };
    let mut finding = Finding::row(FindingCode::CellUnreadable, "it has no place in a sheet");
    finding.value = place.chars().take(40).collect();
    push_finding(findings, finding);
    UNPLACED
}

/// A whole number; the largest one for anything else, which is the number of no style.
fn style(digits: &[u8]) -> usize {
    digits
        .iter()
        .try_fold(0_usize, |number, digit| {
            let digit = char::from(*digit).to_digit(10)?;
            number.checked_mul(10)?.checked_add(digit as usize)
        })
        .unwrap_or(usize::MAX)
}

/// As [`str::trim`], quickly where there is nothing to trim.
fn trim(raw: &str) -> &str {
    match raw.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => raw,
        _ => raw.trim(),
    }
}

/// A finite number.
fn finite(text: &str) -> Option<f64> {
    // Digits that fit in a float exactly.
    if (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let whole = text
            .bytes()
            .fold(0, |whole: u64, byte| whole * 10 + u64::from(byte - b'0'));
        return Some(whole as f64);
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn keep_raw(raw: &str, cell: &mut Cell) {
    cell.text.push_str(raw);
    set_text(cell);
}

fn set_text(cell: &mut Cell) {
    cell.kind = if cell.text.is_empty() {
        CellKind::Empty
    } else {
        CellKind::Text
    };
}

/// A number that is written as it is shown: at most fifteen digits, none of them a zero that says nothing.
fn shows_itself(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole_is_short = match whole.as_bytes() {
        [] => false,
        // Smaller numbers get an exponent at some point.
        [b'0'] => fraction.map_or(digits.len() == text.len(), |fraction| !fraction.starts_with('0')),
        [first, ..] => *first != b'0',
    };
    let fraction_is_short = fraction.is_none_or(|fraction| !fraction.is_empty() && !fraction.ends_with('0'));
    let length = whole.len() + fraction.map_or(0, str::len);
    length <= 15 && whole_is_short && fraction_is_short && are_digits(whole) && fraction.is_none_or(are_digits)
}

/// Text with NUL, which is written `_x0000_` or stands there bare, or with what stands for bytes that are no text.
fn check_text(column: usize, cell: &mut Cell, findings: &mut Vec<Finding>) {
    // U+FFFD begins with this byte; few other characters do.
    const FIRST_OF_REPLACEMENT: u8 = 0xEF;
    if memchr2(0, FIRST_OF_REPLACEMENT, cell.text.as_bytes()).is_none() {
        return;
    }
    if cell.text.contains('\u{FFFD}') {
        cell_finding(findings, FindingCode::EncodingReplaced, column, &cell.text, "");
    }
    if cell.text.contains('\0') {
        cell.text = without_nul(&cell.text);
        cell_finding(findings, FindingCode::TextNulReplaced, column, &cell.text, "");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn some_numbers_are_written_as_they_are_shown() {
        for (text, expected) in [
            ("0", true),
            ("7", true),
            ("-7", true),
            ("1234.5", true),
            ("-0.5", true),
            ("123456789012345", true),
            ("1234567890.12345", true),
            ("1234567890123456", false),
            ("12345678901.12345", false),
            ("-0", false),
            ("007", false),
            ("7.50", false),
            ("7.", false),
            (".5", false),
            ("0.0", false),
            ("0.05", false),
            ("1E5", false),
            ("+7", false),
            ("--7", false),
            ("1.2.3", false),
            ("", false),
            ("-", false),
        ] {
            assert_eq!(shows_itself(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_shows_itself_is_shown_so(text in "-?[0-9]{1,15}(\\.[0-9]{1,8})?") {
            if shows_itself(&text) {
                let mut shown = String::new();
                push_general(text.parse().unwrap(), &mut shown);
                prop_assert_eq!(shown, text);
            }
        }
    }
}
