//! What a cell looks like: words, as headers are, or a value, as data are.

use torqueflow_model::{Cell, CellKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looks {
    Words,
    /// Digits with signs, separators and a unit: an amount, a phone number.
    Number,
    Date,
    /// An e-mail or web address.
    Address,
    /// Yes or no, or a sign for nothing.
    Truth,
    /// Letters and digits mixed: a registration, a UUID, `x0001`.
    Code,
}

impl Looks {
    /// What columns are named with.
    pub(crate) fn is_words(self) -> bool {
        self == Self::Words
    }

    /// Nothing that usually names a column.
    pub(crate) fn is_value(self) -> bool {
        matches!(self, Self::Number | Self::Date | Self::Address)
    }
}

/// What a cell looks like.
pub(crate) fn looks(cell: &Cell) -> Looks {
    match cell.kind {
        CellKind::Number(_) => Looks::Number,
        CellKind::Date(_) | CellKind::DateTime(_) | CellKind::Time(_) => Looks::Date,
        CellKind::Boolean(_) => Looks::Truth,
        CellKind::Empty | CellKind::Text | CellKind::Error => looks_text(cell.text.trim()),
    }
}

fn looks_text(text: &str) -> Looks {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    if is_truth(text) {
        Looks::Truth
    } else if is_address(text) {
        Looks::Address
    } else if digits == 0 {
        Looks::Words
    } else if is_date(text, digits, letters) {
        Looks::Date
    } else if letters == 0 || (letters <= 3 && digits >= letters && !text.starts_with(char::is_alphabetic)) {
        Looks::Number
    } else if is_code(text, digits, letters) {
        Looks::Code
    } else {
        Looks::Words
    }
}

/// `31/12/2024`, `2019-03-04T10:00:00Z`, `12 Jan 2024`, `10:30`.
fn is_date(text: &str, digits: usize, letters: usize) -> bool {
    let signs = text
        .chars()
        .filter(|character| matches!(character, '/' | '-' | '.' | ':'))
        .count();
    let is_stamp = letters <= 2 && (3..=17).contains(&digits) && (signs >= 2 || text.contains(':'));
    let first_is_sign = text.starts_with(['-', '.', '/']);
    (is_stamp && !first_is_sign && text.len() <= 35) || is_month_date(text, digits)
}

fn is_month_date(text: &str, digits: usize) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let lower = text.to_ascii_lowercase();
    let is_month = |part: &str| MONTHS.iter().any(|month| part.starts_with(month)) && part.len() <= 9;
    let parts: Vec<&str> = lower
        .split(|sign: char| !sign.is_ascii_alphanumeric())
        .filter(|p| !p.is_empty())
        .collect();
    let words = parts
        .iter()
        .filter(|part| part.chars().all(char::is_alphabetic))
        .count();
    digits >= 3 && text.len() <= 40 && parts.len() <= 7 && words <= 3 && parts.iter().any(|part| is_month(part))
}

fn is_address(text: &str) -> bool {
    let is_email = |text: &str| {
        text.split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
    };
    !text.contains(char::is_whitespace) && (text.contains("://") || text.starts_with("www.") || is_email(text))
}

fn is_truth(text: &str) -> bool {
    const TRUTHS: [&str; 11] = ["true", "false", "yes", "no", "y", "n", "null", "nan", "n/a", "-", "."];
    text.len() <= 5 && TRUTHS.contains(&text.to_ascii_lowercase().as_str())
}

/// One word in which digits weigh as much as letters.
fn is_code(text: &str, digits: usize, letters: usize) -> bool {
    !text.contains(char::is_whitespace) && (digits >= letters || (digits >= 4 && text.len() >= 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_look_like_what_they_are() {
        for (text, expected) in [
            ("Customer Name", Looks::Words),
            ("Address 1", Looks::Words),
            ("E-mail 1 - Value", Looks::Words),
            ("Total (£)", Looks::Words),
            ("1,234.50", Looks::Number),
            ("£12.00", Looks::Number),
            ("12 kg", Looks::Number),
            ("07700 900982", Looks::Number),
            ("-74.29730219", Looks::Number),
            ("31/12/2024", Looks::Date),
            ("2019-03-04T10:00:00Z", Looks::Date),
            ("12 Jan 2024", Looks::Date),
            ("10:30", Looks::Date),
            ("ada@example.com", Looks::Address),
            ("https://example.com/x", Looks::Address),
            ("True", Looks::Truth),
            ("Y", Looks::Truth),
            ("x0001", Looks::Code),
            ("AB12CDE", Looks::Words),
            ("1M8GDM9AXKP042788", Looks::Code),
            ("6f9619ff-8b86-d011-b42d-00cf4fc964ff", Looks::Code),
        ] {
            assert_eq!(looks(&Cell::text(text)), expected, "{text}");
        }
    }
}
