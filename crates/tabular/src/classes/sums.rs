//! Running sums of the columns of amounts: a row that says what stands above it adds up to is a total.

use torqueflow_model::{Cell, CellKind, Row};

/// Amounts are added up in ten-thousandths.
const SCALE: i128 = 10_000;
/// Sums that differ by less are equal: a total may be rounded to pence.
const TOLERANCE: i128 = SCALE / 100;

/// The value of an amount in ten-thousandths: `1,234.50`, `£12`, `(3.00)`. `None` for what no column of amounts holds, such
/// as phone numbers and ids with leading zeros.
pub(super) fn amount(cell: &Cell) -> Option<i128> {
    match cell.kind {
        CellKind::Number(value) if value.abs() < 1e15 => {
            let shown = cell.text.trim();
            let padded = shown.len() > 1 && shown.starts_with('0') && !shown.starts_with("0.");
            (!padded).then_some((value * SCALE as f64).round() as i128)
        }
        CellKind::Text => amount_of(cell.text.trim()),
        _ => None,
    }
}

fn amount_of(text: &str) -> Option<i128> {
    const LONGEST: usize = 24;
    if text.is_empty() || text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let bracketed = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let bare = bracketed.unwrap_or(text);
    let is_currency = |character: char| matches!(character, '£' | '$' | '€');
    let (negative, bare) = match bare.strip_prefix('-') {
        Some(bare) => (true, bare),
        None => (bracketed.is_some(), bare),
    };
    let bare = bare.trim_matches(|character: char| is_currency(character) || character == ' ');
    let (whole, fraction) = split_fraction(bare)?;
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    let mut value: i128 = 0;
    for byte in whole
        .bytes()
        .chain(fraction.bytes().chain(std::iter::repeat(b'0')).take(4))
    {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i128::from(byte - b'0');
    }
    Some(if negative { -value } else { value })
}

/// The digits before and behind the decimal mark, which is the last of the two signs that stands in the text once and not
/// before three digits; the other one groups thousands.
fn split_fraction(text: &str) -> Option<(String, &str)> {
    let mark = text.rfind(['.', ',']);
    let Some(mark) = mark else {
        return Some((text.to_owned(), ""));
    };
    let (whole, fraction) = text.split_at(mark);
    let fraction = fraction.get(1..)?;
    let sign = text.get(mark..=mark)?;
    let groups = fraction.len() == 3 && sign == "," || whole.contains(sign);
    if groups {
        let plain = text.replace(sign, "");
        let are_thousands = text.split(sign).skip(1).all(|group| group.len() == 3);
        return (are_thousands && !plain.contains(['.', ','])).then_some((plain, ""));
    }
    let plain = whole.replace(['.', ','], "");
    (fraction.len() <= 4).then_some((plain, fraction))
}

/// The sum of one column.
#[derive(Debug, Clone, Copy)]
struct ColumnSum {
    column: usize,
    all: i128,
    /// Since the last subtotal.
    part: i128,
}

/// The sums of the columns of amounts.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    columns: Vec<ColumnSum>,
    /// Records that were added up.
    pub(super) rows: u64,
    /// Records since the last subtotal.
    pub(super) rows_in_part: u64,
}

/// How a row compares with the sums above it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Agreement {
    /// Columns that hold the sum of what stands above.
    pub(super) equal: usize,
    /// Columns of amounts that hold something else.
    pub(super) different: usize,
}

impl Sums {
    /// Begins to add up these columns, if they are others than before. What was not added up is known no more, so a column
    /// that is met late has no sum to compare with.
    pub(super) fn watch(&mut self, columns: impl Iterator<Item = usize>) {
        if self.rows == 0 {
            self.columns = columns
                .map(|column| ColumnSum {
                    column,
                    all: 0,
                    part: 0,
                })
                .collect();
        }
    }

    /// Adds a record.
    pub(super) fn add(&mut self, row: &Row) {
        self.rows += 1;
        self.rows_in_part += 1;
        for sum in &mut self.columns {
            if let Some(value) = row.cells.get(sum.column).and_then(amount) {
                sum.all += value;
                sum.part += value;
            }
        }
    }

    /// A subtotal stands here.
    pub(super) fn end_part(&mut self) {
        self.rows_in_part = 0;
        self.columns.iter_mut().for_each(|sum| sum.part = 0);
    }

    /// Whether the amounts of a row are the sums of what stands above it.
    pub(super) fn compare(&self, row: &Row) -> Agreement {
        let mut agreement = Agreement::default();
        if self.rows < 2 {
            return agreement;
        }
        for sum in &self.columns {
            let Some(value) = row.cells.get(sum.column).and_then(amount).filter(|value| *value != 0) else {
                continue;
            };
            let is_sum = |sum: i128| (value - sum).abs() < TOLERANCE;
            if is_sum(sum.all) || self.rows_in_part >= 1 && is_sum(sum.part) {
                agreement.equal += 1;
            } else {
                agreement.different += 1;
            }
        }
        agreement
    }

    /// Whether the column is one of amounts.
    pub(super) fn has(&self, column: usize) -> bool {
        self.columns.iter().any(|sum| sum.column == column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, expected) in [
            ("120", Some(1_200_000)),
            ("1,234.50", Some(12_345_000)),
            ("1.234,50", Some(12_345_000)),
            ("1,234", Some(12_340_000)),
            ("4,20", Some(42_000)),
            ("1,234,567", Some(12_345_670_000)),
            ("£ 12.00", Some(120_000)),
            ("-£3.5", Some(-35_000)),
            ("(3.00)", Some(-30_000)),
            ("0.00", Some(0)),
            ("0113 496 0011", None),
            ("07700900123", None),
            ("12 kg", None),
            ("1.2.3", None),
            ("C1", None),
            ("", None),
        ] {
            assert_eq!(amount(&Cell::text(text)), expected, "{text}");
        }
    }
}
