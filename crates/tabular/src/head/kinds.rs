//! What a cell looks like: a word, as headers are, or a value, as data are.

use torqueflow_model::{Cell, CellKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Letters, mostly: a name, a label.
    Words,
    /// A number, a date, an address on the net: nothing that names a column.
    Value,
}

/// What a cell looks like.
pub(crate) fn looks(cell: &Cell) -> Looks {
    match cell.kind {
        CellKind::Number(_) | CellKind::Date(_) | CellKind::DateTime(_) | CellKind::Time(_) | CellKind::Boolean(_) => {
            Looks::Value
        }
        CellKind::Empty | CellKind::Text | CellKind::Error => looks_text(cell.text.trim()),
    }
}

fn looks_text(text: &str) -> Looks {
    let is_value = is_numberlike(text) || is_address(text) || is_truth(text) || is_identifier(text);
    if is_value { Looks::Value } else { Looks::Words }
}

/// Digits with signs, separators and units: a number, a date, a time, a phone number.
fn is_numberlike(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    digits > 0 && (letters == 0 || (letters <= 3 && digits >= letters * 2) || is_month_date(text))
}

/// `12 Jan 2024`, `Mon Mar 4 10:00:00 2019`, `2019-03-04T10:00:00Z`.
fn is_month_date(text: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = text.to_ascii_lowercase();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let parts = lower.split(|character: char| !character.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    digits >= 3 && text.len() <= 40 && parts.clone().count() <= 7 && parts.clone().any(|part| {
        MONTHS.iter().any(|month| part.starts_with(month) && part.len() <= 9)
    }) && parts.filter(|part| part.chars().all(char::is_alphabetic)).count() <= 3
}

/// An e-mail or web address.
fn is_address(text: &str) -> bool {
    let has_blank = text.contains(char::is_whitespace);
    !has_blank && (text.contains("://") || text.starts_with("www.") || is_email(text))
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
}

fn is_truth(text: &str) -> bool {
    ["true", "false", "yes", "no", "y", "n", "null", "nan", "n/a", "-"].contains(&text.to_ascii_lowercase().as_str())
}

/// A UUID or another long code of letters and digits.
fn is_identifier(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let code = text.chars().all(|character| character.is_ascii_alphanumeric() || character == '-');
    code && digits >= 4 && text.len() >= 8
}
