//! One cell: from its type, style and value to what a person sees (ECMA-376 Part 1, 18.3.1.4).

use torqueflow_model::{Cell, CellKind, Finding, FindingCode};

use super::Book;
use super::escapes::unescape_into;
use super::number::{Class, push_formatted, push_general, serial};
use crate::rows::{cell_finding, without_nul};

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

/// A cell as it is read: its value is complete when its element ends.
#[derive(Debug, Default)]
pub(crate) struct RawCell {
    pub(crate) column: usize,
    pub(crate) kind: CellType,
    pub(crate) style: usize,
    /// What stands in `v`, or in the texts of `is`.
    pub(crate) value: String,
}

impl RawCell {
    /// Puts the value into `cell`, which is empty, and says what is wrong with it.
    pub(crate) fn finish(&self, book: &Book, cell: &mut Cell, findings: &mut Vec<Finding>) {
        if self.value.is_empty() {
            return;
        }
        match self.kind {
            CellType::Number => self.number(book, cell, findings),
            CellType::Shared => self.shared(book, cell, findings),
            CellType::Inline | CellType::Formula => {
                unescape_into(&self.value, &mut cell.text);
                set_text(cell);
            }
            CellType::Boolean => self.boolean(cell, findings),
            CellType::Error => {
                cell.text.push_str(self.value.trim());
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
                if serial::set_iso(cell, &self.value, class).is_err() {
                    self.keep_raw(cell);
                }
            }
            CellType::Unknown => {
                self.keep_raw(cell);
                self.unreadable(findings, "its type is unknown");
            }
        }
        check_text(self.column, cell, findings);
    }

    fn number(&self, book: &Book, cell: &mut Cell, findings: &mut Vec<Finding>) {
        let trimmed = self.value.trim();
        let Some(value) = trimmed.parse::<f64>().ok().filter(|value| value.is_finite()) else {
            self.keep_raw(cell);
            return;
        };
        cell.kind = CellKind::Number(value);
        let format = book.styles.format(self.style);
        match format.class {
            Class::General if is_plain(trimmed) => cell.text.push_str(trimmed),
            Class::General => push_general(value, &mut cell.text),
            Class::Pattern => push_formatted(value, format, &mut cell.text),
            class => {
                if serial::set_date(cell, value, class, book.date1904).is_err() {
                    push_general(value, &mut cell.text);
                    self.unreadable(findings, "it is formatted as a date and holds none");
                }
            }
        }
    }

    fn shared(&self, book: &Book, cell: &mut Cell, findings: &mut Vec<Finding>) {
        let text = self.value.trim().parse().ok().and_then(|index| book.strings.get(index));
        match text {
            Some(text) => {
                cell.text.push_str(text);
                set_text(cell);
            }
            None => self.unreadable(findings, "its text is missing"),
        }
    }

    fn boolean(&self, cell: &mut Cell, findings: &mut Vec<Finding>) {
        let value = match self.value.trim() {
            "1" | "true" | "TRUE" => true,
            "0" | "false" | "FALSE" => false,
            _ => {
                self.keep_raw(cell);
                self.unreadable(findings, "it is neither true nor false");
                return;
            }
        };
        cell.text.push_str(if value { "TRUE" } else { "FALSE" });
        cell.kind = CellKind::Boolean(value);
    }

    fn keep_raw(&self, cell: &mut Cell) {
        cell.text.push_str(&self.value);
        set_text(cell);
    }

    fn unreadable(&self, findings: &mut Vec<Finding>, why: &str) {
        cell_finding(findings, FindingCode::CellUnreadable, self.column, &self.value, why);
    }
}

fn set_text(cell: &mut Cell) {
    cell.kind = if cell.text.is_empty() {
        CellKind::Empty
    } else {
        CellKind::Text
    };
}

/// A whole number of at most fifteen digits as a person writes it, which needs no formatting.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 15 && bytes.iter().all(u8::is_ascii_digit) && (bytes.len() == 1 || bytes.first() != Some(&b'0'))
}

/// Text with NUL, which is written `_x0000_` or stands there bare, or with what stands for bytes that are no text.
fn check_text(column: usize, cell: &mut Cell, findings: &mut Vec<Finding>) {
    // U+FFFD begins with this byte; few other characters do.
    const FIRST_OF_REPLACEMENT: u8 = 0xEF;
    if !cell.text.bytes().any(|byte| byte == 0 || byte == FIRST_OF_REPLACEMENT) {
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
